"""A provisioner of volumes that do not exist: a PersistentVolume for each claim, gone when the claim is gone.

Run by its path, as ``provisioner.py SERVER CA CERTIFICATE KEY``; it stands alone, with one connection for the watch and
a few for the rest, so that it costs a benchmark as little as possible.
See https://github.com/kubernetes-csi/external-provisioner, which plays the same part in real clusters.
"""

import asyncio
import json
import ssl
import sys
from typing import Any, Final

import aiohttp

NAME: Final = "load.jupyternetes.kadense.io/nothing"
_CLAIMS: Final = "/api/v1/persistentvolumeclaims"
_VOLUMES: Final = "/api/v1/persistentvolumes"
_HANDED_OVER: Final = "volume.kubernetes.io/storage-provisioner"
_NODE: Final = "volume.kubernetes.io/selected-node"
_AGAIN: Final = 0.2  # seconds, after a lost connection

Json = dict[str, Any]


def volume_for(claim: Json) -> Json | None:
    """The volume to make for a claim; None if the claim is not ours, not handed over yet, or bound."""
    meta, spec = claim["metadata"], claim["spec"]
    annotations = meta.get("annotations", {})
    if annotations.get(_HANDED_OVER) != NAME or _NODE not in annotations or "volumeName" in spec:
        return None
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name_for(claim), "annotations": {"pv.kubernetes.io/provisioned-by": NAME}},
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": meta["namespace"],
                "name": meta["name"],
                "uid": meta["uid"],
            },
            "hostPath": {"path": "/nonexistent"},
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": spec["storageClassName"],
        },
    }


def name_for(claim: Json) -> str:
    """The name of a claim's volume."""
    return f"pvc-{claim['metadata']['uid']}"


class Provisioner:
    """Follows all claims of a cluster through ``session``."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._made: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; a lost connection is made again."""
        while True:
            try:
                await self._follow()
            except (aiohttp.ClientError, TimeoutError) as error:
                print(f"{error!r}; trying again", flush=True)
            await asyncio.sleep(_AGAIN)

    async def _follow(self) -> None:
        async with self._session.get(_CLAIMS) as answer:
            listing = await answer.json()
        for claim in listing["items"]:
            self._seen("ADDED", claim)
        version = listing["metadata"]["resourceVersion"]
        async with self._session.get(_CLAIMS, params={"watch": "1", "resourceVersion": version}) as answer:
            async for line in answer.content:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                self._seen(event["type"], event["object"])

    def _seen(self, kind: str, claim: Json) -> None:
        name = name_for(claim)
        if kind == "DELETED":
            self._made.discard(name)
            self._do(self._request("DELETE", f"{_VOLUMES}/{name}"))
        elif name not in self._made and (volume := volume_for(claim)) is not None:
            self._made.add(name)
            self._do(self._request("POST", _VOLUMES, volume))

    def _do(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _request(self, method: str, path: str, body: Json | None = None) -> None:
        """Until it was answered. That the volume is there already, or gone, is what was wanted."""
        while True:
            try:
                async with self._session.request(method, path, json=body) as answer:
                    text = await answer.text()
            except (aiohttp.ClientError, TimeoutError) as error:
                text = repr(error)
            else:
                if answer.ok or answer.status in (404, 409):
                    return
            print(f"{method} {path}: {text}; trying again", flush=True)
            await asyncio.sleep(_AGAIN)


async def main(server: str, authority: str, certificate: str, key: str) -> None:
    """Provision for one API server."""
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(certificate, key)
    connector = aiohttp.TCPConnector(ssl=context, limit=16)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
    # A claim comes as one line, and may be longer than aiohttp's own bound of a line.
    async with aiohttp.ClientSession(server, connector=connector, timeout=timeout, read_bufsize=1 << 21) as session:
        await Provisioner(session).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
