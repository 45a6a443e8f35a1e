"""The chart's values as a page: what the schema says of each, and what it is unless set."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from tools.chart.markdown import code, head, table

_ABSENT = object()


def page(schema: Path, defaults: Path) -> str:
    """The reference page."""
    lines = head(
        "Values of the chart",
        "values.schema.json and values.yaml of charts/jupyternetes",
        "Helm refuses a value that is not in this table.",
    )
    rows = _rows(json.loads(schema.read_text()), yaml.safe_load(defaults.read_text()), "")
    lines += table(("Value", "Type", "Default", "Meaning"), rows)
    return "\n".join(lines) + "\n"


def _rows(schema: Mapping[str, Any], default: object, path: str) -> Iterator[tuple[str, str, str, str]]:
    properties = cast("dict[str, dict[str, Any]]", schema.get("properties", {}))
    explained = {name: inner for name, inner in properties.items() if inner.keys() & {"description", "properties"}}
    if path and "description" in schema:
        yield code(path), _type(schema), "" if explained else _default(default), schema["description"]
    for name, inner in explained.items():
        yield from _rows(inner, _member(default, name), f"{path}.{name}" if path else name)


def _member(default: object, name: str) -> object:
    return cast("dict[str, object]", default).get(name, _ABSENT) if isinstance(default, dict) else _ABSENT


def _default(default: object) -> str:
    return "" if default is _ABSENT else code(json.dumps(default, ensure_ascii=False))


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(code(choice) for choice in schema["enum"])
    kind = schema["type"]
    return kind if isinstance(kind, str) else " or ".join(kind)
