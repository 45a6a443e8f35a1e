"""What happened when, for whoever has to understand a failure: disruptions, what users did, and requests, by time."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.integration.kill.trail import Call

_KEPT = 60_000
"""Entries of each kind: some rounds' worth."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the test did or saw; ``about`` is empty for what concerns everybody."""

    at: float
    text: str
    about: str = ""


class Timeline:
    """Remembers the last rounds. Times are seconds since the epoch, as the audit log has them."""

    def __init__(self) -> None:
        self._notes: deque[Note] = deque(maxlen=_KEPT)
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._names: dict[tuple[str, str], set[str]] = {}
        self.sources: dict[str, str] = {}
        """Who sends from which address."""

    def note(self, text: str, about: str = "") -> None:
        """Write down what happens now; ``about`` is the namespace and name of an Instance."""
        self._notes.append(Note(time.time(), text, about))

    def heard(self, call: Call) -> None:
        """Write down a request, and the names of what it made."""
        self._calls.append(call)
        if call.created and call.made is not None:
            self._names.setdefault((call.made.namespace, call.made.instance), set()).add(call.name)

    def of(self, concerned: Iterable[str], *, last: int = 400) -> list[str]:
        """The last lines about these Instances (``namespace/name``) and about everybody."""
        wanted = sorted(set(concerned))
        entries = [(note.at, note.text) for note in self._notes if note.about in ("", *wanted)]
        for about in wanted:
            namespace, _, name = about.partition("/")
            names = self._names.get((namespace, name), set())
            entries += [(c.answered, self._line(c)) for c in self._calls if c.is_about(namespace, name, names)]
        return _lines(entries)[-last:]

    def everything(self) -> list[str]:
        """All lines."""
        entries = [(note.at, note.text) for note in self._notes]
        return _lines(entries + [(call.answered, self._line(call)) for call in self._calls])

    def _line(self, call: Call) -> str:
        who = self.sources.get(call.source, call.user)
        made = f" = {call.made} [{call.made_uid[:8]}]" if call.created else ""
        took = f" ({1000 * (call.answered - call.received):.0f} ms)"
        return f"    {who}: {call.verb} {call.resource} {call.name}: {call.status}{made}{took}"


def _lines(entries: list[tuple[float, str]]) -> list[str]:
    return [f"{_clock(at)} {text}" for at, text in sorted(entries)]


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]
