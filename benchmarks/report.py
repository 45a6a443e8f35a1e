"""Writes the figures into the documentation: tables that the page includes, plots, and everything as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import goals, plots, results, summary, tables_graph, tables_running, tables_starting
from benchmarks.summary import Row
from benchmarks.tables import NAMES, burst_name

FOLDER: Final = Path("docs/reference/benchmarks")
_PARTS: Final = ("starts", "bursts", "steady", "templates", "running", "memory", "graph", "judgement")


def write() -> list[Path]:
    """Write what there is of each part; returns the files."""
    parts = {part: results.read(part) for part in _PARTS}
    figures = {part: {name: piece["figures"] for name, piece in pieces.items()} for part, pieces in parts.items()}
    idle = _named(figures["running"], "idle")
    rows = {
        "bursts": summary.bursts(figures["bursts"]),
        "steady": summary.steady(figures["steady"]),
        "templates": summary.templates(figures["templates"]),
        "idle": summary.idle(idle),
        "idle_bytes": summary.idle_bytes(idle),
        "restart": summary.restart(_named(figures["running"], "restart")),
        "graph": summary.graph(figures["graph"]),
        "judgement": summary.judgement(figures["judgement"]),
    }
    pieces = [piece for some in parts.values() for piece in some.values()]
    everything: dict[str, Any] = {
        "machines": _distinct(piece["machine"] for piece in pieces),
        "measured": _distinct(piece.get("measured", {}) for piece in pieces),
    }
    everything |= {**rows, "memory": figures["memory"], "starts": figures["starts"]}
    contents = {
        "figures.json": json.dumps(everything, indent=1) + "\n",
        "tables.txt": "\n".join([*_about(pieces), *_tables(rows, figures)]) + "\n",
        "bursts.svg": plots.bars("Seconds until the last server is ready", "s", _bars(rows["bursts"], "last")),
        "cpu.svg": plots.bars("CPU of the hub process for each start", "ms", _bars(rows["bursts"], "hub_cpu_ms")),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (FOLDER / name).write_text(content)
    return [FOLDER / name for name in contents]


def _tables(rows: Mapping[str, Sequence[Row]], figures: Mapping[str, Mapping[str, Row]]) -> list[str]:
    return [
        *goals.lines(rows, figures["memory"]),
        *tables_starting.bursts(rows["bursts"]),
        *tables_starting.steady(rows["steady"]),
        *tables_starting.templates(rows["templates"]),
        *tables_starting.cpu(rows["bursts"]),
        *tables_starting.operators(rows["bursts"], rows["steady"]),
        *tables_starting.traffic(rows["bursts"]),
        *tables_starting.one_at_a_time(figures["starts"].get("starts")),
        *tables_running.idle(rows["idle"], rows["idle_bytes"]),
        *tables_running.restart(rows["restart"]),
        *tables_running.memory(figures["memory"]),
        *tables_graph.graph(rows["graph"]),
        *tables_graph.judgement(rows["judgement"]),
    ]


def _about(pieces: Sequence[Mapping[str, Any]]) -> list[str]:
    """On which machines, and of which versions."""
    lines: list[str] = []
    for machine in _distinct(piece["machine"] for piece in pieces):
        about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items())
        lines += [f"Machine and versions: {about}.", ""]
    known = sorted((piece["measured"]["date"], piece["measured"]["commit"]) for piece in pieces if "measured" in piece)
    if known:
        first, last = known[0][0], known[-1][0]
        when = f"on {first}" if first == last else f"from {first} to {last}"
        commits = ", ".join(dict.fromkeys(commit for _, commit in known if commit))
        older = len(pieces) - len(known)
        text = f"Measured {when}" + (f", versions {commits}" if commits else "")
        lines += [text + (f"; of {older} of {len(pieces)} pieces that is not known" if older else "") + ".", ""]
    return lines


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
