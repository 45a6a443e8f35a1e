"""The floor: the leanest client that can be thought of. A claim, a bare pod, and one watch for everybody.

Run as ``python -m benchmarks.floor SETTINGS`` with the settings as JSON. It has no users, no errors and no second try,
and says what the cluster itself needs.
"""

import asyncio
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec

from benchmarks.agent import serve
from jupyternetes.api import labels
from jupyternetes.runtime import config

_AT_ONCE = 50


class Settings(msgspec.Struct):
    """What it is told."""

    namespace: str
    kubeconfig: str
    volumes: bool


class _Meta(msgspec.Struct, rename="camel"):
    name: str = ""
    resource_version: str = ""


class _Condition(msgspec.Struct):
    type: str
    status: str


class _Status(msgspec.Struct):
    conditions: list[_Condition] = []


class _Pod(msgspec.Struct):
    metadata: _Meta
    status: _Status


class _Event(msgspec.Struct):
    type: str
    object: _Pod


class Floor:
    """Pods by name."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session
        self._pods = f"/api/v1/namespaces/{settings.namespace}/pods"
        self._claims = f"/api/v1/namespaces/{settings.namespace}/persistentvolumeclaims"
        self._made: set[str] = set()
        self._waiting: dict[tuple[str, str], asyncio.Future[None]] = {}
        self._watch: asyncio.Task[None] | None = None

    async def prepare(self, users: list[str]) -> None:
        """Nothing; but the watch has begun."""
        if self._watch is None:
            async with self._session.get(self._pods) as answer:
                listing = msgspec.json.decode(await answer.read())
            version = listing["metadata"]["resourceVersion"]
            self._watch = asyncio.get_running_loop().create_task(self._follow(version))

    async def start(self, users: list[str], per_minute: float | None = None) -> dict[str, Any]:
        """As ``benchmarks.hub`` does it."""
        begun = asyncio.get_running_loop().time()
        gaps = 60 / per_minute if per_minute else 0.0
        starts = (self._start(name, begun + number * gaps) for number, name in enumerate(users))
        return {"ready": await asyncio.gather(*starts), "errors": []}

    async def stop(self, users: list[str]) -> dict[str, Any]:
        """Delete the pods; the claims stay."""
        await asyncio.gather(*(self._stop(name) for name in users))
        return {"errors": []}

    async def rest(self, seconds: float) -> None:
        """Do nothing."""
        await asyncio.sleep(seconds)

    async def events(self, number: int) -> None:
        """Fill the namespace with what is left of pods of the last hour."""
        path = f"/api/v1/namespaces/{self._settings.namespace}/events"
        await self._many(path, (_event(self._settings.namespace, index) for index in range(number)))

    async def copies(self, model: dict[str, Any], number: int) -> None:
        """Fill the namespace with pods like ``model``, of as many Instances that are not there; nobody runs them."""
        await self._many(self._pods, (_copy(model, index) for index in range(number)))

    async def _many(self, path: str, bodies: Iterator[dict[str, Any]]) -> None:
        async def some() -> None:
            for body in bodies:
                await self._post(path, body)

        await asyncio.gather(*(some() for _ in range(_AT_ONCE)))

    async def _start(self, name: str, due: float) -> float:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, due - loop.time()))
        ready = self._future("ready", name)
        if self._settings.volumes and name not in self._made:
            await self._post(self._claims, _claim(name))
            self._made.add(name)
        await self._post(self._pods, _pod(name, self._settings.volumes))
        await ready
        return loop.time() - due

    async def _stop(self, name: str) -> None:
        gone = self._future("gone", name)
        async with self._session.delete(f"{self._pods}/{name}") as answer:
            await answer.read()
        await gone

    def _future(self, what: str, name: str) -> asyncio.Future[None]:
        future = self._waiting[what, name] = asyncio.get_running_loop().create_future()
        return future

    async def _post(self, path: str, body: dict[str, Any]) -> None:
        data, headers = msgspec.json.encode(body), {"Content-Type": "application/json"}
        async with self._session.post(path, data=data, headers=headers) as answer:
            text = await answer.read()
            assert answer.status == 201, text

    async def _follow(self, version: str) -> None:
        decoder = msgspec.json.Decoder(_Event)
        while True:
            parameters = {"watch": "1", "resourceVersion": version}
            async with self._session.get(self._pods, params=parameters) as answer:
                async for line in answer.content:
                    event = decoder.decode(line)
                    version = event.object.metadata.resource_version
                    self._seen(event)

    def _seen(self, event: _Event) -> None:
        name = event.object.metadata.name
        if event.type == "DELETED":
            what = "gone"
        elif any(each.type == "Ready" and each.status == "True" for each in event.object.status.conditions):
            what = "ready"
        else:
            return
        if future := self._waiting.pop((what, name), None):
            future.set_result(None)


def _event(namespace: str, index: int) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    pod = f"jupyter-user-{index // 6}"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{pod}.{index:x}"},
        "involvedObject": {"kind": "Pod", "namespace": namespace, "name": pod, "uid": f"{index // 6}"},
        "type": "Normal",
        "reason": "Pulled",
        "message": "Container image localhost/notebook:none already present on machine",
        "source": {"component": "kubelet", "host": "fake-01"},
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }


def _copy(model: dict[str, Any], index: int) -> dict[str, Any]:
    meta = model["metadata"]
    own = {labels.INSTANCE: f"idle-{index}", labels.INSTANCE_UID: f"{uuid.UUID(int=index)}"}
    kept = {key: meta[key] for key in ("labels", "annotations") if key in meta}
    metadata = {**kept, "name": f"idle-{index}", "labels": {**meta["labels"], **own}}
    spec = {key: value for key, value in model["spec"].items() if key != "nodeName"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {**spec, "schedulerName": "nobody"}}


def _claim(name: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def _pod(name: str, volumes: bool) -> dict[str, Any]:
    container: dict[str, Any] = {"name": "notebook", "image": "localhost/notebook:none"}
    spec: dict[str, Any] = {"containers": [container], "automountServiceAccountToken": False}
    if volumes:
        container["volumeMounts"] = [{"name": "home", "mountPath": "/home/jovyan"}]
        spec["volumes"] = [{"name": "home", "persistentVolumeClaim": {"claimName": name}}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


async def main() -> None:
    """Serve until stdin is closed."""
    settings = msgspec.json.decode(sys.argv[1], type=Settings)
    account = await config.load(settings.kubeconfig)
    connector = aiohttp.TCPConnector(ssl=account.endpoint.tls(), limit=100)
    session = aiohttp.ClientSession(
        account.endpoint.url,
        connector=connector,
        headers={"Authorization": account.authorization()},
        timeout=aiohttp.ClientTimeout(total=None),
        read_bufsize=1 << 21,
    )
    async with session:
        floor = Floor(settings, session)
        await serve({name: getattr(floor, name) for name in ("prepare", "start", "stop", "rest", "events", "copies")})


if __name__ == "__main__":
    asyncio.run(main())
