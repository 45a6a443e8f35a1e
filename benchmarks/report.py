"""Writes the figures into the documentation: tables that the page includes, plots, and everything as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import plots, results, summary
from benchmarks.summary import Row

FOLDER: Final = Path("docs/reference/benchmarks")
NAMES: Final = {"floor": "floor", "kubespawner": "KubeSpawner", "ours": "Jupyternetes"}
_STALLS: Final = ("Stall ms", "Own ms", "Garbage ms")
_RATIOS: Final = ("last_by_floor", "last_by_kubespawner", "hub_cpu_by_kubespawner")
_VOLUMES: Final = {"first": "first starts", "later": "later starts", "none": "no volumes"}


def write() -> list[Path]:
    """Write what there is of each part; returns the files."""
    parts = {part: results.read(part) for part in ("starts", "bursts", "steady", "running", "memory")}
    figures = {part: {name: piece["figures"] for name, piece in pieces.items()} for part, pieces in parts.items()}
    rows = {
        "bursts": summary.bursts(figures["bursts"]),
        "steady": summary.steady(figures["steady"]),
        "idle": summary.idle(_named(figures["running"], "idle")),
        "restart": summary.restart(_named(figures["running"], "restart")),
    }
    machines = [piece["machine"] for pieces in parts.values() for piece in pieces.values()]
    everything = {"machines": _distinct(machines), **rows, "memory": figures["memory"], "starts": figures["starts"]}
    sections = [*_machine(everything["machines"]), *_bursts(rows["bursts"]), *_steady(rows["steady"])]
    sections += [*_traffic(rows["bursts"]), *_idle(rows["idle"]), *_restart(rows["restart"])]
    sections += _memory(figures["memory"])
    FOLDER.mkdir(parents=True, exist_ok=True)
    contents = {
        "figures.json": json.dumps(everything, indent=1) + "\n",
        "tables.txt": "\n".join(sections) + "\n",
        "bursts.svg": plots.bars("Seconds until the last server is ready", "s", _bars(rows["bursts"], "last")),
        "cpu.svg": plots.bars("CPU of the hub process for each start", "ms", _bars(rows["bursts"], "hub_cpu_ms")),
    }
    for name, content in contents.items():
        (FOLDER / name).write_text(content)
    return [FOLDER / name for name in contents]


def _machine(machines: Sequence[Mapping[str, object]]) -> list[str]:
    lines: list[str] = []
    for machine in machines:
        about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items())
        lines += [f"Machine and versions: {about}.", ""]
    return lines


def _bursts(rows: Sequence[Row]) -> list[str]:
    lines = ["## Bursts", "", "![Seconds until the last server is ready](benchmarks/bursts.svg)", ""]
    for (limits, events), some in _grouped(rows, "limits", "events"):
        lines += [f"### {_title(limits, events)}", ""]
        lines += _table(
            ["", "Who", "p50 s", "p95 s", "last s", "Hub CPU ms", *_STALLS, "Hub MB", "Operators' CPU ms"],
            (line for row in some for line in _burst_lines(row)),
        )
        lines += _table(
            ["", "Last, by the floor's", "Last, by KubeSpawner's", "Hub CPU, by KubeSpawner's"],
            ([_name(row), *(_ratio(row.get(key)) for key in _RATIOS)] for row in some if _is_compared(row)),
        )
    return [*lines, "![CPU of the hub process for each start](benchmarks/cpu.svg)", ""] if rows else []


def _is_compared(row: Row) -> bool:
    return any(key in row for key in _RATIOS)


def _burst_lines(row: Row) -> Iterable[list[str]]:
    for contender in NAMES:
        if (one := row.get(contender)) is not None:
            times = [f"{one[key]:.1f}" if one.get(key) else "" for key in ("p50", "p95", "last")]
            operators = ", ".join(f"{each:.1f}" for each in one["operator_cpu_ms"].values())
            yield [_name(row), NAMES[contender], *times, *_hub(one), f"{one['hub_peak_mb']:.0f}", operators]


def _steady(rows: Sequence[Row]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += [f"## A steady {row['per_minute']:g} first starts a minute", ""]
        lines += _table(
            ["Who", "p50 s", "p95 s", "last s", "Hub CPU ms", *_STALLS, "Operators' millicores"],
            (_steady_line(name, row[name]) for name in NAMES if name in row),
        )
    return lines


def _steady_line(name: str, one: Row) -> list[str]:
    times = [f"{one[key]:.2f}" for key in ("p50", "p95", "last")]
    operators = ", ".join(f"{operator} {each:.0f}" for operator, each in one["operator_millicores"].items())
    return [NAMES[name], *times, *_hub(one), operators]


def _hub(one: Row) -> list[str]:
    stalls = (one[key] for key in ("hub_stall_ms", "hub_own_stall_ms", "hub_collection_ms"))
    return [f"{one['hub_cpu_ms']:.1f}", *(f"{each:.0f}" for each in stalls)]


def _traffic(rows: Sequence[Row]) -> list[str]:
    """Of the largest bursts without Events: what does not depend on how many there are."""
    chosen = [row for row in rows if row["limits"] == "lifted" and not row["events"]]
    largest = max((row["size"] for row in chosen), default=0)
    lines = ["## Requests and bytes a start", "", f"In bursts of {largest}, limits lifted.", ""] if chosen else []
    for row in (row for row in chosen if row["size"] == largest):
        lines += _table(
            ["", "Who", "Requests", "of these", "Bytes on the wire, kB", "API server's CPU, ms"],
            (_traffic_line(row, name) for name in NAMES if name in row),
        )
    return lines


def _traffic_line(row: Row, name: str) -> list[str]:
    one = row[name]
    requests = sum(number for account in one["calls"].values() for number in account.values())
    kilobytes = sum(one["cluster_kilobytes"].values())
    cpu = one["cluster_cpu_ms"].get("kube-apiserver", 0.0)
    return [_name(row), NAMES[name], f"{requests:.1f}", _calls(one), f"{kilobytes:.0f}", f"{cpu:.0f}"]


def _calls(one: Row) -> str:
    """Those that are made in one of twenty starts or more."""
    common = {
        account: ", ".join(f"{call} {number:.1f}" for call, number in calls.items() if number >= 0.05)
        for account, calls in one["calls"].items()
    }
    return "; ".join(f"{account}: {calls}" for account, calls in common.items() if calls)


def _idle(rows: Sequence[Row]) -> list[str]:
    head = ["Servers", "Who", "Process", "Requests", "Watches begun", "Lease", "CPU millicores", "Stall ms"]
    table = _table(head, map(_idle_line, rows))
    return ["## Idle", "", "Requests a minute while nothing happens.", "", *table] if table else []


def _idle_line(row: Row) -> list[str]:
    numbers = [f"{row[key]:.1f}" for key in ("requests", "watches", "leases", "millicores")]
    stall = f"{row['longest_stall_ms']:.0f}" if "longest_stall_ms" in row else ""
    return [str(row["servers"]), NAMES[row["contender"]], row["process"], *numbers, stall]


def _restart(rows: Sequence[Row]) -> list[str]:
    head = ["Servers", "Who", "Process", "Ready s", "All taken up s", "Peak MB", "Stall ms"]
    table = _table(head, map(_restart_line, rows))
    return ["## Restart", "", *table] if table else []


def _restart_line(row: Row) -> list[str]:
    numbers = [f"{row['ready']:.1f}", f"{row['all']:.1f}", f"{row['peak_mb']:.0f}", f"{row['stall_ms']:.0f}"]
    return [str(row["servers"]), NAMES[row["contender"]], row["process"], *numbers]


def _memory(pieces: Mapping[str, Row]) -> list[str]:
    lines: list[str] = []
    for piece in pieces.values():
        lines += [f"## Memory for {piece['pods']:,} cached pods", ""]
        head = ["Operator", "Without MB", "With MB", "More MB", "Peak at the start MB"]
        lines += _table(head, (_memory_line(piece, name) for name in piece["more_mb"]))
    return lines


def _memory_line(piece: Row, name: str) -> list[str]:
    without, with_them = piece["without"][name], piece["with"][name]
    numbers = (without["rss_mb"], with_them["rss_mb"], piece["more_mb"][name], with_them["peak_mb"])
    return [name, *(f"{number:.0f}" for number in numbers)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """As Markdown; nothing if there are no rows."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body, ""] if body else []


def _bars(rows: Sequence[Row], key: str) -> list[tuple[str, dict[str, float]]]:
    return [
        (f"{_name(row)}, {row['limits']}" + (f", {row['events']:,} Events" if row["events"] else ""), values)
        for row in rows
        if (values := {label: row[name][key] for name, label in NAMES.items() if name in row and row[name][key]})
    ]


def _grouped(rows: Sequence[Row], *keys: str) -> Iterable[tuple[tuple[Any, ...], list[Row]]]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return groups.items()


def _named(pieces: Mapping[str, Row], prefix: str) -> dict[str, Row]:
    return {name: piece for name, piece in pieces.items() if name.startswith(f"{prefix}-")}


def _distinct(machines: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    return list({json.dumps(machine): dict(machine) for machine in machines}.values())


def _title(limits: str, events: int) -> str:
    there = f", {events:,} Events in the namespace" if events else ""
    return ("Client limits lifted" if limits == "lifted" else "Default client limits") + there


def _name(row: Row) -> str:
    return f"{row['size']} {_VOLUMES[row['volumes']]}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
