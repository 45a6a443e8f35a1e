"""Which host and port does a URL name, when nothing else of it may be told?

An unescaped ``@``, ``/`` or ``?`` in a password ends the password too early, so that a rest of it stands where the host
should be. Whatever may be such a rest is not told.
"""

import re
from ipaddress import IPv6Address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_NAME: Final = re.compile(r"[\w.-]{1,253}")
_PORTS: Final = {"http": 80, "https": 443, "ldap": 389, "ldaps": 636}
_MAX_PORT: Final = 65535


class Address(NamedTuple):
    """A host, and a port or 0."""

    host: str
    port: int


NOWHERE: Final = Address("", 0)


def address_of(url: str) -> Address:
    """Host and port of a URL, by default the port of its scheme; `NOWHERE` if it names none that may be told."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return NOWHERE
    if "@" in f"{parts.path}{parts.query}{parts.fragment}":
        return NOWHERE
    host = checked_host(parts.hostname)
    return Address(host, port or _PORTS.get(parts.scheme, 0)) if host else NOWHERE


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
