"""Which host does a text lead to? Scheme, host and port of a URL are read; user, password, path and query never are."""

import re
from dataclasses import dataclass
from typing import Final

from jupyternetes.api.urls import readable_parts

#: What each pod calls itself.
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where something listens. ``port`` is 0 if none is named; the host of SQLite, which is a file, is empty.

    ``scheme`` names no driver: ``postgresql`` for ``postgresql+psycopg2``.
    """

    host: str
    port: int = 0
    scheme: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}".removeprefix("://") + (f":{self.port}" if self.port else "")


_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_.])?|[0-9a-f.]*:[0-9a-f:.]*")
_SQLITE: Final = "sqlite"


def read_address(text: str) -> Address | None:
    """The address in a URL, in ``host`` or in ``host:port``; None where there is none, or more than one reading."""
    is_url = "://" in text
    parts = readable_parts(text if is_url else f"//{text}")
    if parts is None or not (is_url or parts.netloc == text):
        return None
    host, scheme = parts.hostname or "", parts.scheme.partition("+")[0]
    if _HOST.fullmatch(host):
        return Address(host, parts.port or 0, scheme)
    return Address("", 0, scheme) if scheme == _SQLITE and not parts.netloc else None


#: Variables by whose name the value is an address. ``CALLBACK`` and the like are addresses of the hub itself.
_VARIABLE: Final = re.compile(
    r"(?!.*(?:CALLBACK|LOGOUT|REDIRECT))(?:\w+_)?"
    r"(?:(?P<database>DB|DATABASE|PG|POSTGRES(?:QL)?|MYSQL|MARIADB)|(?P<oauth>OAUTH2?|OIDC|KEYCLOAK)"
    r"|(?P<ldap>LDAPS?)|(?P<login>CAS|SAML|SSO))"
    r"(?:_\w+)?_?(?:URL|URI|HOST|HOSTNAME)",
    re.IGNORECASE,
)


def purpose_of(variable: str) -> str:
    """``database``, ``oauth``, ``ldap`` or ``login`` if a variable of this name holds the address of such; else empty.

    ``login`` is anything else that says who people are.
    """
    found = _VARIABLE.fullmatch(variable)
    return (found.lastgroup or "") if found else ""
