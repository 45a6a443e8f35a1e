"""Label and field selectors, as predicates on objects.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
"""

import re
from collections.abc import Callable
from typing import Any

from tests.support.fakekube.kinds import Kind
from tests.support.fakekube.refusals import Refused

Json = dict[str, Any]
Selects = Callable[[Json], bool]

_KEY = r"[A-Za-z0-9][A-Za-z0-9_./-]*"
_IN_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^)]*)\)")
_EQUAL = re.compile(rf"({_KEY})\s*(==|=|!=)\s*([A-Za-z0-9_.-]*)")
_EXISTS = re.compile(rf"(!?)\s*({_KEY})")


def selector(kind: Kind, labels: str, fields: str) -> Selects:
    """Whether an object is selected by both; Refused (400) for a selector that the API server does not take."""
    tests = [*map(_label_test, _split(labels)), *(_field_test(kind, part) for part in _split(fields))]
    return lambda obj: all(test(obj) for test in tests)


def _split(text: str) -> list[str]:
    """At the commas that do not stand in parentheses."""
    return [part.strip() for part in re.split(r",(?![^(]*\))", text)] if text else []


def _label_test(part: str) -> Selects:
    if found := _IN_SET.fullmatch(part):
        name, operator, values = found[1], found[2], {value.strip() for value in found[3].split(",")}
        return lambda obj: (_labels(obj).get(name) in values) == (operator == "in")
    if found := _EQUAL.fullmatch(part):
        name, operator, value = found[1], found[2], found[3]
        return lambda obj: (_labels(obj).get(name) == value) == (operator != "!=")
    if found := _EXISTS.fullmatch(part):
        absent, name = found[1], found[2]
        return lambda obj: (name in _labels(obj)) == (not absent)
    raise Refused("BadRequest", f"unable to parse requirement: {part!r}")


def _field_test(kind: Kind, part: str) -> Selects:
    path, operator, value = re.fullmatch(r"([^=!]*)(==|=|!=|)(.*)", part).groups()  # type: ignore[union-attr]
    known = ("metadata.name", *(["metadata.namespace"] if kind.namespaced else []), *kind.selectable)
    if not operator or path not in known:
        raise Refused("BadRequest", f"field label not supported: {path}")
    return lambda obj: (_field(obj, path) == value) == (operator != "!=")


def _labels(obj: Json) -> dict[str, str]:
    return obj["metadata"].get("labels") or {}


def _field(obj: Json, path: str) -> str:
    value: Any = obj
    for step in path.split("."):
        value = (value or {}).get(step)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
