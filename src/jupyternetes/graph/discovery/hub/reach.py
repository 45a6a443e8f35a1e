"""Does what hubs told of take a connection from here? Tried only if somebody asks for it, and never for anything else.

That it does, while a hub gets none, shows that the hub's way there is cut. That it does not shows little by itself:
other rules of the network may hold here than for the hub, and the machine may be outside of the cluster. So it counts
only if it did before.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.objects.address import LOOPBACK
from jupyternetes.graph.discovery.observed import Observed, Place
from jupyternetes.graph.discovery.workloads import Directory

#: Seconds for all that is tried at one time.
_LIMIT: Final = 2.0
#: Seconds for which an answer counts: one that shows trouble is soon asked for again.
_YES_FOR, _NO_FOR = 60.0, 10.0
_NO_ADDRESS: Final = ("", "None")


@dataclass(slots=True)
class _Known:
    """``tried``: by the clock of the event loop. ``ever``: whether it took a connection before."""

    tried: float
    reached: bool
    ever: bool


class Reach:
    """Remembers for a while what was tried."""

    def __init__(self) -> None:
        self._known: dict[Place, _Known] = {}

    async def tried(self, observed: Observed) -> Observed:
        """``observed`` with what can be reached from here. It raises nothing, and takes two seconds at most."""
        now = asyncio.get_running_loop().time()
        places = {
            Place(hub.namespace, each.host, each.port)
            for hub, dependencies in observed.told.items()
            for each in dependencies
            if _has_address(each)
        }
        due = [place for place in places if self._is_due(place, now)]
        if due:
            directory = Directory(observed)
            answers = await asyncio.gather(*(_any_reached(_targets(directory, place), place.port) for place in due))
            for place, reached in zip(due, answers, strict=True):
                before = self._known.get(place)
                self._known[place] = _Known(now, reached, reached or (before is not None and before.ever))
        self._known = {place: known for place, known in self._known.items() if place in places}
        return replace(observed, reached={place: known.reached for place, known in self._known.items() if known.ever})

    def _is_due(self, place: Place, now: float) -> bool:
        known = self._known.get(place)
        return known is None or now - known.tried >= (_YES_FOR if known.reached else _NO_FOR)


def _has_address(told: HubDependency) -> bool:
    return bool(told.host and told.port) and told.host not in LOOPBACK


def _targets(directory: Directory, place: Place) -> list[str]:
    """Where a connection is tried: names of the cluster mean nothing outside of it, so their Services' addresses.

    A short name without a Service that was read is left out: here it may mean something else than for the hub.
    """
    service = directory.service(place.host, place.namespace)
    if service is None:
        return [place.host] if "." in place.host or ":" in place.host else []
    if service.spec.external_name:
        return [service.spec.external_name]
    if service.spec.cluster_ip not in _NO_ADDRESS:
        return [service.spec.cluster_ip]
    workload = directory.behind(service)
    return [pod.status.pod_ip for pod in workload.pods if pod.status.pod_ip and not pod.ended] if workload else []


async def _any_reached(hosts: Iterable[str], port: int) -> bool:
    return any(await asyncio.gather(*(_reached(host, port) for host in hosts)))


async def _reached(host: str, port: int) -> bool:
    """Connects and hangs up."""
    with suppress(OSError, TimeoutError, UnicodeError):
        async with asyncio.timeout(_LIMIT):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True
    return False
