"""Lists: all objects as of one moment, in pages that fit together, or a clear word that they no longer do.

https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
"""

import pytest

from jupyternetes.runtime import errors, requests
from jupyternetes.runtime.client import Client
from tests.contract.gizmos import GIZMOS, gizmo
from tests.contract.http import Http
from tests.contract.servers import Server, collection


async def test_list_shows_every_write_that_was_answered_before_it(client: Client, namespace: str) -> None:
    for number in range(20):
        made = await client.create(GIZMOS, namespace, gizmo("g-"))

        listing = await client.list(GIZMOS, namespace)

        assert made in listing.items
        assert len(listing.items) == number + 1
        assert int(listing.resource_version) >= int(made.metadata.resource_version)


async def test_pages_of_a_list_are_of_one_moment(client: Client, http: Http, namespace: str) -> None:
    for name in "bdf":
        await client.create(GIZMOS, namespace, gizmo(name))
    first = (await http.send("GET", collection(namespace), limit="1")).body
    version, token = first["metadata"]["resourceVersion"], first["metadata"]["continue"]

    await client.create(GIZMOS, namespace, gizmo("e"))
    await client.delete(GIZMOS, namespace, "d")
    await client.merge_patch(GIZMOS, namespace, "f", {"spec": {"color": "red"}})
    rest = (await http.send("GET", collection(namespace), limit="5", **{"continue": token})).body

    assert first["metadata"]["remainingItemCount"] == 2
    assert [(obj["metadata"]["name"], obj["spec"].get("color")) for obj in rest["items"]] == [("d", None), ("f", None)]
    assert rest["metadata"]["resourceVersion"] == version
    assert not rest["metadata"].get("continue")


async def test_client_puts_the_pages_together(client: Client, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PAGE_SIZE", 2)
    for number in range(5):
        await client.create(GIZMOS, namespace, gizmo(f"g{number}"))

    listing = await client.list(GIZMOS, namespace)

    assert [obj.metadata.name for obj in listing.items] == ["g0", "g1", "g2", "g3", "g4"]


async def test_page_of_a_forgotten_version_is_gone_as_status(server: Server, namespace: str) -> None:
    for name in "abc":
        await server.client.create(GIZMOS, namespace, gizmo(name))
    first = (await server.http.send("GET", collection(namespace), limit="1")).body

    _, token = await server.outdate(first["metadata"]["continue"])
    answer = await server.http.send("GET", collection(namespace), limit="1", **{"continue": token})

    assert (answer.status, answer.reason, answer.body["code"]) == (410, "Expired", 410)


async def test_list_of_a_forgotten_version_is_gone_as_status(server: Server, namespace: str) -> None:
    for name in "ab":
        await server.client.create(GIZMOS, namespace, gizmo(name))
    first = (await server.http.send("GET", collection(namespace), limit="1")).body

    version, _ = await server.outdate(first["metadata"]["continue"])
    answer = await server.http.send("GET", collection(namespace), resourceVersion=version, resourceVersionMatch="Exact")

    assert (answer.status, answer.reason) == (410, "Expired")


async def test_list_not_older_than_the_future_times_out_and_says_why(http: Http, namespace: str) -> None:
    answer = await http.send("GET", collection(namespace), resourceVersion="99999999")

    assert (answer.status, answer.reason) == (504, "Timeout")
    assert [cause["reason"] for cause in answer.body["details"]["causes"]] == ["ResourceVersionTooLarge"]
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("app=x", ["a", "b"]),
        ("app==x,tier=1", ["a"]),
        ("app!=x", ["c", "d"]),
        ("app in (x,y)", ["a", "b", "c"]),
        ("app notin (x,y)", ["d"]),
        ("tier", ["a", "c"]),
        ("!tier", ["b", "d"]),
        ("app=,tier", []),
    ],
)
async def test_label_selectors(client: Client, namespace: str, selector: str, names: list[str]) -> None:
    for name, labels in (("a", {"app": "x", "tier": "1"}), ("b", {"app": "x"}), ("c", {"app": "y", "tier": "2"})):
        await client.create(GIZMOS, namespace, gizmo(name, labels=labels))
    await client.create(GIZMOS, namespace, gizmo("d"))

    listing = await client.list(GIZMOS, namespace, label_selector=selector)

    assert [obj.metadata.name for obj in listing.items] == names


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("metadata.name=a", ["a"]),
        ("metadata.name!=a", ["b", "c"]),
        ("spec.color=red", ["a", "b"]),
        ("spec.color==red,metadata.name!=a", ["b"]),
        ("spec.color=", ["c"]),
    ],
)
async def test_field_selectors(client: Client, namespace: str, selector: str, names: list[str]) -> None:
    await client.create(GIZMOS, namespace, gizmo("a", color="red"))
    await client.create(GIZMOS, namespace, gizmo("b", color="red"))
    await client.create(GIZMOS, namespace, gizmo("c"))

    listing = await client.list(GIZMOS, namespace, field_selector=selector)

    assert [obj.metadata.name for obj in listing.items] == names


async def test_field_that_is_not_selectable_is_refused(client: Client, namespace: str) -> None:
    with pytest.raises(errors.Invalid, match=r"field label not supported: spec\.size"):
        await client.list(GIZMOS, namespace, field_selector="spec.size=1")


async def test_list_in_a_namespace_that_is_not_there_is_empty(client: Client) -> None:
    assert (await client.list(GIZMOS, "nowhere")).items == []
