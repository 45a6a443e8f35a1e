"""The two API servers that are held to one contract, with what a test has to do to each of them in its own way."""

import asyncio
import base64
import json
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeVar

import aiohttp
import msgspec
import pytest

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Forbidden
from tests.contract.gizmos import DEFINITION, GIZMOS
from tests.contract.http import Http
from tests.support.fakekube import FakeKube, on
from tools.cluster import Cluster
from tools.cluster.layout import Layout

T = TypeVar("T")


def real_only(reason: str) -> pytest.MarkDecorator:
    """For what the fake does not do, or cannot be made to do; ``reason`` says which and why."""
    assert reason
    return pytest.mark.parametrize("server", [pytest.param("real", id="real-only")], indirect=True)


class Server(Protocol):
    """One API server. ``client`` and ``http`` are an administrator's."""

    client: Client
    http: Http

    async def add_namespace(self) -> str:
        """A fresh namespace; the answer is its name."""
        ...

    async def outdate(self, token: str) -> tuple[str, str]:
        """Forget the history: a version that is now too old, and ``token`` of a page of such a version."""
        ...

    async def connect(self, *, write_bound: float) -> Client:
        """Another client of the administrator, which gives its writes so many seconds."""
        ...

    async def throttled(self) -> Client:
        """The client of an account of which at most one request is let in at a time."""
        ...

    async def close(self) -> None: ...


class FakeServer:
    """The fake."""

    def __init__(self, fake: FakeKube, client: Client, http: Http) -> None:
        self.fake, self.client, self.http = fake, client, http

    @classmethod
    async def open(cls) -> "FakeServer":
        fake = await FakeKube([DEFINITION]).__aenter__()
        return cls(fake, await fake.client("tester/1"), await Http.connect(fake.kubeconfig))

    async def add_namespace(self) -> str:
        name = _namespace()
        self.fake.add_namespace(name)
        return name

    async def outdate(self, token: str) -> tuple[str, str]:
        version = str(self.fake.registry.state.version)
        self.fake.add_namespace(_namespace())
        self.fake.compact()
        return version, token

    async def connect(self, *, write_bound: float) -> Client:
        return await self.fake.client("tester/1", write_bound=write_bound)

    async def throttled(self) -> Client:
        self.fake.faults.answer(on(agent="throttled"), "TooManyRequests", retry_after=1, times=100)
        return await self.fake.client("throttled/1")

    async def close(self) -> None:
        await self.http.close()
        await self.client.close()
        await self.fake.__aexit__()


class RealServer:
    """kube-apiserver and etcd."""

    def __init__(self, cluster: Cluster, client: Client, http: Http) -> None:
        self.cluster, self.client, self.http = cluster, client, http
        self._namespaces: list[str] = []

    @classmethod
    async def open(cls, cluster: Cluster) -> "RealServer":
        client = await Client.connect(cluster.kubeconfig, user_agent="tester/1")
        return cls(cluster, client, await Http.connect(cluster.kubeconfig))

    async def add_namespace(self) -> str:
        name = _namespace()
        answer = await self.http.send("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
        assert answer.status == 201, answer.message
        self._namespaces.append(name)
        return name

    async def outdate(self, token: str) -> tuple[str, str]:
        """By compacting etcd up to now.

        The API server goes on serving what its watch cache still holds, which is all since it began to serve the
        kind. So what is too old is older than that: version 1, and a token that says it.
        """
        here = await self._etcd("range", {"key": base64.b64encode(b"\0").decode()})
        await self._etcd("compaction", {"revision": here["header"]["revision"], "physical": True})
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        content["rv"] = 1
        return "1", base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    async def connect(self, *, write_bound: float) -> Client:
        return await Client.connect(self.cluster.kubeconfig, user_agent="tester/1", write_bound=write_bound)

    async def throttled(self) -> Client:
        """By API Priority and Fairness: a priority level without any seats lets one request in when it has none."""
        made = [await self.http.send("POST", f"/apis/{path}", body) for path, body in _without_seats("throttled")]
        assert [answer.status for answer in made] == [201] * 3, [answer.message for answer in made]
        level = made[0].body["metadata"]["uid"]
        kubeconfig = self.cluster.kubeconfig_for("throttled")
        account = await Http.connect(kubeconfig)
        async with asyncio.timeout(10):
            answer = await account.send("GET", "/api/v1/namespaces")
            while (answer.status, answer.headers.get("X-Kubernetes-Pf-Prioritylevel-Uid")) != (200, level):
                await asyncio.sleep(0.02)
                answer = await account.send("GET", "/api/v1/namespaces")
        await account.close()
        return await Client.connect(kubeconfig, user_agent="throttled/1")

    async def close(self) -> None:
        for name in self._namespaces:
            await self.http.send("DELETE", f"/api/v1/namespaces/{name}")
        await self.http.close()
        await self.client.close()
        await _connections_closed()

    async def _etcd(self, call: str, body: object) -> dict[str, dict[str, str]]:
        """One call to etcd's JSON gateway (https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/)."""
        record = Layout(self.cluster.folder).read_record()
        assert record is not None
        url = f"http://127.0.0.1:{record.ports['etcd']}/v3/kv/{call}"
        async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return msgspec.json.decode(await answer.read())


def collection(namespace: str) -> str:
    """Where the Gizmos of a namespace are."""
    return GIZMOS.path(namespace)


async def once_admitted(create: Callable[[], Awaitable[T]]) -> T:
    """Create a pod. In a new namespace pods are forbidden until its service account is there."""
    async with asyncio.timeout(20):
        while True:
            with suppress(Forbidden):
                return await create()
            await asyncio.sleep(0.05)


async def _connections_closed() -> None:
    """Who leaves a watch says goodbye by TLS, and the loop of a test should not end before that is answered."""
    transports = asyncio.get_running_loop()._transports  # type: ignore[attr-defined]
    with suppress(TimeoutError):
        async with asyncio.timeout(2):
            while any(transport._sock for transport in tuple(transports.values())):  # noqa: ASYNC110
                await asyncio.sleep(0.005)


def _namespace() -> str:
    return f"ct-{uuid.uuid4().hex[:8]}"


def _without_seats(user: str) -> list[tuple[str, object]]:
    """A priority level, who is put there, and the rights of that account.

    https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
    """
    metadata, group = {"metadata": {"name": user}}, "rbac.authorization.k8s.io"
    seats = {"nominalConcurrencyShares": 0, "borrowingLimitPercent": 0, "limitResponse": {"type": "Reject"}}
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"], "clusterScope": True}
    rule = {"subjects": [{"kind": "User", "user": {"name": user}}], "resourceRules": [everything]}
    flow = {"priorityLevelConfiguration": {"name": user}, "matchingPrecedence": 2, "rules": [rule]}
    binding = {
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
    }
    return [
        (
            "flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
            metadata | {"spec": {"type": "Limited", "limited": seats}},
        ),
        ("flowcontrol.apiserver.k8s.io/v1/flowschemas", metadata | {"spec": flow}),
        (f"{group}/v1/clusterrolebindings", metadata | binding),
    ]
