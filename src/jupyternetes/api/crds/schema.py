"""Small builders of structural OpenAPI schemas, so that the two kinds read like tables.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from collections.abc import Mapping, Sequence

Schema = dict[str, object]


def text(
    description: str = "",
    *,
    default: str | None = None,
    enum: Sequence[str] = (),
    pattern: str = "",
    min_length: int | None = None,
    max_length: int | None = None,
) -> Schema:
    """A string."""
    return _described(
        description,
        type="string",
        default=default,
        enum=list(enum) or None,
        pattern=pattern or None,
        minLength=min_length,
        maxLength=max_length,
    )


def integer(description: str = "", *, minimum: int | None = None, maximum: int | None = None) -> Schema:
    """A 64-bit integer."""
    return _described(description, type="integer", format="int64", minimum=minimum, maximum=maximum)


def boolean(description: str = "", *, default: bool | None = None) -> Schema:
    """True or false."""
    return _described(description, type="boolean", default=default)


def record(
    properties: Mapping[str, Schema],
    description: str = "",
    *,
    required: Sequence[str] = (),
    default: Mapping[str, object] | None = None,
    rules: Sequence[Schema] = (),
    open_ended: bool = False,
    atomic: bool = False,
) -> Schema:
    """An object with named fields; unknown ones are pruned unless ``open_ended``. ``atomic``: see ``mapping``."""
    return _described(
        description,
        type="object",
        required=list(required) or None,
        default=None if default is None else dict(default),
        properties=dict(properties),
        **{
            "x-kubernetes-validations": list(rules) or None,
            "x-kubernetes-preserve-unknown-fields": open_ended or None,
            "x-kubernetes-map-type": "atomic" if atomic else None,
        },
    )


def mapping(
    values: Schema,
    description: str = "",
    *,
    default: Mapping[str, object] | None = None,
    max_properties: int | None = None,
    atomic: bool = False,
) -> Schema:
    """A map from text to ``values``.

    ``atomic`` is one with one writer, who writes it as a whole: the API server then keeps no record of who owns which
    part of it, and works less at each write of the object, whatever that is about.
    https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
    """
    return _described(
        description,
        type="object",
        additionalProperties=values,
        default=None if default is None else dict(default),
        maxProperties=max_properties,
        **{"x-kubernetes-map-type": "atomic" if atomic else None},
    )


def sequence(
    items: Schema,
    description: str = "",
    *,
    keys: Sequence[str] = (),
    unique: bool = False,
    max_items: int | None = None,
    rules: Sequence[Schema] = (),
) -> Schema:
    """A list: a map by ``keys``, a set if ``unique``, else replaced as a whole."""
    kind = "map" if keys else "set" if unique else "atomic"
    return _described(
        description,
        type="array",
        items=items,
        maxItems=max_items,
        **{
            "x-kubernetes-list-type": kind,
            "x-kubernetes-list-map-keys": list(keys) or None,
            "x-kubernetes-validations": list(rules) or None,
        },
    )


def free(description: str = "", *, object_only: bool = True) -> Schema:
    """Data that the API server keeps as it is, such as a pod spec with a placeholder in an integer field."""
    kind = "object" if object_only else None
    return _described(description, type=kind, **{"x-kubernetes-preserve-unknown-fields": True})


def rule(expression: str, message: str) -> Schema:
    """A CEL validation rule with the text that a person reads when it is broken."""
    return {"rule": expression, "message": message}


def conditions() -> Schema:
    """``status.conditions``: one entry a type, so that several operators can each own theirs."""
    return sequence(
        record(
            {
                "type": text("What it is about.", max_length=316),
                "status": text("Whether it holds.", enum=("True", "False", "Unknown")),
                "reason": text(
                    "Why, in one word.", max_length=1024, pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"
                ),
                "message": text("Why, in a sentence, and what to do.", max_length=32768),
                "observedGeneration": integer("The generation that it is about.", minimum=0),
                "lastTransitionTime": {
                    "description": "When status changed last.",
                    "type": "string",
                    "format": "date-time",
                },
            },
            required=("type", "status", "reason", "message", "lastTransitionTime"),
            atomic=True,
        ),
        "What the operators say, one condition a type.",
        keys=("type",),
    )


def _described(description: str, **fields: object) -> Schema:
    schema: Schema = {"description": description} if description else {}
    schema.update((name, value) for name, value in fields.items() if value is not None)
    return schema
