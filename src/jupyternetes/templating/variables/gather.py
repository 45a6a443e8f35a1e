"""The values of one Instance, gathered from the three places they come from.

An Instance's `spec.variables`, the defaults of the declarations, and what only the operator may say. Names are compared
in lower case everywhere.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from jupyternetes.api.instance import MAX_VALUE_LENGTH
from jupyternetes.api.template import OtherEntry
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.lexer import BRACE, NULL
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.variables.built_in import (
    MISSING,
    SERVER_NAME,
    USER_NAME,
    USER_SERVER,
    is_hub_name,
    is_operator_name,
)
from jupyternetes.templating.variables.choices import ChoiceValue
from jupyternetes.templating.variables.coercion import Unfit, identity
from jupyternetes.templating.variables.declarations import Declaration

INSTANCE = "Instance"
_PATH = "$.spec.variables"
_LONGEST_SUGGESTED: Final = 64
SUGGESTIONS: Final = 8  # to look for the nearest name takes long, and there may be hundreds of names


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceFacts:
    """What rendering needs to know of an Instance.

    `start_secret`: the name of the Secret that holds the values of `hub_environment`; `""` for an Instance without a
    start id, which has no such Secret. `name_of_object`: what the object of an entry of `otherResources` is called,
    given the entry and its name; None: that is not known, and an entry that mentions itself waits.
    """

    name: str
    namespace: str
    uid: str
    template_name: str
    template_namespace: str
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    hub_environment: Collection[str] = ()
    start_secret: str = ""
    name_of_object: Callable[[OtherEntry, str], str] | None = field(default=None, compare=False)

    def operator_variables(self) -> dict[str, str]:
        return {
            "jupyternetes.instance.name": self.name,
            "jupyternetes.instance.namespace": self.namespace,
            "jupyternetes.instance.uid": self.uid,
            "instance.name": self.name,
            "instance.namespace": self.namespace,
            "template.name": self.template_name,
            "template.namespace": self.template_namespace,
            BRACE: "{",
            NULL: "null",
        }


OPERATOR_VARIABLES = frozenset(
    InstanceFacts(name="", namespace="", uid="", template_name="", template_namespace="").operator_variables()
)


@dataclass(frozen=True, slots=True)
class Values:
    """Every variable that has a value, by its name in lower case.

    `texts` has them all; `typed` those whose own type is not a string; `secrets` the ones whose value only kubelet will
    read, with their key in the start Secret; `faulty` the ones that have a problem already. `chosen`: the choice that
    was made, by variable. `given`: those that the Instance sets, as it writes their names.
    """

    texts: dict[str, str]
    typed: dict[str, object] = field(default_factory=dict[str, object])
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    chosen: dict[str, Hashable] = field(default_factory=dict[str, Hashable])
    given: dict[str, str] = field(default_factory=dict[str, str])
    faulty: set[str] = field(default_factory=set[str])
    problems: list[Problem] = field(default_factory=list[Problem])

    def put(self, name: str, value: object) -> None:
        self.texts[name] = as_text(value)
        if isinstance(value, str):
            self.typed.pop(name, None)
        else:
            self.typed[name] = value

    def put_declared(self, name: str, declaration: Declaration, value: object) -> None:
        self.put(name, value)
        if declaration.choices:
            self.chosen[name] = identity(declaration.type, value)

    def drop(self, name: str) -> None:
        for part in (self.texts, self.typed, self.chosen):
            part.pop(name, None)

    def not_given(self, name: str, declaration: Declaration) -> None:
        """As if the Instance had not set the variable (lower case)."""
        self.drop(name)
        self.given.pop(name, None)
        self.faulty.discard(name)
        if declaration.default is not MISSING:
            self.put_declared(name, declaration, declaration.default)

    def refuse(self, name: str, path: str, message: str) -> None:
        self.faulty.add(name.lower())
        self.problems.append(Problem(path, message, INSTANCE))


def gather(
    schema: Mapping[str, Declaration],
    choice_values: Mapping[str, ChoiceValue],
    *,
    closed: bool,
    instance: InstanceFacts,
    bounded: bool = True,
) -> Values:
    """The values of `instance`. `closed`: the Template declares its variables, so undeclared ones are refused.

    Unless `bounded`, a text that its declaration does not allow is taken as it is.
    """
    values = Values(instance.operator_variables(), typed={NULL: None})
    for name, declaration in schema.items():
        if declaration.default is not MISSING:
            values.put_declared(name, declaration, declaration.default)
    given = _by_lower_name(instance.variables, values)
    for key, (name, text) in given.items():
        values.given[key] = name
        declaration = schema.get(key)
        if declaration is not None:
            _put_coerced(values, declaration, key, name, text, bounded=bounded)
        elif fault := _undeclared_fault(key, name, text, schema, choice_values, closed=closed, values=values):
            values.refuse(key, variable_path(name), fault)
        else:
            values.put(key, text)
    for key, declaration in schema.items():
        if key in given:
            continue
        if declaration.sensitive and instance.start_secret and declaration.secret_key in instance.hub_environment:
            values.secrets[key] = declaration.secret_key
            values.drop(key)
        elif declaration.required and declaration.default is MISSING and not declaration.when:
            refuse_missing(values, declaration)
    _put_user_and_server(values)
    return values


def _put_user_and_server(values: Values) -> None:
    user, server = values.texts.get(USER_NAME), values.texts.get(SERVER_NAME)
    if user is not None and server is not None:
        values.put(USER_SERVER, f"{user}/{server}")
    elif {USER_NAME, SERVER_NAME} & values.faulty:
        values.faulty.add(USER_SERVER)


def refuse_missing(values: Values, declaration: Declaration) -> None:
    """Note that the Instance has to give a value."""
    way_out = f"list {declaration.secret_key} in spec.hubEnvironment" if declaration.sensitive else "set it here"
    message = f"the Template requires the variable {declaration.label}: {way_out}"
    values.refuse(declaration.name, variable_path(declaration.name), message)


def variable_path(name: str) -> str:
    """The JSON path of a variable in an Instance."""
    return child_path(_PATH, name)


def suggestion(name: str, known: Collection[str]) -> str:
    """Words that point to the known name nearest to `name`, or nothing."""
    near = get_close_matches(name, known, n=1) if len(name) <= _LONGEST_SUGGESTED else ()
    return f" (did you mean {near[0]!r}?)" if near else ""


def _by_lower_name(variables: Mapping[str, str], values: Values) -> dict[str, tuple[str, str]]:
    given: dict[str, tuple[str, str]] = {}
    for name, text in variables.items():
        key = name.lower()
        if key in given:
            message = f"{name!r} and {given[key][0]!r} differ only in case; keep one of them"
            values.refuse(key, variable_path(name), message)
        elif not is_operator_name(key):
            given[key] = (name, text)
    return given


def _undeclared_fault(
    key: str,
    name: str,
    text: str,
    schema: Mapping[str, Declaration],
    choice_values: Mapping[str, ChoiceValue],
    *,
    closed: bool,
    values: Values,
) -> str:
    """Why an Instance may not set the variable `name`, which the Template does not declare; `""` if it may."""
    if key in choice_values:
        return f"{name!r} comes with the choice that is made for {choice_values[key].variable!r}; remove it"
    if closed and not is_hub_name(key):
        near = suggestion(key, schema) if len(values.problems) < SUGGESTIONS else ""
        return f"the Template does not declare a variable {name!r}{near}; remove it"
    if len(text) > MAX_VALUE_LENGTH:
        return f"variable {name!r} must have at most {MAX_VALUE_LENGTH} characters"
    return ""


def _put_coerced(values: Values, declaration: Declaration, key: str, name: str, text: str, *, bounded: bool) -> None:
    try:
        values.put_declared(key, declaration, declaration.bounds.value_of(text))
    except Unfit as unfit:
        if not bounded:
            values.put(key, text)
            return
        values.drop(key)
        values.refuse(key, variable_path(name), f"variable {declaration.label} {unfit}")
