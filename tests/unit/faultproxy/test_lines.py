"""Cutting a client off, and the credentials that it has."""

import asyncio
import json

import aiohttp
import pytest
import yaml

from jupyternetes.runtime.client import Client
from tests.support.faultproxy import FaultProxy, Line
from tests.unit.faultproxy.conftest import OpenWatch, call
from tests.unit.runtime.conftest import KubeconfigWriter
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi, answer, page, stream, widget_json
from tests.unit.runtime.scripted_api import line as event

A = event("ADDED", widget_json("a", 1))


async def test_kubeconfig_is_that_of_the_account(line: Line, api: ScriptedApi) -> None:
    api.lists.append(page(7))

    async with await Client.connect(line.kubeconfig, user_agent="tester/1") as client:
        assert client.namespace == "kadense"
        assert (await client.list(WIDGETS, "lab")).resource_version == "7"

    assert api.seen[0].headers["Authorization"] == "Bearer secret"
    assert api.seen[0].headers["User-Agent"] == "tester/1"


async def test_cut_off_refuses_and_resets_one_line_only(
    session: aiohttp.ClientSession,
    open_watch: OpenWatch,
    line: Line,
    proxy: FaultProxy,
    api: ScriptedApi,
    kubeconfig_for: KubeconfigWriter,
) -> None:
    other = proxy.line("two", kubeconfig_for(api.url, name="other"))
    api.watches += [stream(A), stream(A)]
    api.lists += [page(1)] * 3
    watch = await open_watch(line)
    assert await watch.exactly(len(A)) == A

    line.cut_off()

    with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)):
        await watch.read()
    with pytest.raises(aiohttp.ClientConnectorError):
        await call(session, line)
    assert await call(session, other) == 200
    line.restore()
    assert await call(session, line) == 200
    assert await (await open_watch(line)).exactly(len(A)) == A


async def test_hanging_cut_off_passes_nothing_and_then_what_waited(
    session: aiohttp.ClientSession, open_watch: OpenWatch, line: Line, api: ScriptedApi
) -> None:
    release = asyncio.Event()

    async def later(request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        response = aiohttp.web.StreamResponse()
        await response.prepare(request)
        await release.wait()
        await response.write(A)
        return response

    api.watches.append(later)
    api.lists += [page(1)]
    watch = await open_watch(line)

    line.cut_off(hang=True)
    release.set()
    request = asyncio.create_task(call(session, line))
    assert await watch.is_silent()
    assert not request.done()
    assert api.asked("list") == []

    line.restore()
    assert await request == 200
    assert await watch.exactly(len(A)) == A


async def test_expired_token_is_refused_until_it_is_renewed(
    session: aiohttp.ClientSession,
    open_watch: OpenWatch,
    line: Line,
    api: ScriptedApi,
    kubeconfig_for: KubeconfigWriter,
) -> None:
    api.lists += [page(1)] * 2
    api.watches.append(stream(A))
    headers = {"Authorization": "Bearer secret"}
    watch = await open_watch(line)
    await watch.exactly(len(A))

    line.expire_token()

    with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)):
        await watch.read()
    assert await call(session, line, headers=headers) == 401
    line.renew(kubeconfig_for(api.url, name="renewed", token="fresh"))
    assert yaml.safe_load(line.kubeconfig.read_text())["users"][0]["user"] == {"token": "fresh"}
    assert await call(session, line, headers=headers) == 401
    assert await call(session, line, headers={"Authorization": "Bearer fresh"}) == 200


async def test_notes_of_the_test_stand_in_the_timeline(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.others.append(answer(json.loads("{}")))
    proxy.log.note("killed pods-1")
    await call(session, line, name="a")

    first, second = proxy.log.timeline(verb="get").splitlines()

    assert first.endswith("---- killed pods-1")
    assert "one get widgets lab/a -> 200" in second
    assert proxy.log.timeline(verb="watch").splitlines() == [first]
