"""Writes the figures into the documentation: tables that the page includes, plots, and everything as JSON."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import goals, plots, results, summary, tables_graph, tables_running, tables_starting
from benchmarks.summary import Row
from benchmarks.tables import NAMES, burst_name

FOLDER: Final = Path("docs/reference/benchmarks")
_FIGURES: Final = "figures.json"

Pieces = Mapping[str, Row]
"""The figures of a part, by the name of the piece."""

_ROWS: Final[Mapping[str, Callable[[Pieces], Mapping[str, Any]]]] = {
    "starts": lambda pieces: {"starts": pieces},
    "bursts": lambda pieces: {"bursts": summary.bursts(pieces)},
    "steady": lambda pieces: {"steady": summary.steady(pieces)},
    "templates": lambda pieces: {"templates": summary.templates(pieces)},
    "running": lambda pieces: _running(pieces),
    "memory": lambda pieces: {"memory": pieces},
    "graph": lambda pieces: {"graph": summary.graph(pieces)},
    "judgement": lambda pieces: {"judgement": summary.judgement(pieces)},
}
"""What the tables are made of, by part."""


def write() -> list[Path]:
    """Write what there is of each part; returns the files. What is not measured now stays as it was written before."""
    parts = _written_before()
    for part, rows_of in _ROWS.items():
        if pieces := results.read(part):
            parts[part] = {
                "machines": _distinct(piece["machine"] for piece in pieces.values()),
                "measured": _distinct(piece["measured"] for piece in pieces.values()),
                "rows": rows_of({name: piece["figures"] for name, piece in pieces.items()}),
            }
    rows = {key: found for rows_of in _ROWS.values() for key, found in rows_of({}).items()}
    for part in parts.values():
        rows |= part["rows"]
    contents = {
        _FIGURES: json.dumps(parts, indent=1) + "\n",
        "tables.txt": "\n".join([*_about(parts), *_tables(rows)]) + "\n",
        "bursts.svg": plots.bars("Seconds until the last server is ready", "s", _bars(rows["bursts"], "last")),
        "cpu.svg": plots.bars("CPU of the hub process for each start", "ms", _bars(rows["bursts"], "hub_cpu_ms")),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (FOLDER / name).write_text(content)
    return [FOLDER / name for name in contents]


def _written_before() -> dict[str, Any]:
    file = FOLDER / _FIGURES
    return json.loads(file.read_text()) if file.exists() else {}


def _running(pieces: Pieces) -> Mapping[str, Any]:
    idle = _named(pieces, "idle")
    restart = summary.restart(_named(pieces, "restart"))
    return {"idle": summary.idle(idle), "idle_bytes": summary.idle_bytes(idle), "restart": restart}


def _tables(rows: Mapping[str, Any]) -> list[str]:
    return [
        *goals.lines(rows, rows["memory"]),
        *tables_starting.bursts(rows["bursts"]),
        *tables_starting.steady(rows["steady"]),
        *tables_starting.templates(rows["templates"]),
        *tables_starting.cpu(rows["bursts"]),
        *tables_starting.operators(rows["bursts"], rows["steady"]),
        *tables_starting.traffic(rows["bursts"]),
        *tables_starting.one_at_a_time(rows["starts"].get("starts")),
        *tables_running.idle(rows["idle"], rows["idle_bytes"]),
        *tables_running.restart(rows["restart"]),
        *tables_running.memory(rows["memory"]),
        *tables_graph.graph(rows["graph"]),
        *tables_graph.judgement(rows["judgement"]),
    ]


def _about(parts: Mapping[str, Row]) -> list[str]:
    """On which machines, and which parts of which versions and when."""
    lines: list[str] = []
    for machine in _distinct(machine for part in parts.values() for machine in part["machines"]):
        about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items())
        lines += [f"Machine and versions: {about}.", ""]
    when: dict[str, list[str]] = {}
    for name in _ROWS:
        if name in parts:
            when.setdefault(_when(parts[name]["measured"]), []).append(name)
    if len(when) == 1:
        lines += [f"Measured {text}." for text in when]
    else:
        lines += [f"- {', '.join(names)}: measured {text}" for text, names in when.items()]
    return [*lines, ""] if when else lines


def _when(measured: Iterable[Mapping[str, str]]) -> str:
    known = sorted((each["date"], each["commit"]) for each in measured)
    first, last = known[0][0], known[-1][0]
    days = f"on {first}" if first == last else f"from {first} to {last}"
    commits = ", ".join(dict.fromkeys(commit for _, commit in known if commit))
    return days + (f", versions {commits}" if commits else "")


def _bars(rows: Sequence[Row], key: str) -> list[tuple[str, dict[str, float]]]:
    return [
        (f"{burst_name(row)}, {row['limits']}" + (f", {row['events']:,} Events" if row["events"] else ""), values)
        for row in rows
        if (values := {label: row[name][key] for name, label in NAMES.items() if name in row and row[name][key]})
    ]


def _named(pieces: Mapping[str, Row], prefix: str) -> dict[str, Row]:
    return {name: piece for name, piece in pieces.items() if name.startswith(f"{prefix}-")}


def _distinct(some: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    return list({json.dumps(each): dict(each) for each in some}.values())
