"""Creates: what the server adds, what it takes away, and what it refuses.

https://kubernetes.io/docs/reference/using-api/api-concepts/#generated-values
"""

import re
from typing import Any

import pytest

from jupyternetes.api.resources import CLAIMS, PODS
from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.resource import Resource
from tests.contract.gizmos import GIZMOS, gizmo
from tests.contract.http import Http, Json
from tests.contract.servers import collection, once_admitted, real_only


async def test_generated_names_are_new_each_time_and_keep_their_base(client: Client, namespace: str) -> None:
    made = [await client.create(GIZMOS, namespace, gizmo("long-" * 20)) for _ in range(3)]

    names = {obj.metadata.name for obj in made}
    assert len(names) == 3
    assert all(re.fullmatch(r"(long-){11}lon[a-z0-9]{5}", name) for name in names)


async def test_create_without_knowing_its_outcome_makes_another(client: Client, namespace: str) -> None:
    """The reason for fences: with generateName, to repeat is to double."""
    first, second = [await client.create(GIZMOS, namespace, gizmo("g-")) for _ in range(2)]

    assert first.metadata.name != second.metadata.name
    assert len((await client.list(GIZMOS, namespace)).items) == 2


async def test_server_gives_uid_version_and_generation(client: Client, namespace: str) -> None:
    body = gizmo("a")
    body["metadata"] |= {"uid": "ours", "generation": 7, "deletionTimestamp": "2026-01-01T00:00:00Z"}

    made = await client.create(GIZMOS, namespace, body)
    other = await client.create(GIZMOS, namespace, gizmo("b"))

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made.metadata.uid)
    assert (made.metadata.generation, made.metadata.namespace) == (1, namespace)
    assert made.metadata.deletion_timestamp is None
    assert int(made.metadata.resource_version) < int(other.metadata.resource_version)


async def test_recreated_name_has_another_uid(client: Client, namespace: str) -> None:
    first = await client.create(GIZMOS, namespace, gizmo("a"))
    await client.delete(GIZMOS, namespace, "a")
    second = await client.create(GIZMOS, namespace, gizmo("a"))

    assert first.metadata.uid != second.metadata.uid
    assert second.metadata.generation == 1


async def test_status_is_ignored_and_unknown_fields_are_dropped(client: Client, namespace: str) -> None:
    body = gizmo("a", size=1, weight=2) | {"status": {"left": "ours"}}

    made = await client.create(GIZMOS, namespace, body)

    assert made.spec == {"size": 1, "shape": "round"}
    assert made.status == {"phase": "New", "entries": {}}
    assert await client.get(GIZMOS, namespace, "a") == made


CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
CONTAINER = {"name": "a", "image": "a"}


@real_only("the fake warns of nothing")
@pytest.mark.parametrize(
    ("resource", "spec", "unknown"),
    [
        (GIZMOS, {"size": 1, "weight": 2}, ["spec.weight"]),
        (CLAIMS, CLAIM | {"storageClass": "fast"}, ["spec.storageClass"]),
        (
            PODS,
            {"containers": [CONTAINER | {"resource": {}, 'im"age': "b"}], "hostName": "a"},
            [r"spec.containers[0].im\"age", "spec.containers[0].resource", "spec.hostName"],
        ),
        (PODS, {"containers": [CONTAINER]}, []),
    ],
    ids=["gizmo", "claim", "pod", "nothing unknown"],
)
async def test_unknown_field_is_dropped_with_a_warning_that_names_it_C19(
    client: Client, namespace: str, resource: Resource[Any], spec: Json, unknown: list[str]
) -> None:
    """By default: a client need not ask for it (``fieldValidation``). Quotes in a name are escaped in the text, too."""
    body = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": "a"}, "spec": spec}

    made = await once_admitted(lambda: client.create_with_warnings(resource, namespace, body))

    assert sorted(made.warnings) == [f'unknown field "{path}"' for path in unknown]


@real_only("the fake knows of no fields that are unknown")
async def test_unknown_field_is_refused_if_that_is_asked_for_C33(client: Client, namespace: str) -> None:
    spec = {"containers": [CONTAINER | {"resource": {}}]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}

    with pytest.raises(errors.Invalid) as refused:
        await once_admitted(lambda: client.create_with_warnings(PODS, namespace, body, strict=True))

    assert 'unknown field "spec.containers[0].resource"' in refused.value.message
    with pytest.raises(errors.NotFound):
        await client.get(PODS, namespace, "a")


async def test_create_that_is_only_tried_makes_nothing(client: Client, namespace: str) -> None:
    assert await client.try_create(GIZMOS, namespace, gizmo("a-", size=1)) == ()

    assert (await client.list(GIZMOS, namespace)).items == []


async def test_create_that_is_only_tried_is_refused_where_a_real_one_would_be(client: Client, namespace: str) -> None:
    await client.create(GIZMOS, namespace, gizmo("a"))

    with pytest.raises(errors.AlreadyExists):
        await client.try_create(GIZMOS, namespace, gizmo("a"))
    with pytest.raises(errors.Invalid):
        await client.try_create(GIZMOS, namespace, gizmo("b", size="large"))
    with pytest.raises(errors.NotFound):
        await client.try_create(GIZMOS, "not-there", gizmo("a"))


async def test_taken_name_already_exists_and_stays_as_it_is(client: Client, namespace: str) -> None:
    made = await client.create(GIZMOS, namespace, gizmo("a", size=1))

    with pytest.raises(errors.AlreadyExists, match=r'gizmos\.contract\.example\.org "a" already exists'):
        await client.create(GIZMOS, namespace, gizmo("a", size=2))

    assert await client.get(GIZMOS, namespace, "a") == made


async def test_namespace_that_is_not_there_is_not_found(client: Client) -> None:
    with pytest.raises(errors.NotFound, match='namespaces "nowhere" not found'):
        await client.create(GIZMOS, "nowhere", gizmo("a"))


async def test_faults_of_a_body_are_told_by_field(client: Client, namespace: str) -> None:
    with pytest.raises(errors.Invalid) as caught:
        await client.create(GIZMOS, namespace, gizmo("a", color="x" * 11, size=-1, shape="oval"))

    assert {(cause.field, cause.reason) for cause in caught.value.causes} == {
        ("spec.color", "FieldValueTooLong"),
        ("spec.size", "FieldValueInvalid"),
        ("spec.shape", "FieldValueNotSupported"),
    }


@pytest.mark.parametrize("name", ["Upper", "a_b", "-a", "x" * 254])
async def test_name_that_is_none_is_invalid(client: Client, namespace: str, name: str) -> None:
    with pytest.raises(errors.Invalid) as caught:
        await client.create(GIZMOS, namespace, gizmo(name))

    assert "metadata.name" in {cause.field for cause in caught.value.causes}


async def test_body_without_any_name_is_invalid(client: Client, namespace: str) -> None:
    body = gizmo("a")
    del body["metadata"]["name"]

    with pytest.raises(errors.Invalid, match="name or generateName is required"):
        await client.create(GIZMOS, namespace, body)


async def test_body_of_another_namespace_is_a_bad_request(client: Client, namespace: str) -> None:
    body = gizmo("a")
    body["metadata"]["namespace"] = "default"

    with pytest.raises(errors.Invalid, match="does not match the namespace sent"):
        await client.create(GIZMOS, namespace, body)


async def test_body_that_has_a_version_is_refused(http: Http, namespace: str) -> None:
    body = gizmo("a")
    body["metadata"]["resourceVersion"] = "5"

    answer = await http.send("POST", collection(namespace), body)

    assert answer.status == 500
    assert (await http.send("GET", f"{collection(namespace)}/a")).status == 404
