"""The graph as it is now, made anew only if something has changed: for 30,000 servers that takes seconds.

What informers follow tells of each change by itself. The rest is asked for at each look and compared: the API server,
Leases, and what hubs tell.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

import msgspec

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.objects import of_lease
from jupyternetes.graph.model.graph import Graph
from jupyternetes.runtime.objects import key_of


class Look(NamedTuple):
    """``graph`` is the same object as at the look before if nothing has changed; ``taken``: of this look, RFC 3339."""

    graph: Graph
    taken: str


class Current:
    """Looks at what a follower knows. ``ask`` adds what the cluster does not tell; ``make`` makes the graph of it."""

    def __init__(
        self,
        follower: Follower,
        ask: Callable[[Observed], Awaitable[Observed]],
        make: Callable[[Observed], Graph],
    ) -> None:
        self._follower = follower
        self._ask = ask
        self._make = make
        self._graph: Graph | None = None
        self._answers: Any = None

    async def look(self) -> Look:
        """What is there now."""
        changed = self._follower.changed
        observed = await self._ask(await self._follower.look())
        answers = _answers(observed)
        if self._graph is None or changed or answers != self._answers:
            self._graph = None  # while the next one is made, this one would take as much memory again
            self._graph, self._answers = self._make(observed), answers
        return Look(self._graph, observed.taken)


def _answers(observed: Observed) -> Any:
    """What was asked for at this look, without what is another at each."""
    told = {hub: [_without_times(each) for each in dependencies] for hub, dependencies in observed.told.items()}
    leases = {key_of(lease): of_lease(lease, observed.taken) for lease in observed.leases}
    return (
        observed.api,
        observed.as_of,
        leases,
        observed.cluster_operators,
        observed.unread,
        observed.gaps,
        told,
        observed.authenticators,
        observed.reached,
    )


def _without_times(told: HubDependency) -> HubDependency:
    """Whether an answer came too late counts, and not how long it took."""
    is_late = told.up is False and told.seconds is not None
    return msgspec.structs.replace(told, seconds=_LATE if is_late else None, lasted=0.0)


_LATE: Final = 1.0
