"""What is done to the operators and to the API server, at random by a seed, and how often."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random

from tests.integration.kill.chance import chance, in_thread, until
from tests.integration.kill.relay import WRITE_BYTES, Mode
from tests.integration.kill.replicas import Fleet, Replica, in_peace
from tests.integration.kill.timeline import Timeline
from tools.cluster import Cluster

Action = Callable[[Random], Awaitable[None]]

KILL, KILL_BOTH, FREEZE, TERMINATE, CUT_OFF, DEAFEN, UNTELL, NO_API = (
    "killed",
    "both replicas killed",
    "frozen",
    "terminated",
    "cut off",
    "events lost",
    "news lost",
    "API server killed",
)
SHARES = {KILL: 30, KILL_BOTH: 2, FREEZE: 6, TERMINATE: 4, CUT_OFF: 6, DEAFEN: 3, UNTELL: 3, NO_API: 1}
"""How often each is done, in proportion."""

_FAILURES = {
    CUT_OFF: (Mode.REFUSED, Mode.SILENT, Mode.ANSWERS_LOST),
    DEAFEN: (Mode.EVENTS_LOST,),
    UNTELL: (Mode.NEWS_LOST,),
}
_FAULT_LASTS = (0.3, 2.0)
"""What fails for a while does so for this part of a lease's duration."""
_LEADERS = 0.7
"""How often a leader is looked for: a process that stands by has little to lose."""
_LEADS_FOR = 1.0
"""Seconds for which it may work at most before it is disturbed."""
_CHOOSING = 3
"""So many disruptions at once may be looking for somebody to disturb."""
_IN_FLIGHT = 0.5
_IN_FLIGHT_SECONDS = 1.0
_END_SECONDS = 30


def deck(rng: Random, kills: int, shares: Mapping[str, int]) -> list[str]:
    """Disruptions in random order that kill operators so often; every kind is among them."""
    scale = kills / (shares[KILL] + 2 * shares.get(KILL_BOTH, 0))
    cards = [kind for kind, share in shares.items() if kind != KILL for _ in range(max(1, round(share * scale)))]
    cards += [KILL] * (kills - 2 * cards.count(KILL_BOTH))
    rng.shuffle(cards)
    return cards


@dataclass
class Disruptor:
    """``pause`` is the mean time between two disruptions, ``lease`` a lease's duration, both in seconds."""

    fleet: Fleet
    cluster: Cluster
    timeline: Timeline
    pause: float
    lease: float
    done: Counter[str] = field(default_factory=Counter[str])
    """Disruptions by kind, and of the kills those of a leader and those while a request was under way."""
    _choosing: int = 0

    async def round(self, rng: Random, cards: list[str]) -> None:
        """Deal these disruptions; returns when each is over and nothing is kept from working any more."""
        actions: dict[str, Action] = {
            KILL: self._kill,
            KILL_BOTH: self._kill_both,
            FREEZE: self._freeze,
            TERMINATE: self._terminate,
            **{kind: partial(self._cut_off, modes) for kind, modes in _FAILURES.items()},
            NO_API: self._kill_api_server,
        }
        async with asyncio.TaskGroup() as group:
            for card in cards:
                action = group.create_task(self._count(card, actions[card](chance(rng.random()))))
                if card == NO_API:
                    await action  # while nobody can work there is nothing to disturb
                await asyncio.sleep(rng.uniform(0.3, 1.7) * self.pause)
                await until(lambda: self._choosing < _CHOOSING)
        for replica in self.fleet.replicas:
            in_peace(replica)

    async def _count(self, card: str, action: Awaitable[None]) -> None:
        await action
        self.done[card] += 1

    async def _kill(self, rng: Random) -> None:
        killed = False
        while not killed:  # one that ends by itself at that moment was not killed
            async with self._victim(rng) as replica:
                killed = await self._at_some_moment(rng, replica, lambda: self._sigkill(replica))

    async def _kill_both(self, rng: Random) -> None:
        name = rng.choice(sorted({replica.operator.name for replica in self.fleet.replicas}))
        replicas = [replica for replica in self.fleet.replicas if replica.operator.name == name]
        await until(lambda: all(replica.operator.runs and not replica.doomed for replica in replicas))
        for replica in replicas:
            self._sigkill(replica)

    async def _terminate(self, rng: Random) -> None:
        async with self._victim(rng) as replica:
            pid = replica.operator.pid
            self._do(replica, "is told to end", lambda: replica.operator.send(signal.SIGTERM))
            try:
                async with asyncio.timeout(_END_SECONDS):
                    await until(lambda: replica.operator.pid != pid or not replica.operator.runs)
            except TimeoutError:
                replica.crashes.append(f"{replica.name} did not end within {_END_SECONDS} s of being told to")
                self._do(replica, "does not end", lambda: replica.operator.send(signal.SIGKILL))

    async def _freeze(self, rng: Random) -> None:
        seconds = rng.uniform(*_FAULT_LASTS) * self.lease
        async with self._victim(rng) as replica:
            text = f"is frozen for {seconds:.1f} s"
            await self._at_some_moment(rng, replica, lambda: self._do(replica, text, replica.operator.freeze))
            await asyncio.sleep(seconds)
            self._do(replica, "goes on", lambda: in_peace(replica))

    async def _cut_off(self, modes: Sequence[Mode], rng: Random) -> None:
        seconds, mode = rng.uniform(*_FAULT_LASTS) * self.lease, rng.choice(modes)
        async with self._victim(rng) as replica:
            text = f"has a network that {mode.value}, for {seconds:.1f} s"
            await self._at_some_moment(rng, replica, lambda: self._do(replica, text, lambda: replica.relay.fail(mode)))
            await asyncio.sleep(seconds)
            self._do(replica, "has its network back", lambda: in_peace(replica))

    async def _kill_api_server(self, rng: Random) -> None:
        self.timeline.note("API server is killed")
        await in_thread(self.cluster.kill, "kube-apiserver")
        await asyncio.sleep(rng.uniform(0.0, 0.5) * self.lease)
        await in_thread(self.cluster.start, "kube-apiserver")
        # Its garbage collector takes an owner that was deleted and made again while it could not watch for the same.
        await in_thread(self.cluster.restart, "kube-controller-manager")
        self.timeline.note("API server serves again")

    @asynccontextmanager
    async def _victim(self, rng: Random) -> AsyncGenerator[Replica]:
        """A replica that no other disruption has in hand: a leader that had time to do something, or its successor."""
        leads = rng.random() < _LEADERS
        candidates: list[Replica] = []
        self._choosing += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * self.lease):
                candidates = await until(lambda: self._worthwhile(leads=leads))
        replica = rng.choice(candidates or await until(lambda: [r for r in self.fleet.replicas if r.at_mercy]))
        self._choosing -= 1
        replica.faults += 1
        try:
            if replica.leads:
                await asyncio.sleep(rng.uniform(0.0, _LEADS_FOR))
            yield replica
        finally:
            replica.faults -= 1

    def _worthwhile(self, *, leads: bool) -> list[Replica]:
        """Those of operators that are at work: where none leads, a disruption only makes that last longer."""
        led = {replica.operator.name for replica in self.fleet.replicas if replica.leads}
        return [r for r in self.fleet.replicas if r.at_mercy and r.leads == leads and r.operator.name in led]

    async def _at_some_moment(self, rng: Random, replica: Replica, act: Callable[[], bool]) -> bool:
        """Now, or right after its next write was passed on to the API server, if it writes soon; what ``act`` says."""
        if rng.random() >= _IN_FLIGHT:
            return act()
        acted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        replica.relay.on_request(WRITE_BYTES, lambda: acted.done() or acted.set_result(act()))
        try:
            async with asyncio.timeout(_IN_FLIGHT_SECONDS):
                done = await acted
        except TimeoutError:
            replica.relay.on_request(0, None)
            if acted.cancelled():
                return act()
            done = acted.result()
        self.done["in flight"] += 1
        return done

    def _sigkill(self, replica: Replica) -> bool:
        if replica.doomed or not replica.operator.runs:
            return False
        replica.doomed = True
        self.done["kills"] += 1
        self.done["kills of leaders"] += replica.leads
        text = "is killed while it leads" if replica.leads else "is killed"
        return self._do(replica, text, lambda: replica.operator.send(signal.SIGKILL))

    def _do(self, replica: Replica, text: str, act: Callable[[], None]) -> bool:
        act()
        self.timeline.note(f"{replica.name} {text}")
        return True
