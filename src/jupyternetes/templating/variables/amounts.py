"""Amounts as exact numbers, so that bounds can be compared with them: 2Gi is 2048Mi, and 0.1 is a tenth.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

#: The types that have a least and a greatest amount.
AMOUNTS: Final = frozenset({"integer", "number", "quantity"})

# Kubernetes has no exponents of four digits. Like a thousand digits, they would take long to compute with.
_LONGEST_QUANTITY: Final = 64
_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?:(?P<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?P<exponent>[+-]?[0-9]{1,3}))?"
)
_SUFFIXES: Final[Mapping[str, Fraction]] = MappingProxyType(
    {suffix: Fraction(10) ** power for suffix, power in {"n": -9, "u": -6, "m": -3}.items()}
    | {suffix: Fraction(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)}
    | {f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)}
)


def is_quantity(text: str) -> bool:
    """Whether Kubernetes reads `text` as a quantity."""
    return len(text) <= _LONGEST_QUANTITY and _QUANTITY.fullmatch(text) is not None


def amount(value: object) -> Fraction:
    """The amount that an integer, a number or the text of a quantity stands for.

    Of a float it is what JSON will say, not its nearest binary fraction. Raises ValueError for anything else.
    """
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        raise ValueError("not an amount")
    number = Fraction(match["number"])
    if match["suffix"]:
        return number * _SUFFIXES[match["suffix"]]
    return number * Fraction(10) ** int(match["exponent"] or 0)
