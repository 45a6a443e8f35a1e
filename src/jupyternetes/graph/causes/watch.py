"""Since when does a sign of trouble last, and does it count yet? Order is that in which signs were noticed.

Times of objects come from several clocks, and from a list that was read again no order follows; so neither is compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.graph.causes.rank import Held
from jupyternetes.graph.causes.read import read
from jupyternetes.graph.causes.signs import HOLD, Sign
from jupyternetes.graph.causes.verdict import Verdict, judge
from jupyternetes.graph.model.graph import Graph

#: Seconds that a sign may be missing and still be the same: what restarts again and again is well in between.
_FORGOTTEN_AFTER: Final = 10.0


@dataclass(slots=True)
class _Known:
    sign: Sign
    began: float
    last: float
    before: bool


@dataclass(slots=True)
class Memory:
    """Remembers signs from look to look, by a clock in seconds that never goes back."""

    _known: dict[tuple[str, str, str], _Known] = field(default_factory=dict[tuple[str, str, str], _Known])
    _looked: bool = False

    def note(self, signs: Iterable[Sign], now: float) -> list[Held]:
        """Take in the signs of one look; the answer is those that have lasted for long enough to count.

        What is there at the first look counts at once: nobody knows for how long it has been.
        """
        for sign in signs:
            known = self._known.get(sign.key)
            if known is None:
                self._known[sign.key] = _Known(sign, now, now, before=not self._looked)
            else:
                known.sign, known.last = sign, now
        self._looked = True
        self._known = {key: known for key, known in self._known.items() if now - known.last <= _FORGOTTEN_AFTER}
        return [
            Held(known.sign, None if known.before else known.began)
            for known in self._known.values()
            if known.before or known.last - known.began >= HOLD[known.sign.nature]
        ]


@dataclass(slots=True)
class Judge:
    """Gives a verdict at each look, on what has lasted since earlier ones."""

    _memory: Memory = field(default_factory=Memory)

    def look(self, graph: Graph, now: float) -> Verdict:
        """The verdict on a graph; ``now`` is in seconds, by a clock that never goes back."""
        reading = read(graph)
        return judge(graph, reading, self._memory.note(reading.signs, now))
