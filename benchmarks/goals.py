"""What was to be reached, and whether it was: goals whose pieces were not measured are left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.summary import Row
from benchmarks.tables import NAMES, STALLS, burst_name, table

_SIZE: Final = 1000  # servers at once, and starts a minute
_EVENTS: Final = 30_000
_PODS: Final = 10_000
_STALL: Final = 50  # ms
_LAST: Final = (
    ("later", "default", "kubespawner", 1.0),
    ("later", "default", "floor", 1.3),
    ("first", "lifted", "kubespawner", 1.15),
    ("later", "lifted", "kubespawner", 1.2),
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
        *_last(rows["bursts"]),
        *_hub_cpu(rows["bursts"]),
        *_hub_stalls(rows),
        *_idle(rows["idle"]),
        *_memory(memory),
        *_operators(rows["steady"]),
    ]


def lines(rows: Mapping[str, Sequence[Row]], memory: Mapping[str, Row]) -> list[str]:
    """As a table."""
    body = [
        [goal.what, goal.bound, goal.measured, "reached" if goal.reached else "**missed**"]
        for goal in goals(rows, memory)
    ]
    return ["## Goals", "", *table(["", "Goal", "Measured", ""], body), *_longest_stall(rows)] if body else []


def _last(bursts: Sequence[Row]) -> Iterator[Goal]:
    for volumes, limits, other, bound in _LAST:
        about = {"size": _SIZE, "volumes": volumes, "limits": limits, "events": 0}
        for row in bursts:
            if about.items() <= row.items() and (ratio := row.get(f"last_by_{other}")) is not None:
                failed = row["ours"]["failed"]
                yield Goal(
                    f"{_whole_name(row)}: last, by {_whose(other)}",
                    f"≤ {bound}",
                    f"{ratio:.2f}" + (f"; {failed} failed" if failed else ""),
                    ratio <= bound and not failed,
                )


def _hub_cpu(bursts: Sequence[Row]) -> Iterator[Goal]:
    for row in bursts:
        bound = {0: 0.5 if row["size"] == _SIZE else None, _EVENTS: 0.1}.get(row["events"])
        ratio = row.get("hub_cpu_by_kubespawner")
        if bound is not None and ratio is not None:
            yield Goal(f"{_whole_name(row)}: hub CPU, by KubeSpawner's", f"≤ {bound}", f"{ratio:.2f}", ratio <= bound)


def _hub_stalls(rows: Mapping[str, Sequence[Row]]) -> Iterator[Goal]:
    if longest := _longest(rows):
        stall, own, garbage = longest
        yield Goal(
            "bursts, steady starts, idle: longest stall of the hub that is its own",
            f"≤ {_STALL} ms",
            f"{own:.0f} ms (seen: {stall:.0f} ms, garbage: {garbage:.0f} ms)",
            own <= _STALL,
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


def _starts(rows: Mapping[str, Sequence[Row]]) -> list[Row]:
    return [*rows["bursts"], *rows["steady"]]


def _ours(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [row for row in rows if row["contender"] == "ours"]


def _whole_name(row: Row) -> str:
    limits = "limits lifted" if row["limits"] == "lifted" else "default limits"
    return f"{burst_name(row)}, {limits}" + (f", {row['events']:,} Events" if row["events"] else "")


def _whose(contender: str) -> str:
    return f"{'the ' if contender == 'floor' else ''}{NAMES[contender]}'s"
