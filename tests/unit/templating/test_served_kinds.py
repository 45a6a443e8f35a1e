"""What an API server serves of the kinds of `otherResources`, and what is said of entries then (schemas/served)."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.templating import compile_template
from jupyternetes.templating.schemas import SchemaError, check
from jupyternetes.templating.schemas.served import ServedKind, served_kinds
from jupyternetes.templating.schemas.shipped import shipped
from tests.unit.templating.templating_support import Json, texts

KIND = OtherKind.read("databases.example.org/v1/Database=databases")
CONDITIONS: Json = {"properties": {"conditions": {"type": "array"}}}


def document(status: Json | None = None, *, namespaced: bool = True, kind: str = "Database", **root: Any) -> bytes:
    schema: Json = {
        "x-kubernetes-group-version-kind": [{"group": KIND.group, "version": "v1", "kind": kind}],
        "properties": {"spec": {}} | ({} if status is None else {"status": status}),
    }
    path = f"/apis/{KIND.api_version}/" + ("namespaces/{namespace}/" if namespaced else "") + "databases"
    return msgspec.json.encode({"paths": {path: {}}, "components": {"schemas": {"x": schema | root}}})


def entry_problems(served: Any, **fields: Any) -> str:
    entry = {"name": "db", "apiVersion": KIND.api_version, "kind": KIND.kind, **fields}
    return texts(check(compile_template({"otherResources": [entry]}), shipped(), served))


@pytest.mark.parametrize(
    ("status", "has"),
    [
        (CONDITIONS, True),
        ({"properties": {"phase": {}}}, False),
        ({"properties": {"phase": {}}, "x-kubernetes-preserve-unknown-fields": True}, True),
        ({}, True),
        (None, False),
    ],
)
def test_conditions_are_looked_for_and_what_is_open_may_have_them(status: Json | None, has: bool) -> None:
    assert served_kinds({KIND.api_version: document(status)}, [KIND]) == {
        (KIND.api_version, KIND.kind): ServedKind(namespaced=True, has_conditions=has)
    }


@pytest.mark.parametrize("documents", [{}, {KIND.api_version: document(kind="Other")}])
def test_a_kind_that_is_not_there_is_a_problem_of_the_template_that_asks_for_it(documents: dict[str, bytes]) -> None:
    served = served_kinds(documents, [KIND])

    assert served == {(KIND.api_version, KIND.kind): None}
    assert "$.spec.otherResources[0].kind: kind Database (databases.example.org/v1) is not installed" in entry_problems(
        served
    )


def test_a_kind_without_conditions_needs_a_word_on_when_it_is_ready() -> None:
    served = served_kinds({KIND.api_version: document({"properties": {"phase": {}}})}, [KIND])

    assert "$.spec.otherResources[0].readyWhen: objects of kind Database" in entry_problems(served)
    assert entry_problems(served, readyWhen="object.status.phase == 'Up'") == ""


def test_objects_of_the_whole_cluster_belong_to_no_server() -> None:
    served = served_kinds({KIND.api_version: document(CONDITIONS, namespaced=False)}, [KIND])

    assert "live in no namespace" in entry_problems(served)


def test_nothing_is_said_of_what_is_not_known_or_is_in_order() -> None:
    assert entry_problems({}) == ""
    assert entry_problems(None) == ""
    assert entry_problems(served_kinds({KIND.api_version: document(CONDITIONS)}, [KIND])) == ""


def test_kinds_of_kubernetes_own_need_no_conditions() -> None:
    config = OtherKind.read("v1/ConfigMap=configmaps")
    served = {(config.api_version, config.kind): ServedKind(namespaced=True, has_conditions=False)}
    template = compile_template({"otherResources": [{"name": "c", "apiVersion": "v1", "kind": "ConfigMap"}]})

    assert check(template, shipped(), served) == ()


def test_what_is_no_document_is_said() -> None:
    with pytest.raises(SchemaError):
        served_kinds({KIND.api_version: b"<html>"}, [KIND])
