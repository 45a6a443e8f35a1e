"""The variables that a Template declares in `spec.variables[]`, and those that every Template has.

What a declaration says is either obeyed or refused, never passed over: a bound that nobody checks would be worse than
none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from jupyternetes.templating.coercion import TYPES, Unfit, coerce_default
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.problems import Problem, child_path

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_SECRET_KEYS: Final = frozenset({"token", "namespace"})  # the API refuses them in spec.hubEnvironment
_KEYS: Final = frozenset({"name", "title", "description", "type", "default", "required", "sensitive"})
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


def read_declarations(value: object, path: str, problems: list[Problem]) -> tuple[Declaration, ...]:
    """The declarations in `spec.variables`; what is wrong with them is appended to `problems`."""
    if value is None:
        return ()
    items = as_list(value)
    if items is None:
        problems.append(Problem(path, "must be a list of declarations"))
        return ()
    declared: dict[str, Declaration] = {}
    for index, item in enumerate(items):
        here = child_path(path, index)
        declaration = _read(as_mapping(item), here, problems)
        if declaration is None:
            continue
        key = declaration.name.lower()
        if key in declared:
            other = declared[key].name
            message = f"{declaration.name!r} is declared twice (names that differ only in case are one name: {other!r})"
            problems.append(Problem(child_path(here, "name"), message))
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


def _read(source: Mapping[str, object] | None, path: str, problems: list[Problem]) -> Declaration | None:
    if source is None:
        problems.append(Problem(path, "must be an object with a name"))
        return None
    name = source.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        problems.append(
            Problem(child_path(path, "name"), "must be a name: letters, digits, '_' and '-', with dots between")
        )
        return None
    if is_operator_name(name.lower()):
        problems.append(Problem(child_path(path, "name"), f"{name!r} is set by the operators; choose another name"))
        return None
    for key in sorted(source.keys() - _KEYS):
        message = f"{key!r} in the declaration of {name!r} is not supported by this version; remove it"
        problems.append(Problem(child_path(path, key), message))
    kind = source.get("type", "string")
    if not isinstance(kind, str) or kind not in TYPES:
        problems.append(Problem(child_path(path, "type"), f"must be one of {', '.join(TYPES)}"))
        kind = "string"
    flags = {flag: _flag(source, flag, path, problems) for flag in ("required", "sensitive")}
    return Declaration(
        name=name,
        type=kind,
        title=_text(source, "title", path, problems),
        description=_text(source, "description", path, problems),
        default=_default(source, kind, path, problems),
        required=flags["required"],
        secret_key=_secret_key(name, kind, path, problems) if flags["sensitive"] else "",
    )


def _default(source: Mapping[str, object], kind: str, path: str, problems: list[Problem]) -> object:
    if source.get("default") is None:
        return MISSING
    try:
        return coerce_default(kind, source["default"])
    except Unfit as unfit:
        problems.append(Problem(child_path(path, "default"), str(unfit)))
        return MISSING


def _secret_key(name: str, kind: str, path: str, problems: list[Problem]) -> str:
    if kind != "string":
        problems.append(Problem(child_path(path, "type"), "a sensitive variable is a string: operators never read it"))
    if name.lower() in BUILT_IN:
        return name
    if not _ENVIRONMENT_NAME.fullmatch(name) or name in _NOT_SECRET_KEYS:
        message = (
            f"{name!r} is sensitive, so it travels as an environment variable of the hub: "
            "letters, digits and '_' only, not 'token' or 'namespace'"
        )
        problems.append(Problem(child_path(path, "name"), message))
    return name


def _flag(source: Mapping[str, object], key: str, path: str, problems: list[Problem]) -> bool:
    value = source.get(key)
    if value is not None and not isinstance(value, bool):
        problems.append(Problem(child_path(path, key), "must be true or false"))
    return value is True


def _text(source: Mapping[str, object], key: str, path: str, problems: list[Problem]) -> str:
    value = source.get(key)
    if value is not None and not isinstance(value, str):
        problems.append(Problem(child_path(path, key), "must be a text"))
    return value if isinstance(value, str) else ""
