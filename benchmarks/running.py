"""Many running servers: what they cost while nothing happens, and how long a restart takes."""

import re
import time
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks.contenders import Contender, Team, agent_of, warmed
from benchmarks.processes import MeasuredOperator, cpu_seconds, memory_mb

_AT_ONCE: Final = 500  # servers; how fast they start is measured elsewhere
_SETTLING: Final = 130.0  # seconds; Events of the starts go out for two minutes
_PAUSE: Final = 0.05


def running(
    contender: Contender, servers: Sequence[int], *, idle_seconds: float, restart: bool, volumes: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Idle traffic with each number of servers, then a restart with the last; gives the name and figures of each."""
    with warmed(contender, volumes=volumes) as team:
        started = 0
        for number in sorted(servers):
            start_many(team, started, number)
            started = number
            about = {"contender": contender, "servers": number, "idle_seconds": idle_seconds}
            if idle_seconds:
                team.agent.call("rest", seconds=_SETTLING)
                yield f"idle-{contender}-{number}", about | team.measure("rest", seconds=idle_seconds)
        if restart:
            about = {"contender": contender, "servers": started}
            yield f"restart-{contender}-{started}", about | _restart(team, volumes=volumes)


def start_many(team: Team, begin: int, end: int) -> None:
    """Start the servers of users with these numbers, some at a time."""
    users = [f"user-{number:05}" for number in range(begin, end)]
    for index in range(0, len(users), _AT_ONCE):
        some = users[index : index + _AT_ONCE]
        team.agent.call("prepare", users=some)
        team.agent.call("start", users=some)


def _restart(team: Team, *, volumes: bool) -> dict[str, Any]:
    team.agent.call("save")
    team.agent.kill()
    begun = time.monotonic()
    with agent_of(team.contender, team.lab, volumes=volumes) as agent:
        ready = time.monotonic()
        figures: dict[str, Any] = {"hub": agent.call("restore")}
        figures["hub"] |= {"process_seconds": ready - begun, "all_seconds": time.monotonic() - begun}
    return figures | {"operators": _restart_operators(team.operators)}


def _restart_operators(operators: Sequence[MeasuredOperator]) -> dict[str, Any]:
    """End them all and start them at once, as a new version of the chart does without a second replica."""
    for operator in operators:
        operator.stop()
    begun = time.monotonic()
    for operator in operators:
        operator.launch()
    figures: dict[str, Any] = {operator.name: {} for operator in operators}
    for operator in operators:
        operator.wait_working()
        figures[operator.name]["working_seconds"] = time.monotonic() - begun
    for operator in operators:
        while _waiting(operator):
            time.sleep(_PAUSE)
        figures[operator.name] |= {
            "done_seconds": time.monotonic() - begun,
            "cpu_seconds": cpu_seconds(operator.pid),
            "stalls": operator.stalls(),
            **memory_mb(operator.pid),
        }
    return figures


def _waiting(operator: MeasuredOperator) -> float:
    """How many keys wait for a pass."""
    port = re.findall(r"health and metrics on port (\d+)", operator.log.read_text())[-1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        depths = re.findall(r"^jupyternetes_queue_depth\{.*\} (\S+)$", answer.read().decode(), re.M)
    return sum(map(float, depths))
