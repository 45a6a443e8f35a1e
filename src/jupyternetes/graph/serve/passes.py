"""When is the deployment looked at and judged again? Soon after a change, and never without a pause."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import process_time
from typing import Final

from jupyternetes.graph.causes.signs import HOLD, Nature
from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.serve.current import Current
from jupyternetes.graph.serve.metrics import GraphMetrics, Step

log = logging.getLogger(__name__)

#: Seconds between two passes at least, and at most where nothing changes: what hubs tell, no watch brings.
LEAST, MOST = 1.0, 5.0
#: The same at most after a change: what came up with it may count by then.
_SOON: Final = HOLD[Nature.OWN] + 0.1
#: A pause takes so many times the CPU time of the pass before it, up to so many seconds.
_REST, _LONGEST_REST = 4.0, 10.0


def pause(used: float, *, changed: bool) -> tuple[float, float]:
    """Seconds to wait at least and at most after a pass that ``used`` so many seconds of CPU.

    Even the largest deployment leaves a core some rest. ``changed``: whether the pass was made because of a change.
    """
    least = max(LEAST, min(_LONGEST_REST, _REST * used))
    return least, max(least, min(MOST, _SOON) if changed else MOST)


class Passes:
    """Looks by one follower, with one memory of what lasts. ``make``: the graph of what was observed."""

    def __init__(
        self, follower: Follower, make: Callable[[Observed], Awaitable[Graph]], current: Current, metrics: GraphMetrics
    ) -> None:
        self._follower = follower
        self._make = make
        self._current = current
        self._metrics = metrics
        self._judge = Judge()
        self._headline = ""

    async def run(self) -> None:
        """Until it is cancelled. The first pass waits for all lists that can be had."""
        clock, changed = asyncio.get_running_loop().time, True
        while True:
            begun, used_before = clock(), process_time()
            graph = await self._make(await self._follower.look())
            looked = clock()
            verdict = self._judge.look(graph, looked)
            ended = clock()
            self._metrics.observe(Step.LOOK, looked - begun)
            self._metrics.observe(Step.JUDGE, ended - looked)
            self._metrics.note(graph, verdict, ended)
            self._current.publish(graph, verdict, changed=changed)
            self._log(verdict)
            del graph  # while the next one is made, it would take as much memory again
            least, most = pause(process_time() - used_before, changed=changed)
            changed = await self._follower.wait(least=least, most=most)

    def _log(self, verdict: Verdict) -> None:
        if verdict.headline != self._headline:
            self._headline = verdict.headline
            log.info("%s", verdict.headline)
