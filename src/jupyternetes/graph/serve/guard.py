"""Which requests may read what is known? Those of people at this machine, and not those of other pages in a browser.

A page on the internet can make a browser send requests to this machine, and can even read the answers after it changed
what its own name resolves to (DNS rebinding). What gives it away are headers that scripts cannot set:
https://developer.mozilla.org/en-US/docs/Glossary/Forbidden_request_header
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

_OWN_HOSTS: Final = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
#: ``none``: a person typed the address or opened a bookmark. https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
_OWN_SITES: Final = frozenset({"same-origin", "none"})


def refusal(hosts: Sequence[str], origins: Sequence[str], sites: Sequence[str]) -> str:
    """Why a request is not answered, in a sentence; empty if it may be.

    The arguments are the values of its headers ``Host``, ``Origin`` and ``Sec-Fetch-Site``. Programs send the first one
    only, browsers the others too. The port may be any: ``kubectl port-forward`` gives the listener another one.
    """
    if len(hosts) != 1 or not _OWN_HOSTS.fullmatch(hosts[0]):
        return "Ask for it at localhost or 127.0.0.1: other names of this machine are not answered."
    if any(origin != f"http://{hosts[0]}" for origin in origins):
        return "A page of another origin may not ask."
    if any(site not in _OWN_SITES for site in sites):
        return "A page of another site may neither ask nor lead here: type the address."
    return ""


def is_loopback(name: str) -> bool:
    """Whether a host name or an address means this machine alone. ``localhost`` does by RFC 6761, section 6.3."""
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
