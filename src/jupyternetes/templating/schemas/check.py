"""Checks a compiled Template against what an API server says of pods and claims.

A placeholder is a hole of its variable's type, so what no Instance could put right is found when the Template is
applied. What depends on the values of an Instance is left to the API server.
"""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jupyternetes.api.template import Entry
from jupyternetes.templating.jsontree import as_list, as_mapping, as_text
from jupyternetes.templating.lexer import NULL, Placeholder, split
from jupyternetes.templating.positions import ANYWHERE, Position
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.schemas import cross, resource_names, words
from jupyternetes.templating.schemas.schema import ANYTHING, QUANTITY, Schema, Schemas
from jupyternetes.templating.schemas.served import Served, kind_problems
from jupyternetes.templating.template import CompiledTemplate
from jupyternetes.templating.variables.amounts import is_quantity
from jupyternetes.templating.variables.coercion import ARGUMENTS
from jupyternetes.templating.variables.declarations import Declaration

_SUGGESTIONS: Final = 64  # fields whose neighbours are looked for, which takes a tenth of a millisecond each
_JSON_TYPES: Final[Mapping[type[Any], str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}
#: The JSON type of a variable's values; of `json` nothing is known.
_OF_VARIABLES: Final[Mapping[str, str]] = {
    "string": "string",
    "quantity": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    ARGUMENTS: "array",
}


def check(template: CompiledTemplate, schemas: Schemas, served: Served | None = None) -> tuple[Problem, ...]:
    """What an API server with these `schemas` would refuse or drop of the Template's objects, whoever starts a server.

    `served`: what it knows of the kinds of `otherResources`.

    Without what the Template's own `problems` say already.
    """
    found: dict[str, Problem] = {}
    for entry in template.entries:
        root, spec = schemas.root(entry.kind), entry.written.spec
        if root is None or spec is None:
            continue
        path = entry.path_of(Entry.spec)
        _Walk(template, schemas, entry.kind, found).value(spec, root, path, ANYWHERE)
        for problem in cross.check(entry, spec, path):
            found.setdefault(problem.path, problem)
    for problem in kind_problems(template.other_resources, served or {}):
        found.setdefault(problem.path, problem)
    return tuple(problem for problem in found.values() if problem.path not in template.faulty_paths)


@dataclass(slots=True)
class _Walk:
    """Goes through the spec of one entry. `found`, by path, grows; of one place the first problem is kept.

    `kind`: of the spec that it is in; a volume of a pod may hold that of a claim. `inserted`: the texts are values of a
    variable, in which nothing is a placeholder.
    """

    template: CompiledTemplate
    schemas: Schemas
    kind: str
    found: dict[str, Problem]
    inserted: bool = False
    _open: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _done: set[Hashable] = field(default_factory=set[Hashable])

    def value(
        self,
        value: object,
        schema: Schema | bool | None,
        path: str,
        position: Position,
        *,
        outer: Collection[str] = (),
        required: bool = False,
    ) -> None:
        """Check what stands at `path`. `outer`: the fields one level up; `required`: it may not be missing."""
        schema = self.schemas.resolve(schema)
        if schema is ANYTHING:
            return
        types = _types(schema)
        if isinstance(value, str):
            self._text(value, schema, types, path, position, required=required)
        elif value is not None:  # null is as good as missing
            kind = _JSON_TYPES.get(type(value), "object")
            if not _fits(kind, types):
                self._note(path, words.must_be(schema, types) + words.remedy(value, types))
            elif (mapping := as_mapping(value)) is not None:
                around, self.kind = self.kind, self.schemas.kind_of(schema) or self.kind
                self._mapping(mapping, schema, path, position, outer)
                self.kind = around
            elif (items := as_list(value)) is not None:
                for index, item in enumerate(items):
                    here = child_path(path, index)
                    self.value(item, schema.items, here, position.child(index), outer=outer)
            else:
                self._choice_of_few(value, schema, path)

    def _mapping(
        self, mapping: Mapping[str, object], schema: Schema, path: str, position: Position, outer: Collection[str]
    ) -> None:
        meant: set[str] = set()
        for key, member in mapping.items():
            here = child_path(path, key)
            fixed = self.inserted or not _placeholders(key)
            known = schema.properties.get(key)
            if known is None and schema.properties and not schema.additional and not schema.takes_anything:
                meant.add(words.nearest(key, schema.properties) if len(self.found) < _SUGGESTIONS else "")
                self._unknown(key, schema, here, outer, fixed=fixed)
                continue
            amounts = known is None and self.schemas.resolve(schema.additional) is QUANTITY
            if amounts and fixed and (fault := resource_names.fault(key, self.kind)):
                self._note(here, fault)
            self.value(
                member,
                known or schema.additional,
                here,
                position.child(key),
                outer=schema.properties,
                required=key in schema.required,
            )
        for name in schema.required:
            if mapping.get(name) is None and name not in meant:
                self._note(path, f"{name!r} is missing here; add it")

    def _unknown(self, key: str, schema: Schema, path: str, outer: Collection[str], *, fixed: bool) -> None:
        if not fixed:
            self._note(path, "a placeholder cannot make the name of a field here; write it out")
        elif len(self.found) < _SUGGESTIONS:
            self._note(path, words.unknown_field(key, schema, self.schemas, outer))
        else:
            self._note(path, f"there is no field {key!r} here; remove it")

    def _text(
        self, text: str, schema: Schema, types: frozenset[str], path: str, position: Position, *, required: bool
    ) -> None:
        parts = () if self.inserted or "{" not in text else split(text, ())
        if not any(isinstance(part, Placeholder) for part in parts):
            if not _fits("string", types):
                self._note(path, words.must_be(schema, types) + words.remedy(text, types))
            elif schema is QUANTITY and not is_quantity(text):
                self._note(path, words.must_be(schema, types))
            else:
                self._choice_of_few(text, schema, path)
            return
        only = parts[0] if len(parts) == 1 else None
        if isinstance(only, Placeholder) and not only.filter:
            self._hole(only.name, schema, types, path, position, required=required)
        elif not _fits("string", types):
            message = "; a placeholder with a filter or with more text round it is a text"
            self._note(path, words.must_be(schema, types) + message)

    def _choice_of_few(self, value: object, schema: Schema, path: str) -> None:
        if schema.enum and value not in schema.enum and value != "":
            near = words.nearest(str(value), [str(each) for each in schema.enum])
            hint = f"; did you mean {near!r}?" if near else ""
            self._note(path, f"must be one of {', '.join(map(str, schema.enum))}{hint}")

    def _hole(
        self, name: str, schema: Schema, types: frozenset[str], path: str, position: Position, *, required: bool
    ) -> None:
        if name == NULL:
            if required:
                self._note(path, "this field cannot be left out: give it a value")
        elif name in self.template.choice_values:
            self._chosen(name, schema, path, position, required=required)
        else:
            self._variable(name, schema, types, path, position)

    def _variable(self, name: str, schema: Schema, types: frozenset[str], path: str, position: Position) -> None:
        declaration = self.template.schema.get(name) or Declaration(name=name)
        kind = declaration.type
        if position.text:
            if kind == ARGUMENTS and not position.lists:
                self._note(path, f"{name!r} is a list, and a text is wanted; a list stands as the whole of args")
            kind = kind if kind == "string" else "text"
        if kind == "json" or (kind == "string" and (schema.enum or schema is QUANTITY)):
            self._check_allowed(declaration, schema, path)
        if kind in _OF_VARIABLES and not _fits(_OF_VARIABLES[kind], types):
            what = "a list" if kind == ARGUMENTS else f"of type {kind}"
            remedy = words.declare(declaration.name, kind, schema, types)
            self._note(path, f"{words.must_be(schema, types)}, and {name!r} is {what}{remedy}")

    def _check_allowed(self, declaration: Declaration, schema: Schema, path: str) -> None:
        """Where the type leaves it open: whether each value fits, if the declaration lists them."""
        trial = replace(self, found={}, inserted=True, _open=[])
        for value in declaration.bounds.allowed.values():
            trial.value(value, schema, path, ANYWHERE)
            if trial.found:
                problem = next(iter(trial.found.values()))
                self._note(path, f"{declaration.label} may be {as_text(value)!r}, and it {problem.message}")
                break

    def _chosen(self, name: str, schema: Schema, path: str, position: Position, *, required: bool) -> None:
        """What comes with the choices, of which any may be made."""
        value = self.template.choice_values[name]
        key = (name, id(schema), position, required)
        if key in self._done or any(value.variable == variable for variable, _ in self._open):
            return
        self._done.add(key)
        self._open.append((value.variable, path))
        for written in value.branches.values():
            if written.value is None:
                if required:
                    self._note(written.path, "this field cannot be left out: give it a value")
            elif isinstance(written.value, str) or not position.text:
                self.value(written.value, schema, written.path, position, required=required)
        self._open.pop()

    def _note(self, path: str, message: str) -> None:
        if self._open:
            message = f"{message} (it is used at {self._open[0][1]})"
        self.found.setdefault(path, Problem(path, message))


def _types(schema: Schema) -> frozenset[str]:
    """The JSON types that `schema` allows; empty if it does not say."""
    if schema.takes_both:
        return frozenset({"integer", "string"})
    if schema.one_of:
        inner = [each.type for each in schema.one_of]
        return frozenset(inner) if all(inner) else frozenset()
    return frozenset({schema.type} if schema.type else ())


def _fits(kind: str, types: frozenset[str]) -> bool:
    return not types or kind in types or (kind == "integer" and "number" in types)


def _placeholders(text: str) -> bool:
    return "{" in text and any(isinstance(part, Placeholder) for part in split(text, ()))
