"""Filters: a value made fit for a place that has a syntax of its own, as `{name:filter}`."""

import shlex
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


FILTERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"json": _json, "url": _url, "label": label_slug, "dns": dns_slug, "shell": shlex.quote}
)
