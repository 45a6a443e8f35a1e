"""The informer against an API server that misbehaves as real ones and the networks before them do (B63)."""

import asyncio

import pytest
from aiohttp import web

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Listing
from jupyternetes.runtime.errors import Forbidden, NotFound, SetBack, Unreachable
from jupyternetes.runtime.informer import Informer
from tests.unit.runtime.conftest import KubeconfigWriter
from tests.unit.runtime.following import Follow, eventually
from tests.unit.runtime.scripted_api import (
    WIDGETS,
    Answer,
    ScriptedApi,
    bookmark,
    line,
    page,
    refusal,
    status_json,
    stream,
    widget,
    widget_json,
)


async def test_list_then_watch_from_its_version_with_bookmarks(api: ScriptedApi, follow: Follow) -> None:
    api.lists.append(page(10, widget_json("a", 3), widget_json("b", 4)))
    api.watches.append(stream(line("ADDED", widget_json("c", 11)), line("MODIFIED", widget_json("a", 12))))

    follower = await follow(label_selector="x=y")

    assert await follower.take(4) == ["+a@3", "+b@4", "+c@11", "~a@12"]
    assert follower.informer.synced
    (listed,), (watched,) = api.asked("list"), api.asked("watch")
    assert listed.query == {"limit": "500", "labelSelector": "x=y"}, "no resourceVersion: a consistent list"
    assert watched.query["resourceVersion"] == "10"
    assert watched.query["allowWatchBookmarks"] == "true"
    assert watched.query["labelSelector"] == "x=y"


async def test_pages_are_followed_and_only_the_first_list_is_initial(api: ScriptedApi, follow: Follow) -> None:
    api.lists += [page(10, widget_json("a", 3), token="more"), page(10, widget_json("b", 4))]
    api.watches += [stream(line("ERROR", status_json(410, "Expired")))]
    api.lists += [page(20, widget_json("a", 3), widget_json("b", 4), widget_json("c", 15))]
    initial: list[tuple[str, bool]] = []

    follower = await follow()
    follower.informer.subscribe(lambda change: initial.append((change.new.metadata.name, change.initial)))

    assert await follower.take(3) == ["+a@3", "+b@4", "+c@15"]
    assert initial == [("a", True), ("b", True), ("c", False)]
    assert api.asked("list")[1].query["continue"] == "more"


@pytest.mark.parametrize(
    "expired",
    [refusal(410, "Expired"), stream(line("ERROR", status_json(410, "Expired"))), stream(b"this is no watch line\n")],
    ids=["status", "ERROR event", "nonsense"],
)
async def test_expired_watch_lists_again_and_tells_what_was_missed_B63(
    api: ScriptedApi, follow: Follow, expired: object
) -> None:
    api.lists.append(page(10, widget_json("gone", 1), widget_json("changed", 2), widget_json("same", 3)))
    api.watches.append(expired)
    api.lists.append(page(20, widget_json("changed", 15), widget_json("same", 3), widget_json("new", 16)))
    api.watches.append(stream(line("MODIFIED", widget_json("new", 21))))

    follower = await follow()

    assert await follower.take(3) == ["+gone@1", "+changed@2", "+same@3"]
    assert await follower.take(4) == ["-gone", "~changed@15", "+new@16", "~new@21"]
    assert follower.names() == ["changed", "new", "same"]
    assert api.asked("watch")[1].query["resourceVersion"] == "20"


async def test_watch_that_ended_resumes_from_the_last_version_B63(api: ScriptedApi, follow: Follow) -> None:
    api.lists.append(page(10))
    api.watches += [
        stream(line("ADDED", widget_json("a", 11)), then="end"),
        stream(bookmark(50), then="end"),
        stream(line("MODIFIED", widget_json("a", 51))),
    ]

    follower = await follow()

    assert await follower.take(2) == ["+a@11", "~a@51"]
    assert [seen.query["resourceVersion"] for seen in api.asked("watch")] == ["10", "11", "50"]
    assert len(api.asked("list")) == 1


async def test_broken_connection_may_hide_a_restored_backup_so_it_lists_again_B63(
    api: ScriptedApi, follow: Follow
) -> None:
    api.lists += [page(50, widget_json("a", 11), widget_json("lost", 40)), page(12, widget_json("a", 11))]
    api.watches += [stream(then="drop"), stream(line("MODIFIED", widget_json("a", 13)))]

    follower = await follow()

    assert sorted(await follower.take(2)) == ["+a@11", "+lost@40"]
    assert await follower.take(2) == ["-lost", "~a@13"]
    assert [seen.query["resourceVersion"] for seen in api.asked("watch")] == ["50", "12"]


async def test_line_cut_by_the_end_of_the_stream_is_read_again(api: ScriptedApi, follow: Follow) -> None:
    whole = line("ADDED", widget_json("ü", 12))
    for cut in (len(whole) - 1, whole.index("ü".encode()) + 1):
        api.watches.append(stream(whole[:cut], then="end"))
    api.lists.append(page(10))
    api.watches.append(stream(whole))

    follower = await follow()

    assert await follower.next() == "+ü@12"
    assert [seen.query["resourceVersion"] for seen in api.asked("watch")] == ["10", "10", "10"]


async def test_one_byte_per_chunk(api: ScriptedApi, follow: Follow) -> None:
    data = line("ADDED", widget_json("naïve-☃", 11)) + line("DELETED", widget_json("naïve-☃", 12))
    api.lists.append(page(10))
    api.watches.append(stream(*(data[i : i + 1] for i in range(len(data)))))

    follower = await follow()

    assert await follower.take(2) == ["+naïve-☃@11", "-naïve-☃"]


async def test_line_of_three_megabytes(api: ScriptedApi, follow: Follow) -> None:
    huge = widget_json("big", 11) | {"padding": "x" * 3_000_000}
    api.lists.append(page(10))
    api.watches.append(stream(line("ADDED", huge) + line("ADDED", widget_json("small", 12))))

    follower = await follow()

    assert await follower.take(2) == ["+big@11", "+small@12"]


async def test_duplicate_and_replayed_events_change_nothing(api: ScriptedApi, follow: Follow) -> None:
    api.lists.append(page(10, widget_json("a", 9)))
    api.watches.append(
        stream(
            line("ADDED", widget_json("a", 5)),
            line("MODIFIED", widget_json("a", 9)),
            line("MODIFIED", widget_json("a", 11)),
            line("MODIFIED", widget_json("a", 11)),
            line("DELETED", widget_json("a", 8, uid="an earlier one")),
            line("ADDED", widget_json("last", 12)),
        )
    )

    follower = await follow()

    assert await follower.take(3) == ["+a@9", "~a@11", "+last@12"]


@pytest.mark.parametrize("missed", [True, False], ids=["between lists", "in the watch"])
async def test_new_uid_under_one_name_is_a_deletion_and_an_addition(
    api: ScriptedApi, follow: Follow, missed: bool
) -> None:
    api.lists.append(page(10, widget_json("a", 9, uid="first")))
    again = widget_json("a", 12, uid="second")
    if missed:
        api.watches.append(refusal(410, "Expired"))
        api.lists.append(page(20, again))
    else:
        api.watches.append(stream(line("ADDED", again)))

    follower = await follow()

    assert await follower.take(3) == ["+a@9", "-a", "+a@12"]


async def test_unreadable_object_spoils_neither_page_nor_stream(
    api: ScriptedApi, follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    bad = widget_json("bad", 4, size=1) | {"size": "huge"}
    api.lists.append(page(10, widget_json("a", 3), bad, widget_json("b", 5)))
    api.watches.append(
        stream(
            line("MODIFIED", {**bad, "metadata": {**bad["metadata"], "resourceVersion": "11"}}),
            line("MODIFIED", widget_json("a", 12) | {"size": []}),
            line("ADDED", {"metadata": "nothing of it can be read"}),
            line("ADDED", widget_json("c", 13)),
            then="end",
        )
    )

    follower = await follow()

    assert await follower.take(3) == ["+a@3", "+b@5", "+c@13"]
    assert {key.name for key in follower.informer.broken} == {"bad", "a", ""}
    assert follower.informer.get("lab", "a") is not None, "its last readable state stays"
    assert len([r for r in caplog.records if "lab/bad" in r.getMessage()]) == 1, "logged once"
    await eventually(lambda: len(api.asked("watch")) == 2)
    assert api.asked("watch")[1].query["resourceVersion"] == "13"


async def test_unreadable_object_recovers_or_goes(api: ScriptedApi, follow: Follow) -> None:
    bad, worse = widget_json("bad", 4) | {"size": ""}, widget_json("worse", 5) | {"size": ""}
    api.lists.append(page(10, widget_json("worse", 2), bad))
    api.watches.append(stream(line("MODIFIED", worse), line("MODIFIED", widget_json("bad", 11)), then="end"))
    api.watches.append(stream(line("DELETED", worse), line("ADDED", widget_json("c", 13))))

    follower = await follow()

    assert await follower.take(4) == ["+worse@2", "+bad@11", "-worse", "+c@13"]
    assert follower.informer.broken == {}


async def test_unreadable_object_that_went_unseen_is_forgotten(api: ScriptedApi, follow: Follow) -> None:
    api.lists.append(page(10, widget_json("odd", 3) | {"size": ""}))
    api.watches.append(refusal(410, "Expired"))
    api.lists.append(page(20, widget_json("a", 12)))

    follower = await follow()

    assert await follower.next() == "+a@12"
    assert follower.informer.broken == {}


async def test_unreadable_object_in_a_list_is_not_taken_for_deleted(api: ScriptedApi, follow: Follow) -> None:
    api.lists.append(page(10, widget_json("a", 3)))
    api.watches.append(refusal(410, "Expired"))
    api.lists.append(page(20, widget_json("a", 12) | {"size": ""}, widget_json("b", 13)))

    follower = await follow()

    assert await follower.take(2) == ["+a@3", "+b@13"]
    assert follower.names() == ["a", "b"]


async def test_silent_connection_is_taken_for_dead_B63(api: ScriptedApi, follow: Follow) -> None:
    api.lists += [page(10), page(12, widget_json("a", 12))]
    api.watches.append(stream(bookmark(11)))

    follower = await follow(inactivity=0.2)

    assert await follower.next() == "+a@12"


async def test_retry_after_is_honoured(api: ScriptedApi, follow: Follow) -> None:
    api.lists += [refusal(429, "TooManyRequests", Retry_After="1"), page(10, widget_json("a", 3))]

    follower = await follow()
    loop = follower.task.get_loop()
    begun = loop.time()

    assert await follower.next() == "+a@3"
    assert loop.time() - begun >= 1


async def test_server_error_is_logged_once_and_recovered_from(
    api: ScriptedApi, follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="jupyternetes.runtime")
    api.lists += [refusal(500, "InternalError"), refusal(500, "InternalError"), page(10, widget_json("a", 3))]

    follower = await follow()

    assert await follower.next() == "+a@3"
    texts = [record.getMessage() for record in caplog.records]
    assert texts == [
        "list widgets.example.org in all namespaces: 500 InternalError: as the test says; trying again",
        "widgets.example.org: in contact again",
    ]
    assert follower.informer.last_error is None


async def test_versions_behind_ours_after_a_restore_are_listed_and_believed(api: ScriptedApi, follow: Follow) -> None:
    too_large = status_json(504, "Timeout", causes=[{"reason": "ResourceVersionTooLarge"}])
    api.lists.append(page(1000, widget_json("a", 900), widget_json("b", 901)))
    api.watches.append(stream(line("ERROR", too_large)))
    api.lists.append(page(100, widget_json("a", 90)))

    follower = await follow()

    assert await follower.take(4) == ["+a@900", "+b@901", "-b", "~a@90"]


async def test_restore_ends_a_process_that_goes_by_several_caches_before_one_of_them_shows_it(
    api: ScriptedApi, follow: Follow
) -> None:
    api.lists.append(page(1000, widget_json("a", 900), widget_json("b", 901)))
    api.watches.append(refusal(410, "Expired"))
    api.lists.append(page(100, widget_json("a", 90)))

    follower = await follow(fail_fast=True)
    with pytest.raises(SetBack, match=r"widgets\.example\.org: the API server is at version 100, after 1000"):
        await asyncio.wait_for(follower.task, 10)

    assert await follower.take(2) == ["+a@900", "+b@901"]
    assert follower.is_quiet()


async def test_each_namespace_is_followed_by_itself(api: ScriptedApi, follow: Follow) -> None:
    a, b = widget_json("a", 3, namespace="one"), widget_json("b", 4, namespace="two")
    lists = {"one": [page(10, a), page(12)], "two": [page(11, b)]}
    watches = {"one": [refusal(410, "Expired"), stream()], "two": [stream(line("MODIFIED", b | {"size": 1}))]}

    def scripted(script: dict[str, list[Answer]]) -> Answer:
        async def respond(request: web.Request) -> web.StreamResponse:
            return await script[request.path.split("/")[-2]].pop(0)(request)

        return respond

    api.lists += [scripted(lists)] * 3
    api.watches += [scripted(watches)] * 3

    follower = await follow(namespaces=["one", "two"])

    assert sorted(await follower.take(3)) == ["+a@3", "+b@4", "-a"]
    assert follower.names() == ["b"]
    assert {seen.path for seen in api.asked("list")} == {
        f"/apis/example.org/v1/namespaces/{namespace}/widgets" for namespace in ("one", "two")
    }


async def test_index_follows_changes_and_deletions(api: ScriptedApi, follow: Follow) -> None:
    api.lists.append(page(10, widget_json("a", 1, size=1), widget_json("b", 2, size=1), widget_json("c", 3, size=2)))
    api.watches.append(stream(line("MODIFIED", widget_json("a", 11, size=2)), line("DELETED", widget_json("b", 12))))

    follower = await follow(indexers={"size": lambda obj: [obj.size]})
    await follower.take(5)

    assert follower.informer.by_index("size", 1) == []
    assert sorted(obj.metadata.name for obj in follower.informer.by_index("size", 2)) == ["a", "c"]


async def test_failing_subscriber_harms_nobody(
    api: ScriptedApi, client: Client, follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    api.lists.append(page(10, widget_json("a", 3)))
    follower = await follow()
    follower.informer.subscribe(lambda change: 1 / 0)  # type: ignore[arg-type, return-value]

    assert await follower.next() == "+a@3"
    await follower.informer.wait_synced()
    assert "ZeroDivisionError" in caplog.text


async def test_unsubscribed_handler_hears_nothing(api: ScriptedApi, follow: Follow) -> None:
    api.lists.append(page(10, widget_json("a", 3)))
    follower = await follow()
    heard: list[object] = []
    follower.informer.subscribe(heard.append)()

    await follower.next()

    assert heard == []


@pytest.mark.parametrize(("code", "kind"), [(403, Forbidden), (404, NotFound)])
async def test_fail_fast_raises_what_makes_the_first_list_impossible(
    api: ScriptedApi, client: Client, code: int, kind: type[Exception]
) -> None:
    api.lists.append(refusal(code, kind.__name__))

    with pytest.raises(kind, match=r"list widgets\.example\.org in lab: .* as the test says"):
        await Informer(client, WIDGETS, namespaces=["lab"], fail_fast=True).run()


async def test_fail_fast_raises_if_nobody_listens(kubeconfig_for: KubeconfigWriter) -> None:
    async with await Client.connect(kubeconfig_for("http://127.0.0.1:1"), user_agent="t") as client:
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
            await Informer(client, WIDGETS, fail_fast=True).run()


async def test_many_objects_leave_the_event_loop_to_others(client: Client) -> None:
    informer = Informer(client, WIDGETS)
    listing = Listing("9000", [widget(f"w{number}", number + 1) for number in range(1000)])
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    bystander = asyncio.create_task(others())
    await informer.replace(None, listing)
    added = turns
    await informer.replace(None, Listing("9001"))
    bystander.cancel()

    assert added >= 10
    assert turns - added >= 10
    assert len(informer) == 0
