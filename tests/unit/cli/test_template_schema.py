"""``jupyternetes template schema``: the options of a Template for programs."""

import json
from pathlib import Path

import pytest
import yaml

from tests.support.templates import template
from tests.unit.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("restored_logging")


def test_schema_of_options_is_printed(run: Run, tmp_path: Path) -> None:
    size = {"name": "size", "userSettable": True, "default": "s", "enum": ["s", "l"]}
    file = tmp_path / "lab.yaml"
    file.write_text(yaml.safe_dump(template(variables=[size])))

    code, out, err = run("template", "schema", str(file))

    assert (code, err) == (0, "")
    variables = json.loads(out)["properties"]["variables"]
    assert variables["properties"] == {"size": {"title": "size", "enum": ["s", "l"], "default": "s"}}


def test_template_with_problems_has_no_schema(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text(yaml.safe_dump(template(variables=[{"name": "size", "default": 5}])))

    code, out, err = run("template", "schema", str(file))

    assert (code, out) == (1, "")
    assert "has problems; see: jupyternetes template lint" in err
