"""What was to be reached, and whether it was: goals whose pieces were not measured are left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.summary import Row
from benchmarks.tables import NAMES, STALLS, burst_name, table
from jupyternetes.graph.model.fold import SHAPES

_SIZE: Final = 1000  # servers at once, and starts a minute
_PODS: Final = 10_000
_STALL: Final = 100  # ms
#: Of the dependency graph: seconds and MB by number of servers, seconds, requests a second, share of the memory.
_GRAPH_GOALS: Final = {5000: (5.0, 120.0), 30_000: (25.0, 300.0)}
#: Milliseconds that a pass of judgement may take, by number of servers.
_JUDGEMENT: Final = {5000: 10.0, 30_000: 100.0}
_FIRST_DRAWING: Final = 3.0
_ASKED: Final = 0.2
_GROWTH: Final = 0.1
#: Of which bursts, which figure, by KubeSpawner's: what it is called, its name in a row, the bound.
_RATIOS: Final[Sequence[tuple[Mapping[str, object], str, str, float]]] = (
    ({"size": _SIZE, "volumes": "later", "limits": "lifted", "events": 0}, "last", "last_by_kubespawner", 1.0),
    ({"size": _SIZE, "volumes": "later", "limits": "default", "events": 0}, "last", "last_by_kubespawner", 1.05),
    ({"size": _SIZE, "volumes": "first", "limits": "lifted", "events": 0}, "last", "last_by_kubespawner", 0.9),
    ({"size": 100, "volumes": "later", "events": 0}, "p50", "p50_by_kubespawner", 1.2),
    ({"size": 300, "volumes": "later", "events": 0}, "p50", "p50_by_kubespawner", 1.2),
    ({"size": _SIZE, "limits": "lifted", "events": 0}, "CPU of all processes", "all_cpu_by_kubespawner", 1.0),
    (
        {"size": _SIZE, "volumes": "later", "limits": "lifted", "events": 0},
        "CPU of the API server",
        "api_server_cpu_by_kubespawner",
        1.15,
    ),
    ({"size": _SIZE}, "hub CPU", "hub_cpu_by_kubespawner", 0.35),
)


@dataclass(frozen=True, slots=True)
class Goal:
    """``bound`` is the goal; ``measured`` says what there is instead."""

    what: str
    bound: str
    measured: str
    reached: bool


def goals(rows: Mapping[str, Sequence[Row]], memory: Mapping[str, Row]) -> list[Goal]:
    """Those that can be judged by what was measured."""
    return [
        *_ratios(rows["bursts"]),
        *_failed(rows["bursts"]),
        *_hub_stalls(rows),
        *_idle(rows["idle"]),
        *_memory(memory),
        *_operators(rows["steady"]),
        *_templates(rows["templates"]),
        *_graph(rows["graph"]),
        *_judgement(rows["judgement"]),
    ]


def lines(rows: Mapping[str, Sequence[Row]], memory: Mapping[str, Row]) -> list[str]:
    """As a table."""
    body = [
        [goal.what, goal.bound, goal.measured, "reached" if goal.reached else "**missed**"]
        for goal in goals(rows, memory)
    ]
    return ["## Goals", "", *table(["", "Goal", "Measured", ""], body), *_longest_stall(rows)] if body else []


def _ratios(bursts: Sequence[Row]) -> Iterator[Goal]:
    for about, what, key, bound in _RATIOS:
        for row in bursts:
            if about.items() <= row.items() and key in row:
                yield Goal(
                    f"{_whole_name(row)}: {what}, by KubeSpawner's", f"≤ {bound}", f"{row[key]:.2f}", row[key] <= bound
                )


def _failed(bursts: Sequence[Row]) -> Iterator[Goal]:
    """Theirs are left out of all times, which makes these shorter; so it is said how many there were."""
    for row in bursts:
        failed = {name: row[name]["failed"] for name in NAMES if name in row}
        if any(failed.values()):
            others = [f"{NAMES[name]} {number}" for name, number in failed.items() if name != "ours" and number]
            told = "; ".join([str(failed.get("ours", 0)), *others])
            yield Goal(f"{_whole_name(row)}: failed starts", "0", told, not failed.get("ours"))


def _hub_stalls(rows: Mapping[str, Sequence[Row]]) -> Iterator[Goal]:
    if longest := _longest(rows):
        stall, own, garbage = longest
        yield Goal(
            "bursts, steady starts, idle: longest stall of the hub, garbage included",
            f"≤ {_STALL} ms",
            f"{stall:.0f} ms (its own: {own:.0f} ms, garbage: {garbage:.0f} ms)",
            stall <= _STALL,
        )


def _longest_stall(rows: Mapping[str, Sequence[Row]]) -> list[str]:
    longest = _longest(rows)
    if not longest or longest[0] <= _STALL:
        return []
    stall, own, garbage = longest
    return [
        f"The hub's event loop was seen to stand still for up to {stall:.0f} ms, which is more than {_STALL}. At most "
        f"{own:.0f} ms of that is its own work; the rest is Python's collection of garbage, up to {garbage:.0f} ms at "
        "once, and waiting for a core.",
        "",
    ]


def _longest(rows: Mapping[str, Sequence[Row]]) -> tuple[float, ...]:
    """The longest stall of our hub, of those that are its own, and of collections; empty without any piece."""
    hubs = [[row["ours"][f"hub_{key}"] for key in STALLS] for row in _starts(rows) if "ours" in row]
    hubs += [[row[key] for key in STALLS] for row in _ours(rows["idle"]) if row["process"] == "hub"]
    return tuple(max(values) for values in zip(*hubs, strict=True))


def _idle(rows: Sequence[Row]) -> Iterator[Goal]:
    for servers in sorted({row["servers"] for row in _ours(rows)}):
        requests = sum(row["requests"] for row in _ours(rows) if row["servers"] == servers)
        what = f"{servers} idle servers: requests a minute of hub and operators, but for watches and Lease"
        yield Goal(what, "none for a server", f"{requests:.3g} for all", requests < servers / 100)


def _memory(pieces: Mapping[str, Row]) -> Iterator[Goal]:
    for piece in pieces.values():
        if piece["pods"] == _PODS:
            more = max(piece["more_mb"].values())
            yield Goal(f"{_PODS:,} cached pods: more memory for each operator", "< 60 MB", f"{more:.0f} MB", more < 60)


def _operators(steady: Sequence[Row]) -> Iterator[Goal]:
    for row in steady:
        if row["per_minute"] == _SIZE and "ours" in row:
            used = {name: each["millicores"] for name, each in row["ours"]["operators"].items()}
            measured = ", ".join(f"{name} {each:.0f}m" for name, each in used.items())
            reached = max(used.values()) < 100
            yield Goal(f"{_SIZE} first starts a minute: CPU of each operator", "< 100m", measured, reached)


def _templates(rows: Sequence[Row]) -> Iterator[Goal]:
    for row in rows[1:]:
        what = f"{row['templates']:,} Templates: CPU of a start, by that beside {rows[0]['templates']}"
        bound = 1 + _GROWTH
        yield Goal(what, f"≤ {bound:g}", f"{row['by_fewest']:.2f}", row["by_fewest"] <= bound)


def _graph(rows: Sequence[Row]) -> Iterator[Goal]:
    for row in rows:
        name = f"graph of {row['servers']:,} servers"
        if row["servers"] in _GRAPH_GOALS:
            seconds, memory = _GRAPH_GOALS[row["servers"]]
            yield _at_most(f"{name}: the whole command", row["seconds"], seconds, "s")
            yield _at_most(f"{name}: memory", max(row["peak_mb"], row["watch_peak_mb"]), memory, "MB")
        yield _at_most(f"{name}: first drawing", row["first_seconds"], _FIRST_DRAWING, "s")
        yield _at_most(f"{name}: shapes", row["shapes"], SHAPES, "")
        asked = row["idle_requests"]
        yield Goal(f"{name}: requests a second while idle", f"< {_ASKED}", f"{asked:.2f}", asked < _ASKED)
        grown = f"{row['before_mb']:.0f} → {row['after_mb']:.0f} MB"
        what = f"{name}: memory after a minute of {row['changes_per_second']:.0f} changes a second"
        yield Goal(what, f"± {100 * _GROWTH:.0f} %", grown, abs(row["growth"]) <= _GROWTH)


def _judgement(rows: Sequence[Row]) -> Iterator[Goal]:
    for row in rows:
        if row["servers"] in _JUDGEMENT:
            what = f"graph of {row['servers']:,} servers, {row['case']}: a pass of judgement"
            yield _at_most(what, row["median_ms"], _JUDGEMENT[row["servers"]], "ms")


def _at_most(what: str, measured: float, bound: float, unit: str) -> Goal:
    digits = 1 if unit == "s" else 0
    return Goal(what, f"≤ {bound:g} {unit}".rstrip(), f"{measured:.{digits}f} {unit}".rstrip(), measured <= bound)


def _starts(rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    return [*rows["bursts"], *rows["steady"]]


def _ours(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [row for row in rows if row["contender"] == "ours"]


def _whole_name(row: Row) -> str:
    limits = "limits lifted" if row["limits"] == "lifted" else "default limits"
    return f"{burst_name(row)}, {limits}" + (f", {row['events']:,} Events" if row["events"] else "")
