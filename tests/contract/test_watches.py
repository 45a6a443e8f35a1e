"""Watches: every change after a version, once and in order, and a clear word when that cannot be given.

https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

import asyncio
from contextlib import aclosing

import pytest

from jupyternetes.api.resources import EVENTS
from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import WatchEvent
from tests.contract.gizmos import GIZMOS, Gizmo, gizmo
from tests.contract.http import Http, Json
from tests.contract.servers import Server, collection

INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}


async def seen(client: Client, namespace: str, number: int, *, since: str, **selectors: str) -> list[WatchEvent[Gizmo]]:
    """The first events of a watch, bookmarks apart."""
    events: list[WatchEvent[Gizmo]] = []
    watch = client.watch(GIZMOS, namespace, resource_version=since, **selectors)  # type: ignore[arg-type]
    async with asyncio.timeout(15), aclosing(watch):
        async for event in watch:
            events += [event] if event.type != "BOOKMARK" else []
            if len(events) == number:
                break
    return events


def told(events: list[WatchEvent[Gizmo]]) -> list[tuple[str, str]]:
    return [(event.type, event.identity.name) for event in events]


def summary(event: Json) -> tuple[str, str]:
    return event["type"], event["object"]["metadata"].get("name", "")


async def test_watch_tells_every_change_after_its_version_in_order(client: Client, namespace: str) -> None:
    before = await client.create(GIZMOS, namespace, gizmo("before"))
    since = (await client.list(GIZMOS, namespace)).resource_version
    made = await client.create(GIZMOS, namespace, gizmo("a"))
    changed = await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})
    reported = await client.merge_patch(GIZMOS, namespace, "a", {"status": {"left": "1"}}, subresource="status")
    await client.delete(GIZMOS, namespace, "a")
    await client.delete(GIZMOS, namespace, "before")

    events = await seen(client, namespace, 5, since=since)

    assert [event.object for event in events[:3]] == [made, changed, reported]
    assert told(events) == [
        ("ADDED", "a"),
        ("MODIFIED", "a"),
        ("MODIFIED", "a"),
        ("DELETED", "a"),
        ("DELETED", "before"),
    ]
    versions = [int(event.identity.resource_version) for event in events]
    assert versions == sorted(set(versions))
    assert events[4].identity.uid == before.metadata.uid


async def test_watch_from_an_objects_version_does_not_repeat_it(client: Client, namespace: str) -> None:
    first = await client.create(GIZMOS, namespace, gizmo("a"))
    await client.create(GIZMOS, namespace, gizmo("b"))

    assert told(await seen(client, namespace, 1, since=first.metadata.resource_version)) == [("ADDED", "b")]


async def test_deleted_object_is_told_as_it_was_with_the_version_of_its_end(client: Client, namespace: str) -> None:
    made = await client.create(GIZMOS, namespace, gizmo("a", size=7))
    await client.delete(GIZMOS, namespace, "a")
    after = await client.create(GIZMOS, namespace, gizmo("b"))

    [event] = await seen(client, namespace, 1, since=made.metadata.resource_version)

    assert event.object is not None
    assert (event.type, event.object.spec["size"], event.identity.uid) == ("DELETED", 7, made.metadata.uid)
    assert int(made.metadata.resource_version) < int(event.identity.resource_version)
    assert int(event.identity.resource_version) < int(after.metadata.resource_version)


async def test_recreated_name_is_a_deletion_and_an_addition_with_another_uid(client: Client, namespace: str) -> None:
    first = await client.create(GIZMOS, namespace, gizmo("a"))
    await client.delete(GIZMOS, namespace, "a")
    second = await client.create(GIZMOS, namespace, gizmo("a"))

    events = await seen(client, namespace, 2, since=first.metadata.resource_version)

    assert told(events) == [("DELETED", "a"), ("ADDED", "a")]
    assert [event.identity.uid for event in events] == [first.metadata.uid, second.metadata.uid]
    assert first.metadata.uid != second.metadata.uid


@pytest.mark.parametrize(
    ("selector", "into", "within", "out"),
    [
        (
            {"label_selector": "app=x"},
            {"metadata": {"labels": {"app": "x"}}},
            {"spec": {"size": 1}},
            {"metadata": {"labels": {"app": None}}},
        ),
        (
            {"field_selector": "spec.color=red"},
            {"spec": {"color": "red"}},
            {"spec": {"size": 1}},
            {"spec": {"color": "blue"}},
        ),
    ],
    ids=["label", "field"],
)
async def test_object_that_enters_or_leaves_the_selector_arrives_as_added_or_deleted(
    client: Client, namespace: str, selector: dict[str, str], into: Json, within: Json, out: Json
) -> None:
    made = await client.create(GIZMOS, namespace, gizmo("a"))
    for patch in (into, within, out, {"spec": {"size": 2}}, into):
        left = await client.merge_patch(GIZMOS, namespace, "a", patch)

    events = await seen(client, namespace, 4, since=made.metadata.resource_version, **selector)

    assert told(events) == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a"), ("ADDED", "a")]
    assert [event.identity.uid for event in events] == [made.metadata.uid] * 4
    assert int(events[2].identity.resource_version) < int(left.metadata.resource_version)


async def test_watch_of_all_namespaces(server: Server, namespace: str) -> None:
    since = (await server.client.list(GIZMOS)).resource_version
    other = await server.add_namespace()
    for place in (namespace, other):
        await server.client.create(GIZMOS, place, gizmo("a", labels={"test": namespace}))

    # Other tests' namespaces are still being emptied.
    ours = f"test={namespace}"
    events = await seen(server.client, None, 2, since=since, label_selector=ours)  # type: ignore[arg-type]

    assert [event.identity.namespace for event in events] == [namespace, other]


async def test_bookmark_says_how_far_a_watch_has_come(client: Client, http: Http, namespace: str) -> None:
    """The API server sends one about every minute and one shortly before the end that the client asked for."""
    since = (await client.list(GIZMOS, namespace)).resource_version
    query = {"resourceVersion": since, "allowWatchBookmarks": "true", "timeoutSeconds": "3"}
    async with http.watch(collection(namespace), **query) as watch:
        made = await client.create(GIZMOS, namespace, gizmo("a"))
        events = await watch.until(lambda event: event["type"] == "BOOKMARK")

    bookmark = events[-1]["object"]
    assert [summary(event) for event in events] == [("ADDED", "a"), ("BOOKMARK", "")]
    assert int(bookmark["metadata"]["resourceVersion"]) >= int(made.metadata.resource_version)
    assert bookmark["kind"] == "Gizmo"
    assert "annotations" not in bookmark["metadata"]


async def test_watch_of_events_gets_no_bookmarks_C25(client: Client, http: Http, namespace: str) -> None:
    """The API server keeps no watch cache of Events, which is where bookmarks come from."""
    path = EVENTS.path(namespace)
    since = (await client.list(EVENTS, namespace)).resource_version
    about = {"kind": "Pod", "namespace": namespace, "name": "a"}
    body = {"metadata": {"name": "a"}, "involvedObject": about, "reason": "Tested", "type": "Normal"}
    query = {"resourceVersion": since, "allowWatchBookmarks": "true", "timeoutSeconds": "3"}

    async with http.watch(path, **query) as watch:
        assert (await http.send("POST", path, body)).status == 201
        event, end = await watch.next(), await watch.next()

    assert event is not None
    assert (summary(event), end) == (("ADDED", "a"), None)
    assert not EVENTS.bookmarks


async def test_watch_ends_after_the_time_that_was_asked_for(http: Http, client: Client, namespace: str) -> None:
    since = (await client.list(GIZMOS, namespace)).resource_version
    async with http.watch(collection(namespace), resourceVersion=since, timeoutSeconds="1") as watch:
        assert await watch.next() is None


async def test_streaming_list_gives_all_objects_then_a_bookmark_then_changes(
    client: Client, http: Http, namespace: str
) -> None:
    for name in "ab":
        await client.create(GIZMOS, namespace, gizmo(name))
    query = {"sendInitialEvents": "true", "allowWatchBookmarks": "true", "resourceVersionMatch": "NotOlderThan"}

    async with http.watch(collection(namespace), timeoutSeconds="30", **query) as watch:
        initial = await watch.until(lambda event: event["type"] == "BOOKMARK")
        later = await client.create(GIZMOS, namespace, gizmo("c"))
        change = await watch.next()

    assert sorted(map(summary, initial[:-1])) == [("ADDED", "a"), ("ADDED", "b")]
    metadata = initial[-1]["object"]["metadata"]
    assert metadata["annotations"] == INITIAL_EVENTS_END
    assert max(int(event["object"]["metadata"]["resourceVersion"]) for event in initial) == int(
        metadata["resourceVersion"]
    )
    assert int(metadata["resourceVersion"]) < int(later.metadata.resource_version)
    assert change is not None
    assert summary(change) == ("ADDED", "c")


async def test_watch_from_a_forgotten_version_is_gone_as_error_event(server: Server, namespace: str) -> None:
    """Never as HTTP status: what fails in a watch that was let in is told in the stream."""
    for name in "ab":
        await server.client.create(GIZMOS, namespace, gizmo(name))
    page = (await server.http.send("GET", collection(namespace), limit="1")).body
    version, _ = await server.outdate(page["metadata"]["continue"])

    async with server.http.watch(collection(namespace), resourceVersion=version) as watch:
        event, end = await watch.next(), await watch.next()
    with pytest.raises(errors.Gone, match="410 Expired"):
        await seen(server.client, namespace, 1, since=version)

    assert event is not None
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert end is None


async def test_watch_from_a_version_of_the_future_is_silent(client: Client, http: Http, namespace: str) -> None:
    """What a cache meets whose cluster was restored from a backup: no error, no bookmark, and no events."""
    here = int((await client.list(GIZMOS, namespace)).resource_version)
    query = {"resourceVersion": str(here + 100_000), "allowWatchBookmarks": "true", "timeoutSeconds": "3"}

    async with http.watch(collection(namespace), **query) as watch:
        await client.create(GIZMOS, namespace, gizmo("a"))

        assert await watch.next() is None


async def test_streaming_list_not_older_than_the_future_says_why_it_fails(http: Http, namespace: str) -> None:
    query = {"sendInitialEvents": "true", "allowWatchBookmarks": "true", "resourceVersionMatch": "NotOlderThan"}

    async with http.watch(collection(namespace), resourceVersion="99999999", **query) as watch:
        event = await watch.next()

    assert event is not None
    assert (event["type"], event["object"]["code"]) == ("ERROR", 504)
    assert [cause["reason"] for cause in event["object"]["details"]["causes"]] == ["ResourceVersionTooLarge"]
