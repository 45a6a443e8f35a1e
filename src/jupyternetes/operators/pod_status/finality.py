"""When a start is given up early: only on evidence that waiting cannot help. Pure.

Judged from what fails, how often and for how long. Anything that is not listed here is waited for until the hub's own
time limit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from jupyternetes.api import reasons
from jupyternetes.api.reasons import Reason


class Failure(Enum):
    """What fails."""

    SERVER_ENDS = "the container that serves ends again and again in the same way"
    OTHER_ENDS = "another container, one that initialises the pod for instance, fails again and again"
    OTHER_STAYS_ENDED = "another container failed and is not started again, so that the pod never gets ready"
    PULL_REFUSED = "the registry says that there is no such image, or that it may not be had"
    PULL_FAILS = "an image cannot be pulled for any other reason, such as a registry that is busy or out of reach"


@dataclass(frozen=True, slots=True)
class Evidence:
    """``times`` it failed so far, the first of which was ``seconds`` ago."""

    failure: Failure
    times: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rule:
    """``reason`` is given after so many times or so many seconds, whichever comes first; None: never for that."""

    reason: Reason
    times: int | None
    seconds: float | None


RULES: Final = {
    Failure.SERVER_ENDS: Rule(reasons.SERVER_KEEPS_FAILING, times=3, seconds=None),
    Failure.OTHER_ENDS: Rule(reasons.CONTAINER_KEEPS_FAILING, times=5, seconds=120.0),
    Failure.OTHER_STAYS_ENDED: Rule(reasons.CONTAINER_KEEPS_FAILING, times=1, seconds=None),
    Failure.PULL_REFUSED: Rule(reasons.IMAGE_PULL_FAILED, times=2, seconds=None),
    Failure.PULL_FAILS: Rule(reasons.IMAGE_PULL_FAILED, times=None, seconds=120.0),
}


def final_reason(evidence: Iterable[Evidence]) -> Reason | None:
    """Why waiting cannot help, or None as long as it may."""
    return next((RULES[each.failure].reason for each in evidence if _is_enough(each)), None)


def seconds_left(evidence: Iterable[Evidence]) -> float | None:
    """After how many seconds the evidence is enough if nothing else happens; None: time alone never makes it so."""
    left = [rule.seconds - each.seconds for each in evidence if (rule := RULES[each.failure]).seconds is not None]
    return min(left, default=None)


def is_refused_pull(message: str) -> bool:
    """Whether a pull's error text says *not found*, *denied* or *unauthorized*, and nothing that may pass by itself.

    The texts are those of registries and container runtimes. Names of images and addresses in them prove nothing.
    """
    text = _NAMES.sub(" ", message.lower())
    return _REFUSED.search(text) is not None and _PASSING.search(text) is None


def _is_enough(evidence: Evidence) -> bool:
    rule = RULES[evidence.failure]
    often = rule.times is not None and evidence.times >= rule.times
    long = rule.seconds is not None and evidence.seconds >= rule.seconds
    return often or long


_NAMES: Final = re.compile(r"\"[^\"]*\"|\S*/\S*")
_REFUSED: Final = re.compile(
    r"not ?found|unknown manifest|manifest unknown|name unknown|does not exist|denied|unauthori[sz]ed|forbidden"
    r"|authentication required|no basic auth|authorization failed|insufficient_scope"
)
_PASSING: Final = re.compile(
    r"\b429\b|too ?many ?requests|rate limit|time-?out|timed out|deadline exceeded|connection (refused|reset)"
    r"|unavailable|no such host|server misbehaving|bad gateway|internal server error|\b50[0-4]\b|\beof\b|unreachable"
)
