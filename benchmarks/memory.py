"""What ten thousand cached pods cost an operator: it is started without them, and again with them."""

from typing import Any

from benchmarks.contenders import Contender, agent_of, operators_of, warmed
from benchmarks.lab import NAMESPACE, Lab
from benchmarks.processes import MeasuredOperator, memory_mb
from tests.support.kube import Json


def cached_pods(number: int) -> dict[str, Any]:
    """Memory of each operator with no pods and with so many, which look like one that the operators made."""
    with warmed(Contender.OURS, volumes=True) as team:
        team.agent.call("prepare", users=["model"])
        team.agent.call("start", users=["model"])
        (pod,) = team.lab.kube.all("pods", NAMESPACE)
        team.agent.call("stop", users=["model"])
        for operator in team.operators:
            operator.stop()
        without = {operator.name: _life(operator) for operator in operators_of(team.lab)}
        _fill(team.lab, pod, number)
        cached = {operator.name: _life(operator) for operator in operators_of(team.lab)}
    more = {name: cached[name]["rss_mb"] - without[name]["rss_mb"] for name in cached}
    return {"pods": number, "without": without, "with": cached, "more_mb": more}


def _fill(lab: Lab, model: Json, number: int) -> None:
    with agent_of(Contender.FLOOR, lab, volumes=False) as filler:
        filler.call("copies", model=model, number=number)


def _life(operator: MeasuredOperator) -> dict[str, Any]:
    """Start it, look at it once its caches are filled, and end it."""
    with operator:
        return {"stalls": operator.stalls(), **memory_mb(operator.pid)}
