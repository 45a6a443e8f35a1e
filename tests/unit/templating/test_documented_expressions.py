"""What the pages about expressions show is accepted, and does what they say."""

import re
from pathlib import Path

import pytest
import yaml

from jupyternetes.api.template import MAX_EXPRESSION_LENGTH
from jupyternetes.templating import Ready, compile_template
from jupyternetes.templating.conditions import cel
from tests.unit.templating.templating_support import Json, rendering, texts

DOCS = Path(__file__).parents[3] / "docs"
HOW_TO = (DOCS / "how-to/conditions-and-rules.md").read_text()
REFERENCE = (DOCS / "reference/expressions.md").read_text()
SIZE: Json = {"name": "size", "default": "small", "enum": ["small", "gpu"]}
OTHERS: Json = [
    SIZE,
    {"name": "course", "default": ""},
    {"name": "memory", "type": "quantity", "default": "2Gi"},
    {"name": "cpu", "type": "integer", "default": 1},
]


def documented() -> Json:
    """The Template of the how-to, put together from its parts."""
    whole, rules, variable = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)]
    spec = whole["spec"]
    return spec | {"variables": [*spec["variables"], *OTHERS, *variable], "rules": rules["rules"]}


def refusal(values: dict[str, str]) -> str:
    return texts(rendering(documented(), values).problems)


@pytest.mark.parametrize(
    ("scratch", "pods", "volumes"), [("none", ["notebook"], []), ("fast", ["notebook", "monitor"], ["scratch"])]
)
def test_the_optional_disk_comes_whole_or_not_at_all(scratch, pods, volumes):
    result = rendering(documented(), {"scratch": scratch}, pvcs={"scratch": "scratch-1"})

    assert compile_template(documented()).problems == result.problems == ()
    assert [each.name for each in result.pods] == pods
    notebook = result.pods[0]
    assert isinstance(notebook, Ready)
    assert [each["name"] for each in notebook.spec["volumes"]] == volumes
    assert [each["name"] for each in notebook.spec["containers"][0]["volumeMounts"]] == volumes


@pytest.mark.parametrize(
    "values", [{"size": "gpu", "course": ""}, {"memory": "5Gi"}, {"cpu": "2", "memory": "8193Mi"}, {"dataset": "stars"}]
)
def test_what_it_refuses_is_refused_in_the_words_of_the_page(values):
    message = refusal(values)

    said = [line for line in HOW_TO.splitlines() if line.startswith(("Template $", "Instance $"))]
    assert message in said or "At most 4 GiB of memory for each CPU." in message


def test_what_it_takes_is_taken():
    assert refusal({"size": "gpu", "course": "ml", "dataset": "stars", "cpu": "2", "memory": "8Gi"}) == ""


def test_mistakes_are_told_in_the_words_of_the_reference():
    helper = {"name": "helper", "spec": {}, "condition": "    vars.size  > 1"}
    spec = {
        "variables": [SIZE],
        "rules": [{"rule": "vars.szie == 'gpu'", "message": "m"}],
        "pods": [{"name": "notebook", "spec": {}}, helper],
    }

    message = texts(compile_template(spec).problems)

    shown = re.search(r"```text\n(Template \$\.spec\.rules.*?)```", REFERENCE, re.DOTALL)
    assert shown is not None
    assert " ".join(message.split()) == " ".join(shown[1].split())


def test_the_limits_are_those_of_the_code():
    numbers = {"max": MAX_EXPRESSION_LENGTH, "pluses": cel.MOST_PLUSES}

    assert f"At most {numbers['max']:,} characters, {numbers['pluses']} signs `+`, two of `all()`" in REFERENCE
    assert cel.MOST_LOOPS == 2
