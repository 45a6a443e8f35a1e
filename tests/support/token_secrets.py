"""A Secret into which Kubernetes writes the token of a service account.

Whoever may create Secrets may ask for it: a hub that was broken into, where no admission policy guards its Secrets.
https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
"""

from base64 import b64decode
from collections.abc import Callable

from tests.support.kube import Json
from tests.support.waiting import eventually

TOKEN_KEYS = frozenset({"token", "namespace", "ca.crt"})
"""What Kubernetes writes."""


def asking_for_token(secret: Json, account: str = "default") -> Json:
    """The Secret, changed so that it asks for the token of an account of its namespace."""
    asks = {"annotations": {"kubernetes.io/service-account.name": account}}
    return secret | {"type": "kubernetes.io/service-account-token", "metadata": secret["metadata"] | asks}


def once_filled(look: Callable[[], Json]) -> dict[str, str]:
    """The texts in the Secret that ``look`` gives, once Kubernetes has written the token."""
    data = eventually(lambda: look().get("data", {}), until=lambda data: data.keys() >= TOKEN_KEYS)
    return {key: b64decode(value).decode() for key, value in data.items()}
