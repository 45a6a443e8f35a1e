"""Who is compared: each is a process that starts servers, and what it needs beside it."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from benchmarks.lab import NAMESPACE, Lab
from benchmarks.objects import TEMPLATE
from benchmarks.processes import Agent, MeasuredOperator, cpu_seconds, memory_mb
from tests.support.installation import RELEASE_NAMESPACE

if TYPE_CHECKING:
    from pathlib import Path

OPERATORS: Final = ("pvcs", "pods", "pod-status")
SETTLING: Final = 2.0
"""Seconds after the last server is ready in which what a start costs the operators still counts."""

_WARM_UP: Final = 5


class Contender(StrEnum):
    """The floor is what the cluster needs: nobody can be faster."""

    FLOOR = "floor"
    KUBESPAWNER = "kubespawner"
    OURS = "ours"


@dataclass(slots=True)
class Team:
    """A contender at work in a lab."""

    contender: Contender
    lab: Lab
    agent: Agent
    operators: list[MeasuredOperator] = field(default_factory=list[MeasuredOperator])

    def measure(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have the agent do it, and say what that cost whom."""
        for operator in self.operators:
            operator.stalls()  # those of before do not count
        begun, mark, cluster = time.monotonic(), self.lab.traffic.mark(), self.lab.cpu()
        before = {operator.name: cpu_seconds(operator.pid) for operator in self.operators}
        answer = self.agent.call(do, **arguments)
        time.sleep(SETTLING)
        operators = {
            operator.name: {
                "cpu_seconds": cpu_seconds(operator.pid) - before[operator.name],
                "stalls": operator.stalls(),
                **memory_mb(operator.pid),
            }
            for operator in self.operators
        }
        used = {name: seconds - cluster.get(name, 0.0) for name, seconds in self.lab.cpu().items()}
        traffic = self.lab.traffic.since(mark)
        figures = {"hub": answer, "operators": operators, "cluster_cpu_seconds": used, "traffic": traffic}
        return figures | {"seconds": time.monotonic() - begun}

    def warm_up(self) -> None:
        """Start and stop a few servers, so that every cache and connection is there."""
        users = [f"warm-{number}" for number in range(_WARM_UP)]
        for do in ("prepare", "start", "stop"):
            self.agent.call(do, users=users)
        self.lab.clear("pods")


@contextmanager
def at_work(contender: Contender, lab: Lab, *, volumes: bool = True, clocked: bool = True) -> Iterator[Team]:
    """Start the contender's processes, and end them."""
    with ExitStack() as stack:
        operators = operators_of(lab, clocked=clocked) if contender is Contender.OURS else []
        for operator in operators:
            operator.launch()
            stack.callback(operator.stop)
        for operator in operators:
            operator.wait_working()
        agent = stack.enter_context(agent_of(contender, lab, volumes=volumes))
        yield Team(contender, lab, agent, operators)


@contextmanager
def warmed(contender: Contender, *, volumes: bool, events: int = 0, clocked: bool = True) -> Iterator[Team]:
    """A contender that has worked a little, in a fresh cluster with so many Events in the namespace.

    ``clocked``: with clocks on the operators' event loops.
    """
    with Lab.up(volumes=volumes) as lab:
        if events:
            with agent_of(Contender.FLOOR, lab, volumes=False) as filler:
                filler.call("events", number=events)
        with at_work(contender, lab, volumes=volumes, clocked=clocked) as team:
            team.warm_up()
            yield team


def operators_of(lab: Lab, *, clocked: bool = True) -> list[MeasuredOperator]:
    """Our operators, not started, each with the rights of its account."""
    options = [f"--template-namespace={RELEASE_NAMESPACE}"]
    return [MeasuredOperator(name, lab.accounts[name], lab.folder, options, clocked=clocked) for name in OPERATORS]


def agent_of(contender: Contender, lab: Lab, *, volumes: bool) -> Agent:
    """The process that starts servers, not started."""
    settings: dict[str, object] = {"namespace": NAMESPACE, "volumes": volumes}
    if contender is Contender.FLOOR:
        settings["kubeconfig"] = str(lab.accounts["floor"])
        return Agent(["benchmarks.floor", json.dumps(settings)], lab.folder / "floor.log")
    kubeconfig = lab.accounts["hub" if contender is Contender.OURS else "kubespawner"]
    database = lab.folder / f"{contender}.sqlite"
    settings |= {"spawner": contender.value, "kubeconfig": str(kubeconfig), "template": TEMPLATE}
    arguments: Sequence[str | Path] = ["benchmarks.hub", json.dumps(settings | {"database": str(database)})]
    return Agent(arguments, lab.folder / "hub.log", {"KUBECONFIG": str(kubeconfig)})
