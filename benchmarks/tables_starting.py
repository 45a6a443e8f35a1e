"""Tables of starts: at once, in a steady stream, one at a time; what they cost whom."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from benchmarks.summary import Row, all_cpu, operators_cpu
from benchmarks.tables import NAMES, STALL_COLUMNS, burst_name, stalls, table

_RATIOS: Final = {
    "last_by_floor": "Last, by the floor's",
    "last_by_kubespawner": "Last, by KubeSpawner's",
    "p50_by_kubespawner": "p50, by KubeSpawner's",
    "hub_cpu_by_kubespawner": "Hub CPU, by KubeSpawner's",
    "all_cpu_by_kubespawner": "All CPU, by KubeSpawner's",
}
_START: Final = ("p50 s", "p95 s", "last s", "Failed", "Hub CPU ms", *STALL_COLUMNS, "Hub MB", "Operators' CPU ms")
_TIMES: Final = ("p50", "p95", "last")
_CLUSTER: Final = {
    "API server": ("kube-apiserver",),
    "etcd": ("etcd",),
    "scheduler": ("kube-scheduler",),
    "controller manager": ("kube-controller-manager",),
    "nodes, volumes": ("kwok", "volume-provisioner"),
}


def bursts(rows: Sequence[Row]) -> list[str]:
    """Times and the hub, by limits and Events."""
    lines = ["## Bursts", "", "![Seconds until the last server is ready](benchmarks/bursts.svg)", ""]
    for (limits, events), some in _grouped(rows, "limits", "events"):
        lines += [f"### {_title(limits, events)}", ""]
        lines += table(
            ["", "Who", *_START],
            (line for row in some for line in _burst_lines(row)),
        )
        lines += table(
            ["", *_RATIOS.values()],
            ([burst_name(row), *(_ratio(row.get(key)) for key in _RATIOS)] for row in some if _is_compared(row)),
        )
    return [*lines, "![CPU of the hub process for each start](benchmarks/cpu.svg)", ""] if rows else []


def steady(rows: Sequence[Row]) -> list[str]:
    """The same at a rate."""
    lines: list[str] = []
    for row in rows:
        lines += [f"## A steady {row['per_minute']:g} first starts a minute", ""]
        lines += table(
            ["Who", *_START],
            ([NAMES[name], *_start(one, 2)] for name, one in _contenders(row)),
        )
    return lines


def templates(rows: Sequence[Row]) -> list[str]:
    """What a start costs beside few and many Templates."""
    processes = rows[0]["cpu_ms"] if rows else {}
    body = [
        [f"{row['templates']:,}", *(f"{ms:.1f}" for ms in row["cpu_ms"].values()), f"{row['by_fewest']:.2f}"]
        for row in rows
    ]
    lines = table(["Templates", *processes, "all, by the first row's"], body)
    runs = min((row["runs"] for row in rows), default=0)
    text = f"Milliseconds of CPU for each start, median of {runs}; one Template is used, the others are only there."
    return ["## Starts beside many Templates", "", text, "", *lines] if lines else []


def operators(bursts: Sequence[Row], steady: Sequence[Row]) -> list[str]:
    """In the largest bursts, and in the steady stream."""
    some = [(burst_name(row), row) for row in largest(bursts, "lifted")]
    some += [(f"{row['per_minute']:g} a minute", row) for row in steady]
    head = ["", "Operator", "CPU ms", "CPU millicores", *STALL_COLUMNS, "Peak MB"]
    body = table(head, (line for name, row in some for line in _operator_lines(name, row.get("ours", {}))))
    text = [
        "## Operators",
        "",
        "In the largest bursts with limits lifted, and in a steady stream; CPU for each start.",
        "",
    ]
    return [*text, *body] if body else []


def cpu(rows: Sequence[Row]) -> list[str]:
    """Who works how much for a start, Kubernetes itself included."""
    some = [(limits, row) for limits in ("default", "lifted") for row in largest(rows, limits)]
    head = ["", "Limits", "Who", "hub", "operators", *_CLUSTER, "all"]
    body = table(head, (_cpu_line(limits, row, name, one) for limits, row in some for name, one in _contenders(row)))
    return (
        ["## CPU for a start", "", "Milliseconds of all processes, in the largest bursts.", "", *body] if body else []
    )


def traffic(rows: Sequence[Row]) -> list[str]:
    """Requests and bytes of the largest bursts: what does not depend on how many there are."""
    some = largest(rows, "lifted")
    lines = ["## Requests and bytes for a start", "", "In the largest bursts with limits lifted.", ""] if some else []
    for row in some:
        lines += table(
            ["", "Who", "Requests", "of these"],
            ([burst_name(row), NAMES[name], *_calls(one)] for name, one in _contenders(row)),
        )
        lines += _bytes(row)
    return lines


def one_at_a_time(piece: Row | None) -> list[str]:
    """Calls and times of starts one after another."""
    if not piece:
        return []
    calls: dict[str, list[tuple[str, Sequence[float]]]] = {}
    for key, numbers in piece["calls_first_later"].items():
        account, _, call = key.partition(": ")
        calls.setdefault(account, []).append((call, numbers))
    number = piece["starts"]
    totals = [f"**{total:.2f}**" for total in piece["calls_total_first_later"]]
    spans = (
        [name, *(f"{times[key]:.0f} ms" for key in ("p50_ms", "p95_ms"))] for name, times in piece["times"].items()
    )
    lines = [
        "## One start at a time",
        "",
        f"{number} first and {number} later starts, the operators idle before each.",
        "",
    ]
    rows = ([account, *(_calls_of_kind(some, kind) for kind in (0, 1))] for account, some in calls.items())
    lines += table(["Account", "First start", "Later start"], [*rows, ["**all**", *totals]])
    return [*lines, *table(["From → to", "p50", "p95"], spans)]


def largest(rows: Sequence[Row], limits: str) -> list[Row]:
    """The largest bursts without Events."""
    chosen = [row for row in rows if row["limits"] == limits and not row["events"]]
    size = max((row["size"] for row in chosen), default=0)
    return [row for row in chosen if row["size"] == size]


def _burst_lines(row: Row) -> Iterator[list[str]]:
    for name, one in _contenders(row):
        yield [burst_name(row), NAMES[name], *_start(one, 1)]


def _start(one: Row, digits: int) -> list[str]:
    """The cells for ``_START``; times are empty where no server was ready."""
    times = [f"{one[key]:.{digits}f}{_range(one, key, digits)}" if one.get(key) else "" for key in _TIMES]
    hub = [f"{one['hub_cpu_ms']:.1f}", *stalls(one, "hub_"), f"{one['hub_peak_mb']:.0f}"]
    return [*times, str(one["failed"]), *hub, f"{operators_cpu(one):.1f}" if one["operators"] else ""]


def _range(one: Row, key: str, digits: int) -> str:
    """From the shortest to the longest of several repeats."""
    if one.get("repeats", 1) == 1 or f"{key}_range" not in one:
        return ""
    least, most = one[f"{key}_range"]
    return f" ({least:.{digits}f}–{most:.{digits}f})"


def _operator_lines(name: str, one: Row) -> Iterator[list[str]]:
    for operator, each in one.get("operators", {}).items():
        millicores = f"{each['millicores']:.0f}" if "millicores" in each else ""
        yield [name, operator, f"{each['cpu_ms']:.1f}", millicores, *stalls(each), f"{each['peak_mb']:.0f}"]


def _cpu_line(limits: str, row: Row, name: str, one: Row) -> list[str]:
    used = [one["hub_cpu_ms"], operators_cpu(one)]
    used += [sum(one["cluster_cpu_ms"].get(process, 0.0) for process in processes) for processes in _CLUSTER.values()]
    return [burst_name(row), limits, NAMES[name], *(f"{each:.1f}" for each in used), f"{all_cpu(one):.0f}"]


def _calls(one: Row) -> list[str]:
    """How many, and which are made in one of twenty starts or more."""
    number = sum(number for account in one["calls"].values() for number in account.values())
    common = {
        account: ", ".join(f"{call} {number:.1f}" for call, number in calls.items() if number >= 0.05)
        for account, calls in one["calls"].items()
    }
    return [f"{number:.1f}", "; ".join(f"{account}: {calls}" for account, calls in common.items() if calls)]


def _bytes(row: Row) -> list[str]:
    """A line for all that is half a kilobyte or more for somebody."""
    by_contender = {name: one["cluster_kilobytes"] for name, one in _contenders(row)}
    most: dict[str, float] = {}
    for kilobytes in by_contender.values():
        for what, each in kilobytes.items():
            most[what] = max(each, most.get(what, 0.0))
    common = sorted((what for what, each in most.items() if each >= 0.5), key=lambda what: -most[what])
    lines = [[what, *(f"{each.get(what, 0.0):.1f}" for each in by_contender.values())] for what in common]
    alls = [f"**{sum(each.values()):.1f}**" for each in by_contender.values()]
    return table([f"{burst_name(row)}, kB", *(NAMES[name] for name in by_contender)], [*lines, ["**all**", *alls]])


def _calls_of_kind(calls: Sequence[tuple[str, Sequence[float]]], kind: int) -> str:
    number = sum(numbers[kind] for _, numbers in calls)
    made = ", ".join(call for call, numbers in calls if numbers[kind])
    return f"{number:g}: {made}" if made else "0"


def _contenders(row: Row) -> Iterator[tuple[str, Row]]:
    return ((name, row[name]) for name in NAMES if name in row)


def _is_compared(row: Row) -> bool:
    return any(key in row for key in _RATIOS)


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _title(limits: str, events: int) -> str:
    there = f", {events:,} Events in the namespace" if events else ""
    return ("Client limits lifted" if limits == "lifted" else "Default client limits") + there


def _grouped(rows: Sequence[Row], *keys: str) -> Iterable[tuple[tuple[Any, ...], list[Row]]]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return groups.items()
