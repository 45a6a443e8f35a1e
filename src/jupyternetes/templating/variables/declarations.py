"""The variables that a Template declares in `spec.variables[]`.

What a declaration says is either obeyed or refused, never passed over: a bound that nobody checks would be worse than
none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import Choice, Variable
from jupyternetes.templating.problems import Problem, child_path, is_reported, note
from jupyternetes.templating.variables.bounds import Bounds, read_bounds
from jupyternetes.templating.variables.built_in import (
    BUILT_IN,
    MISSING,
    BuiltIn,
    is_hub_name,
    is_operator_name,
)
from jupyternetes.templating.variables.choices import ReadChoice, Written, read_choices, with_choices, with_enum
from jupyternetes.templating.variables.coercion import Unfit, coerce_written
from jupyternetes.templating.variables.patterns import PatternBudget

_NAME: Final = name_of(Variable.name)
_NAME_RULE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_SECRET_KEYS: Final = frozenset({"token", "namespace"})  # the API refuses them in spec.hubEnvironment

_UNDECLARED: Final = BuiltIn()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One variable. `default` is the value in the variable's own type, or `MISSING`.

    `secret_key`: the environment variable that carries the value when it is kept out of the Instance; `""` for a
    variable that is no secret. `when`: in CEL, when an Instance may give a value; `""`: always. `user_settable` and
    `remember` are for forms.
    """

    name: str
    type: str = "string"
    title: str = ""
    description: str = ""
    default: object = MISSING
    required: bool = False
    secret_key: str = ""
    bounds: Bounds = field(default_factory=Bounds)
    choices: tuple[ReadChoice, ...] = ()
    when: str = ""
    user_settable: bool = False
    remember: bool = True

    @property
    def sensitive(self) -> bool:
        return bool(self.secret_key)

    @property
    def label(self) -> str:
        """How messages call the variable."""
        return f"{self.name!r} ({self.title})" if self.title else repr(self.name)


def read_declarations(variables: Sequence[Variable], path: str, problems: list[Problem]) -> tuple[Declaration, ...]:
    """The declarations `variables`, which stand at `path`; what is wrong with them is appended to `problems`."""
    declared: dict[str, Declaration] = {}
    places: dict[str, str] = {}
    patterns = PatternBudget()
    for index, variable in enumerate(variables):
        here = child_path(path, index)
        if is_reported(problems, here) or not _has_usable_name(variable, here, problems):
            continue
        declaration = _declaration(variable, here, problems, patterns)
        key = declaration.name.lower()
        if key in declared:
            other = declared[key].name
            message = f"{declaration.name!r} is declared twice (names that differ only in case are one name: {other!r})"
            problems.append(Problem(child_path(here, _NAME), message))
            continue
        declared[key], places[key] = declaration, here
    for key, declaration in declared.items():
        _check_names_of_values(declaration, places[key], declared, problems)
    return tuple(declared.values())


def schema(declarations: Sequence[Declaration]) -> dict[str, Declaration]:
    """Every variable that an Instance may set, by its name in lower case."""
    return dict(_BUILT_IN) | {declaration.name.lower(): declaration for declaration in declarations}


def _built_in(name: str, built_in: BuiltIn) -> Declaration:
    return Declaration(
        name=name,
        type=built_in.type,
        default=built_in.default,
        secret_key=built_in.secret_key,
        bounds=Bounds(kind=built_in.type, max_length=built_in.max_length),
    )


_BUILT_IN: Final[Mapping[str, Declaration]] = {name: _built_in(name, each) for name, each in BUILT_IN.items()}


def _has_usable_name(variable: Variable, path: str, problems: list[Problem]) -> bool:
    here, name = child_path(path, _NAME), variable.name
    if is_reported(problems, here):
        return False
    fault = ""
    if not _NAME_RULE.fullmatch(name):
        fault = "must be a name: letters, digits, '_' and '-', with dots between"
    elif is_operator_name(name.lower()):
        fault = f"{name!r} is set by the operators; choose another name"
    if fault:
        problems.append(Problem(here, fault))
    return not fault


def _declaration(variable: Variable, path: str, problems: list[Problem], patterns: PatternBudget) -> Declaration:
    """A Template may declare a variable of the hub, to give it a title or bounds, say; it stays what it is."""
    built_in = BUILT_IN.get(variable.name.lower(), _UNDECLARED)
    kind = built_in.type if variable.type == "string" else variable.type
    secret_key = built_in.secret_key
    if variable.sensitive or secret_key:
        secret_key = secret_key or _secret_key(variable, path, problems)
        _check_that_nothing_reads(variable, path, problems)
        bounds, choices = Bounds(kind=kind, max_length=built_in.max_length), list[ReadChoice]()
    else:
        bounds = read_bounds(variable, kind, path, problems, max_length=built_in.max_length, patterns=patterns)
        bounds, choices = _with_allowed(bounds, variable, path, problems)
        _check_user_settable(variable, bounds, path, problems)
        if not variable.user_settable:
            _check_that_nobody_chooses(choices, problems)
    return Declaration(
        name=variable.name,
        type=kind,
        title=variable.title,
        description=variable.description,
        default=built_in.default if variable.default is None else _default(variable, bounds, path, problems),
        required=variable.required,
        secret_key=secret_key,
        bounds=bounds,
        choices=tuple(choices),
        when=variable.when,
        user_settable=variable.user_settable,
        remember=variable.remember,
    )


def _with_allowed(
    bounds: Bounds, variable: Variable, path: str, problems: list[Problem]
) -> tuple[Bounds, list[ReadChoice]]:
    here, enum = child_path(path, name_of(Variable.choices)), child_path(path, name_of(Variable.enum))
    for written, place in ((variable.enum, enum), (variable.choices, here)):
        if written == ():
            note(problems, place, "lists no value, so none would be accepted; list some, or remove it")
    if variable.enum is not None:
        if variable.choices is not None:
            note(problems, here, f"these are the values that it may have; remove {name_of(Variable.enum)}")
        return with_enum(bounds, variable.enum, enum, problems), []
    if variable.choices is None:
        return bounds, []
    choices = read_choices(bounds, variable.choices, here, problems)
    return with_choices(bounds, choices, problems), choices


def _default(variable: Variable, bounds: Bounds, path: str, problems: list[Problem]) -> object:
    try:
        value = coerce_written(bounds.kind, variable.default)
        if bounds.allowed:
            return bounds.choice(value)
        bounds.check(value)
    except Unfit as unfit:
        note(problems, child_path(path, name_of(Variable.default)), str(unfit))
        return MISSING
    return value


def _check_user_settable(variable: Variable, bounds: Bounds, path: str, problems: list[Problem]) -> None:
    here = child_path(path, name_of(Variable.user_settable))
    if not variable.user_settable:
        return
    if is_hub_name(variable.name):
        note(problems, here, f"the hub gives {variable.name!r}; declare another name for what a user chooses")
    elif variable.type == "json" and not bounds.allowed:
        note(problems, here, "a form has no field for json; list the values, or choose another type")


def _check_that_nobody_chooses(choices: Sequence[ReadChoice], problems: list[Problem]) -> None:
    for choice in choices:
        if choice.about.groups is not None:
            message = (
                f"nobody chooses a variable that no user may set; set {name_of(Variable.user_settable)}, or remove it"
            )
            note(problems, child_path(choice.path, name_of(Choice.groups)), message)


def _check_that_nothing_reads(variable: Variable, path: str, problems: list[Problem]) -> None:
    """What somebody has to read the value for cannot be said of a sensitive variable."""
    said = (
        (Variable.enum, variable.enum),
        (Variable.choices, variable.choices),
        (Variable.pattern, variable.pattern),
        (Variable.minimum, variable.minimum),
        (Variable.maximum, variable.maximum),
        (Variable.max_length, variable.max_length),
        (Variable.when, variable.when or None),
        (Variable.user_settable, variable.user_settable or None),
    )
    for member, value in said:
        if value is not None:
            message = "the variable is sensitive, so operators never read its value; remove this"
            note(problems, child_path(path, name_of(member)), message)


def _check_names_of_values(
    declaration: Declaration, path: str, declared: Mapping[str, Declaration], problems: list[Problem]
) -> None:
    """No choice may give a value under a name that is another variable's."""
    names: dict[str, Written] = {}
    for choice in declaration.choices:
        if choice.values.keys() - names.keys():
            names = {**choice.values, **names}
    for name, written in names.items():
        full = f"{declaration.name}.{name}".lower()
        if full in declared or full in BUILT_IN or is_operator_name(full):
            note(problems, written.path, f"there is another variable {full!r}; choose another name")


def _secret_key(variable: Variable, path: str, problems: list[Problem]) -> str:
    name = variable.name
    if variable.type != "string":
        message = "a sensitive variable is a string: operators never read it"
        problems.append(Problem(child_path(path, name_of(Variable.type)), message))
    if not _ENVIRONMENT_NAME.fullmatch(name) or name in _NOT_SECRET_KEYS:
        message = (
            f"{name!r} is sensitive, so it travels as an environment variable of the hub: "
            "letters, digits and '_' only, not 'token' or 'namespace'"
        )
        problems.append(Problem(child_path(path, _NAME), message))
    return name
