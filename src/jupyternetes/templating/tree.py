"""Compiling a tree of decoded JSON: what holds no placeholder is shared, the rest becomes functions.

Substitution works on this tree and never on text, so no value can change the structure, and what a function returns is
never looked at again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from jupyternetes.templating.chosen import ChoiceCompiler
from jupyternetes.templating.filters import FILTERS
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.lexer import NULL, Part, Placeholder, escaped, split
from jupyternetes.templating.nodes import Node, Render, RenderText, Static, value_of
from jupyternetes.templating.positions import ENV_ENTRY, OPEN_REFERENCE, TEXT, Position, protect
from jupyternetes.templating.problems import Problem, child_path, note
from jupyternetes.templating.scope import UNKNOWN, Scope
from jupyternetes.templating.vocabulary import Vocabulary

_DEPTH: Final = 64
_SIZE: Final = 100_000  # of what one entry becomes, in texts of 64 characters; the API server takes much less
SAME_KEY: Final = "this key becomes the same as another key of this map; keep one of them"


@dataclass(frozen=True, slots=True)
class Use:
    """A placeholder for `name` (lower case) stands at `path`."""

    name: str
    path: str


class TreeCompiler:
    """Compiles the trees of one entry. `problems` and `uses` grow with each call, and so does `size`."""

    def __init__(self, problems: list[Problem], vocabulary: Vocabulary) -> None:
        self.problems = problems
        self.uses: list[Use] = []
        self.size = 0
        self._known = vocabulary.names
        self._part_check = vocabulary.part_check
        self._choices = ChoiceCompiler(self, vocabulary.choice_values)
        self._depth = 0

    def compile(self, value: object, path: str, position: Position) -> Node:
        self.size += 1
        if self.size > _SIZE:
            # Choices may hold placeholders for other choices, so a short Template can become a huge object.
            note(self.problems, path, "with what comes with the choices, the entry becomes too large here")
            return Static(None)
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
        self.size += len(value) // 64
        if "{" not in value:
            return value
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
        if "{" not in value:
            return Static(self.text(value, path, position))
        parts = split(value, self._known)
        if len(parts) == 1 and isinstance(parts[0], Placeholder) and not parts[0].filter:
            name = parts[0].name
            if self._choices.depends_on_itself(name, path):
                return Static(UNKNOWN)
            if self._choices.comes_with_choice(name):
                return self._choices.whole(name, path, position)
            self._note(parts[0], path)
            whole = _whole(name, path, position)
            check = self._part_check(parts[0], position.path) if position.path else None
            return whole if check is None else _checked(whole, check, name, path)
        text = self.text(value, path, position)
        return Static(text) if isinstance(text, str) else text

    def _note(self, placeholder: Placeholder, path: str) -> None:
        self.uses.append(Use(placeholder.name, path))

    def _piece(self, placeholder: Placeholder, path: str, position: Position) -> str | RenderText:
        name = placeholder.name
        convert = FILTERS.get(placeholder.filter) if placeholder.filter else None
        if placeholder.filter and convert is None:
            message = (
                f"unknown filter {placeholder.filter!r}; there are {', '.join(FILTERS)}; "
                f"for the text itself write {escaped(f'{name}:{placeholder.filter}')}"
            )
            note(self.problems, path, message)
            return UNKNOWN
        if name == NULL:
            message = f"{{{NULL}}} removes the field that it is the whole of; it cannot be part of a text"
            note(self.problems, path, message)
            return UNKNOWN
        if self._choices.depends_on_itself(name, path):
            return UNKNOWN
        if self._choices.comes_with_choice(name):
            if convert is None:
                return self._choices.text(name, path, position)
            source = self._choices.text(name, path, TEXT)
        else:
            self._note(placeholder, path)
            source = _text_of(name, path)
        doubled = position.expanded
        check = self._part_check(placeholder, position.path) if position.path else None

        def render(scope: Scope) -> str:
            text = source(scope)
            if convert is not None:
                text = convert(text)
            if check is not None and (fault := check(text)):
                scope.report(path, f"{{{name}}} {fault}")
            return text.replace("$", "$$") if doubled else text

        return render

    def _check_expansion(self, parts: Sequence[Part], path: str) -> None:
        for before, part in pairwise(parts):
            if isinstance(part, Placeholder) and isinstance(before, str) and OPEN_REFERENCE.search(before):
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
            removed: list[int] = []
            for i, node in rendered:
                out[i] = node(scope)
                if out[i] is None:
                    removed.append(i)
            for i in reversed(removed):
                del out[i]
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
        value, whole = entry.get("value"), None
        if isinstance(value, str) and "{" in value and "valueFrom" not in entry:
            parts = split(value, self._known)
            whole = parts[0] if len(parts) == 1 else None
        if not isinstance(whole, Placeholder) or whole.filter or self._choices.comes_with_choice(whole.name):
            return self._mapping(entry, path, ENV_ENTRY)
        here = child_path(path, "value")
        if self._choices.depends_on_itself(whole.name, here):
            return Static(UNKNOWN)
        self._note(whole, here)
        name = whole.name
        rest = self._mapping({key: member for key, member in entry.items() if key != "value"}, path, ENV_ENTRY)

        def render(scope: Scope) -> object:
            out = dict(as_mapping(value_of(rest, scope)) or {})
            text = scope.texts.get(name)
            if text is not None:
                if scope.typed.get(name, text) is not None:
                    out["value"] = text.replace("$", "$$")
            elif key := scope.secret_key(name, here):
                out["valueFrom"] = {"secretKeyRef": {"name": scope.start_secret, "key": key}}
            return out

        return render


def _text_of(name: str, path: str) -> RenderText:
    def render(scope: Scope) -> str:
        text = scope.texts.get(name)
        return scope.missing(name, path) if text is None else text

    return render


def _whole(name: str, path: str, position: Position) -> Render:
    """A string that is one placeholder: the variable's own type, or its text where Kubernetes wants a text."""

    def render(scope: Scope) -> object:
        text = scope.texts.get(name)
        if text is None:
            return scope.missing(name, path)
        value = scope.typed.get(name, text)
        if position.strings and not _is_list_of_texts(value):
            scope.report(path, f'{name!r} must be a list of texts here, such as ["--flag", "value"]')
        if name not in scope.typed:
            return protect(text, position)
        if value is None or not position.text:
            return protect(value, position)
        if not position.lists and isinstance(value, list | dict):
            kind = "list" if isinstance(value, list) else "map"
            scope.report(
                path, f"{name!r} is a {kind}, and a text is wanted; a list stands as the whole of args: '{{…}}'"
            )
        return protect(text, position)

    return render


def _checked(whole: Render, check: Callable[[str], str], name: str, path: str) -> Render:
    def render(scope: Scope) -> object:
        value = whole(scope)
        if isinstance(value, str) and (fault := check(value)):
            scope.report(path, f"{{{name}}} {fault}")
        return value

    return render


def _is_list_of_texts(value: object) -> bool:
    items = as_list(value)
    return value is None or (items is not None and all(isinstance(item, str) for item in items))


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
            value = node(scope)
            if value is None:
                out.pop(key, None)
            else:
                out[key] = value
        for render_key, node, path in keyed:
            key = render_key(scope)
            if key in out and not scope.problems and not scope.needs:
                scope.report(path, SAME_KEY)
            if position.child(key) is not position.child(""):
                scope.report(path, "a placeholder may not make the name of this field: write it out")
            value = value_of(node, scope)
            if value is not None or isinstance(node, Static):
                out[key] = value
        return out

    return render
