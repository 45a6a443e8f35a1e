"""The environment of a container, as a kubelet makes it from the container's fields."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def environment_of(container: Json, contents: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Later sources win over earlier ones, and ``env`` over all of them; ``$(NAME)`` stays as it is.

    ``contents``: what the Secrets and ConfigMaps say, by their names.
    """
    environment: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        environment |= contents[name_of_source(source)]
    return environment | {entry["name"]: _value_of(entry, contents) for entry in container.get("env", ())}


def name_of_source(source: Json) -> str:
    """The Secret or ConfigMap of an entry of ``envFrom``."""
    (reference,) = source.values()
    return reference["name"]


def references(value: object, name: str) -> Iterator[Json]:
    """Every object within ``value`` that says ``name`` in one of its fields."""
    if isinstance(value, dict):
        if name in value.values():
            yield value
        for each in value.values():
            yield from references(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from references(each, name)


def _value_of(entry: Json, contents: Mapping[str, Mapping[str, str]]) -> str:
    if "valueFrom" not in entry:
        return entry.get("value", "")  # the API server leaves an empty text out
    reference = entry["valueFrom"]["secretKeyRef"]
    return contents[reference["name"]][reference["key"]]
