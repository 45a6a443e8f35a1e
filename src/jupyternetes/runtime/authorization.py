"""How does a token become the header ``Authorization``, also one that is replaced in its file while we run?"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_READ_AGAIN: Final = 60.0  # seconds

Authorization = Callable[[], str]
"""Gives the header, empty for none. Raises OSError or ValueError if it cannot be had any more."""


def fixed(header: str) -> Authorization:
    """The same header always."""
    return lambda: header


class TokenFile:
    """The header of a token that a file holds, as in each pod, where the kubelet replaces it. Read once a minute."""

    def __init__(self, path: Path, now: Callable[[], float] = time.monotonic) -> None:
        """Raises OSError or ValueError if there is no token."""
        self._path = path
        self._now = now
        self._header, self._read_at = self._read(), now()

    def __call__(self) -> str:
        """An ``Authorization``."""
        if self._now() - self._read_at >= _READ_AGAIN:
            self._header, self._read_at = self._read(), self._now()
        return self._header

    def _read(self) -> str:
        token = self._path.read_text().strip()  # such files often end in a newline, which no header may hold
        if not token:
            raise ValueError(f"the token file {self._path} is empty")
        return f"Bearer {token}"
