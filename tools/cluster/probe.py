"""Asks a component whether it is ready."""

import ssl
import urllib.error
import urllib.request
from pathlib import Path

_OPENER_SECONDS = 5


def is_healthy(url: str, authority: Path) -> bool:
    """Whether `url` answers 200, if by https then with a certificate of `authority`; never through a proxy."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if url.startswith("https:"):
        handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority)))
    try:
        with urllib.request.build_opener(*handlers).open(url, timeout=_OPENER_SECONDS) as response:
            return response.status == 200
    except (OSError, urllib.error.URLError):
        return False
