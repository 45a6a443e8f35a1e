"""The variables that every Template has, and whose names are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from jupyternetes.api.instance import MAX_VALUE_LENGTH
from jupyternetes.templating.variables.bounds import DEFAULT_MAX_LENGTH
from jupyternetes.templating.variables.coercion import ARGUMENTS


class Missing:
    """No value, where null would be one."""


MISSING: Final = Missing()


USER_NAME: Final = "jupyterhub.user.name"
SERVER_NAME: Final = "jupyterhub.server.name"
#: Both, as JupyterHub writes them in a path: neither can hold a slash.
USER_SERVER: Final = "jupyterhub.user_server"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """A variable that the hub gives, whether or not the Template declares it.

    `secret_key`: the environment variable that carries the value when it is kept out of the Instance.
    """

    type: str = "string"
    default: object = MISSING
    secret_key: str = ""
    max_length: int = DEFAULT_MAX_LENGTH


BUILT_IN: Final[Mapping[str, BuiltIn]] = MappingProxyType(
    {
        "jupyterhub.user.id": BuiltIn(),
        USER_NAME: BuiltIn(),
        SERVER_NAME: BuiltIn(default=""),
        "jupyterhub.api_token": BuiltIn(secret_key="JUPYTERHUB_API_TOKEN"),  # noqa: S106 - a name
        "jupyterhub.oauth_client_id": BuiltIn(),
        "jupyterhub.namespace": BuiltIn(),
        "jupyterhub.args": BuiltIn(type=ARGUMENTS, default=[], max_length=MAX_VALUE_LENGTH),
    }
)

_OPERATOR_NAMES: Final = frozenset(
    {"template.name", "template.namespace", "instance.name", "instance.namespace", USER_SERVER}
)


def is_hub_name(name: str) -> bool:
    """Whether the hub gives this variable (in any case): an Instance may set it, declared or not."""
    return name.lower().startswith("jupyterhub.")


def is_operator_name(name: str) -> bool:
    """Whether only the operator gives this variable (lower case): what an Instance says under this name is ignored."""
    return name.startswith("jupyternetes.") or name in _OPERATOR_NAMES
