"""The options that a Template takes as a JSON Schema, for programs that start servers by REST.

What conditions and rules ask for stands in words: whoever keeps to the schema may still be refused by them, and by
nothing else. https://json-schema.org/draft/2020-12
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from jupyternetes.api.template import Template, TemplateSpec
from jupyternetes.options.browser_pattern import browser_pattern
from jupyternetes.options.given import TEMPLATE, VARIABLES
from jupyternetes.options.words import sentence, words_of
from jupyternetes.templating import MISSING, CompiledTemplate, Declaration
from jupyternetes.templating.variables.bounds import Bounds, Limit

Schema = dict[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_QUANTITY: Final = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE])?$"


def options_schema(template: Template, compiled: CompiledTemplate) -> Schema:
    """The schema of the options with which anybody can start servers from the Template, whatever their groups."""
    settable = [each for each in compiled.declarations if each.user_settable]
    required = [each.name for each in settable if each.required and each.default is MISSING and not each.when]
    meta = template.metadata
    key: Schema = {"const": f"{meta.namespace}/{meta.name}"} if meta.namespace else {"type": "string"}
    variables: Schema = {
        "type": "object",
        "properties": {each.name: _variable(each) for each in settable},
        "required": required,
        "additionalProperties": False,
    }
    return {
        "$schema": DIALECT,
        "title": words_of(template, TemplateSpec.display_name) or meta.name,
        **_described(
            [words_of(template, TemplateSpec.description), *(rule.message for rule in compiled.judgement.rules)]
        ),
        "type": "object",
        "properties": {TEMPLATE: key, VARIABLES: variables},
        "required": [TEMPLATE, *([VARIABLES] if required else [])],
        "additionalProperties": False,
    }


def _variable(declaration: Declaration) -> Schema:
    only = f"Accepted only when {declaration.when}" if declaration.when else ""
    return {
        "title": declaration.title or declaration.name,
        **_described([declaration.description, only]),
        **(_listed(declaration) if declaration.bounds.allowed else _typed(declaration.type, declaration.bounds)),
        **({} if declaration.default is MISSING else {"default": declaration.default}),
    }


def _listed(declaration: Declaration) -> Schema:
    if not declaration.choices:
        return {"enum": [*declaration.bounds.allowed.values()]}
    return {"oneOf": [*_choices(declaration)]}


def _choices(declaration: Declaration) -> Iterator[Schema]:
    for each in declaration.choices:
        if each.is_offered:
            groups = each.about.groups
            whose = "" if groups is None else f"For groups: {', '.join(groups) or 'none'}"
            title: Schema = {"title": each.about.title} if each.about.title else {}
            yield {"const": each.value, **title, **_described([each.about.description, each.about.note, whose])}


def _typed(kind: str, bounds: Bounds) -> Schema:
    if kind in ("integer", "number"):
        return {"type": kind, **_limit("minimum", bounds.minimum), **_limit("maximum", bounds.maximum)}
    if kind == "boolean":
        return {"type": kind}
    if kind == "quantity":
        limits = [f"At least {bounds.minimum.text}" if bounds.minimum else ""]
        limits.append(f"At most {bounds.maximum.text}" if bounds.maximum else "")
        return {"type": "string", "pattern": _QUANTITY, **({"$comment": _joined(limits)} if any(limits) else {})}
    pattern = browser_pattern(bounds.pattern.text) if bounds.pattern else ""
    return {
        "type": "string",
        "maxLength": bounds.max_length,
        **({"pattern": f"^(?:{pattern})$"} if pattern else {}),
        **({"$comment": f"Must match the RE2 expression {bounds.pattern.text}"} if bounds.pattern else {}),
    }


def _limit(word: str, limit: Limit | None) -> Schema:
    if limit is None:
        return {}
    number = Decimal(limit.text)
    return {word: int(number) if number == number.to_integral_value() else float(number)}


def _described(sentences: list[str]) -> Schema:
    text = _joined(sentences)
    return {"description": text} if text else {}


def _joined(sentences: list[str]) -> str:
    return " ".join(sentence(each) for each in sentences if each)
