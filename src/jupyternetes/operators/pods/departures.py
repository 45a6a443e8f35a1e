"""Since when pods are being deleted, which needs no clock but this process's own."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.runtime.objects import ObjectKey, key_of


@dataclass(slots=True)
class Departures:
    """Since when the pods of Instances are known to be being deleted, in seconds of the event loop's clock.

    Nothing of it outlives the process: its successor counts anew.
    """

    _since: dict[ObjectKey, dict[str, float]] = field(default_factory=dict[ObjectKey, dict[str, float]], init=False)

    def note(self, instance: Instance, pods: Iterable[Pod]) -> Mapping[str, float]:
        """For how long which of the Instance's pods are being deleted, by uid; ``pods`` are those that the cache shows.

        Of those that it shows no more, the ones on record stay known.
        """
        key, now = key_of(instance), _now()
        before = self._since.pop(key, {})
        recorded = {state.uid for state in instance.status.pods.values()}
        since = {uid: begun for uid, begun in before.items() if uid in recorded}
        since |= {pod.metadata.uid: before.get(pod.metadata.uid, now) for pod in pods if pod.metadata.deleting}
        if since:
            self._since[key] = since
        return {uid: now - begun for uid, begun in since.items()}

    def begin(self, key: ObjectKey, uid: str) -> None:
        """The API server has taken a delete of the pod."""
        self._since.setdefault(key, {}).setdefault(uid, _now())

    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone."""
        self._since.pop(key, None)


def _now() -> float:
    return asyncio.get_running_loop().time()
