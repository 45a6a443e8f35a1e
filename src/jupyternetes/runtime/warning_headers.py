"""What the API server warns of beside its answer, such as a field that it does not know and has dropped.

https://kubernetes.io/blog/2020/09/03/warnings/ and https://www.rfc-editor.org/rfc/rfc7234#section-5.5
"""

import re
from collections.abc import Iterable
from typing import Final

MOST: Final = 16
"""Warnings of one answer that are read; further ones are left out."""
LONGEST: Final = 512
"""Characters of one warning; a longer one is cut."""

#: Code, agent and quoted text; a date may follow. One header holds several of these, with commas between them.
_VALUE: Final = re.compile(r'(?<![0-9])([0-9]{3}) [^\s"]+ "([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_KUBERNETES: Final = "299"


def parse(headers: Iterable[str]) -> tuple[str, ...]:
    """The texts in the values of ``Warning`` headers, each once, in their order; what makes no sense is left out."""
    values = (value for header in headers for value in _VALUE.finditer(header))
    texts = (_ESCAPED.sub(r"\1", value[2]) for value in values if value[1] == _KUBERNETES)
    return tuple(dict.fromkeys(_cut(text) for text in texts if text.strip()))[:MOST]


def _cut(text: str) -> str:
    valid = text.encode("utf-8", "replace").decode()  # bytes that are no UTF-8 come as lone surrogates
    return valid if len(valid) <= LONGEST else valid[: LONGEST - 1] + "…"
