"""The definitions: structural, complete, and in step with the structs that read what they let through."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import msgspec
import pytest
import yaml

from jupyternetes.api import instance as kinds
from jupyternetes.api.conditions import Condition, Status
from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import TemplateStatus

Json = dict[str, Any]
DEFINITIONS: dict[str, Json] = {each["spec"]["names"]["shortNames"][0]: each for each in custom_resource_definitions()}  # type: ignore[index]


def version(short_name: str) -> Json:
    [only] = DEFINITIONS[short_name]["spec"]["versions"]
    return only


def schema(short_name: str) -> Json:
    return version(short_name)["schema"]["openAPIV3Schema"]


def nodes(node: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema in a schema, by path."""
    yield path, node
    for name, inner in node.get("properties", {}).items():
        yield from nodes(inner, f"{path}.{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(node.get(word), dict):
            yield from nodes(node[word], f"{path}.{word}")


@pytest.mark.parametrize("short_name", DEFINITIONS)
def test_schema_is_structural_and_says_the_type_of_everything_B69(short_name: str) -> None:
    for path, node in nodes(schema(short_name)):
        assert "type" in node or node.get("x-kubernetes-preserve-unknown-fields"), path
        assert not {"properties", "additionalProperties"} <= node.keys(), path
        if node.get("type") == "array":
            assert node["x-kubernetes-list-type"] in ("map", "set", "atomic"), path
        if "x-kubernetes-list-map-keys" in node:
            assert set(node["x-kubernetes-list-map-keys"]) <= set(node["items"].get("required", [])), path


def test_what_one_writer_writes_as_a_whole_is_atomic() -> None:
    """Its parts would each be in the record of who owns what, which the API server goes through at every write."""
    by_path = dict(nodes(schema("jni")))

    whole = [path for path, node in by_path.items() if node.get("x-kubernetes-map-type") == "atomic"]
    assert whole == [".spec.template", ".spec.variables", ".status.conditions.items"]
    assert by_path[".spec.hubEnvironment"]["x-kubernetes-list-type"] == "atomic"


@pytest.mark.parametrize("short_name", DEFINITIONS)
def test_version_is_served_with_a_status_of_its_own(short_name: str) -> None:
    only = version(short_name)

    assert (only["name"], only["served"], only["storage"]) == ("v1", True, True)
    assert only["subresources"] == {"status": {}}
    assert DEFINITIONS[short_name]["spec"]["scope"] == "Namespaced"
    assert len(only["selectableFields"]) <= 8


@pytest.mark.parametrize("short_name", DEFINITIONS)
def test_selectable_fields_and_columns_exist(short_name: str) -> None:
    paths = dict(nodes(schema(short_name)))

    for field in version(short_name)["selectableFields"]:
        assert paths[field["jsonPath"]]["type"] in ("string", "boolean", "integer")
    for column in version(short_name)["additionalPrinterColumns"]:
        path = column["jsonPath"].partition("[?")[0]
        assert path in paths or path.startswith(".metadata"), column


def fields_of(struct: type, path: str) -> Iterator[tuple[str, Any]]:
    """The fields of a struct as they stand in a schema: path and type."""
    for field in msgspec.structs.fields(struct):
        yield from fields_in(field.type, f"{path}.{field.encode_name}")


def plain(kind: Any) -> Any:
    """A type without what is said about it."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def fields_in(annotated: Any, path: str) -> Iterator[tuple[str, Any]]:
    kind = plain(annotated)
    yield path, kind
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from fields_of(kind, path)
    elif get_origin(kind) is dict:
        yield from fields_in(get_args(kind)[1], f"{path}.additionalProperties")
    elif get_origin(kind) is tuple:
        yield from fields_in(get_args(kind)[0], f"{path}.items")


STRUCTS = [
    *fields_of(kinds.InstanceSpec, ".spec"),
    *fields_of(kinds.InstanceStatus, ".status"),
]


@pytest.mark.parametrize(("path", "kind"), STRUCTS, ids=[path for path, _ in STRUCTS])
def test_every_field_that_we_read_is_in_the_schema_with_its_type(path: str, kind: Any) -> None:
    found = dict(nodes(schema("jni")))

    assert path in found
    assert found[path]["type"] in json_types(kind)


def json_types(kind: Any) -> set[str]:
    kind = plain(kind)
    origin = get_origin(kind)
    if origin in (tuple, list):
        return {"array"}
    if origin is dict or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return {"object"}
    names = {str: "string", int: "integer", bool: "boolean"}
    options = [plain(each) for each in get_args(kind) or (kind,)]
    return {"string" if isinstance(each, str) else names.get(each, "") for each in options} - {""}


def test_status_of_a_template_is_in_its_schema() -> None:
    found = dict(nodes(schema("jnt")))

    assert [path for path, _ in fields_of(TemplateStatus, ".status") if path not in found] == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (".status.pvcsProvisioned", kinds.Provisioned),
        (".status.podsProvisioned", kinds.Provisioned),
        (".status.pods.additionalProperties.state", kinds.State),
        (".status.pvcs.additionalProperties.state", kinds.State),
        (".status.conditions.items.status", Status),
    ],
)
def test_words_of_the_schema_are_those_that_we_can_read_B69(path: str, words: Any) -> None:
    assert tuple(dict(nodes(schema("jni")))[path]["enum"]) == get_args(words)


def test_first_status_is_the_published_one_without_a_write() -> None:
    status = schema("jni")["properties"]["status"]

    assert status["default"] == {}
    assert {name: inner["default"] for name, inner in status["properties"].items() if "default" in inner} == {
        "pvcs": {},
        "pods": {},
        "otherResources": {},
        "pvcsProvisioned": "Pending",
        "podsProvisioned": "Pending",
        "otherResourcesProvisioned": {},
    }


def test_pod_and_claim_specs_are_kept_as_they_are_B01() -> None:
    found = dict(nodes(schema("jnt")))

    for path in (".spec.pods.items.spec", ".spec.pvcs.items.spec"):
        assert found[path] == {
            "description": found[path]["description"],
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
        }


def test_an_instance_as_published_loads_B69() -> None:
    status = {"pvcs": {"workspace": {"resourceName": "w", "state": "Processed", "parameters": {}}}}
    body = {
        "metadata": {"name": "a"},
        "spec": {"template": {"name": "t"}},
        "status": status | {"newer": {"than": "us"}},
    }

    loaded = msgspec.json.decode(msgspec.json.encode(body), type=Instance)

    assert loaded.spec.start_id == ""
    assert loaded.template_key == ("", "t")
    assert loaded.status.pvcs["workspace"].resource_name == "w"
    assert loaded.status.conditions == ()


def test_condition_is_written_as_kubernetes_spells_it() -> None:
    written = msgspec.to_builtins(Condition(type="Ready", observed_generation=3))

    assert written.keys() == {"type", "status", "reason", "message", "observedGeneration", "lastTransitionTime"}
    assert written.keys() == dict(nodes(schema("jni")))[".status.conditions.items"]["properties"].keys()


def test_definitions_survive_yaml() -> None:
    assert [*yaml.safe_load_all(yaml.safe_dump_all(custom_resource_definitions()))] == custom_resource_definitions()
