"""For how long this process has known a pod, which needs no clock but its own."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jupyternetes.api.core import Pod
from jupyternetes.runtime.objects import ObjectKey


@dataclass(slots=True)
class PodAges:
    """Since when the pods of Instances are known, in seconds of the event loop's clock.

    A pod's own times were written by other machines, whose clocks may be hours off.
    """

    _since: dict[ObjectKey, dict[str, float]] = field(default_factory=dict[ObjectKey, dict[str, float]], init=False)

    def note(self, key: ObjectKey, pods: Iterable[Pod]) -> Mapping[str, float]:
        """The ages of an Instance's pods, by uid; of others nothing is remembered any more."""
        now = asyncio.get_running_loop().time()
        before = self._since.pop(key, {})
        since = {pod.metadata.uid: before.get(pod.metadata.uid, now) for pod in pods}
        if since:
            self._since[key] = since
        return {uid: now - seen for uid, seen in since.items()}

    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone."""
        self._since.pop(key, None)
