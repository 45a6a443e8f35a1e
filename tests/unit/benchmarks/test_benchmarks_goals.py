"""Goals are judged by what was measured, and only then."""

from typing import Any

import pytest

from benchmarks import goals, judgement, summary
from benchmarks.goals import Goal
from tests.unit.benchmarks.figures import STALLS, beside, burst, graph, idle, memory

PARTS = ("bursts", "steady", "templates", "idle", "graph", "judgement")
NOTHING: dict[str, list[summary.Row]] = {part: [] for part in PARTS}


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
    [("later", "default", 1.05), ("first", "lifted", 0.9), ("later", "lifted", 1.0)],
)
def test_last_server_is_judged_by_kubespawners(volumes: str, limits: str, bound: float) -> None:
    others = of_1000("kubespawner", last=10.0, volumes=volumes, limits=limits)

    for last, reached in ((10 * bound, True), (10 * bound + 0.1, False)):
        ours = of_1000("ours", last=last, volumes=volumes, limits=limits)
        (verdict,) = verdicts(judged(others, ours), "last, by KubeSpawner's")
        assert verdict == (f"≤ {bound}", f"{last / 10:.2f}", reached)


@pytest.mark.parametrize(("size", "expected"), [(100, [("≤ 1.2", "1.25", False)]), (1000, [])])
def test_half_of_a_smaller_burst_is_judged_by_kubespawners(size: int, expected: list[Any]) -> None:
    others = of_1000("kubespawner", last=10.0, size=size, ready={"p50": 4.0, "last": 10.0})
    ours = of_1000("ours", last=6.0, size=size, ready={"p50": 5.0, "last": 6.0})

    assert verdicts(judged(others, ours), "p50, by KubeSpawner's") == expected


def test_cpu_of_all_processes_and_of_the_api_server_is_judged_by_kubespawners() -> None:
    others, ours = (of_1000(name, last=10.0, limits="lifted") for name in ("kubespawner", "ours"))
    for piece, seconds in ((others, 13.0), (ours, 26.0)):
        piece["cluster_cpu_seconds"] = {"kube-apiserver": seconds, "etcd": 100.0}

    some = judged(others, ours)

    assert verdicts(some, "CPU of the API server, by KubeSpawner's") == [("≤ 1.15", "2.00", False)]
    ((_, measured, reached),) = verdicts(some, "CPU of all processes, by KubeSpawner's")
    assert 1.1 < float(measured) < 1.2
    assert not reached


@pytest.mark.parametrize(
    ("failed", "theirs", "verdict"),
    [(0, 0, []), (0, 9, [("0", "0; KubeSpawner 9", True)]), (1, 9, [("0", "1; KubeSpawner 9", False)])],
)
def test_failed_starts_of_each_are_told_and_ours_miss_the_goal(failed: int, theirs: int, verdict: list[Any]) -> None:
    others, ours = of_1000("kubespawner", last=10.0), of_1000("ours", last=5.0)
    others["hub"]["result"]["errors"] = ["Boom()"] * theirs
    ours["hub"]["result"]["errors"] = ["Boom()"] * failed

    assert verdicts(judged(others, ours), "failed starts") == verdict


@pytest.mark.parametrize(
    ("size", "events", "verdict"),
    [(1000, 0, [("≤ 0.35", "0.30", True)]), (1000, 30_000, [("≤ 0.35", "0.30", True)]), (300, 0, [])],
)
def test_cpu_of_the_hub_has_a_goal_in_large_bursts(
    size: int, events: int, verdict: list[tuple[str, str, bool]]
) -> None:
    theirs = of_1000("kubespawner", last=10.0, cpu=1.0, size=size, events=events)
    ours = of_1000("ours", last=10.0, cpu=0.3, size=size, events=events)

    assert verdicts(judged(theirs, ours), "hub CPU, by KubeSpawner's") == verdict


def test_stall_is_judged_by_what_is_seen_and_what_of_it_is_its_own_is_said() -> None:
    ours = burst("ours", last=1.0, cpu=0.1)
    ours["hub"]["stalls"] = STALLS | {"longest_ms": 400.0, "longest_own_ms": 20.0, "longest_collection_ms": 300.0}
    rows = {**NOTHING, "bursts": summary.bursts({"a": ours}), "idle": summary.idle({"a": idle("ours")})}

    (goal,) = (goal for goal in goals.goals(rows, {}) if "stall" in goal.what)
    text = goals.lines(rows, {})[-2]

    assert (goal.measured, goal.reached) == ("400 ms (its own: 20 ms, garbage: 300 ms)", False)
    assert text.startswith("The hub's event loop was seen to stand still for up to 400 ms, which is more than 100.")


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


@pytest.mark.parametrize(
    ("about", "ending", "verdict"),
    [
        ({}, "the whole command", ("≤ 5 s", "4.0 s", True)),
        ({"looks": {"seconds": 5.1}}, "the whole command", ("≤ 5 s", "5.1 s", False)),
        ({}, "servers: memory", ("≤ 120 MB", "110 MB", True)),
        ({"watches": {"peak_mb": 121.0}}, "servers: memory", ("≤ 120 MB", "121 MB", False)),
        ({"watches": {"first_seconds": 3.1}}, "first drawing", ("≤ 3 s", "3.1 s", False)),
        ({"looks": {"shapes": 61}}, "shapes", ("≤ 60", "61", False)),
        ({"requests": 18}, "requests a second while idle", ("< 0.2", "0.15", True)),
        ({"requests": 24}, "requests a second while idle", ("< 0.2", "0.20", False)),
        ({"after": 109.0}, "200 changes a second", ("± 10 %", "100 → 109 MB", True)),
        ({"after": 111.0}, "200 changes a second", ("± 10 %", "100 → 111 MB", False)),
    ],
)
def test_the_graph_of_5000_servers_has_goals(
    about: dict[str, Any], ending: str, verdict: tuple[str, str, bool]
) -> None:
    rows = {**NOTHING, "graph": summary.graph({"started-5000": graph(5000, **about)})}

    assert verdicts(goals.goals(rows, {}), ending) == [verdict]


def test_a_graph_of_few_servers_has_no_goals_for_its_time_and_memory() -> None:
    rows = {**NOTHING, "graph": summary.graph({"started-100": graph(100)})}

    assert not [goal for goal in goals.goals(rows, {}) if goal.what.endswith(("command", "servers: memory"))]


@pytest.mark.parametrize(("factor", "reached"), [(1.08, True), (1.12, False), (0.85, True)])
def test_cpu_beside_many_templates_is_judged_by_that_beside_one(factor: float, reached: bool) -> None:
    named = {str(number): piece for number, piece in enumerate(beside(1, 10.0) + beside(1000, 10.0 * factor))}

    some = goals.goals({**NOTHING, "templates": summary.templates(named)}, {})

    (verdict,) = verdicts(some, "CPU of a start, by that beside 1")
    assert verdict == ("≤ 1.1", f"{factor:.2f}", reached)


@pytest.mark.parametrize(
    ("servers", "took", "reached"),
    [(5000, 9.9, [True]), (5000, 10.1, [False]), (30_000, 99.0, [True]), (30_000, 101.0, [False]), (100, 500.0, [])],
)
def test_a_pass_of_judgement_has_a_goal_for_each_size(servers: int, took: float, reached: list[bool]) -> None:
    piece = {"servers": servers, "cases": {"the database is gone": {"median_ms": took, "longest_ms": 2 * took}}}

    some = goals.goals({**NOTHING, "judgement": summary.judgement({"some": piece})}, {})

    assert [goal.reached for goal in some] == reached


def test_each_pass_of_judgement_sees_what_it_is_to_see() -> None:
    cases = judgement.passes(250, repeats=2)["cases"]

    assert list(cases) == ["nothing is wrong", "the database is gone", "300 servers fail", "all servers fail"]
    assert all(0 < took["median_ms"] <= took["longest_ms"] for took in cases.values())
