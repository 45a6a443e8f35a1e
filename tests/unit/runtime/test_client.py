"""The client against an API server that answers what a test tells it to."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from jupyternetes.runtime import config, errors, transport
from jupyternetes.runtime.client import Client, Created
from jupyternetes.runtime.wire import WRITE_BOUND, Sessions, WriteBound
from tests.unit.runtime.conftest import KubeconfigWriter
from tests.unit.runtime.following import eventually
from tests.unit.runtime.scripted_api import (
    WIDGETS,
    Answer,
    ScriptedApi,
    answer,
    bookmark,
    hang,
    page,
    refusal,
    reset,
    stream,
    widget,
    widget_json,
)

Call = Callable[[Client], Awaitable[object]]


async def test_get_decodes_the_object(api: ScriptedApi, client: Client) -> None:
    api.others.append(answer(widget_json("a", 3, size=7)))

    found = await client.get(WIDGETS, "lab", "a")

    assert (found.metadata.name, found.size) == ("a", 7)
    (seen,) = api.seen
    assert seen.path == "/apis/example.org/v1/namespaces/lab/widgets/a"
    assert seen.headers["Authorization"] == "Bearer secret"
    assert seen.headers["User-Agent"] == "tester/1"


async def test_list_follows_pages_and_sets_unreadable_objects_apart(api: ScriptedApi, client: Client) -> None:
    api.lists += [
        page(10, widget_json("a", 1), widget_json("odd", 2) | {"size": "x"}, token="next"),
        page(10, widget_json("b", 3)),
    ]

    listing = await client.list(WIDGETS, "lab", field_selector="spec.x=1")

    assert [obj.metadata.name for obj in listing.items] == ["a", "b"]
    assert listing.resource_version == "10"
    assert {key.name: broken.reason for key, broken in listing.broken.items()} == {
        "odd": "Expected `int`, got `str` - at `$.size`"
    }
    assert [seen.query.get("continue") for seen in api.seen] == [None, "next"]


SENDS: list[tuple[Call, str, object]] = [
    (lambda c: c.create(WIDGETS, "lab", {"x": 1}), "application/json", {"x": 1}),
    (lambda c: c.json_patch(WIDGETS, "lab", "a", [{"op": "test"}]), "application/json-patch+json", [{"op": "test"}]),
    (lambda c: c.merge_patch(WIDGETS, "lab", "a", {"x": None}), "application/merge-patch+json", {"x": None}),
]


@pytest.mark.parametrize(("call", "content_type", "body"), SENDS, ids=["create", "json", "merge"])
async def test_bodies_are_encoded_once_and_as_what_they_are(
    api: ScriptedApi, client: Client, call: Call, content_type: str, body: object
) -> None:
    api.others.append(answer(widget_json("a", 3), code=201))

    await call(client)

    (seen,) = api.seen
    assert json.loads(seen.body) == body
    assert seen.headers["Content-Type"] == content_type
    assert seen.query["fieldManager"] in {"tester", "me"}
    assert "force" not in seen.query


async def test_delete_does_not_look_at_the_answer(api: ScriptedApi, client: Client) -> None:
    api.others.append(answer(b"not even JSON"))

    await client.delete(WIDGETS, "lab", "a", uid="u1")

    assert json.loads(api.seen[0].body)["preconditions"] == {"uid": "u1"}


WRITES: list[Call] = [
    lambda c: c.create(WIDGETS, "lab", {}),
    lambda c: c.merge_patch(WIDGETS, "lab", "a", {}),
    lambda c: c.delete(WIDGETS, "lab", "a"),
]


@pytest.mark.parametrize("write", WRITES[:2], ids=["create", "patch"])
@pytest.mark.parametrize("failure", [reset, refusal(500, "InternalError"), refusal(504, "Timeout")])
async def test_write_that_broke_off_has_an_unknown_outcome_and_is_not_repeated(
    api: ScriptedApi, client: Client, write: Call, failure: object
) -> None:
    api.others += [failure, answer(widget_json("a", 3))]  # type: ignore[list-item]
    begun = asyncio.get_running_loop().time()

    with pytest.raises(errors.UnknownOutcome, match=r"outcome unknown: .* widgets\.example\.org lab/") as caught:
        await write(client)

    assert len(api.seen) == 1
    assert begun + WRITE_BOUND <= caught.value.settled_at <= begun + WRITE_BOUND + 1


@pytest.mark.parametrize("write", WRITES, ids=["create", "patch", "delete"])
async def test_words_of_the_server_on_a_write_that_failed_there_are_kept_C10(
    api: ScriptedApi, client: Client, write: Call
) -> None:
    api.others.append(refusal(500, "InternalError", 'failed calling webhook "guard.example.org"'))

    with pytest.raises(errors.UnknownOutcome) as caught:
        await write(client)

    assert caught.value.refusal is not None
    assert caught.value.refusal.message == 'failed calling webhook "guard.example.org"'


async def test_broken_off_delete_has_an_unknown_outcome_in_the_end(api: ScriptedApi, client: Client) -> None:
    # aiohttp itself repeats a DELETE that met a connection closed meanwhile; it may be done twice, a create may not.
    api.others += [reset, reset]

    with pytest.raises(errors.UnknownOutcome, match=r"delete widgets\.example\.org lab/a"):
        await client.delete(WIDGETS, "lab", "a")


async def test_write_that_was_cancelled_on_its_way_is_unsettled(api: ScriptedApi, client: Client) -> None:
    api.others.append(hang)
    write = asyncio.ensure_future(client.create(WIDGETS, "lab", {}))
    await eventually(lambda: len(api.seen) == 1)

    write.cancel()
    await asyncio.wait([write])

    assert client.unsettled_until > asyncio.get_running_loop().time() + WRITE_BOUND - 1


async def test_created_object_that_cannot_be_read_is_an_unknown_outcome(api: ScriptedApi, client: Client) -> None:
    api.others.append(answer(widget_json("a", 3) | {"size": "x"}, code=201))

    with pytest.raises(errors.UnknownOutcome, match="cannot be read"):
        await client.create(WIDGETS, "lab", {})


async def test_clean_refusal_of_a_write_is_no_unknown_outcome_R01(api: ScriptedApi, client: Client) -> None:
    api.others.append(refusal(429, "TooManyRequests", Retry_After="3"))

    with pytest.raises(errors.TooManyRequests) as caught:
        await client.create(WIDGETS, "lab", {})

    assert caught.value.retry_after == 3


@pytest.mark.parametrize(
    "too_large",
    [
        refusal(413, "RequestEntityTooLarge"),
        answer(b"<html>nginx</html>", code=413),
        refusal(500, "InternalError", "etcdserver: request is too large"),
    ],
    ids=["API server", "proxy", "etcd"],
)
async def test_body_that_is_too_large_is_no_unknown_outcome_C13(
    api: ScriptedApi, client: Client, too_large: Answer
) -> None:
    api.others.append(too_large)

    with pytest.raises(errors.TooLarge):
        await client.create(WIDGETS, "lab", {})

    assert client.unsettled_until == float("-inf")


async def test_create_hears_what_the_server_warns_of_C19(api: ScriptedApi, client: Client) -> None:
    api.others.append(answer(widget_json("a", 3), code=201, warnings=["unknown field", "deprecated"]))

    made = await client.create_with_warnings(WIDGETS, "lab", {})

    assert made == Created(widget("a", 3), ("unknown field", "deprecated"))


async def test_each_warning_about_a_write_is_logged_once_C19(
    api: ScriptedApi, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    api.others += [answer(widget_json("a", 3), warnings=[text]) for text in ("unknown field", "unknown field", "old")]

    await client.create(WIDGETS, "lab", {"metadata": {"generateName": "a-"}})
    await client.create(WIDGETS, "lab", {"metadata": {"generateName": "a-"}})
    await client.merge_patch(WIDGETS, "lab", "a", {})

    assert [record.message for record in caplog.records if "warns" in record.message] == [
        "create widgets.example.org lab/a-*: the API server warns: unknown field",
        "patch widgets.example.org lab/a: the API server warns: old",
    ]


async def test_read_that_broke_off_changed_nothing(api: ScriptedApi, client: Client) -> None:
    # Of a read, aiohttp itself repeats one that met a connection closed meanwhile.
    api.others += [reset, reset]

    with pytest.raises(errors.Unreachable, match=r"get widgets\.example\.org lab/a"):
        await client.get(WIDGETS, "lab", "a")


@pytest.mark.parametrize("write", WRITES, ids=["create", "patch", "delete"])
async def test_nobody_listening_means_nothing_was_sent(kubeconfig_for: KubeconfigWriter, write: Call) -> None:
    async with await Client.connect(kubeconfig_for("http://127.0.0.1:1"), user_agent="t") as client:
        with pytest.raises(errors.Unreachable, match=r"lab.*127\.0\.0\.1:1"):
            await write(client)
        assert set(client.calls.values()) == {1}


@pytest.mark.parametrize("body", [b"<html>a proxy's page</html>", b"{}"])
async def test_answer_that_makes_no_sense_is_unreadable(api: ScriptedApi, client: Client, body: bytes) -> None:
    api.others.append(answer(body))
    api.lists.append(answer(body))

    with pytest.raises(errors.Unreadable, match="get widgets"):
        await client.get(WIDGETS, "lab", "a")
    with pytest.raises(errors.Unreadable, match="list widgets"):
        await client.list(WIDGETS, "lab")


async def test_refused_credentials_are_loaded_afresh_once(api: ScriptedApi, kubeconfig_for: KubeconfigWriter) -> None:
    api.others += [refusal(401, "Unauthorized"), answer(widget_json("a", 3))]
    path = kubeconfig_for(api.url, token="old")

    async with await Client.connect(path, user_agent="t") as client:
        kubeconfig_for(api.url, token="new")
        await client.create(WIDGETS, "lab", {})

    assert [seen.headers["Authorization"] for seen in api.seen] == ["Bearer old", "Bearer new"]


async def test_credentials_refused_again_are_unauthorized_and_not_loaded_at_each_request(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others += [refusal(401, "Unauthorized") for _ in range(4)]
    path, loads = kubeconfig_for(api.url, token="old"), 0

    async def reload() -> config.Settings:
        nonlocal loads
        loads += 1
        return await config.load(path)

    sender = transport.Transport(
        await config.load(path), user_agent="t", max_requests=2, reload=reload, write_bound=WriteBound()
    )
    async with Client(sender, "t") as client:
        for _ in range(2):
            with pytest.raises(errors.Unauthorized):
                await client.get(WIDGETS, "lab", "a")

    assert loads == 1


async def test_refused_credentials_that_cannot_be_loaded_are_unauthorized(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    api.others += [refusal(401, "Unauthorized"), refusal(401, "Unauthorized")]
    path = kubeconfig_for(api.url, token="old")

    async with await Client.connect(path, user_agent="t") as client:
        path.unlink()
        with pytest.raises(errors.Unauthorized):
            await client.get(WIDGETS, "lab", "a")


async def test_other_certificates_are_taken_up(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = ScriptedApi()
    await moved.start()
    api.others.append(refusal(401, "Unauthorized"))
    moved.others.append(answer(widget_json("a", 3)))
    path = kubeconfig_for(api.url)

    async with await Client.connect(path, user_agent="t") as client:
        kubeconfig_for(moved.url)  # another host, like another certificate, needs new connections
        await client.get(WIDGETS, "lab", "a")
    await moved.stop()

    assert (len(api.seen), len(moved.seen)) == (1, 1)


async def test_calls_are_counted_by_answer(api: ScriptedApi, client: Client) -> None:
    api.others += [answer(widget_json("a", 3)), refusal(404, "NotFound")]

    await client.get(WIDGETS, "lab", "a")
    with pytest.raises(errors.NotFound):
        await client.get(WIDGETS, "lab", "a")

    assert client.calls == {("get", "widgets.example.org", 200): 1, ("get", "widgets.example.org", 404): 1}


async def test_watches_take_no_turns(api: ScriptedApi, kubeconfig_for: KubeconfigWriter) -> None:
    api.watches += [stream(bookmark(1)), stream(bookmark(1))]
    api.others.append(answer(widget_json("a", 3)))

    async with await Client.connect(kubeconfig_for(api.url), user_agent="t", max_requests=1) as client:
        watches = [client.watch(WIDGETS, "lab", resource_version="1") for _ in range(2)]
        async with aclosing(watches[0]), aclosing(watches[1]):
            for watch in watches:
                await anext(watch)
            assert await client.get(WIDGETS, "lab", "a") == widget("a", 3)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the options are Linux's")
async def test_kernel_looks_after_the_connection_of_a_watch_and_of_nothing_else(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TCP alone never notices that the other side is gone while there is nothing to send."""
    made: list[socket.socket] = []
    plain = Sessions._socket

    def noted(sessions: Sessions, address: tuple[object, ...]) -> socket.socket:
        made.append(plain(sessions, address))
        return made[-1]

    monkeypatch.setattr(Sessions, "_socket", noted)
    api.others.append(answer(widget_json("a", 3)))
    api.watches.append(stream(bookmark(1)))

    async with (
        await Client.connect(kubeconfig_for(api.url), user_agent="t") as client,
        aclosing(client.watch(WIDGETS, "lab", resource_version="1")) as watch,
    ):
        await anext(watch)
        await client.get(WIDGETS, "lab", "a")
        watching, _ = made
        probed = [each.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for each in made]
        idle = watching.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        every = watching.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
        limits = [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) / 1000 for each in made]

    assert probed == [1, 0]
    assert idle + every < limits[0] <= 30, "a single lost probe is not the end"
    assert limits[1] == WriteBound().way
