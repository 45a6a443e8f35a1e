"""Filters: a value made fit for a place that has a syntax of its own, as `{name:filter}`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import msgspec

from jupyternetes.api.slugs import dns_slug, label_slug


def _json(text: str) -> str:
    return msgspec.json.encode(text)[1:-1].decode()


def _url(text: str) -> str:
    return quote(text, safe="")


def _shell(text: str) -> str:
    """Quoted also where `shlex.quote` sees no need: `fi` is a word of the shell's own, and `A=b` sets a variable.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_04
    """
    return "'" + text.replace("'", "'\"'\"'") + "'"


FILTERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"json": _json, "url": _url, "label": label_slug, "dns": dns_slug, "shell": _shell}
)
