"""Compiling a tree of decoded JSON: what holds no placeholder is shared, the rest becomes functions.

Substitution works on this tree and never on text, so no value can change the structure, and what a function returns is
never looked at again.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jupyternetes.templating.filters import FILTERS
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.lexer import Part, Placeholder, escaped, split
from jupyternetes.templating.positions import ENV_ENTRY, Position, protect
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.scope import UNKNOWN, Scope

_DEPTH: Final = 64
SAME_KEY: Final = "this key becomes the same as another key of this map; keep one of them"
_OPEN_REFERENCE = re.compile(r"(?<!\$)(?:\$\$)*\$\([-A-Za-z0-9_.]*$")

Render = Callable[[Scope], object]
RenderText = Callable[[Scope], str]


@dataclass(frozen=True, slots=True)
class Static:
    """A subtree without placeholders: the Template's own, or rebuilt where it holds escaped braces. Never changed."""

    value: object


Node = Static | Render


@dataclass(frozen=True, slots=True)
class Use:
    """A placeholder for `name` (lower case) stands at `path`."""

    name: str
    path: str


class TreeCompiler:
    """Compiles the trees of one entry. `problems` and `uses` grow with each call; `known` are the variables' names."""

    def __init__(self, problems: list[Problem], known: Collection[str]) -> None:
        self.problems = problems
        self.uses: list[Use] = []
        self._known = known
        self._depth = 0

    def compile(self, value: object, path: str, position: Position) -> Node:
        if isinstance(value, str):
            return self._string(value, path, position)
        mapping, items = as_mapping(value), as_list(value)
        if mapping is None and items is None:
            return Static(value)
        if self._depth == _DEPTH:
            self.problems.append(Problem(path, f"nested deeper than {_DEPTH} levels"))
            return Static(None)
        self._depth += 1
        try:
            if items is not None:
                return self._list(items, path, position)
            if mapping is not None and position is ENV_ENTRY:
                return self._env_entry(mapping, path)
            return self._mapping(mapping or {}, path, position)
        finally:
            self._depth -= 1

    def text(self, value: str, path: str, position: Position) -> str | RenderText:
        """Like `compile` for what must be a text: itself if nothing is to be inserted."""
        parts = split(value, self._known)
        pieces = [part if isinstance(part, str) else self._piece(part, path, position) for part in parts]
        if position.expanded:
            self._check_expansion(parts, path)
        if not pieces:
            return ""
        if len(pieces) == 1:
            return pieces[0]

        def render(scope: Scope) -> str:
            return "".join([piece if isinstance(piece, str) else piece(scope) for piece in pieces])

        return render

    def _string(self, value: str, path: str, position: Position) -> Node:
        parts = split(value, self._known)
        if len(parts) == 1 and isinstance(parts[0], Placeholder) and not parts[0].filter:
            self._note(parts[0], path)
            return _whole(parts[0].name, path, position)
        text = self.text(value, path, position)
        return Static(text) if isinstance(text, str) else text

    def _note(self, placeholder: Placeholder, path: str) -> None:
        self.uses.append(Use(placeholder.name, path))

    def _piece(self, placeholder: Placeholder, path: str, position: Position) -> str | RenderText:
        name = placeholder.name
        self._note(placeholder, path)
        convert = FILTERS.get(placeholder.filter) if placeholder.filter else None
        if placeholder.filter and convert is None:
            message = (
                f"unknown filter {placeholder.filter!r}; there are {', '.join(FILTERS)}; "
                f"for the text itself write {escaped(f'{name}:{placeholder.filter}')}"
            )
            self.problems.append(Problem(path, message))
            return UNKNOWN

        def render(scope: Scope) -> str:
            text = scope.texts.get(name)
            if text is None:
                return scope.missing(name, path)
            if convert is not None:
                text = convert(text)
            return text.replace("$", "$$") if position.expanded else text

        return render

    def _check_expansion(self, parts: Sequence[Part], path: str) -> None:
        for before, part in pairwise(parts):
            if isinstance(part, Placeholder) and isinstance(before, str) and _OPEN_REFERENCE.search(before):
                message = (
                    f"{{{part.name}}} inside '$(' would choose which environment variable kubelet inserts; "
                    "for a literal '$(' write '$$('"
                )
                self.problems.append(Problem(path, message))

    def _list(self, items: Sequence[object], path: str, position: Position) -> Node:
        nodes = [self.compile(item, child_path(path, i), position.child(i)) for i, item in enumerate(items)]
        base = [node.value if isinstance(node, Static) else None for node in nodes]
        rendered = [(i, node) for i, node in enumerate(nodes) if not isinstance(node, Static)]
        if not rendered:
            return Static(base)

        def render(scope: Scope) -> object:
            out = base.copy()
            for i, node in rendered:
                out[i] = node(scope)
            return out

        return render

    def _mapping(self, mapping: Mapping[str, object], path: str, position: Position) -> Node:
        base: dict[str, object] = {}
        rendered: list[tuple[str, Render]] = []
        keyed: list[tuple[RenderText, Node, str]] = []
        for written, member in mapping.items():
            here = child_path(path, written)
            key = self.text(written, here, position)
            if not isinstance(key, str):
                keyed.append((key, self.compile(member, here, position), here))
                continue
            node = self.compile(member, here, position.child(key))
            if key in base:
                self.problems.append(Problem(here, SAME_KEY))
            base[key] = node.value if isinstance(node, Static) else None
            if not isinstance(node, Static):
                rendered.append((key, node))
        return _mapping_node(base, rendered, keyed, position)

    def _env_entry(self, entry: Mapping[str, object], path: str) -> Node:
        """An entry of a container's `env`. A whole value may turn into a reference to the start Secret."""
        value, here = entry.get("value"), child_path(path, "value")
        parts = split(value, self._known) if isinstance(value, str) and "valueFrom" not in entry else ()
        if len(parts) != 1 or not isinstance(parts[0], Placeholder) or parts[0].filter:
            return self._mapping(entry, path, ENV_ENTRY)
        self._note(parts[0], here)
        name = parts[0].name
        rest = self._mapping({key: member for key, member in entry.items() if key != "value"}, path, ENV_ENTRY)

        def render(scope: Scope) -> object:
            out = dict(as_mapping(rest.value if isinstance(rest, Static) else rest(scope)) or {})
            text = scope.texts.get(name)
            if text is not None:
                out["value"] = text.replace("$", "$$")
            elif key := scope.secret_key(name, here):
                out["valueFrom"] = {"secretKeyRef": {"name": scope.start_secret, "key": key}}
            return out

        return render


def _whole(name: str, path: str, position: Position) -> Render:
    """A string that is one placeholder: the variable's own type, or its text where Kubernetes wants a text."""

    def render(scope: Scope) -> object:
        text = scope.texts.get(name)
        if text is None:
            return scope.missing(name, path)
        if name not in scope.typed:
            return protect(text, position)
        value = scope.typed[name]
        if not position.text:
            return protect(value, position)
        if not position.lists and isinstance(value, list | dict):
            kind = "list" if isinstance(value, list) else "map"
            scope.report(
                path, f"{name!r} is a {kind}, and a text is wanted; a list stands as the whole of args: '{{…}}'"
            )
        return protect(text, position)

    return render


def _mapping_node(
    base: dict[str, object],
    rendered: list[tuple[str, Render]],
    keyed: list[tuple[RenderText, Node, str]],
    position: Position,
) -> Node:
    if not rendered and not keyed:
        return Static(base)

    def render(scope: Scope) -> object:
        out = base.copy()
        for key, node in rendered:
            out[key] = node(scope)
        for render_key, node, path in keyed:
            key = render_key(scope)
            if key in out and not scope.problems and not scope.needs:
                scope.report(path, SAME_KEY)
            if position.child(key) is not position.child(""):
                scope.report(path, "a placeholder may not make the name of this field: write it out")
            out[key] = node.value if isinstance(node, Static) else node(scope)
        return out

    return render
