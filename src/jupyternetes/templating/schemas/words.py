"""What messages say a value must be."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Final

from jupyternetes.templating.schemas.schema import QUANTITY, Schema, Schemas

_MUST_BE: Final[Mapping[frozenset[str], str]] = {
    frozenset({"string"}): "must be a text",
    frozenset({"integer"}): "must be a whole number",
    frozenset({"number"}): "must be a number",
    frozenset({"boolean"}): "must be true or false",
    frozenset({"array"}): "must be a list",
    frozenset({"object"}): "must be a map",
    frozenset({"integer", "string"}): "must be a whole number or a text",
}
_VARIABLE_TYPE: Final[Mapping[str, str]] = {"integer": "integer", "number": "number", "boolean": "boolean"}
_LONGEST_COMPARED: Final = 64


def must_be(schema: Schema, types: frozenset[str]) -> str:
    """What a value must be where ``schema``, of the JSON types ``types``, is wanted."""
    if schema is QUANTITY:
        return "must be a quantity, such as 500m, 2 or 4Gi"
    return _MUST_BE.get(types) or f"must be of type {' or '.join(sorted(types))}"


def remedy(written: object, types: frozenset[str]) -> str:
    """How to write what was probably meant."""
    if "string" in types and isinstance(written, bool | int | float):
        return ": put it in quotes"
    if isinstance(written, str) and types <= {"integer", "number", "boolean"}:
        return ": write it without quotes"
    if "array" in types:
        return ": write each item on a line of its own that begins with '- '"
    if isinstance(written, list) and len(written) == 1:  # pyright: ignore[reportUnknownArgumentType]
        return ": remove the '- '"
    return ""


def declare(name: str, kind: str, schema: Schema, types: frozenset[str]) -> str:
    """How to declare the variable ``name``, of type ``kind``, so that it fits."""
    if schema is QUANTITY:
        return f"; declare {name!r} with type quantity"
    wanted = next((_VARIABLE_TYPE[each] for each in sorted(types) if each in _VARIABLE_TYPE), "")
    if wanted:
        return f"; declare {name!r} with type {wanted}"
    if kind == "string" and types & {"array", "object"}:
        return "; write it out, or let it come with a choice"
    return f"; declare {name!r} with type string" if "string" in types else "; write it out"


def unknown_field(key: str, schema: Schema, schemas: Schemas, outer: Collection[str]) -> str:
    """That ``schema`` has no field ``key``, and what may have been meant; ``outer``: the fields one level up."""
    below = [name for name, each in schema.properties.items() if key in _fields_below(each, schemas)]
    near = nearest(key, schema.properties)
    if near and (_letters(near) == _letters(key) or not (below or key in outer)):
        return f"there is no field {key!r} here; did you mean {near!r}?"
    if below:
        return f"there is no field {key!r} here; it belongs in {' or '.join(map(repr, below[:3]))}"
    if key in outer:
        return f"there is no field {key!r} here; it belongs one level up"
    return f"there is no field {key!r} here; remove it"


def nearest(key: str, known: Collection[str]) -> str:
    """The one of ``known`` that ``key`` is a misspelling of; ``""`` if there is none."""
    by_letters = {_letters(each): each for each in known}
    if same := by_letters.get(_letters(key)):
        return same
    if len(key) > _LONGEST_COMPARED:
        return ""
    near = get_close_matches(_letters(key), by_letters, n=1, cutoff=0.75)
    return by_letters[near[0]] if near else ""


def _letters(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _fields_below(schema: Schema, schemas: Schemas) -> Collection[str]:
    below = schemas.resolve(schema)
    if below.items is not None:
        below = schemas.resolve(below.items)
    return below.properties
