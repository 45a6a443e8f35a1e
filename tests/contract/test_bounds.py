"""How long a request may take, and when to come again.

https://kubernetes.io/docs/reference/using-api/api-concepts/ and
https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeGuard

import pytest

from jupyternetes.runtime import errors
from tests.contract.gizmos import GIZMOS, gizmo
from tests.contract.http import Http
from tests.contract.servers import FakeServer, RealServer, Server, collection
from tests.support.fakekube import on


@asynccontextmanager
async def stuck(server: Server) -> AsyncIterator[None]:
    """While entered, no write can be committed."""
    if isinstance(server, RealServer):
        server.cluster.freeze("etcd")
        try:
            yield
        finally:
            server.cluster.thaw("etcd")
    else:
        assert isinstance(server, FakeServer)
        gate = server.fake.faults.hold(on("create"))
        yield
        gate.set()


@pytest.mark.parametrize("bound", ["800ms", "4s", "1m", "2.5s"])
async def test_write_takes_a_bound(http: Http, namespace: str, bound: str) -> None:
    answer = await http.send("POST", collection(namespace), gizmo("a"), timeout=bound)

    assert answer.status in (201, 504)  # it was understood; a slow machine may need longer than the shortest


async def test_bound_without_a_unit_is_a_bad_request(http: Http, namespace: str) -> None:
    answer = await http.send("POST", collection(namespace), gizmo("a"), timeout="4")

    assert (answer.status, answer.reason) == (400, "BadRequest")


async def test_write_that_cannot_be_committed_is_given_up_at_its_bound(server: Server, namespace: str) -> None:
    """The bound is the API server's. What etcd has received and not read yet, it may still commit when it goes on."""
    clock = asyncio.get_running_loop().time
    await server.client.list(GIZMOS, namespace)
    async with stuck(server):
        begun = clock()
        answer = await server.http.send("POST", collection(namespace), gizmo("a"), timeout="800ms")
        taken = clock() - begun

    assert answer.status in (500, 504)
    assert 0.7 < taken < 3


async def test_client_cannot_know_what_became_of_a_write_that_was_given_up(server: Server, namespace: str) -> None:
    clock = asyncio.get_running_loop().time
    async with await server.connect(write_bound=2.0) as client:
        await client.list(GIZMOS, namespace)
        async with stuck(server):
            begun = clock()
            with pytest.raises(errors.UnknownOutcome) as caught:
                await client.create(GIZMOS, namespace, gizmo("a-"))
            taken = clock() - begun

    assert taken < 5
    assert begun < caught.value.settled_at < begun + 3


async def test_throttled_account_is_told_when_to_come_again_R01(server: Server, namespace: str) -> None:
    async with await server.throttled() as throttled:
        async with stuck(server):
            creates = [asyncio.ensure_future(throttled.create(GIZMOS, namespace, gizmo("a-"))) for _ in range(2)]
            await asyncio.wait(creates, return_when=asyncio.FIRST_COMPLETED, timeout=3)
        first, *_ = [error for error in await asyncio.gather(*creates, return_exceptions=True) if is_refusal(error)]

    assert (first.status, first.retry_after) == (429, 1)
    assert len((await server.client.list(GIZMOS, namespace)).items) < 2


def is_refusal(error: object) -> TypeGuard[errors.TooManyRequests]:
    return isinstance(error, errors.TooManyRequests)
