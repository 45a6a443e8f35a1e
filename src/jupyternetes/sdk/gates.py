"""``@gate``: an operator without a kind of its own, which says whether a server may start or stop."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jupyternetes.api.gate import GATE_NAME
from jupyternetes.api.instance import Instance
from jupyternetes.sdk.answers import Answer
from jupyternetes.sdk.cluster import Cluster
from jupyternetes.sdk.kinds import NO_NEEDS, Kind, Related

Before = Literal["Start", "Stop"]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody waits for the answer: a start of ``instance``, or a stop.

    ``generation`` and ``start_id`` tell askings apart; ``asked_at`` is RFC 3339 text. What the server is to be stands
    in ``instance.spec``, whose it is in the annotation ``hub.jupyter.org/username``.
    """

    instance: Instance
    before: Before
    generation: int
    start_id: str
    asked_at: str

    @property
    def username(self) -> str:
        """The name of the server's user; empty if the Instance was made by another client than our spawner."""
        return self.instance.metadata.annotations.get("hub.jupyter.org/username", "")


Decide = Callable[[Asking, Cluster], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOperator:
    """What ``gate`` makes of a function; give it to ``run``."""

    name: str
    before: Before
    decide: Decide
    related: tuple[Related[Any], ...]
    needs: Mapping[Kind, Sequence[str]]
    timeout: float
    workers: int


def gate(
    name: str,
    *,
    before: Before = "Start",
    related: Sequence[Related[Any]] = (),
    needs: Mapping[Kind, Sequence[str]] = NO_NEEDS,
    timeout: float = 30.0,
    workers: int = 8,
) -> Callable[[Decide], GateOperator]:
    """Make an operator of an async function that decides whether servers may start (or stop).

    The function is called once for each asking, and again after ``progress``, after an exception, and after a crash
    before its answer was written; so it has to bear being asked the same again, which ``asking.generation`` tells. Its
    answer becomes a condition of type ``name`` on the Instance, about the generation of the asking. An exception is
    logged, and its type told to the user as progress. A Template that names the gate ``before`` something else than
    this operator answers is refused.

    ``related``, ``needs``, ``timeout``, ``workers``: as of ``resource``. Raises ValueError for a
    ``name`` that is no type of condition with a domain, or in a domain of ours.
    """
    if not re.fullmatch(GATE_NAME, name) or name.partition("/")[0].endswith("kadense.io"):
        raise ValueError(f"the name of a gate is a domain of yours, a slash and a word, not {name!r}")

    def decorate(function: Decide) -> GateOperator:
        return GateOperator(
            name=name,
            before=before,
            decide=function,
            related=tuple(related),
            needs=needs,
            timeout=timeout,
            workers=workers,
        )

    return decorate
