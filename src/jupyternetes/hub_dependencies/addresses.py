"""Which host and port does a URL name, when nothing else of it may be told?

Whatever may be the rest of a password is not told (``api.urls``), and only what can be a name or an address is a host.
"""

import re
from ipaddress import IPv6Address
from typing import Final, NamedTuple

from jupyternetes.api.urls import readable_parts

_NAME: Final = re.compile(r"[\w.-]{1,253}")
_PORTS: Final = {"http": 80, "https": 443, "ldap": 389, "ldaps": 636}
_MAX_PORT: Final = 65535


class HostPort(NamedTuple):
    """A host, and a port or 0."""

    host: str
    port: int


NOWHERE: Final = HostPort("", 0)


def address_of(url: str) -> HostPort:
    """Host and port of a URL, by default the port of its scheme; `NOWHERE` if it names none that may be told."""
    parts = readable_parts(url)
    if parts is None:
        return NOWHERE
    host = checked_host(parts.hostname)
    return HostPort(host, parts.port or _PORTS.get(parts.scheme, 0)) if host else NOWHERE


def checked_host(text: object) -> str:
    """``text`` if it can be a name or an address in a network, else nothing: a path, a list, a piece of a password."""
    if not isinstance(text, str):
        return ""
    if _NAME.fullmatch(text):
        return text
    try:
        IPv6Address(text)
    except ValueError:
        return ""
    return text


def checked_port(value: object) -> int:
    """``value`` if it is a port, also as text, else 0."""
    text = str(value)
    if not (text.isascii() and text.isdecimal()):
        return 0
    return int(text) if len(text) <= len(str(_MAX_PORT)) and int(text) <= _MAX_PORT else 0
