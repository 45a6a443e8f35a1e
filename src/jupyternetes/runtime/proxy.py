"""Which HTTP proxy the environment names for a URL, by the rules of kubectl and every other program written in Go.

Sites set the variables once for all their programs, with CIDRs (``NO_PROXY=10.0.0.0/8,.svc``) that ``urllib`` and
aiohttp do not understand. The rules: https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config. One difference: names
beyond ASCII are compared as they are written.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": "80", "https": "443"}
_SCHEMES: Final = ("http", "https", "socks5")

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """The URL of the proxy for requests to ``url``, or None for a direct connection.

    A variable in upper case comes before the same one in lower case; an empty one counts as not set. The machine itself
    (``localhost``, loopback addresses) is always reached directly. Raises ValueError if ``url`` cannot be read.
    """
    target = urlsplit(url)
    proxy = _variable(environment, f"{target.scheme}_proxy") if target.scheme in _PORTS else ""
    if not proxy or not target.hostname:
        return None
    if _is_direct(target.hostname, str(target.port or _PORTS[target.scheme]), _variable(environment, "no_proxy")):
        return None
    return proxy if proxy.startswith(tuple(f"{scheme}://" for scheme in _SCHEMES)) else f"http://{proxy}"


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name.upper()) or environment.get(name, "")


def _is_direct(host: str, port: str, no_proxy: str) -> bool:
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]
    return "*" in entries or any(_matches(entry, host.lower(), address, port) for entry in entries if entry)


def _matches(entry: str, host: str, address: _Address | None, port: str) -> bool:
    """Whether an entry other than ``*`` means this host. One that cannot be read means nobody."""
    network = _network(entry)
    if network is not None:
        return address is not None and address in network
    name, wanted_port = _split(entry)
    if not name or wanted_port not in ("", port):
        return False
    listed = _address(name)
    if listed is not None:
        return listed == address
    suffix = name.removeprefix("*")
    # A leading dot leaves out the domain itself.
    return host.endswith(suffix if suffix.startswith(".") else f".{suffix}") or host == name


def _split(entry: str) -> tuple[str, str]:
    """Name and port of ``name:port``, ``address:port`` or ``[address]:port``; anything else is only a name."""
    name, colon, port = entry.rpartition(":")
    if colon and name.startswith("[") and name.endswith("]"):
        return name[1:-1], port
    return (name, port) if colon and ":" not in name else (entry, "")


def _address(text: str) -> _Address | None:
    """The address; one of IPv4 written as one of IPv6 is the same as without that."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        return address.ipv4_mapped or address
    return address


def _network(text: str) -> _Network | None:
    base, _, bits = text.partition("/")
    address = _address(base)
    if address is None or not (bits.isascii() and bits.isdecimal()):
        return None
    mapped = isinstance(address, IPv4Address) and ":" in base
    try:
        return ip_network((address, int(bits) - 96 * mapped), strict=False)
    except ValueError:
        return None
