"""Every request that came, with its times: what a timeline of a failure is made of."""

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.support.faultproxy.rules import Match
from tests.support.faultproxy.seen import Seen


@dataclass(slots=True)
class Entry:
    """One request, or with ``seen`` None a note of the test. Times are seconds since the epoch; None: never."""

    seen: Seen | None
    query: Mapping[str, str]
    note: str = ""
    arrived: float = field(default_factory=time.time)
    passed_on: float | None = None
    answered: float | None = None
    """When the server had answered; for a watch, when its stream began."""
    ended: float | None = None
    """When the client had its answer, or the connection was over."""
    status: int = 0
    """What the client was told; 0 is nothing."""
    created: str = ""
    """Name and uid of what a create made."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of the object that a create or an apply sent."""
    faults: list[str] = field(default_factory=list[str])
    events: int = 0

    def __str__(self) -> str:
        at = datetime.fromtimestamp(self.arrived, UTC).strftime("%H:%M:%S.%f")[:-3]
        if self.seen is None:
            return f"{at} ---- {self.note}"
        seen = self.seen
        about = "/".join(filter(None, (seen.namespace, self.created or seen.name)))
        words = [at, seen.client, seen.verb, seen.resource or seen.path, about, f"-> {self.status or 'nothing'}"]
        words += [f"passed on +{1000 * (self.passed_on - self.arrived):.0f}ms" if self.passed_on else "not passed on"]
        words += [f"ended +{1000 * (self.ended - self.arrived):.0f}ms" if self.ended else "open"]
        words += [f"events={self.events}"] if seen.verb == "watch" else []
        words += [f"from {self.query['resourceVersion']}"] if self.query.get("resourceVersion") else []
        words += [f"{key.rpartition('/')[2]}={value}" for key, value in self.labels.items()]
        return " ".join(filter(None, [*words, *(f"[{fault}]" for fault in self.faults)]))


class RequestLog:
    """The last ``size`` requests."""

    def __init__(self, size: int = 100_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> Entry:
        with self._lock:
            self._entries.append(entry)
        return entry

    def note(self, text: str) -> None:
        """Put something of the test's own into the timeline."""
        self.add(Entry(None, {}, text))

    def entries(self, *, since: float = 0.0, **patterns: str) -> list[Entry]:
        """The requests from ``since`` on that a Match of ``patterns`` matches, in the order in which they came."""
        match = Match(**patterns)
        return [each for each in self._all(since) if each.seen is not None and match.matches(each.seen)]

    def timeline(self, *, since: float = 0.0, **patterns: str) -> str:
        """The same and all notes, a line each."""
        match = Match(**patterns)
        return "\n".join(str(each) for each in self._all(since) if each.seen is None or match.matches(each.seen))

    def _all(self, since: float) -> Iterable[Entry]:
        with self._lock:
            return [each for each in self._entries if each.arrived >= since]
