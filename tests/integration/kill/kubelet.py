"""All nodes of the cluster, played: pods become Ready after a while, and are gone a while after their deletion."""

import asyncio
from contextlib import suppress
from random import Random

from urllib3.exceptions import HTTPError

from tests.integration.kill.chance import in_thread
from tests.support.kube import Json, Kube, Refused
from tests.support.kubelet import Kubelet

_LOOK = 0.15  # seconds between two looks at all pods
_READY_AFTER = (0.0, 0.8)
_GONE_AFTER = (0.0, 1.2)
_BOUND = 0.8
"""Share of pods that a node takes on; the others can be deleted without asking a node."""


class Nodes:
    """Looks at every pod of the cluster again and again; ``kube`` is the administrator."""

    def __init__(self, kube: Kube, rng: Random) -> None:
        self._kube = kube
        self._rng = rng
        self._due: dict[tuple[str, str], float] = {}
        self._served: set[str] = set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(Refused, HTTPError, OSError):  # the API server is away
                await in_thread(self._look, asyncio.get_running_loop().time())
            await asyncio.sleep(_LOOK)

    def _look(self, now: float) -> None:
        pods = self._kube.all("pods", "")
        uids = {pod["metadata"]["uid"] for pod in pods}
        self._served &= uids
        self._due = {key: at for key, at in self._due.items() if key[1] in uids}
        for pod in pods:
            try:
                self._tend(pod, now)
            except Refused:
                continue  # somebody else was quicker; the next look tells

    def _tend(self, pod: Json, now: float) -> None:
        meta = pod["metadata"]
        kubelet = Kubelet(self._kube, meta["namespace"])
        if "deletionTimestamp" in meta:
            if self._is_due("gone", meta["uid"], _GONE_AFTER, now):
                kubelet.finish(meta["name"])
        elif meta["uid"] not in self._served and self._is_due("ready", meta["uid"], _READY_AFTER, now):
            if not pod["spec"].get("nodeName") and self._rng.random() < _BOUND:
                kubelet.bind(meta["name"], at_once=True)
            kubelet.serve(meta["name"])
            self._served.add(meta["uid"])

    def _is_due(self, what: str, uid: str, delay: tuple[float, float], now: float) -> bool:
        return now >= self._due.setdefault((what, uid), now + self._rng.uniform(*delay))
