"""What a start hands over as text: the environment for the start Secret, and the variables for the Instance.

Values of the environment are never in a message, a log line or a representation: one of them is the API token.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from jupyternetes.api import reasons
from jupyternetes.spawner.hub.refusals import refusal

#: The CRD refuses these too: they are the keys of a service account's token, which no start Secret may look like.
_FORBIDDEN: Final = frozenset({"token", "namespace"})
_C_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_NAME: Final = 253  # of a Secret's key


def environment_texts(environment: Mapping[str, object]) -> dict[str, str]:
    """The environment of a start, as text; a value of None leaves the variable out.

    Raises a refusal that names the variables whose names or values cannot be handed over.
    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables
    """
    present = {name: value for name, value in environment.items() if value is not None}
    bad_names = [name for name in present if not _is_name(name)]
    if bad_names:
        raise refusal(
            reasons.ENVIRONMENT,
            f"These are no names of environment variables that a server can have: {_listed(bad_names)}. A name is made "
            "of letters, digits and '_', does not begin with a digit, and is neither 'token' nor 'namespace'.",
        )
    bad_values = [name for name, value in present.items() if not isinstance(value, str | int | float)]
    if bad_values:
        detail = f"These environment variables have no text as value: {_listed(bad_values)}."
        raise refusal(
            reasons.ENVIRONMENT, f"{detail} A value is text, a number, or a callable that returns one of them."
        )
    return {name: str(value) for name, value in sorted(present.items())}


def variable_texts(variables: Mapping[str, object], reserved: Iterable[str]) -> dict[str, str]:
    """The Instance's variables as text: text as it is, anything else as JSON.

    Raises a refusal for the names in ``reserved`` (which the spawner or the operators set; names are the same however
    they are capitalised) and for values that have no JSON.
    """
    taken = {name.lower() for name in reserved}
    clashes = [name for name in variables if name.lower() in taken]
    if clashes:
        raise refusal(
            reasons.VARIABLES,
            f"These may not be set: {_listed(clashes)}. The spawner sets them itself; jupyterhub.api_token reaches the "
            "server in its environment only.",
        )
    texts: dict[str, str] = {}
    for name, value in variables.items():
        try:
            texts[name] = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        except (TypeError, ValueError) as error:
            raise refusal(
                reasons.VARIABLES, f"{name!r} has a value of type {type(value).__name__}, which has no JSON."
            ) from error
    return texts


def _is_name(name: str) -> bool:
    return len(name) <= _MAX_NAME and name not in _FORBIDDEN and _C_IDENTIFIER.fullmatch(name) is not None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names))
