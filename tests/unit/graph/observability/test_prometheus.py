"""How full volumes are, as a Prometheus tells it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, ObjectId, assemble, edge
from jupyternetes.graph.observability.prometheus import with_volume_usage
from tests.unit.graph.model.deployments import TOLD, node, server

CLAIM = ObjectId(kind="PersistentVolumeClaim", name="home-ana", namespace="us.ers")
GRAPH = assemble(
    [server("ana"), server("ben"), node(kinds.CLAIM, "home-ana", namespace="us.ers", objects=(CLAIM,))],
    [edge(kinds.MOUNTS, "claim/home-ana", "server/ana", TOLD)],
)


def answer(*samples: tuple[str, str, str], **fields: Any) -> web.Response:
    result = [
        {"metric": {"namespace": namespace, "persistentvolumeclaim": claim}, "value": [1764324000.5, value]}
        for namespace, claim, value in samples
    ]
    return web.json_response({"status": "success", "data": {"resultType": "vector", "result": result}} | fields)


def asked(respond: Callable[[web.Request], web.Response], graph: Graph = GRAPH) -> Graph:
    async def handle(request: web.Request) -> web.Response:
        return respond(request)

    async def ask() -> Graph:
        app = web.Application()
        app.router.add_get("/prometheus/api/v1/query", handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return await with_volume_usage(graph, f"http://127.0.0.1:{runner.addresses[0][1]}/prometheus/")
        finally:
            await runner.cleanup()

    return asyncio.run(ask())


def used(graph: Graph) -> dict[str, int | None]:
    return {each.name: each.series.volume_used_bytes if each.series else None for each in graph.nodes}


def test_claims_and_the_servers_that_mount_them_show_what_is_used() -> None:
    queries: list[str] = []

    def respond(request: web.Request) -> web.Response:
        queries.append(request.query["query"])
        return answer(("us.ers", "home-ana", "1.048576e+06"), ("us.ers", "other", "5"), ("us.ers", "broken", "NaN"))

    graph = asked(respond)

    assert used(graph) == {"home-ana": 1048576, "ana": 1048576, "ben": None}
    assert graph.gaps == ()
    assert queries == [r'kubelet_volume_stats_used_bytes{namespace=~"us\\.ers"}']


@pytest.mark.parametrize(
    ("respond", "why"),
    [
        (lambda _: web.Response(status=503), "HTTP status 503"),
        (lambda _: web.Response(text="<html>"), "malformed"),
        (lambda _: web.json_response({"status": "error", "error": "too many samples"}), "too many samples"),
        (lambda _: web.json_response({"status": "success", "data": {"resultType": "scalar"}}), "no vector"),
        (lambda _: answer(("us.ers", "home-ana", "much")), "could not convert"),
        (lambda _: answer(), "kubelet_volume_stats_used_bytes"),
    ],
)
def test_what_a_prometheus_does_not_tell_is_a_gap(respond: Callable[[web.Request], web.Response], why: str) -> None:
    graph = asked(respond)

    assert used(graph) == dict.fromkeys(used(GRAPH))
    [gap] = graph.gaps
    assert gap.what == "how full volumes are"
    assert why in gap.why


def test_a_prometheus_that_is_not_there_is_a_gap() -> None:
    graph = asyncio.run(with_volume_usage(GRAPH, "http://127.0.0.1:1"))

    assert len(graph.gaps) == 1


def test_without_claims_nobody_is_asked() -> None:
    assert asyncio.run(with_volume_usage(assemble([server("ana")], []), "http://127.0.0.1:1")).gaps == ()
