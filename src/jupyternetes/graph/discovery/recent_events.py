"""Which Events are kept of very many? The newest of each object, and not too many in all.

35,000 Events of one namespace have ended a hub that kept them all (jupyterhub/kubespawner#913).
"""

from heapq import heapify, heappush, heappushpop
from typing import Final

from jupyternetes.graph.discovery.objects.cluster import Event

PER_OBJECT: Final = 20
IN_ALL: Final = 5_000


class RecentEvents:
    """Events since a time (RFC 3339), as they are offered page by page."""

    def __init__(self, since: str, *, per_object: int = PER_OBJECT, in_all: int = IN_ALL) -> None:
        self._since = since
        self._per_object = per_object
        self._in_all = in_all
        self._offered = 0
        self._held = 0
        self._by_object: dict[str, list[tuple[str, int, Event]]] = {}

    def offer(self, event: Event) -> bool:
        """Take an Event in if it is new enough. The answer is always False: a list need not keep it as well."""
        if event.last_seen < self._since:
            return False
        self._offered += 1
        entry = (event.last_seen, self._offered, event)  # the number keeps equal times from comparing Events
        of_object = self._by_object.setdefault(event.involved_object.uid, [])
        earlier = next((place for place, (_, _, kept) in enumerate(of_object) if _is_same(kept, event)), None)
        if earlier is not None:
            of_object[earlier] = entry
            heapify(of_object)
        elif len(of_object) >= self._per_object:
            heappushpop(of_object, entry)
        else:
            heappush(of_object, entry)
            self._held += 1
        if self._held >= 2 * self._in_all:
            self._drop_oldest()
        return False

    def newest_first(self) -> list[Event]:
        """The Events that are kept."""
        self._drop_oldest()
        return [event for _, _, event in self._sorted()]

    def _sorted(self) -> list[tuple[str, int, Event]]:
        entries = (entry for of_object in self._by_object.values() for entry in of_object)
        return sorted(entries, key=lambda entry: entry[:2], reverse=True)

    def _drop_oldest(self) -> None:
        kept = self._sorted()[: self._in_all]
        self._held = len(kept)
        self._by_object = {}
        for entry in reversed(kept):  # oldest first, so that each list is a heap
            self._by_object.setdefault(entry[2].involved_object.uid, []).append(entry)


def _is_same(one: Event, other: Event) -> bool:
    """Whether it is the same Event, which is written again when it happens again."""
    return (one.metadata.namespace, one.metadata.name) == (other.metadata.namespace, other.metadata.name)
