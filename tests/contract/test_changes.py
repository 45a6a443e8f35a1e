"""Changes of one object: conflicts, generation, and the wall between spec and status.

https://kubernetes.io/docs/reference/using-api/api-concepts/#updates-to-existing-resources
"""

from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from tests.contract.gizmos import GIZMOS, gizmo
from tests.contract.http import Http, Json
from tests.contract.servers import collection, real_only


async def current(http: Http, namespace: str, name: str = "a") -> Json:
    return (await http.send("GET", f"{collection(namespace)}/{name}")).body


async def test_replacing_an_older_version_is_a_conflict(client: Client, http: Http, namespace: str) -> None:
    await client.create(GIZMOS, namespace, gizmo("a"))
    read = await current(http, namespace)
    path = f"{collection(namespace)}/a"

    first = await http.send("PUT", path, read | {"spec": {"size": 1}})
    second = await http.send("PUT", path, read | {"spec": {"size": 2}})
    blind = await http.send("PUT", path, gizmo("a", size=3))

    assert (first.status, first.body["spec"]["size"]) == (200, 1)
    assert (second.status, second.reason) == (409, "Conflict")
    assert (blind.status, blind.body["details"]["causes"][0]["field"]) == (422, "metadata.resourceVersion")
    assert (await current(http, namespace))["spec"]["size"] == 1


@pytest.mark.parametrize("subresource", [None, "status"])
async def test_patch_that_names_an_older_version_is_a_conflict(
    client: Client, namespace: str, subresource: str | None
) -> None:
    old = await client.create(GIZMOS, namespace, gizmo("a"))
    new = await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})

    def patch(version: str) -> Json:
        return {"metadata": {"resourceVersion": version}, "spec": {"size": 2}, "status": {"left": "1"}}

    with pytest.raises(errors.Conflict):
        await client.merge_patch(GIZMOS, namespace, "a", patch(old.metadata.resource_version), subresource=subresource)
    assert await client.get(GIZMOS, namespace, "a") == new

    changed = await client.merge_patch(
        GIZMOS, namespace, "a", patch(new.metadata.resource_version), subresource=subresource
    )
    assert changed != new


async def test_patch_that_names_another_uid_is_invalid(client: Client, namespace: str) -> None:
    await client.create(GIZMOS, namespace, gizmo("a"))

    with pytest.raises(errors.Invalid, match=r"metadata\.uid"):
        await client.merge_patch(GIZMOS, namespace, "a", {"metadata": {"uid": "another"}, "spec": {"size": 1}})


async def test_status_subresource_overlooks_the_uid(client: Client, namespace: str) -> None:
    """So a status has to name the version that it rests on, or it may land on a recreated object."""
    await client.create(GIZMOS, namespace, gizmo("a"))
    body = {"metadata": {"uid": "another"}, "status": {"left": "1"}}

    patched = await client.merge_patch(GIZMOS, namespace, "a", body, subresource="status")

    assert patched.status["left"] == "1"


async def test_generation_moves_with_the_spec_only(client: Client, namespace: str) -> None:
    generations = [(await client.create(GIZMOS, namespace, gizmo("a"))).metadata.generation]
    for patch, subresource in (
        ({"spec": {"size": 1}}, None),
        ({"spec": {"size": 1}}, None),
        ({"metadata": {"labels": {"a": "b"}}}, None),
        ({"status": {"left": "1"}}, "status"),
        ({"spec": {"size": 2}, "metadata": {"annotations": {"a": "b"}}}, None),
    ):
        changed = await client.merge_patch(GIZMOS, namespace, "a", patch, subresource=subresource)
        generations.append(changed.metadata.generation)

    assert generations == [1, 2, 2, 2, 2, 3]


async def test_change_that_changes_nothing_makes_no_version(client: Client, namespace: str) -> None:
    await client.create(GIZMOS, namespace, gizmo("a"))
    changed = await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})

    same = await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})
    marker = await client.create(GIZMOS, namespace, gizmo("b"))

    assert same == changed
    async with aclosing(client.watch(GIZMOS, namespace, resource_version=changed.metadata.resource_version)) as watch:
        assert (await anext(watch)).object == marker


async def test_first_change_stores_the_default_status_though_nothing_seems_to_change(
    client: Client, namespace: str
) -> None:
    made = await client.create(GIZMOS, namespace, gizmo("a", size=1))

    same = await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})

    assert (same.spec, same.status) == (made.spec, made.status)
    assert int(same.metadata.resource_version) > int(made.metadata.resource_version)


async def test_spec_and_metadata_are_ignored_by_the_status_subresource(client: Client, namespace: str) -> None:
    made = await client.create(GIZMOS, namespace, gizmo("a", size=1))
    body = {"spec": {"size": 2}, "metadata": {"labels": {"a": "b"}}, "status": {"left": "1"}}

    changed = await client.merge_patch(GIZMOS, namespace, "a", body, subresource="status")

    assert (changed.spec, changed.metadata.labels) == (made.spec, {})
    assert changed.status["left"] == "1"


async def test_status_is_ignored_by_the_resource_itself(client: Client, http: Http, namespace: str) -> None:
    await client.create(GIZMOS, namespace, gizmo("a"))
    await client.merge_patch(GIZMOS, namespace, "a", {"status": {"left": "1"}}, subresource="status")

    patched = await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}, "status": {"left": "2"}})
    read = await current(http, namespace)
    replaced = await http.send("PUT", f"{collection(namespace)}/a", read | {"spec": {"size": 2}, "status": {}})

    assert (patched.spec["size"], patched.status["left"]) == (1, "1")
    assert (replaced.body["spec"]["size"], replaced.body["status"]["left"]) == (2, "1")


async def test_merge_patch_removes_with_null_and_replaces_lists(client: Client, namespace: str) -> None:
    await client.create(GIZMOS, namespace, gizmo("a", color="red", shape="square", tags=["x", "y"]))

    changed = await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"color": None, "shape": None, "tags": ["z"]}})

    assert changed.spec == {"shape": "round", "tags": ["z"]}  # the default is back


@pytest.mark.parametrize(
    ("operation", "spec"),
    [
        ({"op": "replace", "path": "/spec", "value": {"size": 2}}, {"size": 2, "shape": "round"}),
        ({"op": "add", "path": "/spec/color", "value": "red"}, {"size": 1, "color": "red", "shape": "round"}),
        ({"op": "add", "path": "/spec/tags", "value": ["x"]}, {"size": 1, "tags": ["x"], "shape": "round"}),
        ({"op": "replace", "path": "/spec/color", "value": "red"}, {"size": 1, "color": "red", "shape": "round"}),
        ({"op": "remove", "path": "/spec/size"}, {"shape": "round"}),
        ({"op": "test", "path": "/spec/color", "value": None}, {"size": 1, "shape": "round"}),
    ],
)
async def test_json_patch(client: Client, namespace: str, operation: Json, spec: Json) -> None:
    made = await client.create(GIZMOS, namespace, gizmo("a", size=1))
    test = {"op": "test", "path": "/metadata/uid", "value": made.metadata.uid}

    changed = await client.json_patch(GIZMOS, namespace, "a", [test, operation])

    assert changed.spec == spec


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/spec/size", "value": 2},
        {"op": "test", "path": "/spec/color", "value": "red"},
        {"op": "remove", "path": "/spec/color"},
        {"op": "add", "path": "/metadata/labels/a", "value": "b"},
    ],
)
async def test_json_patch_that_does_not_fit_changes_nothing(client: Client, namespace: str, operation: Json) -> None:
    made = await client.create(GIZMOS, namespace, gizmo("a", size=1))
    first = {"op": "replace", "path": "/spec/size", "value": 1}

    with pytest.raises(errors.Invalid):
        await client.json_patch(GIZMOS, namespace, "a", [first, operation])

    assert await client.get(GIZMOS, namespace, "a") == made


async def test_status_is_patched_in_steps_that_test_what_they_replace(client: Client, namespace: str) -> None:
    """How operators write: the tests see the object as it is, and a list keyed by type has each type once."""
    made = await client.create(GIZMOS, namespace, gizmo("a", size=1))
    uid = {"op": "test", "path": "/metadata/uid", "value": made.metadata.uid}
    ready = {"type": "Ready", "status": "True"}

    async def patch(*steps: Json) -> Json:
        return (await client.json_patch(GIZMOS, namespace, "a", [uid, *steps], subresource="status")).status

    await patch(
        {"op": "test", "path": "/status/conditions", "value": None},
        {"op": "add", "path": "/status/conditions", "value": [ready]},
        {"op": "test", "path": "/status/left", "value": None},
        {"op": "test", "path": "/status/entries", "value": {}},
        {"op": "test", "path": "/status/entries/x", "value": None},
        {"op": "add", "path": "/status/entries/x", "value": {"a": "1"}},
        {"op": "test", "path": "/status/phase", "value": "New"},
        {"op": "replace", "path": "/status/phase", "value": "Old"},
    )
    status = await patch(
        {"op": "test", "path": "/status/entries/x/b", "value": None},
        {"op": "add", "path": "/status/conditions/-", "value": ready | {"type": "Other"}},
    )

    assert status["conditions"] == [ready, ready | {"type": "Other"}]
    assert (status["entries"], status["phase"]) == ({"x": {"a": "1"}}, "Old")
    for steps in (
        [{"op": "add", "path": "/status/conditions/-", "value": ready}],
        [{"op": "test", "path": "/status/conditions/0", "value": ready | {"status": "False"}}],
        [{"op": "test", "path": "/status/conditions", "value": None}],
        [{"op": "test", "path": "/status/entries/x/a", "value": None}],
        [{"op": "test", "path": "/status/entries", "value": {}}],
        [{"op": "replace", "path": "/status/entries/gone/a", "value": "1"}],
        [{"op": "test", "path": "/metadata/uid", "value": "of-another"}],
    ):
        with pytest.raises(errors.Invalid):
            await patch(*steps)
    assert (await client.get(GIZMOS, namespace, "a")).status == status


async def test_change_of_what_is_not_there_is_not_found(client: Client, namespace: str) -> None:
    with pytest.raises(errors.NotFound):
        await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})
    with pytest.raises(errors.NotFound):
        await client.json_patch(GIZMOS, namespace, "a", [{"op": "test", "path": "/kind", "value": "Gizmo"}])
    with pytest.raises(errors.NotFound):
        await client.merge_patch(GIZMOS, namespace, "a", {"status": {"left": "1"}}, subresource="status")


async def test_changed_object_is_checked_against_its_schema(client: Client, namespace: str) -> None:
    await client.create(GIZMOS, namespace, gizmo("a"))
    condition = {"type": "Ready", "status": "True", "message": "x" * 21}

    with pytest.raises(errors.Invalid) as caught:
        await client.merge_patch(GIZMOS, namespace, "a", {"status": {"conditions": [condition]}}, subresource="status")

    assert [cause.field for cause in caught.value.causes] == ["status.conditions[0].message"]


FORGET_WRITERS: Json = {"op": "add", "path": "/metadata/managedFields", "value": [{}]}
NO_RECORD = "the fake keeps no record of who wrote what, so nothing can be seen to stay in it"


async def writers(http: Http, namespace: str) -> list[tuple[str, str]]:
    """Who is on record in ``metadata.managedFields``, and with which kind of write."""
    found = (await current(http, namespace))["metadata"].get("managedFields", [])
    return sorted((each["manager"], each["operation"]) for each in found)


def merge(body: Json) -> Callable[[Client, str], Awaitable[object]]:
    return lambda client, namespace: client.merge_patch(GIZMOS, namespace, "a", body)


def steps(*operations: Json) -> Callable[[Client, str], Awaitable[object]]:
    return lambda client, namespace: client.json_patch(GIZMOS, namespace, "a", operations)


@pytest.mark.parametrize(
    "patch",
    [
        merge({"metadata": {"managedFields": [{}]}, "spec": {"size": 2}}),
        steps(FORGET_WRITERS, {"op": "replace", "path": "/spec/size", "value": 2}),
    ],
    ids=["merge patch", "JSON patch"],
)
async def test_patch_that_empties_the_record_of_writers_ends_it_and_may_come_again(
    client: Client, http: Http, namespace: str, patch: Callable[[Client, str], Awaitable[object]]
) -> None:
    """The hub's patch of each start carries it, whether there is a record or not."""
    await client.create(GIZMOS, namespace, gizmo("a", size=1))

    await patch(client, namespace)
    first = await current(http, namespace)
    await patch(client, namespace)
    again = await current(http, namespace)

    assert "managedFields" not in first["metadata"]
    assert first["spec"]["size"] == 2
    assert again == first


@real_only(NO_RECORD)
async def test_record_of_writers_that_was_ended_begins_with_the_next_apply_only(
    client: Client, http: Http, namespace: str
) -> None:
    await client.create(GIZMOS, namespace, gizmo("a", size=1))
    assert await writers(http, namespace) == [("tester", "Update")]

    await client.json_patch(GIZMOS, namespace, "a", [FORGET_WRITERS])
    await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 2}})
    await client.merge_patch(GIZMOS, namespace, "a", {"status": {"left": "1"}}, subresource="status")
    await client.json_patch(GIZMOS, namespace, "a", [{"op": "add", "path": "/spec/color", "value": "red"}])

    assert await writers(http, namespace) == []
    path, applied = f"{collection(namespace)}/a", gizmo("a", labels={"of": "third"})
    answer = await http.send("PATCH", path, applied, content="application/apply-patch+yaml", fieldManager="third")
    assert answer.status == 200, answer.message
    assert await writers(http, namespace) == [("before-first-apply", "Update"), ("third", "Apply")]


@real_only(NO_RECORD)
async def test_record_of_writers_cannot_be_ended_by_a_patch_of_the_status(
    client: Client, http: Http, namespace: str
) -> None:
    """So operators, who may patch nothing else, cannot end it."""
    await client.create(GIZMOS, namespace, gizmo("a"))
    body = {"metadata": {"managedFields": [{}]}, "status": {"left": "1"}}

    await client.merge_patch(GIZMOS, namespace, "a", body, subresource="status")
    patch = [FORGET_WRITERS, {"op": "add", "path": "/status/right", "value": "2"}]
    changed = await client.json_patch(GIZMOS, namespace, "a", patch, subresource="status")

    assert (changed.status["left"], changed.status["right"]) == ("1", "2")
    assert ("tester", "Update") in await writers(http, namespace)


@real_only(NO_RECORD)
async def test_record_of_writers_begins_with_a_create_that_wants_none(
    client: Client, http: Http, namespace: str
) -> None:
    body = gizmo("a")
    body["metadata"]["managedFields"] = [{}]

    await client.create(GIZMOS, namespace, body)

    assert await writers(http, namespace) == [("tester", "Update")]


async def test_record_of_writers_that_is_not_there_can_be_added_and_replaced_but_not_removed(
    client: Client, namespace: str
) -> None:
    """The hub adds it: RFC 6902 lets only that hold where there is none, though the API server replaces it as well."""
    await client.create(GIZMOS, namespace, gizmo("a"))
    ended = await client.json_patch(GIZMOS, namespace, "a", [FORGET_WRITERS])

    for kind in ("add", "replace"):
        assert await client.json_patch(GIZMOS, namespace, "a", [FORGET_WRITERS | {"op": kind}]) == ended
    with pytest.raises(errors.Invalid):
        await client.json_patch(GIZMOS, namespace, "a", [{"op": "remove", "path": FORGET_WRITERS["path"]}])
