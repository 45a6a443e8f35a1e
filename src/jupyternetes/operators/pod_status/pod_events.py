"""Which Events are kept: those about our own pods, of all that a cluster tells about its pods.

No selector of the API server finds them, and where others run jobs there are Events by the hundred thousand. An Event
often arrives a moment before its pod does, so the newest ones about pods that nobody knows wait for these.
"""

from collections.abc import Callable
from heapq import nlargest
from typing import Final

from jupyternetes.api.core import Event, Pod
from jupyternetes.runtime.objects import ObjectKey, key_of, version_of
from jupyternetes.runtime.store import Change

#: Up to twice as many are held, 2 KB each. What the caches of pods and of Events lag behind each other is a second or
#: so, in which hardly any cluster tells so much about its pods; of an Event that is lost only a line of progress lacks.
WAITING_LIMIT: Final = 2000


class PodEvents:
    """Says of each Event whether to keep it. ``is_ours`` knows our pods by their uid."""

    def __init__(self, is_ours: Callable[[str], bool], *, limit: int = WAITING_LIMIT) -> None:
        self._is_ours = is_ours
        self._limit = limit
        self._waiting: dict[ObjectKey, Event] = {}

    def keep(self, event: Event) -> bool:
        """Whether it is about one of our pods; if not, it waits as one of the newest."""
        key = key_of(event)
        if self._is_ours(event.involved_object.uid):
            self._waiting.pop(key, None)
            return True
        self._waiting[key] = event
        if len(self._waiting) >= 2 * self._limit:
            self._waiting = {key_of(each): each for each in nlargest(self._limit, self._waiting.values(), version_of)}
        return False

    def appeared(self, change: Change[Pod]) -> list[Event]:
        """Those that waited for the pod of this change; they do not wait any longer."""
        if change.new is None or change.old is not None:
            return []
        uid = change.new.metadata.uid
        found = [key for key, event in self._waiting.items() if event.involved_object.uid == uid]
        return [self._waiting.pop(key) for key in found]
