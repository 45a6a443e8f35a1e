"""The variables that a Template declares in `spec.variables[]`, and those that every Template has.

What a declaration says is either obeyed or refused, never passed over: a bound that nobody checks would be worse than
none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import Variable
from jupyternetes.templating.coercion import Unfit, coerce_default
from jupyternetes.templating.problems import Problem, child_path, is_reported

_NAME: Final = name_of(Variable.name)
_NAME_RULE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_SECRET_KEYS: Final = frozenset({"token", "namespace"})  # the API refuses them in spec.hubEnvironment
_OPERATOR_NAMES: Final = frozenset({"template.name", "template.namespace", "instance.name", "instance.namespace"})


class Missing:
    """No value, where null would be one."""


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One variable. `default` is the value in the variable's own type, or `MISSING`.

    `secret_key`: the environment variable that carries the value when it is kept out of the Instance; `""` for a
    variable that is no secret.
    """

    name: str
    type: str = "string"
    title: str = ""
    description: str = ""
    default: object = MISSING
    required: bool = False
    secret_key: str = ""

    @property
    def sensitive(self) -> bool:
        return bool(self.secret_key)

    @property
    def label(self) -> str:
        """How messages call the variable."""
        return f"{self.name!r} ({self.title})" if self.title else repr(self.name)


BUILT_IN: Final[Mapping[str, Declaration]] = MappingProxyType(
    {
        built_in.name: built_in
        for built_in in (
            Declaration(name="jupyterhub.user.id"),
            Declaration(name="jupyterhub.user.name"),
            Declaration(name="jupyterhub.server.name", default=""),
            Declaration(name="jupyterhub.api_token", secret_key="JUPYTERHUB_API_TOKEN"),  # noqa: S106 - a name
            Declaration(name="jupyterhub.oauth_client_id"),
            Declaration(name="jupyterhub.namespace"),
            Declaration(name="jupyterhub.args", type="arguments", default=[]),
        )
    }
)


def is_hub_name(name: str) -> bool:
    """Whether the hub gives this variable (in any case): an Instance may set it, declared or not."""
    return name.lower().startswith("jupyterhub.")


def is_operator_name(name: str) -> bool:
    """Whether only the operator gives this variable (lower case): what an Instance says under this name is ignored."""
    return name.startswith("jupyternetes.") or name in _OPERATOR_NAMES


def read_declarations(variables: Sequence[Variable], path: str, problems: list[Problem]) -> tuple[Declaration, ...]:
    """The declarations `variables`, which stand at `path`; what is wrong with them is appended to `problems`."""
    declared: dict[str, Declaration] = {}
    for index, variable in enumerate(variables):
        here = child_path(path, index)
        if is_reported(problems, here) or not _has_usable_name(variable, here, problems):
            continue
        declaration = _declaration(variable, here, problems)
        key = declaration.name.lower()
        if key in declared:
            other = declared[key].name
            message = f"{declaration.name!r} is declared twice (names that differ only in case are one name: {other!r})"
            problems.append(Problem(child_path(here, _NAME), message))
            continue
        declared[key] = declaration
    return tuple(declared.values())


def schema(declarations: tuple[Declaration, ...]) -> dict[str, Declaration]:
    """Every variable that an Instance may set, by its name in lower case.

    A Template may declare a built-in variable of the hub, to give it a title, say; it stays what it is.
    """
    known = dict(BUILT_IN)
    for declaration in declarations:
        key = declaration.name.lower()
        built_in = BUILT_IN.get(key)
        if built_in is None:
            known[key] = declaration
            continue
        known[key] = replace(
            declaration,
            type=built_in.type if declaration.type == "string" else declaration.type,
            default=built_in.default if declaration.default is MISSING else declaration.default,
            secret_key=built_in.secret_key or declaration.secret_key,
        )
    return known


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


def _declaration(variable: Variable, path: str, problems: list[Problem]) -> Declaration:
    return Declaration(
        name=variable.name,
        type=variable.type,
        title=variable.title,
        description=variable.description,
        default=_default(variable, path, problems),
        required=variable.required,
        secret_key=_secret_key(variable, path, problems) if variable.sensitive else "",
    )


def _default(variable: Variable, path: str, problems: list[Problem]) -> object:
    if variable.default is None:
        return MISSING
    try:
        return coerce_default(variable.type, variable.default)
    except Unfit as unfit:
        problems.append(Problem(child_path(path, name_of(Variable.default)), str(unfit)))
        return MISSING


def _secret_key(variable: Variable, path: str, problems: list[Problem]) -> str:
    name = variable.name
    if variable.type != "string":
        message = "a sensitive variable is a string: operators never read it"
        problems.append(Problem(child_path(path, name_of(Variable.type)), message))
    if name.lower() in BUILT_IN:
        return name
    if not _ENVIRONMENT_NAME.fullmatch(name) or name in _NOT_SECRET_KEYS:
        message = (
            f"{name!r} is sensitive, so it travels as an environment variable of the hub: "
            "letters, digits and '_' only, not 'token' or 'namespace'"
        )
        problems.append(Problem(child_path(path, _NAME), message))
    return name
