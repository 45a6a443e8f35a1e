"""Is a verdict right, and how near is it if not?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from jupyternetes.graph.causes.verdict import Cause, Verdict

#: The true causes of a run: of each the ids under which it may be named.
Truth = Sequence[Sequence[str]]
#: Avg@5 is the mean of AC@1 to AC@5, https://arxiv.org/abs/2412.17015.
_DEPTH: Final = 5
#: The quantile of the normal distribution for intervals of 95 %.
_Z: Final = 1.96


def accuracy(ranked: Sequence[str], truth: Truth, within: int) -> float:
    """AC@k: the share of true causes among the first ``within`` that were named, of those that have room there."""
    named = set(ranked[:within])
    found = sum(not named.isdisjoint(names) for names in truth)
    return found / min(within, len(truth))


def average_accuracy(ranked: Sequence[str], truth: Truth) -> float:
    """Avg@5."""
    return sum(accuracy(ranked, truth, within) for within in range(1, _DEPTH + 1)) / _DEPTH


def ranked(verdict: Verdict) -> list[str]:
    """The ids of what a verdict names, the first one first."""
    return [cause.id for cause in verdict.causes]


def abstains(verdict: Verdict) -> bool:
    """Whether it says "Cannot tell": what concerns all may be a mere effect of what was not seen, or stand there."""
    first = next((cause for cause in verdict.causes if not cause.personal), None)
    return bool(verdict.unknown) if first is None else bool(first.unseen)


def blamed(verdict: Verdict, truth: Truth) -> list[Cause]:
    """What it blames wrongly: causes that concern all, are named without reserve, and are none."""
    true = {name for names in truth for name in names}
    return [cause for cause in verdict.causes if not cause.personal and not cause.unseen and cause.id not in true]


def first_is_wrong(verdict: Verdict, truth: Truth) -> bool:
    """Whether the first of what concerns all is blamed wrongly: it is what the headline says."""
    first = next((cause for cause in verdict.causes if not cause.personal), None)
    return first is not None and first in blamed(verdict, truth)


def is_right(verdict: Verdict, truth: Truth) -> bool:
    """Whether it names the true causes first, all of them, without reserve; or nothing where there is none."""
    if abstains(verdict):
        return False
    if not truth:
        return not blamed(verdict, truth)
    first = set(ranked(verdict)[: len(truth)])
    return all(not first.isdisjoint(names) for names in truth)


@dataclass(frozen=True, slots=True)
class Score:
    """How good one verdict is. ``blames``: ids that are blamed wrongly. ``abstained``: it says "Cannot tell"."""

    first: float
    first_three: float
    average: float
    right: bool
    abstained: bool
    blames: tuple[str, ...] = ()


def score(verdict: Verdict, truth: Truth) -> Score:
    """The score of a verdict, of a run with at least one true cause."""
    names = ranked(verdict)
    return Score(
        first=accuracy(names, truth, 1),
        first_three=accuracy(names, truth, 3),
        average=average_accuracy(names, truth),
        right=is_right(verdict, truth),
        abstained=abstains(verdict),
        blames=tuple(cause.id for cause in blamed(verdict, truth)),
    )


def wilson(shares: Sequence[float]) -> str:
    """The interval of Wilson's score, in which the true share lies for 95 of 100 samples.

    https://www.itl.nist.gov/div898/handbook/prc/section2/prc241.htm
    """
    number, share, square = len(shares), sum(shares) / len(shares), _Z * _Z
    middle = share + square / (2 * number)
    half = _Z * sqrt(share * (1 - share) / number + square / (4 * number * number))
    low, high = ((middle + each) / (1 + square / number) for each in (-half, half))
    return f"{max(low, 0):.2f} to {min(high, 1):.2f}"
