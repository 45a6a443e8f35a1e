"""Many starts at once, and a steady stream of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks import results
from benchmarks.contenders import Contender, Team, warmed

LONGEST_FIRST_AT_DEFAULT: Final = 300
"""First starts at default limits are not measured in larger bursts: their time is the controller manager's alone."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One burst: ``kind`` is "first" (the volume is made), "later" (it is there) or "none" (there is no volume)."""

    limits: str
    kind: str
    users: str
    measured: bool = True


def plan(size: int, limits: Sequence[str], kinds: Sequence[str]) -> list[Phase]:
    """The bursts in one cluster. The volumes of later starts are made with lifted limits, whether measured or not."""
    if "none" in kinds:
        return [Phase(each, "none", "user") for each in limits]
    lifted, default = "lifted" in limits, "default" in limits
    phases: list[Phase] = []
    if "later" in kinds or lifted:
        phases.append(Phase("lifted", "first", "user", measured=lifted and "first" in kinds))
    if "later" in kinds:
        phases += [Phase(each, "later", "user") for each in ("lifted", "default") if each in limits]
    if "first" in kinds and default and size <= LONGEST_FIRST_AT_DEFAULT:
        phases.append(Phase("default", "first", "other"))
    return phases


def name_of(contender: Contender, size: int, phase: Phase, events: int, repeat: int) -> str:
    """Under which the figures of a burst are kept."""
    return f"{contender}-{size}-{phase.kind}-{phase.limits}-{events}-{repeat}"


def bursts(
    contender: Contender, size: int, phases: Sequence[Phase], events: int, repeat: int
) -> Iterator[tuple[str, Any]]:
    """Run them in a fresh cluster; gives the name and the figures of each that is measured."""
    with warmed(contender, volumes=phases[0].kind != "none", events=events) as team:
        limits = "lifted"
        for phase in phases:
            if phase.limits != limits:
                limits = phase.limits
                team.lab.limit(limits)
                team.warm_up()
            users = [f"{phase.users}-{number:04}" for number in range(size)]
            figures = _burst(team, users, forget_events=not events)
            if phase.measured:
                yield (
                    name_of(contender, size, phase, events, repeat),
                    figures
                    | {
                        "contender": contender,
                        "size": size,
                        "volumes": phase.kind,
                        "limits": limits,
                        "events": events,
                    },
                )


def steady(contender: Contender, per_minute: float, seconds: float) -> dict[str, Any]:
    """First starts one after another at a rate, with lifted limits; the operators have no clocks: their CPU counts."""
    with warmed(contender, volumes=True, clocked=False) as team:
        users = [f"user-{number:04}" for number in range(round(per_minute * seconds / 60))]
        team.agent.call("prepare", users=users)
        figures = with_times(team.measure("start", users=users, per_minute=per_minute))
        return figures | {"contender": contender, "per_minute": per_minute, "size": len(users)}


def _burst(team: Team, users: list[str], *, forget_events: bool) -> dict[str, Any]:
    if forget_events:
        team.lab.forget_events()
    team.agent.call("prepare", users=users)
    figures = with_times(team.measure("start", users=users))
    stop = team.agent.call("stop", users=users)
    forgotten = team.lab.clear("pods")
    return figures | {
        "stop": {"seconds": stop["seconds"], "hub_cpu_seconds": stop["cpu_seconds"], "forgotten": forgotten}
    }


def with_times(figures: dict[str, Any]) -> dict[str, Any]:
    """With what is asked of the many times: a start's half, nearly all, the last."""
    ready = sorted(figures["hub"]["result"]["ready"])
    percentiles = {f"p{share}": results.percentile(ready, share / 100) for share in (50, 95)} if ready else {}
    return figures | {"ready": {**percentiles, "last": ready[-1] if ready else None, "number": len(ready)}}
