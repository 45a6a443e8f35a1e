"""How the entries of a Template are named and how they depend on each other."""

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final, cast

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import TemplateSpec

PVCS: Final = name_of(TemplateSpec.pvcs)
PODS: Final = name_of(TemplateSpec.pods)
OTHER_RESOURCES: Final = name_of(TemplateSpec.other_resources)
KINDS: Final = (PVCS, PODS, OTHER_RESOURCES)
_PREFIXES: Final = tuple(f"jupyternetes.{kind.lower()}." for kind in KINDS)


def reference(kind: str, name: str) -> str:
    """The variable, in lower case, that stands for the object made of the entry `name`."""
    return f"jupyternetes.{kind}.{name}".lower()


def kind_of(variable: str) -> str:
    """The kind of the entry that a variable, in lower case, refers to; `""` for one that is no reference."""
    return next((kind for kind, prefix in zip(KINDS, _PREFIXES, strict=True) if variable.startswith(prefix)), "")


def is_reference(variable: str) -> bool:
    return kind_of(variable) != ""


def output_reference(name: str, output: str) -> str:
    """The variable, in lower case, that stands for a value which the object of an entry of `otherResources` gives."""
    return f"{reference(OTHER_RESOURCES, name)}.{output}".lower()


def entry_of(variable: str) -> str:
    """The reference of the entry whose object, or a value of it, the variable (lower case) stands for."""
    if kind_of(variable) != OTHER_RESOURCES:
        return variable
    return ".".join(variable.split(".", 3)[:3])  # names of entries hold no dots


def output_of(variable: str) -> str:
    """The name, in lower case, of the value that a variable stands for; `""` for the object itself."""
    return variable.removeprefix(entry_of(variable)).removeprefix(".")


def find_cycle(needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """References that need each other, each the one behind it and the first again at the end; `()` if none do.

    `needs` maps the reference of each entry to those it mentions. Pods are made when all PVCs are, mentioned or not.
    """
    pvcs = {name for name in needs if name.startswith(_PREFIXES[0])}
    graph = {
        name: {*mentioned, *pvcs} if name.startswith(_PREFIXES[1]) else mentioned for name, mentioned in needs.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return tuple(reversed(cast("list[str]", error.args[1])))
    return ()
