"""Server-side apply: several managers on one status, each the owner of its own fields.

https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from tests.contract.gizmos import GIZMOS, Gizmo, gizmo
from tests.contract.http import Http, Json
from tests.contract.servers import collection

READY = {"type": "Ready", "status": "True"}
BUSY = {"type": "Busy", "status": "True"}


class Managers:
    """Applies to the status of one Gizmo called a."""

    def __init__(self, client: Client, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    async def apply(self, manager: str, status: Json, **metadata: str) -> Gizmo:
        body = {"metadata": metadata, "status": status}
        return await self._client.apply(GIZMOS, self._namespace, "a", body, field_manager=manager, subresource="status")

    async def patch(self, status: Json) -> Gizmo:
        """A plain patch, by "tester"."""
        body = {"status": status}
        return await self._client.merge_patch(GIZMOS, self._namespace, "a", body, subresource="status")

    async def status(self) -> Json:
        return (await self._client.get(GIZMOS, self._namespace, "a")).status


@pytest.fixture
async def managers(client: Client, namespace: str) -> Managers:
    await client.create(GIZMOS, namespace, gizmo("a", size=1))
    return Managers(client, namespace)


def fields(error: pytest.ExceptionInfo[errors.FieldManagerConflict]) -> set[str]:
    return {cause.field for cause in error.value.causes}


async def test_managers_add_to_each_other(managers: Managers) -> None:
    await managers.apply("one", {"left": "1", "entries": {"x": {"a": "1"}}, "conditions": [READY]})
    both = await managers.apply("two", {"right": "2", "entries": {"x": {"b": "2"}, "y": {}}, "conditions": [BUSY]})

    assert both.status == {
        "left": "1",
        "right": "2",
        "phase": "New",
        "entries": {"x": {"a": "1", "b": "2"}, "y": {}},
        "conditions": [READY, BUSY],
    }


async def test_what_a_manager_leaves_out_is_removed_and_the_rest_stays(managers: Managers) -> None:
    await managers.apply("one", {"left": "1", "entries": {"x": {"a": "1"}, "z": {"a": "1"}}, "conditions": [READY]})
    await managers.apply("two", {"right": "2", "entries": {"x": {"b": "2"}}, "conditions": [BUSY]})

    less = await managers.apply("one", {"entries": {"z": {"a": "1"}}})

    assert less.status == {
        "right": "2",
        "phase": "New",
        "entries": {"x": {"b": "2"}, "z": {"a": "1"}},
        "conditions": [BUSY],
    }


async def test_what_two_managers_want_alike_goes_with_the_last(managers: Managers) -> None:
    for manager in ("one", "two"):
        await managers.apply(manager, {"left": "1", "conditions": [READY]})

    first = await managers.apply("one", {})
    last = await managers.apply("two", {})

    assert first.status["left"] == "1"
    assert first.status["conditions"] == [READY]
    assert last.status == {"phase": "New", "entries": {}}


async def test_field_of_another_manager_is_a_conflict_that_names_it(managers: Managers) -> None:
    await managers.apply("one", {"left": "1", "entries": {"x": {"a": "1"}}, "conditions": [READY]})
    before = await managers.status()

    with pytest.raises(errors.FieldManagerConflict, match='"one" with subresource "status"') as caught:
        await managers.apply(
            "two",
            {"left": "2", "right": "2", "entries": {"x": {"a": "2"}}, "conditions": [READY | {"status": "False"}]},
        )

    assert fields(caught) == {".status.left", ".status.entries.x.a", '.status.conditions[type="Ready"].status'}
    assert await managers.status() == before


async def test_owner_changes_its_own_field(managers: Managers) -> None:
    await managers.apply("one", {"left": "1", "conditions": [READY]})
    await managers.apply("two", {"conditions": [BUSY]})

    changed = await managers.apply("one", {"left": "2", "conditions": [READY | {"status": "False"}]})

    assert changed.status["left"] == "2"
    assert changed.status["conditions"] == [READY | {"status": "False"}, BUSY]


async def test_apply_of_the_same_makes_no_version(managers: Managers) -> None:
    first = await managers.apply("one", {"left": "1", "conditions": [READY]})

    assert await managers.apply("one", {"left": "1", "conditions": [READY]}) == first


async def test_plain_patch_takes_fields_without_asking_and_apply_meets_it(managers: Managers) -> None:
    await managers.apply("one", {"left": "1", "entries": {"x": {"a": "1"}}})
    await managers.patch({"left": "2", "entries": {"x": {"a": None}}})

    with pytest.raises(errors.FieldManagerConflict, match="tester") as caught:
        await managers.apply("one", {"left": "1", "entries": {"x": {"a": "1"}}})

    assert fields(caught) == {".status.left"}


async def test_removing_a_field_by_patch_frees_it(managers: Managers) -> None:
    """How an operator takes over what an older program wrote with plain patches."""
    await managers.patch({"left": "old", "entries": {"x": {"a": "old", "b": "old"}}})
    await managers.patch({"left": None, "entries": {"x": None}})

    mine = await managers.apply("one", {"left": "1", "entries": {"x": {"a": "1"}}})

    assert (mine.status["left"], mine.status["entries"]) == ("1", {"x": {"a": "1"}})


async def test_default_that_comes_back_belongs_to_who_removed_the_value(managers: Managers) -> None:
    await managers.patch({"phase": "Old"})
    await managers.patch({"phase": None})

    with pytest.raises(errors.FieldManagerConflict) as caught:
        await managers.apply("one", {"phase": "Mine"})

    assert fields(caught) == {".status.phase"}


async def test_default_that_nobody_wrote_is_free(managers: Managers) -> None:
    mine = await managers.apply("one", {"phase": "Mine"})
    back = await managers.apply("one", {})

    assert (mine.status["phase"], back.status["phase"]) == ("Mine", "New")


async def test_apply_that_names_an_older_version_is_a_conflict(managers: Managers) -> None:
    old = await managers.apply("one", {"left": "1"})
    new = await managers.apply("two", {"right": "2"})

    with pytest.raises(errors.Conflict, match="the object has been modified") as caught:
        await managers.apply("one", {"left": "3"}, resourceVersion=old.metadata.resource_version)
    assert not isinstance(caught.value, errors.FieldManagerConflict)

    applied = await managers.apply("one", {"left": "3"}, resourceVersion=new.metadata.resource_version)
    assert applied.status["left"] == "3"


async def test_apply_to_the_status_of_what_is_not_there_is_not_found(client: Client, namespace: str) -> None:
    managers = Managers(client, namespace)

    with pytest.raises(errors.NotFound):
        await managers.apply("one", {"left": "1"})
    with pytest.raises(errors.NotFound):
        await managers.apply("one", {"left": "1"}, resourceVersion="1")


async def test_apply_to_the_resource_itself_creates_it_even_where_a_version_is_named(
    client: Client, namespace: str
) -> None:
    body = {"metadata": {"resourceVersion": "1"}, "spec": {"size": 1}, "status": {"left": "1"}}

    made = await client.apply(GIZMOS, namespace, "new", body, field_manager="one")

    assert made.spec["size"] == 1
    assert "left" not in made.status


async def test_apply_keeps_to_its_side_of_the_wall(client: Client, managers: Managers, namespace: str) -> None:
    body = {"spec": {"size": 5}, "status": {"left": "1"}}

    through_status = await client.apply(GIZMOS, namespace, "a", body, field_manager="one", subresource="status")
    body = {"spec": {"color": "red"}, "status": {"left": "2"}}
    plain = await client.apply(GIZMOS, namespace, "a", body, field_manager="two")

    assert (through_status.spec["size"], through_status.status["left"]) == (1, "1")
    assert (plain.spec["color"], plain.status["left"]) == ("red", "1")
    assert plain.metadata.generation == 2


async def test_set_in_a_spec_is_shared(client: Client, managers: Managers, namespace: str) -> None:
    for manager, tags in (("one", ["x", "y"]), ("two", ["y", "z"])):
        await client.apply(GIZMOS, namespace, "a", {"spec": {"tags": tags}}, field_manager=manager)

    left = await client.apply(GIZMOS, namespace, "a", {"spec": {}}, field_manager="one")

    assert left.spec["tags"] == ["y", "z"]


async def test_labels_are_owned_one_by_one(client: Client, managers: Managers, namespace: str) -> None:
    for manager in ("one", "two"):
        body = {"metadata": {"labels": {manager: "1"}}}
        await client.apply(GIZMOS, namespace, "a", body, field_manager=manager)

    left = await client.apply(GIZMOS, namespace, "a", {}, field_manager="one")

    assert left.metadata.labels == {"two": "1"}


async def test_forced_apply_takes_the_field(http: Http, managers: Managers, namespace: str) -> None:
    await managers.apply("one", {"left": "1"})
    body = {"apiVersion": GIZMOS.api_version, "kind": "Gizmo", "metadata": {"name": "a"}, "status": {"left": "2"}}
    path, content = f"{collection(namespace)}/a/status", "application/apply-patch+yaml"

    forced = await http.send("PATCH", path, body, content=content, fieldManager="two", force="true")
    nameless = await http.send("PATCH", path, body, content=content)

    assert forced.body["status"]["left"] == "2"
    assert (nameless.status, nameless.body["details"]["causes"][0]["field"]) == (422, "fieldManager")
    with pytest.raises(errors.FieldManagerConflict, match='conflict with "two"'):
        await managers.apply("one", {"left": "1"})
