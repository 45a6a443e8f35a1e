"""Amounts as Kubernetes writes them.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from typing import Final

_QUANTITY: Final = re.compile(
    r"([+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,2})?)([numkMGTPE]?|[KMGTPE]i)", re.ASCII
)
_SUFFIXES: Final = {
    "": 1.0,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    **{suffix: 1000.0 ** (place + 1) for place, suffix in enumerate("kMGTPE")},
    **{f"{suffix}i": 1024.0 ** (place + 1) for place, suffix in enumerate("KMGTPE")},
}


def amount(text: str) -> float | None:
    """The number, such as 0.25 for ``250m`` and 1024 for ``1Ki``; None for what is no quantity."""
    quantity = _QUANTITY.fullmatch(text)
    return float(quantity[1]) * _SUFFIXES[quantity[2]] if quantity is not None else None
