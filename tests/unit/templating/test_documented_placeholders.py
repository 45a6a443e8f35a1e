"""The tables of the reference of placeholders say what really happens."""

import re
from pathlib import Path

import pytest

from tests.unit.templating.templating_support import compile_anywhere, pod, pod_template

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "placeholders.md").read_text()


def rows(header: str) -> list[list[str]]:
    """The cells of the table below the header line that begins with `header`."""
    lines = PAGE[PAGE.index(header) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


EXAMPLES = [(written, becomes) for cell, becomes in rows("| Written |") for written in code(cell)]


@pytest.mark.parametrize(("written", "becomes"), EXAMPLES)
def test_how_braces_are_read(written, becomes):
    template = {"variables": [{"name": "x", "default": "7"}], **pod_template({"field": written})}
    if becomes.startswith("an error"):
        (problem,) = compile_anywhere(template).problems
        assert problem.path == "$.spec.pods[0].spec.field"
    else:
        assert pod(template).spec == {"field": written if becomes == "unchanged" else code(becomes)[0]}


@pytest.mark.parametrize("row", rows("| Filter |"), ids=lambda row: row[0])
def test_what_filters_make_of_values(row):
    (name,) = code(row[0])
    template = pod_template({"mail": f"{{mail:{name}}}", "quoted": f"{{quoted:{name}}}"})
    made = pod(template, {"mail": "user@example.org", "quoted": 'it\'s "x"'}).spec
    assert [made["mail"], made["quoted"]] == [code(row[2])[0], code(row[3])[0]]
