"""The finite sets of declarations: `enum`, and `choices` with all that comes with each of them."""

import re
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from msgspec import Struct

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import Choice
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.lexer import NULL
from jupyternetes.templating.problems import Problem, child_path, is_reported, note
from jupyternetes.templating.variables.bounds import Bounds
from jupyternetes.templating.variables.coercion import Unfit, coerce_written, identity

_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TYPES: Final[Mapping[type[Any], str]] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
}
_SHOWN: Final = 12  # values that a message names
_SHOWN_LENGTH: Final = 40


class Written(Struct, frozen=True, gc=False):
    """What comes with the choice at `choice_path` under `name`."""

    choice_path: str
    name: str
    value: object

    @property
    def path(self) -> str:
        return child_path(child_path(self.choice_path, name_of(Choice.values)), self.name)


class ReadChoice(Struct, frozen=True, kw_only=True, gc=False):
    """One choice as it was read: `value` in the variable's own type, and by name (lower case) what comes with it."""

    about: Choice
    path: str
    value: object
    key: Hashable
    values: Mapping[str, Written]

    @property
    def is_offered(self) -> bool:
        return not self.about.hidden and self.about.replaced_by is None


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """A variable such as `size.cpu`: of each choice of `variable` (lower case), by its key, what it gives."""

    variable: str
    branches: Mapping[Hashable, Written]


def choice_values(variable: str, choices: Sequence[ReadChoice]) -> Iterator[tuple[str, ChoiceValue]]:
    """What comes with the `choices` of `variable`, by the name of the placeholder in lower case."""
    for name in dict.fromkeys(name for each in choices for name in each.values):
        branches = {each.key: each.values[name] for each in choices if name in each.values}
        yield f"{variable}.{name}".lower(), ChoiceValue(variable.lower(), branches)


def with_enum(bounds: Bounds, written: Sequence[object], path: str, problems: list[Problem]) -> Bounds:
    """`bounds` with the values of an `enum`, which stands at `path`, as the only allowed ones."""
    allowed: dict[Hashable, object] = {}
    for index, each in enumerate(written):
        try:
            key, value = _allowed(bounds, each, allowed)
        except Unfit as unfit:
            note(problems, child_path(path, index), str(unfit))
        else:
            allowed[key] = value
    return replace(bounds, allowed=allowed, shown=_shown(list(allowed.values())))


def read_choices(bounds: Bounds, choices: Sequence[Choice], path: str, problems: list[Problem]) -> list[ReadChoice]:
    """The usable ones of `choices`, which stand at `path`. What is wrong with them is appended to `problems`."""
    read: dict[Hashable, ReadChoice] = {}
    keys: dict[str, str] = {}
    for index, choice in enumerate(choices):
        here = child_path(path, index)
        if is_reported(problems, here):
            continue
        try:
            key, value = _allowed(bounds, choice.value, read)
        except Unfit as unfit:
            note(problems, child_path(here, name_of(Choice.value)), str(unfit))
            continue
        values = _values(choice, here, problems, keys)
        read[key] = ReadChoice(about=choice, path=here, value=value, key=key, values=values)
    _check_keys_and_types([each for each in read.values() if each.about.replaced_by is None], problems)
    return list(read.values())


def with_choices(bounds: Bounds, choices: Sequence[ReadChoice], problems: list[Problem]) -> Bounds:
    """`bounds` with `choices` as the only allowed values, each replaced one standing for its replacement."""
    by_key = {each.key: each for each in choices}
    allowed = {
        each.key: each.value
        if each.about.replaced_by is None
        else _replacement(bounds.kind, each, by_key, problems).value
        for each in choices
    }
    return replace(bounds, allowed=allowed, shown=_shown([each.value for each in choices if each.is_offered]))


def only_open(
    bounds: Bounds, choices: Sequence[ReadChoice], is_open: Callable[[Choice], bool]
) -> tuple[Bounds, tuple[ReadChoice, ...]]:
    """`bounds` with those of `choices` alone that are open; a replaced one is if its replacement is."""
    closed = {each.key for each in choices if each.about.replaced_by is None and not is_open(each.about)}
    allowed = {key: value for key, value in bounds.allowed.items() if identity(bounds.kind, value) not in closed}
    kept = tuple(each for each in choices if each.key in allowed)
    shown = _shown([each.value for each in kept if each.is_offered])
    return replace(bounds, allowed=allowed, shown=shown), kept


def _allowed(bounds: Bounds, written: object, seen: Collection[Hashable]) -> tuple[Hashable, object]:
    """The identity and the value of one allowed value. Raises `Unfit`."""
    if written is None:
        raise Unfit("must be a value: null is none")
    value = coerce_written(bounds.kind, written)
    bounds.check(value)
    key = identity(bounds.kind, value)
    if key in seen:
        raise Unfit("the same value stands before it; keep one of them")
    return key, value


def _values(choice: Choice, path: str, problems: list[Problem], keys: dict[str, str]) -> dict[str, Written]:
    """`keys`: of the names of other choices, which are the same, the lower case; empty for what is no name. Grows."""
    found: dict[str, Written] = {}
    for name, value in choice.values.items():
        written = Written(path, name, value)
        key = keys.get(name)
        if key is None:
            key = keys[name] = name.lower() if _KEY.fullmatch(name) else ""
        if not key:
            note(problems, written.path, "must be a name: letters, digits, '_' and '-'")
        elif key in found:
            note(problems, written.path, "names that differ only in case are one name; keep one of them")
        else:
            found[key] = written
    return found


def _check_keys_and_types(choices: Sequence[ReadChoice], problems: list[Problem]) -> None:
    """Each choice has to give the same names a value of the same type, so that a Template works with every one."""
    types: dict[str, tuple[str, Written]] = {}
    names = dict.fromkeys(name for each in choices for name in each.values)
    for each in choices:
        if each.values.keys() != names.keys():
            missing = [name for name in names if name not in each.values]
            here = child_path(each.path, name_of(Choice.values))
            message = (
                f"another choice has {', '.join(missing)}: give a value here too, '{{{NULL}}}' for none "
                "(a plain null is dropped by kubectl apply)"
            )
            note(problems, here, message)
        for name, written in each.values.items():
            known = types.get(name)
            if known is not None and type(written.value) is type(known[1].value):
                continue  # as nearly all of them, and there may be thousands
            kind = _type_name(written.value)
            if not kind:
                continue
            other, first = types.setdefault(name, (kind, written))
            if kind != other:
                message = f"is {kind}, and {other} at {first.path}; write both alike, such as '1' in quotes"
                note(problems, written.path, message)


def _type_name(value: object) -> str:
    """What kind of JSON `value` is; `""` for what goes with any."""
    if value is None or (isinstance(value, str) and value.startswith("{") and value.endswith("}")):
        return ""  # null removes the field; a placeholder has the type of its variable
    return _TYPES.get(type(value), "a map")


def _replacement(
    kind: str, choice: ReadChoice, by_key: Mapping[Hashable, ReadChoice], problems: list[Problem]
) -> ReadChoice:
    """The choice that is used for `choice` in the end."""
    passed: list[Hashable] = []
    current = choice
    while current.about.replaced_by is not None:
        here = child_path(current.path, name_of(Choice.replaced_by))
        if current.key in passed:
            first = child_path(choice.path, name_of(Choice.replaced_by))
            note(problems, first, "the replacements go in a circle; name a choice that is not replaced")
            return choice
        passed.append(current.key)
        try:
            key = identity(kind, coerce_written(kind, current.about.replaced_by))
        except Unfit as unfit:
            note(problems, here, str(unfit))
            return choice
        if key not in by_key:
            others = [each.value for each in by_key.values() if each is not current]
            note(problems, here, f"must be the value of another choice: {_shown(others)}")
            return choice
        current = by_key[key]
    return current


def _shown(values: Sequence[object]) -> str:
    """A list of values for a message; the Template's own, so they may be shown."""
    if not values:
        return "the values that the Template allows"
    texts = [as_text(value) for value in values[:_SHOWN]]
    cut = [text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…" for text in texts]
    more = [f"and {len(values) - _SHOWN} more"] if len(values) > _SHOWN else []
    return ", ".join([*cut, *more])
