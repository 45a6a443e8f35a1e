"""YAML files as objects, each of whose values still knows where in the file it stands."""

import math
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import yaml

#: Read from standard input, and called so in messages.
STDIN: Final = "-"
#: Steps of a JSON path as ``templating.problems.child_path`` writes them.
_STEP: Final = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[([0-9]+)\]|\['((?:\\.|[^'\\])*)'\]")
_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"


class ManifestError(ValueError):
    """The file is no YAML, or no manifest; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; lines and columns begin at 1. Line 0: no file, and ``file`` is the name of an object."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Manifest:
    """One document of a file, or one object of a cluster, as plain data; ``file`` is then its namespace and name.

    ``twice``: keys that stand twice in one map, of which the last counts. ``size``: about how many bytes it has as
    JSON, in which each alias is written out; infinite for what holds itself.
    """

    file: str
    content: Mapping[str, object]
    twice: tuple[tuple[str, Place], ...] = ()
    size: float = 0.0
    _node: yaml.Node | None = field(repr=False, default=None)

    def place(self, path: str) -> Place:
        """Where in the file a JSON path leads, or as far along it as there is something."""
        node = self._node
        if node is None:
            return Place(self.file, 0, 0)
        for match in _STEP.finditer(path):
            found = _child(node, *match.groups())
            if found is None:
                break
            node = found
        return _place(self.file, node)


def read(file: str) -> str:
    """The text of a file, or of standard input. Raises ManifestError."""
    try:
        return sys.stdin.read() if file == STDIN else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{file}: {error}") from error


def manifests(file: str, text: str) -> Iterator[Manifest]:
    """The documents of a file that are objects, those of Lists one by one. Raises ManifestError."""
    try:
        loader: Any = _Loader(text)  # what reads nodes has no types
        while loader.check_node():
            node = loader.get_node()
            yield from _objects(file, loader.construct_document(node), node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise ManifestError(f"{place}: no YAML: {error.problem or error.context}") from error
    except ManifestError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ManifestError(f"{file}: no YAML: {error}") from error


class _Loader(yaml.SafeLoader):
    """Reads as kubectl does, for which a date is text."""


_Loader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != _TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _objects(file: str, content: object, node: yaml.Node) -> Iterator[Manifest]:
    if not isinstance(content, dict):
        if content is None:
            return
        raise ManifestError(f"{_place(file, node)}: a manifest is an object, with apiVersion and kind")
    known = cast("dict[str, object]", content)
    items = known.get("items")
    if known.get("kind") == "List" and isinstance(items, list):
        for index, item in enumerate(cast("list[object]", items)):
            child = _child(_child(node, "items", None, None) or node, None, str(index), None)
            yield from _objects(file, item, child or node)
        return
    yield Manifest(file, known, tuple(_keys_that_stand_twice(file, node)), _size(node, {}), node)


def _size(node: yaml.Node, known: dict[int, float]) -> float:
    if id(node) not in known:
        known[id(node)] = math.inf  # as long as it is not known: for what holds itself, for ever
        value: Any = node.value
        if isinstance(node, yaml.MappingNode):
            size = sum(len(key.value) + _size(member, known) for key, member in _pairs(node))
        elif isinstance(node, yaml.SequenceNode):
            size = sum(_size(item, known) for item in value)
        else:
            size = len(value)
        known[id(node)] = size + 2.0
    return known[id(node)]


def _keys_that_stand_twice(file: str, node: yaml.Node) -> Iterator[tuple[str, Place]]:
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if id(here) in seen:  # an alias
            continue
        seen.add(id(here))
        if isinstance(here, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in _pairs(here):
                if key.value in keys:
                    yield str(key.value), _place(file, key)
                keys.add(key.value)
                waiting.append(value)
        elif isinstance(here, yaml.SequenceNode):
            waiting += cast("list[yaml.Node]", here.value)


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    return (
        (key, value)
        for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        if isinstance(key, yaml.ScalarNode)
    )


def _child(node: yaml.Node, name: str | None, index: str | None, quoted: str | None) -> yaml.Node | None:
    """What stands in ``node`` under a name, or at an index, as the groups of ``_STEP`` have them."""
    if index is not None:
        items = cast("list[yaml.Node]", node.value) if isinstance(node, yaml.SequenceNode) else []
        return items[int(index)] if int(index) < len(items) else None
    wanted = name if name is not None else re.sub(r"\\(.)", r"\1", quoted or "")
    found = [value for key, value in _pairs(node) if key.value == wanted] if isinstance(node, yaml.MappingNode) else []
    return found[-1] if found else None


def _place(file: str, node: yaml.Node) -> Place:
    mark: Any = node.start_mark
    return Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file)
