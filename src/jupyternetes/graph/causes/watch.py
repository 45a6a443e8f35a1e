"""Since when does a sign of trouble last, and does it count yet? Order is that in which signs were noticed.

Times of objects come from several clocks, and from a list that was read again no order follows; so neither is compared.
"""

import gc
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec

from jupyternetes.graph.causes.changes import Changes
from jupyternetes.graph.causes.parts import Alike, asked, asker
from jupyternetes.graph.causes.rank import Held
from jupyternetes.graph.causes.read import read
from jupyternetes.graph.causes.signs import Nature, Sign
from jupyternetes.graph.causes.verdict import Cause, Verdict, headline, judge
from jupyternetes.graph.model.graph import Edge, Graph

#: Seconds that a sign may be missing and still be the same: what restarts again and again is well in between.
_FORGOTTEN_AFTER: Final = 10.0
#: Seconds for which the first cause stays the first, unless it goes or there is better evidence for another one.
_STEADY_FOR: Final = 60.0
_NATURES: Final = tuple(Nature)


@dataclass(slots=True)
class _Known:
    sign: Sign
    began: float
    last: float
    before: bool

    @property
    def counts_from(self) -> float:
        return self.began + self.sign.hold


def _always(_: Sign) -> bool:
    return True


@dataclass(slots=True)
class Memory:
    """Remembers signs from look to look, by a clock in seconds that never goes back."""

    _known: dict[tuple[str, str, str], _Known] = field(default_factory=dict[tuple[str, str, str], _Known])
    _looked: bool = False

    def note(self, signs: Iterable[Sign], now: float, is_there: Callable[[Sign], bool] = _always) -> list[Held]:
        """Take in the signs of one look; the answer is those that have lasted for long enough to count.

        What is there at the first look counts at once: nobody knows for how long it has been. A sign that is missing is
        remembered for a while if what shows it ``is_there``.
        """
        for sign in signs:
            known = self._known.get(sign.key)
            if known is None:
                self._known[sign.key] = _Known(sign, now - sign.lasted, now, before=not self._looked)
            else:
                known.sign, known.last = sign, now
        self._looked = True
        self._known = {
            key: known
            for key, known in self._known.items()
            if known.last == now or (now - known.last <= _FORGOTTEN_AFTER and is_there(known.sign))
        }
        return [
            Held(known.sign, None if known.before else known.began)
            for known in self._known.values()
            if known.before or known.last >= known.counts_from
        ]

    def next_count(self, now: float) -> float | None:
        """When the next of the signs that do not count yet will, if it lasts; None if there is none."""
        waiting = (known.counts_from for known in self._known.values() if not known.before and known.last == now)
        return min((each for each in waiting if each > now), default=None)


@dataclass(slots=True)
class Judge:
    """Gives a verdict at each look, on what has lasted since earlier ones.

    ``next_look``: when another look is worth while although nothing has changed, by the clock of the looks, because a
    sign counts then; None if there is no such sign.
    """

    next_look: float | None = None
    _memory: Memory = field(default_factory=Memory)
    _changes: Changes = field(default_factory=Changes)
    _first: str = ""
    _first_since: float = 0.0

    def look(self, graph: Graph, now: float, taken: str = "") -> Verdict:
        """The verdict on a graph; ``now`` is in seconds, by a clock that never goes back.

        ``taken``: the moment of the look, RFC 3339, if the graph is older because nothing has changed since.
        """
        with _uncollected():
            self._changes.note(graph, now)
            reading = read(graph, taken)
            held = self._memory.note(reading.signs, now, lambda sign: _is_there(graph, sign))
            self.next_look = self._memory.next_count(now)
            return self._steady(judge(graph, reading, held, self._changes, taken), now)

    def _steady(self, verdict: Verdict, now: float) -> Verdict:
        """The same with the first cause of before in front, as long as that is to stay."""
        causes = verdict.causes
        before = next((cause for cause in causes if cause.id == self._first), None)
        first = causes[0].id if causes else ""
        if first == self._first:
            return verdict
        if before is None or now - self._first_since >= _STEADY_FOR or _rank(causes[0]) < _rank(before):
            self._first, self._first_since = first, now
            return verdict
        causes = (before, *(cause for cause in causes if cause is not before))
        return msgspec.structs.replace(verdict, causes=causes, headline=headline(causes, verdict.unknown))


@contextmanager
def _uncollected() -> Generator[None]:
    """Without garbage collection: what a look makes lives to its end, and would be gone through again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _rank(cause: Cause) -> tuple[bool, int]:
    """Whom it concerns, and how good the best evidence is; smaller is graver."""
    return cause.personal, min(_NATURES.index(fact.nature) for fact in cause.evidence)


def _is_there(graph: Graph, sign: Sign) -> bool:
    """Whether the graph still holds what shows the sign. What was removed is no longer in trouble."""
    match sign.part:
        case Alike():
            return any(node.id in graph.by_id for node in sign.part.members)
        case Edge():
            return asked(sign.part) in graph.by_id and asker(sign.part) in graph.by_id
        case None:
            return sign.subject in graph.by_id or sign.nature is Nature.ABOUT
