"""The fields of Templates and Instances as pages: what the definitions say of each."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from tools.chart.markdown import code, head, table

_LIMITS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("minLength", "length at least {}"),
    ("maxLength", "length at most {}"),
    ("minItems", "at least {} entries"),
    ("maxItems", "at most {} entries"),
    ("maxProperties", "at most {} entries"),
    ("pattern", "matches `{}`"),
)

Schema = Mapping[str, Any]


def page(definition: Schema) -> str:
    """The reference page of one kind."""
    names = definition["spec"]["names"]
    [version] = definition["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]
    short = ", ".join(code(name) for name in names["shortNames"])
    lines = head(
        names["kind"],
        "jupyternetes.api.crds",
        f"{schema['description']} API version `{definition['spec']['group']}/{version['name']}`; for kubectl {short}.",
    )
    for part in ("spec", "status"):
        fields = schema["properties"][part]
        lines += ["", f"## {part}", "", f"{fields['description']} All fields are below {code(part)}."]
        lines += table(("Field", "Type", "Meaning"), _children(fields, ""))
    return "\n".join(lines) + "\n"


def _children(schema: Schema, path: str) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield from _rows(inner, f"{path}{name}", required=name in required)


def _rows(schema: Schema, path: str, *, required: bool) -> Iterator[tuple[str, str, str]]:
    yield code(path), _type(schema), _meaning(schema, required=required)
    yield from _children(schema, f"{path}.")
    yield from _children(schema.get("items", {}), f"{path}[].")
    yield from _children(cast("Schema", schema.get("additionalProperties", {})), f"{path}.<name>.")


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return " or ".join(code(choice) for choice in schema["enum"])
    if "items" in schema:
        return f"list of {_type(schema['items'])}"
    if "additionalProperties" in schema:
        return f"map to {_type(schema['additionalProperties'])}"
    return schema.get("type", "any")


def _meaning(schema: Schema, *, required: bool) -> str:
    inner = schema.get("items") or schema.get("additionalProperties") or {}
    facts = ["required"] if required else []
    if schema.get("default"):
        facts.append(f"default {code(str(schema['default']))}")
    facts += [text.format(schema[word]) for word, text in _LIMITS if word in schema]
    facts += [f"each {text.format(inner[word])}" for word, text in _LIMITS if word in inner]
    facts += [rule["message"] for rule in schema.get("x-kubernetes-validations", ())]
    said = schema.get("description", "")
    return f"{said} *{'; '.join(facts)}*".strip() if facts else said
