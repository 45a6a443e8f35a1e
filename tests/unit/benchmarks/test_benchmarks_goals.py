"""Goals are judged by what was measured, and only then."""

from typing import Any

import pytest

from benchmarks import goals, summary
from benchmarks.goals import Goal
from tests.unit.benchmarks.figures import STALLS, burst, idle, memory

NOTHING: dict[str, list[summary.Row]] = {"bursts": [], "steady": [], "idle": []}


def judged(*pieces: dict[str, Any]) -> list[Goal]:
    """Goals of bursts."""
    named = {str(number): piece for number, piece in enumerate(pieces)}
    return goals.goals({**NOTHING, "bursts": summary.bursts(named)}, {})


def of_1000(contender: str, *, last: float, cpu: float = 1.0, **about: Any) -> dict[str, Any]:
    return burst(contender, last=last, cpu=cpu, **{"size": 1000, "volumes": "later", "limits": "default"} | about)


def verdicts(some: list[Goal], ending: str) -> list[tuple[str, str, bool]]:
    return [(goal.bound, goal.measured, goal.reached) for goal in some if goal.what.endswith(ending)]


def test_without_pieces_there_is_no_goal_and_no_table() -> None:
    assert goals.goals(NOTHING, {}) == []
    assert goals.lines(NOTHING, {}) == []


@pytest.mark.parametrize(
    ("volumes", "limits", "bound"),
    [("later", "default", 1.0), ("first", "lifted", 1.15), ("later", "lifted", 1.2)],
)
def test_last_server_is_judged_by_kubespawners(volumes: str, limits: str, bound: float) -> None:
    others = of_1000("kubespawner", last=10.0, volumes=volumes, limits=limits)

    for last, reached in ((10 * bound, True), (10 * bound + 0.1, False)):
        ours = of_1000("ours", last=last, volumes=volumes, limits=limits)
        (verdict,) = verdicts(judged(others, ours), "last, by KubeSpawner's")
        assert verdict == (f"≤ {bound}", f"{last / 10:.2f}", reached)


def test_last_server_is_judged_by_the_floors_too() -> None:
    some = judged(of_1000("floor", last=10.0), of_1000("ours", last=14.0))

    assert verdicts(some, "last, by the floor's") == [("≤ 1.3", "1.40", False)]


def test_burst_with_failed_starts_reaches_no_goal_of_time() -> None:
    ours = of_1000("ours", last=5.0)
    ours["hub"]["result"]["errors"] = ["Boom()"]

    some = judged(of_1000("kubespawner", last=10.0), ours)

    assert verdicts(some, "last, by KubeSpawner's") == [("≤ 1.0", "0.50; 1 failed", False)]


@pytest.mark.parametrize(
    ("size", "events", "verdict"),
    [(1000, 0, [("≤ 0.5", "0.30", True)]), (300, 30_000, [("≤ 0.1", "0.30", False)]), (300, 0, [])],
)
def test_cpu_of_the_hub_has_a_goal_in_large_bursts_and_with_many_events(
    size: int, events: int, verdict: list[tuple[str, str, bool]]
) -> None:
    theirs = of_1000("kubespawner", last=10.0, cpu=1.0, size=size, events=events)
    ours = of_1000("ours", last=10.0, cpu=0.3, size=size, events=events)

    assert verdicts(judged(theirs, ours), "hub CPU, by KubeSpawner's") == verdict


def test_stall_is_judged_by_what_is_its_own_and_the_longest_seen_is_said() -> None:
    ours = burst("ours", last=1.0, cpu=0.1)
    ours["hub"]["stalls"] = STALLS | {"longest_ms": 400.0, "longest_own_ms": 20.0, "longest_collection_ms": 300.0}
    rows = {**NOTHING, "bursts": summary.bursts({"a": ours}), "idle": summary.idle({"a": idle("ours")})}

    (goal,) = (goal for goal in goals.goals(rows, {}) if "stall" in goal.what)
    text = goals.lines(rows, {})[-2]

    assert (goal.measured, goal.reached) == ("20 ms (seen: 400 ms, garbage: 300 ms)", True)
    assert text.startswith("The hub's event loop was seen to stand still for up to 400 ms, which is more than 50.")


def test_stall_of_the_hubs_own_over_50_ms_is_a_goal_missed() -> None:
    ours = burst("ours", last=1.0, cpu=0.1)
    ours["hub"]["stalls"] = STALLS | {"longest_own_ms": 51.0}

    (goal,) = (goal for goal in judged(ours) if "stall" in goal.what)

    assert not goal.reached


def test_idle_requests_of_all_our_processes_count_and_watches_and_leases_do_not() -> None:
    for requests, reached in (({"watch_pods": 4, "patch_leases": 15}, True), ({"list_pods": 20}, False)):
        rows = {**NOTHING, "idle": summary.idle({"a": idle("kubespawner", list_pods=9), "b": idle("ours", **requests)})}

        (goal,) = (goal for goal in goals.goals(rows, {}) if "requests" in goal.what)

        assert goal.reached is reached


@pytest.mark.parametrize(("more", "reached"), [(59.0, True), (60.0, False)])
def test_memory_of_cached_pods_has_a_goal(more: float, reached: bool) -> None:
    (goal,) = goals.goals(NOTHING, {"pods-10000": memory(more)})

    assert (goal.measured, goal.reached) == (f"{more:.0f} MB", reached)


@pytest.mark.parametrize(("seconds", "reached"), [(5.9, True), (6.1, False)])
def test_cpu_of_operators_has_a_goal_at_1000_starts_a_minute(seconds: float, reached: bool) -> None:
    piece = burst("ours", last=1.0, cpu=0.5, size=1000, per_minute=1000.0)
    piece["operators"]["pods"]["cpu_seconds"] = seconds
    rows = {**NOTHING, "steady": summary.steady({"a": piece})}

    (goal,) = (goal for goal in goals.goals(rows, {}) if "operator" in goal.what)

    assert (goal.measured, goal.reached) == (f"pods {1000 * seconds / 60:.0f}m", reached)
