"""What a Template can say stands on the structs of `api.template` and nowhere else; each field is read or refused."""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyternetes.api.fields import Field, fields_of
from jupyternetes.api.template import ClaimEntry, PodEntry, TemplateSpec
from tests.unit.templating.templating_support import Json, compile_anywhere, pod, pod_template, rendering, texts

SOURCE = Path(__file__).parents[3] / "src" / "jupyternetes"
READERS = {
    str(path.relative_to(SOURCE)): ast.parse(path.read_text())
    for package in ("templating", "operators")
    for path in sorted((SOURCE / package).rglob("*.py"))
}
OF_EVERY_OBJECT = {"apiVersion", "kind", "name", "labels", "annotations", "spec"}
OF_CONTAINERS = {"value"}  # of an environment variable
OF_PATCHES = {"path"}  # of a step of a JSON Patch
FOR_PEOPLE = [ast.parse(path.read_text()) for path in sorted((SOURCE / "options").rglob("*.py"))]

SOUND: Json = {
    "access": {},
    "variables": [{"name": "x", "choices": [{"value": "a"}]}],
    "rules": [{"rule": "true", "message": "Never."}],
    "gates": [{"name": "example.org/granted"}],
    "pvcs": [{"name": "home", "spec": {}}],
    "pods": [{"name": "notebook", "spec": {}}],
    "otherResources": [{"name": "service", "outputs": [{"name": "host", "path": "status.host"}]}],
}
WRONG = 1.5
OTHER_FAULTS = {"$.spec.pvcs[0].labels.other", "$.spec.pods[0].labels.other"}


def walk(struct: type[msgspec.Struct], *path: str | int) -> Iterator[tuple[tuple[str | int, ...], Field]]:
    """Each field with its path; of a list its first item."""
    for field in fields_of(struct):
        here = (*path, field.name)
        yield here, field
        if field.struct is not None:
            yield from walk(field.struct, *here)
        elif field.inner is not None and field.inner.struct is not None:
            yield from walk(field.inner.struct, *here, 0)


FIELDS = list(walk(TemplateSpec))
TYPED = [path for path, field in FIELDS if field.kind is not object]


def written(path: tuple[str | int, ...]) -> str:
    return "$.spec" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def put(template: Json, path: tuple[str | int, ...], value: object) -> None:
    *parents, last = path
    for step in parents:
        template = template[step]
    template[last] = value


def problems_with(*wrong: tuple[str | int, ...]) -> list[str]:
    """The paths of all problems of a Template that is sound but for `wrong` and for `OTHER_FAULTS`."""
    template = copy.deepcopy(SOUND)
    for entry in (*template["pvcs"], *template["pods"]):
        entry["labels"] = {"other": "{x:nofilter}"}
    for path in wrong:
        put(template, path, WRONG)
    return [problem.path for problem in compile_anywhere(template).problems]


@pytest.mark.parametrize("path", TYPED, ids=map(written, TYPED))
def test_a_value_that_does_not_fit_is_a_problem_once_and_hides_no_other_C31(path: tuple[str | int, ...]) -> None:
    found = problems_with(path)

    assert found.count(written(path)) == 1
    assert OTHER_FAULTS & set(found)
    assert set(found) <= {written(path), *OTHER_FAULTS}


def test_all_values_that_do_not_fit_are_said_at_once_C31() -> None:
    nested = [path for path in TYPED if not any(other[: len(path)] == path and other != path for other in TYPED)]

    found = problems_with(*nested)

    assert set(map(written, nested)) <= set(found)


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        ({"pvcs": [{"name": "a", "spec": {}, "reclaimPolicy": "delete"}]}, "pvcs[0].reclaimPolicy", "Retain, Delete"),
        ({"pods": [{"name": "a", "spec": {}, "hubEnvironment": "{x}"}]}, "pods[0].hubEnvironment", "Inject, Keep"),
        ({"pods": [{"name": "a", "spec": {}, "primary": "yes"}]}, "pods[0].primary", "true or false"),
        ({"naming": "stable"}, "naming", "Generated, Stable"),
    ],
)
def test_what_is_not_one_of_the_allowed_values_is_refused_with_them_C31(entry: Json, path: str, words: str) -> None:
    (problem,) = compile_anywhere(entry).problems

    assert problem.path == f"$.spec.{path}"
    assert words in problem.message


def test_an_item_that_is_no_object_is_the_one_problem_at_its_path_and_the_next_keeps_its_own_C31() -> None:
    problems = compile_anywhere(
        {"pods": [WRONG, {"name": "Big", "spec": {}}], "variables": [None, {"name": "-"}]}
    ).problems

    assert {problem.path for problem in problems} == {
        "$.spec.pods[0]",
        "$.spec.pods[1].name",
        "$.spec.variables[0]",
        "$.spec.variables[1].name",
    }
    assert len(problems) == 4, texts(problems)


def test_null_is_a_missing_value_C31() -> None:
    nothing = dict.fromkeys(("labels", "annotations", "condition", "primary", "port", "hubEnvironment"))

    assert pod(pod_template({}, **nothing)).filled == pod(pod_template({})).filled


@pytest.mark.parametrize(
    ("kind", "struct", "entry"),
    [
        ("pods", PodEntry, {"primary": True, "port": "http", "hubEnvironment": "Keep"}),
        ("pvcs", ClaimEntry, {"reclaimPolicy": "Delete", "claimName": "mine"}),
    ],
)
def test_an_entry_without_placeholders_is_filled_in_as_it_is_written(kind: str, struct: Any, entry: Json) -> None:
    source = {"name": "a", "labels": {"l": "1"}, "annotations": {"n": "1"}, "spec": {"any": [1]}, **entry}

    result = rendering({kind: [source]})

    (ready,) = (*result.pods, *result.pvcs)
    assert ready.filled == msgspec.convert(source, struct)


def test_every_further_field_of_another_object_is_filled_in() -> None:
    source = {"name": "a", "apiVersion": "v1", "kind": "ConfigMap", "data": {"{k}": "{k}"}, "type": "{k}"}

    (ready,) = rendering({"otherResources": [source]}, {"k": "x"}).other_resources

    assert (ready.filled.api_version, ready.filled.kind) == ("v1", "ConfigMap")
    assert ready.filled.further == {"data": {"x": "x"}, "type": "x"}


def test_no_reader_of_templates_spells_the_name_of_a_field() -> None:
    """But for those names that objects of Kubernetes have too: operators write them into pods and claims."""
    names = {field.name for _, field in FIELDS} - OF_EVERY_OBJECT - OF_CONTAINERS - OF_PATCHES

    spelt = [
        f"{module}:{node.lineno} {node.value}"
        for module, tree in READERS.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in names
    ]

    assert spelt == []


def test_every_field_is_read_by_somebody() -> None:
    trees = (*READERS.values(), *FOR_PEOPLE)
    read = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert {field.attribute for _, field in FIELDS} - read == set()
