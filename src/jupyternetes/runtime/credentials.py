"""Which of the credentials that a kubeconfig's user has are used, and how?

Where there are several the order is kubectl's: a token, an exec plugin, an auth-provider, a password.
"""

import time
from base64 import b64encode, urlsafe_b64decode
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from jupyternetes.runtime import exec_plugin
from jupyternetes.runtime.authorization import Authorization, TokenFile, bearer, fixed
from jupyternetes.runtime.errors import ConfigurationError
from jupyternetes.runtime.kubeconfig import AuthProvider, User, pem


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account. The certificate is PEM, with its key; empty where there is none."""

    authorization: Authorization
    certificate: bytes = field(repr=False)


async def credentials_of(user: User) -> Credentials:
    """A user's credentials; runs the exec plugin if there is one. Raises ConfigurationError, OSError, ValueError."""
    if user.impersonated:
        raise ConfigurationError("to act as another account (`as`) is not supported")
    certificate = _with_key(
        pem(user.client_certificate_data, user.client_certificate), pem(user.client_key_data, user.client_key)
    )
    if user.token_file:
        return Credentials(TokenFile(Path(user.token_file)), certificate)
    if user.token:
        return Credentials(bearer(user.token), certificate)
    if user.exec:
        given = await exec_plugin.run(user.exec)
        own = _with_key((given.client_certificate_data or "").encode(), (given.client_key_data or "").encode())
        return Credentials(bearer(given.token), own or certificate)
    if user.auth_provider:
        return Credentials(bearer(_id_token(user.auth_provider)), certificate)
    if user.username and user.password:
        pair = b64encode(f"{user.username}:{user.password}".encode()).decode()
        return Credentials(fixed(f"Basic {pair}"), certificate)
    return Credentials(fixed(""), certificate)


def _with_key(certificate: bytes, key: bytes) -> bytes:
    return b"\n".join(filter(None, (certificate, key)))


class _Claims(msgspec.Struct, frozen=True):
    exp: float = float("inf")


def _id_token(provider: AuthProvider) -> str:
    """The token as it stands. To renew it means to replace it in the file too, which is left to kubectl."""
    if provider.name != "oidc":
        raise ConfigurationError(
            f"auth-provider {provider.name} is not supported; use an exec plugin, as kubectl demands since 1.26"
        )
    token = (provider.config or {}).get("id-token")
    if not token or _expiry(token) <= time.time():
        raise ConfigurationError("auth-provider oidc has no id-token that is valid; any kubectl command renews it")
    return token


def _expiry(token: str) -> float:
    """When a JSON Web Token expires, in seconds since 1970. Raises ConfigurationError if it is none."""
    try:
        claims = token.split(".")[1]
        return msgspec.json.decode(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)), type=_Claims).exp
    except (IndexError, ValueError, msgspec.DecodeError) as error:
        raise ConfigurationError("the id-token of auth-provider oidc is no JSON Web Token") from error
