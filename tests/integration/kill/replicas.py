"""The replicas of all operators: each is started again whenever it ends, as Kubernetes would do it."""

import asyncio
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import yaml

from tests.integration.kill.chance import in_thread, until
from tests.integration.kill.relay import Mode, Relay
from tests.integration.kill.timeline import Timeline
from tests.support.operators import Launch, Operator

_LOOK = 0.05  # seconds between two looks at processes and their logs
_BACK_OFF = 0.7  # after a life that ended by itself
_SAID = re.compile(r"leading, working|standing by|lost the lease")
_EXPECTED_EXITS = {0, 1, -signal.SIGKILL}
_HEARS_SIGNALS = "health and metrics"
_ENDING = re.compile(r"lease \S+: .*; trying again$|^jupyternetes: ")
_OUR_FRAME = re.compile(r'^ *File "[^"]*/jupyternetes/', re.M)
"""In a traceback of ours. uvloop prints its own when a connection that was given up breaks off in its handshake."""


@dataclass
class Replica:
    """One process and its network. ``faults`` counts those under way: it is left in peace meanwhile."""

    operator: Operator
    relay: Relay
    number: int
    faults: int = 0
    leads: bool = False
    stands_by: bool = False
    doomed: bool = False
    """Whether it was killed, and its end is not known yet."""
    crashes: list[str] = field(default_factory=list)
    _heard: int = 0

    @property
    def name(self) -> str:
        return f"{self.operator.name}/{self.number}"

    @property
    def at_mercy(self) -> bool:
        """Whether a disruption may choose it."""
        return self.operator.runs and not self.faults and not self.doomed

    def listen(self, timeline: Timeline) -> None:
        """Take in what it has logged since the last time: whether it leads."""
        said = _SAID.findall(self.operator.life)
        for text in said[self._heard :]:
            timeline.note(f"{self.name} says: {text}")
            self.leads, self.stands_by = text.endswith("working"), text == "standing by"
        self._heard = len(said)

    def launch(self) -> None:
        """Begin a new life."""
        self._heard, self.leads, self.stands_by, self.doomed = 0, False, False, False
        self.operator.launch()

    def ended(self, timeline: Timeline) -> None:
        """Write down how its life ended; what is no way for it to end is kept as a crash."""
        self.listen(timeline)
        self.leads = self.stands_by = False
        life = self.operator.life
        last = life.splitlines()[-1:] or [""]
        timeline.note(f"{self.name} ended: {self.operator.exit_code} {last[0]}")
        # It has not begun to listen to signals, or has ceased to: it loses its lease, or has said why it ends.
        deaf = _HEARS_SIGNALS not in life or _ENDING.search(last[0])
        killed_by_sigterm = self.operator.exit_code == -signal.SIGTERM and deaf
        if not (self.operator.exit_code in _EXPECTED_EXITS or killed_by_sigterm) or _OUR_FRAME.search(life):
            self.crashes.append(f"{self.name} ended with {self.operator.exit_code}:\n{life[-3000:]}")


class Fleet:
    """All replicas; ``run`` keeps them alive until cancelled."""

    def __init__(self, replicas: list[Replica], rng: Random, timeline: Timeline) -> None:
        self.replicas = replicas
        self._rng = rng
        self._timeline = timeline

    async def run(self) -> None:
        """Start every replica, and again when it ends."""
        try:
            async with asyncio.TaskGroup() as group:
                for replica in self.replicas:
                    group.create_task(self._keep_alive(replica))
        finally:
            await in_thread(self._end_all)
            for replica in self.replicas:
                await replica.relay.close()

    async def complete(self) -> None:
        """Until every replica leads or stands by."""
        for replica in self.replicas:
            await until(lambda replica=replica: replica.leads or replica.stands_by)

    def crashes(self) -> list[str]:
        """Lives that ended as none should."""
        return [crash for replica in self.replicas for crash in replica.crashes]

    async def _keep_alive(self, replica: Replica) -> None:
        while True:
            replica.launch()
            while replica.operator.runs:
                replica.listen(self._timeline)
                await asyncio.sleep(_LOOK)
            replica.ended(self._timeline)
            by_itself = replica.operator.exit_code == 1
            await asyncio.sleep(_BACK_OFF if by_itself else self._rng.choice((0.0, 0.0, 0.0, 0.4, 1.5)))

    def _end_all(self) -> None:
        for replica in self.replicas:
            if replica.operator.runs:
                replica.operator.send(signal.SIGKILL)


def in_peace(replica: Replica) -> None:
    """Undo whatever a disruption may have left."""
    replica.relay.on_request(0, None)
    if replica.relay.mode is not Mode.OPEN:
        replica.relay.heal()
    if replica.operator.runs:
        replica.operator.thaw()


def kubeconfig_through(port: int, original: Path, number: int) -> Path:
    """A copy, beside it, of a kubeconfig that reaches the API server on another port."""
    content = yaml.safe_load(original.read_text())
    for cluster in content["clusters"]:
        cluster["cluster"]["server"] = f"https://127.0.0.1:{port}"
    path = original.with_suffix(f".{number}{original.suffix}")
    path.write_text(yaml.safe_dump(content))
    return path


async def make_replicas(
    accounts: dict[str, Path], server: tuple[str, int], logs: Path, options: list[str], launch: Launch
) -> list[Replica]:
    """Two replicas of each operator, each with a relay of its own; the Pod operators heed gates."""
    replicas: list[Replica] = []
    for name, account in accounts.items():
        for number in range(2):
            relay = Relay(server, f"127.0.1.{len(replicas) + 1}")
            port = await relay.start()
            kubeconfig = kubeconfig_through(port, account, number)
            log = logs / f"{name}-{number}.log"
            log.unlink(missing_ok=True)
            own = [*options, "--gates"] if name == "pods" else options
            operator = Operator(name, kubeconfig, log, options=own, launch=launch)
            replicas.append(Replica(operator, relay, number))
    return replicas
