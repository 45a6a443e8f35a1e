"""Compiling what comes with the choices of a variable, such as `{size.cpu}`: a piece of the Template for each choice.

It is compiled where its placeholder stands, as if it had been written there, so placeholders in it are treated as
anywhere else. Which piece is used is decided when an Instance is rendered.
"""

from collections.abc import Hashable, Mapping
from typing import Final, Protocol

from jupyternetes.templating.jsontree import as_text, is_scalar
from jupyternetes.templating.nodes import Node, Render, RenderText, Static, value_of
from jupyternetes.templating.positions import ANYWHERE, OPEN_REFERENCE, Position
from jupyternetes.templating.problems import Problem, note
from jupyternetes.templating.scope import UNKNOWN, Scope
from jupyternetes.templating.variables.choices import ChoiceValue, Written

_DEPTH: Final = 16
_Branches = Mapping[Hashable, Node]


class Compiler(Protocol):
    """What compiles the pieces. `size` is how large the result has become, in no particular unit."""

    problems: list[Problem]
    size: int

    def compile(self, value: object, path: str, position: Position) -> Node:
        """The compiled `value`, which stands at `path` of the Template and at `position` of the object."""
        ...

    def text(self, value: str, path: str, position: Position) -> str | RenderText:
        """The same for a text that is a part of a longer one."""
        ...


class ChoiceCompiler:
    """Compiles the values that come with choices, for one entry."""

    __slots__ = ("_compiled", "_compiler", "_open", "_values")

    def __init__(self, compiler: Compiler, values: Mapping[str, ChoiceValue]) -> None:
        self._compiler = compiler
        self._values = values
        self._open: list[str] = []
        self._compiled: dict[tuple[str, Position, bool], tuple[_Branches, int]] = {}

    def comes_with_choice(self, name: str) -> bool:
        return name in self._values

    def depends_on_itself(self, name: str, path: str) -> bool:
        """Whether the choice that is being compiled needs `name`, which depends on that choice; a problem at `path`.

        So it is if it needs more choices one after another than anybody can follow.
        """
        variable = self._values[name].variable if name in self._values else name
        if variable not in self._open and len(self._open) < _DEPTH:
            return False
        message = f"a choice of {variable!r} cannot depend on {variable!r} itself"
        if variable not in self._open:
            message = f"choices need each other over more than {_DEPTH} steps; write what comes of it"
        note(self._compiler.problems, path, message)
        return True

    def whole(self, name: str, path: str, position: Position) -> Render:
        """For a placeholder that is all that stands at `path`."""
        branches, variable = self._branches(name, position, in_text=False), self._values[name].variable

        def render(scope: Scope) -> object:
            return _chosen(branches, variable, path, scope)

        return render

    def text(self, name: str, path: str, position: Position) -> RenderText:
        """For a placeholder inside a longer text, or one with a filter."""
        branches, variable = self._branches(name, position, in_text=True), self._values[name].variable

        def render(scope: Scope) -> str:
            return as_text(_chosen(branches, variable, path, scope))

        return render

    def _branches(self, name: str, position: Position, *, in_text: bool) -> _Branches:
        key, before = (name, position, in_text), self._compiler.size
        known = self._compiled.get(key)
        if known is None:
            value, branches, growth = self._values[name], dict[Hashable, Node](), 0
            self._open.append(value.variable)
            for choice, written in value.branches.items():
                self._compiler.size = before
                branches[choice] = self._branch(written, position, in_text=in_text)
                growth = max(growth, self._compiler.size - before)
            self._open.pop()
            known = self._compiled[key] = branches, growth
        self._compiler.size = before + known[1]
        return known[0]

    def _branch(self, written: Written, position: Position, *, in_text: bool) -> Node:
        if in_text:
            return self._part_of_text(written, position)
        if written.value is None or isinstance(written.value, str) or not position.text:
            return self._compiler.compile(written.value, written.path, position)
        return self._json_text(written, position)

    def _part_of_text(self, written: Written, position: Position) -> Node:
        compiler, value, path = self._compiler, written.value, written.path
        if value is None:
            message = "null removes a whole field, but the placeholder stands inside a longer text: give a text here"
            note(compiler.problems, path, message)
            return Static(UNKNOWN)
        if not isinstance(value, str):
            return self._json_text(written, position)
        if position.expanded and OPEN_REFERENCE.search(value):
            message = "ends inside '$(', so what follows would choose a variable for kubelet; for a '$' write '$$'"
            note(compiler.problems, path, message)
        compiler.size += 1
        text = compiler.text(value, path, position)
        return Static(text) if isinstance(text, str) else text

    def _json_text(self, written: Written, position: Position) -> Node:
        compiler, value = self._compiler, written.value
        if is_scalar(value):  # as in thousands of choices
            compiler.size += 1
            return Static(as_text(value))
        path = written.path
        if not position.lists:
            note(compiler.problems, path, "a list or a map cannot stand where one text is wanted")
        node = compiler.compile(value, path, ANYWHERE)
        if isinstance(node, Static):
            return Static(as_text(node.value))
        note(compiler.problems, path, "a list or a map with placeholders cannot be written as a text")
        return Static(UNKNOWN)


def _chosen(branches: _Branches, variable: str, path: str, scope: Scope) -> object:
    choice = scope.chosen.get(variable)
    if choice is None:
        return scope.missing(variable, path)
    node = branches.get(choice)
    return UNKNOWN if node is None else value_of(node, scope)
