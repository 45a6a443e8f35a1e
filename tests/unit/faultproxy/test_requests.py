"""What the proxy does to single requests, and what its log says of them."""

import asyncio
import json

import aiohttp
import pytest

from tests.support.faultproxy import Answer, Cut, Delay, FaultProxy, Hold, Late, Line, Match, Rewrite
from tests.support.faultproxy.seen import read_request
from tests.unit.faultproxy.conftest import WIDGETS, call
from tests.unit.runtime.following import eventually
from tests.unit.runtime.scripted_api import ScriptedApi, answer, page, widget_json

CREATED = answer(widget_json("a", 1), code=201)


@pytest.mark.parametrize(
    ("method", "path", "query", "expected"),
    [
        ("GET", "/api/v1/namespaces/lab/pods", {}, ("list", "pods", "lab", "")),
        ("GET", "/api/v1/namespaces/lab/pods", {"watch": "1"}, ("watch", "pods", "lab", "")),
        ("GET", "/api/v1/pods", {}, ("list", "pods", "", "")),
        ("POST", "/api/v1/namespaces/lab/pods/a/binding", {}, ("create", "pods/binding", "lab", "a")),
        ("DELETE", "/api/v1/namespaces/lab/pods/a", {}, ("delete", "pods", "lab", "a")),
        ("DELETE", "/api/v1/namespaces/lab/pods", {}, ("deletecollection", "pods", "lab", "")),
        ("PATCH", "/apis/k.io/v1/namespaces/lab/things/a/status", {}, ("patch", "things/status", "lab", "a")),
        ("GET", "/api/v1/namespaces", {}, ("list", "namespaces", "", "")),
        ("GET", "/api/v1/namespaces/lab", {}, ("get", "namespaces", "", "lab")),
        ("PUT", "/api/v1/namespaces/lab/status", {}, ("update", "namespaces/status", "", "lab")),
        ("POST", "/api/v1/namespaces/lab/pods", {"dryRun": "All"}, ("dry-create", "pods", "lab", "")),
        ("GET", "/readyz", {}, ("list", "", "", "")),
    ],
)
def test_request_is_understood_as_the_api_server_does(
    method: str, path: str, query: dict[str, str], expected: tuple[str, ...]
) -> None:
    seen = read_request("one", "tester/1", method, path, query)

    assert (seen.verb, seen.resource, seen.namespace, seen.name) == expected


async def test_request_and_answer_pass_unchanged(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.others.append(answer(widget_json("a", 1), code=201, X_Own="kept"))
    body = json.dumps({"metadata": {"generateName": "a-", "labels": {"x/y": "z"}}}).encode()
    query = "?timeout=4s&fieldManager=a%2Fb"

    response = await session.post(line.address + WIDGETS + query, data=body, headers={"Authorization": "Bearer t"})

    assert (response.status, response.headers["X-Own"]) == (201, "kept")
    assert await response.json(content_type=None) == widget_json("a", 1)
    [seen] = api.seen
    assert (seen.path, seen.query, seen.body) == (WIDGETS, {"timeout": "4s", "fieldManager": "a/b"}, body)
    assert seen.headers["Authorization"] == "Bearer t"
    [entry] = proxy.log.entries(client="one", verb="create", resource="widgets", namespace="l?b")
    assert (entry.status, entry.created, entry.labels) == (201, "a (uid-a)", {"x/y": "z"})
    await eventually(lambda: entry.ended is not None)
    assert entry.passed_on is not None
    assert entry.arrived <= entry.passed_on <= (entry.answered or 0) <= (entry.ended or 0)


async def test_fault_of_a_create_passes_over_dry_runs_which_make_nothing(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.others += [CREATED, CREATED]
    rule = proxy.fault(Answer(500), Match(verb="create"), times=1)

    assert await call(session, line, "POST", data="{}", params={"dryRun": "All"}) == 201
    assert (rule.hits, proxy.log.entries(verb="create")) == (0, [])
    assert await call(session, line, "POST", data="{}") == 500
    [tried] = proxy.log.entries(verb="dry-create")
    assert tried.created == ""


async def test_answer_with_a_status_never_reaches_the_server(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.lists.append(page(1))
    rule = proxy.fault(Answer(429, 3), Match(verb="list"), times=1, skip=0)

    async with session.get(line.address + WIDGETS) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "3")
        assert (await response.json())["reason"] == "TooManyRequests"
    assert await call(session, line) == 200

    assert (rule.hits, len(api.seen)) == (1, 1)


async def test_rule_spares_and_counts(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.lists += [page(1)] * 4
    proxy.fault(Answer(503), Match(verb="list", namespace="other"))
    proxy.fault(Answer(500), Match(verb="list", client="one", resource="w*", agent="Python*"), times=2, skip=1)

    assert [await call(session, line) for _ in range(5)] == [200, 500, 500, 200, 200]


async def test_cut_before_does_nothing_and_cut_after_has_done_it(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.others.append(CREATED)
    with proxy.fault(Cut(), Match(verb="create")), pytest.raises(aiohttp.ClientConnectionError):
        await call(session, line, "POST")
    assert api.seen == []

    with proxy.fault(Cut(after=True), Match(verb="create")), pytest.raises(aiohttp.ClientConnectionError):
        await call(session, line, "POST")
    assert len(api.seen) == 1

    before, after = proxy.log.entries(verb="create")
    assert (before.passed_on, before.status) == (None, 0)
    assert (after.created, after.status) == ("a (uid-a)", 0)
    assert "Cut" in proxy.log.timeline()


async def test_late_request_takes_effect_after_its_client_was_cut_off(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.others.append(CREATED)
    with proxy.fault(Late(0.2), Match(verb="create")), pytest.raises(aiohttp.ClientConnectionError):
        await call(session, line, "POST", data=b"{}")
    assert api.seen == []

    await eventually(lambda: len(api.seen) == 1)

    [entry] = proxy.log.entries(verb="create")
    await eventually(lambda: entry.created == "a (uid-a)")
    assert (entry.status, api.seen[0].body) == (0, b"{}")


async def test_held_request_goes_on_when_the_rule_is_lifted(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.lists.append(page(1))
    rule = proxy.fault(Hold(), Match(verb="list"))
    request = asyncio.create_task(call(session, line))
    await asyncio.to_thread(rule.wait)
    assert api.seen == []

    rule.lift()

    assert await request == 200


async def test_answer_is_held_after_the_server_has_done_it(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.others.append(CREATED)
    rule = proxy.fault(Hold(after=True), Match(verb="create"))
    request = asyncio.create_task(call(session, line, "POST"))
    await asyncio.to_thread(rule.wait)

    assert len(api.seen) == 1
    assert not request.done()
    rule.lift()
    assert await request == 201


async def test_request_whose_client_has_gone_is_never_passed_on(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    rule = proxy.fault(Hold(), Match(verb="create"))
    request = asyncio.create_task(call(session, line, "POST"))
    await asyncio.to_thread(rule.wait)

    request.cancel()
    [entry] = proxy.log.entries(verb="create")
    await eventually(lambda: entry.ended is not None)
    rule.lift()

    assert await call(session, line, "DELETE") == 500  # beyond the script: it did reach the server
    assert api.verbs() == ["delete"]


@pytest.mark.parametrize("limit", ["0.2s", "200ms"])
async def test_write_whose_own_time_is_over_is_never_passed_on(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy, limit: str
) -> None:
    proxy.fault(Delay(0.3), Match(verb="create"))

    with pytest.raises(aiohttp.ClientConnectionError):
        await call(session, line, "POST", params={"timeout": limit})
    api.others.append(CREATED)
    assert await call(session, line, "POST", params={"timeout": "4s"}) == 201
    api.others.append(CREATED)
    assert await call(session, line, "POST", params={"timeout": "4000ms"}) == 201

    assert len(api.seen) == 2


async def test_query_can_be_rewritten(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.lists.append(page(1))
    proxy.fault(Rewrite({"limit": "1"}), Match(verb="list"))

    assert await call(session, line, params={"limit": "500", "labelSelector": "a=b"}) == 200

    assert api.seen[0].query == {"limit": "1", "labelSelector": "a=b"}


async def test_server_that_is_away_breaks_the_connection(
    session: aiohttp.ClientSession, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    await api.stop()

    with pytest.raises(aiohttp.ClientConnectionError):
        await call(session, line)

    entries = proxy.log.entries()  # aiohttp repeats a GET
    assert {(entry.status, entry.answered) for entry in entries} == {(0, None)}
