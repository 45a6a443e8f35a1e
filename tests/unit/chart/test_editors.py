"""The JSON Schemas that editors of YAML use are valid, take what is right, and mark what the API server would drop."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.support.templates import template

CHECKOUT = Path(__file__).resolve().parents[3]
PUBLISHED = CHECKOUT / "examples" / "published"

Json = dict[str, Any]


def mistakes(kind: str, obj: Json) -> list[str]:
    schema = json.loads((CHECKOUT / "docs" / "reference" / f"{kind}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return [error.json_path for error in Draft202012Validator(schema).iter_errors(obj)]


@pytest.mark.parametrize(
    ("kind", "file"),
    [("template", "template.yaml"), ("template", "template-live.yaml"), ("instance", "instance.yaml")],
)
def test_published_objects_have_no_mistakes(kind: str, file: str) -> None:
    assert mistakes(kind, yaml.safe_load((PUBLISHED / file).read_text())) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": "JupyterNotebookInstance"}, "$.kind"),
        ({"specs": {}}, "$"),
        ({"metadata": {"name": "x" * 64}}, "$.metadata.name"),
        ({"spec": {"naming": "stable"}}, "$.spec.naming"),
        ({"spec": {"pods": [{"name": "a", "spec": {}, "primry": True}]}}, "$.spec.pods[0]"),
        ({"spec": {"pods": [{"name": "a"}]}}, "$.spec.pods[0]"),
    ],
)
def test_mistakes_are_marked_where_they_are(changes: Json, path: str) -> None:
    assert mistakes("template", template()) == []
    assert mistakes("template", template() | changes) == [path]


def test_whatever_kubernetes_knows_of_pods_may_stand_in_a_spec() -> None:
    assert mistakes("template", template(pods=[{"name": "a", "spec": {"new": {"in": "{any.version}"}}}])) == []
