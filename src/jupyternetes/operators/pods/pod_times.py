"""For how long something has been so of pods, which needs no clock but this process's own."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from jupyternetes.runtime.objects import ObjectKey


@dataclass(slots=True)
class PodTimes:
    """Since when one thing is so of the pods of Instances, by their uids, in seconds of the event loop's clock.

    A pod's own times were written by other machines, whose clocks may be hours off. Nothing of this outlives the
    process: its successor counts anew.
    """

    _since: dict[ObjectKey, dict[str, float]] = field(default_factory=dict[ObjectKey, dict[str, float]], init=False)

    def note(self, key: ObjectKey, uids: Iterable[str], *, keep: Collection[str] = ()) -> Mapping[str, float]:
        """For how long it has been so of which pods of an Instance, now that it is so of ``uids``.

        Of others nothing is remembered any more, but of those to ``keep``.
        """
        now = _now()
        before = self._since.pop(key, {})
        since = {uid: begun for uid, begun in before.items() if uid in keep}
        since |= {uid: before.get(uid, now) for uid in uids}
        if since:
            self._since[key] = since
        return {uid: now - begun for uid, begun in since.items()}

    def begin(self, key: ObjectKey, uid: str) -> None:
        """It is so of this pod from now on, if it was not before."""
        self._since.setdefault(key, {}).setdefault(uid, _now())

    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone."""
        self._since.pop(key, None)


def _now() -> float:
    return asyncio.get_running_loop().time()
