"""What hubs tell is asked for, and a hub that tells nothing is a gap."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from aiohttp import web

from jupyternetes.api.core import PodStatus
from jupyternetes.api.hub_dependencies import PATH, HubDependencies, HubDependency
from jupyternetes.api.metadata import Metadata
from jupyternetes.graph.discovery.hub.ask_hub import PORT_NAME, ask_hubs
from jupyternetes.graph.discovery.objects.pod import Container, ContainerPort, Pod, PodSpec
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.runtime.objects import ObjectKey

DATABASE = HubDependency(kind="database", dialect="postgresql", host="db", port=5432, up=False, message="No answer.")
TOLD = HubDependencies(taken="2026-11-28T10:00:00Z", interval=5, dependencies=(DATABASE,))


def hub(port: int, address: str = "127.0.0.1", phase: str = "Running") -> Pod:
    ports = (ContainerPort(name=PORT_NAME, container_port=port),)
    return Pod(
        metadata=Metadata(name="hub-1", namespace="hub", labels={"app": "jupyterhub", "component": "hub"}),
        spec=PodSpec(containers=(Container(name="hub", ports=ports),)),
        status=PodStatus(pod_ip=address, phase=phase),
    )


async def asked(respond: Callable[[], web.Response]) -> Observed:
    async def handle(_: web.Request) -> web.Response:
        return respond()

    return await served(handle)


async def served(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Observed:
    app = web.Application()
    app.router.add_get(PATH, handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return await ask_hubs(Observed(pods=[hub(runner.addresses[0][1])]))
    finally:
        await runner.cleanup()


def test_a_hub_tells_what_it_depends_on() -> None:
    observed = asyncio.run(asked(lambda: web.Response(body=msgspec.json.encode(TOLD))))

    assert observed.told == {ObjectKey("hub", "hub-1"): (DATABASE,)}
    assert observed.authenticators == {ObjectKey("hub", "hub-1"): TOLD.authenticator}
    assert observed.gaps == []


@pytest.mark.parametrize(
    "respond",
    [
        lambda: web.Response(status=404),
        lambda: web.Response(status=302, headers={"Location": "http://elsewhere.invalid/"}),
        lambda: web.Response(text="<html>"),
        lambda: web.Response(text="{}"),
        lambda: web.Response(text='{"schema": "other", "taken": "", "interval": 1}'),
        lambda: web.Response(body=b'{"schema": "' + b"x" * 1024 * 1024),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_gap(respond: Callable[[], web.Response]) -> None:
    observed = asyncio.run(asked(respond))

    assert observed.told == {}
    assert ["what the hub hub-1 depends on" in gap.what for gap in observed.gaps] == [True]


def test_a_hub_that_does_not_listen_is_a_gap_with_the_way_out() -> None:
    observed = asyncio.run(ask_hubs(Observed(pods=[hub(1)])))

    [gap] = observed.gaps
    assert "hub-dependencies.md" in gap.remedy


@pytest.mark.parametrize("pod", [hub(1, address=""), hub(1, phase="Failed"), hub(1, phase="Succeeded")])
def test_a_hub_that_has_no_address_of_its_own_is_not_asked(pod: Pod) -> None:
    assert asyncio.run(ask_hubs(Observed(pods=[pod]))).gaps == []


def test_an_answer_that_comes_in_pieces_is_read_whole() -> None:
    async def in_pieces() -> Observed:
        body = msgspec.json.encode(TOLD)

        async def handle(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            for place in range(0, len(body), 40):
                await response.write(body[place : place + 40])
                await asyncio.sleep(0)
            return response

        return await served(handle)

    assert asyncio.run(in_pieces()).told == {ObjectKey("hub", "hub-1"): (DATABASE,)}
