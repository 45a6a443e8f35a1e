"""Tables of the dependency graph: what it takes to draw and to judge it, what it asks, and how late it is."""

from collections.abc import Sequence
from typing import Final

from benchmarks.summary import Row
from benchmarks.tables import table

_MADE: Final = {"started": "started", "written": "status written"}


def graph(rows: Sequence[Row]) -> list[str]:
    """One table for drawing, one for idling, one for changes."""
    if not rows:
        return []
    once = ("Command s", "CPU s", "Peak MB", "Shapes")
    watch = ("First drawing s", "Complete drawing s", "Peak MB of --watch")
    idle = ("Requests a second", "CPU millicores", "Requests a minute")
    changing = ("Changes a second", "Memory before MB", "After MB", "Drawings", "Late s", "Latest s", "CPU cores")
    return [
        "## The dependency graph",
        "",
        *table(["Servers", "", *once, *watch], map(_drawing_line, rows)),
        "While nothing happens:",
        "",
        *table(["Servers", *idle], map(_idle_line, rows)),
        "While servers change:",
        "",
        *table(["Servers", *changing], map(_changing_line, rows)),
    ]


def judgement(rows: Sequence[Row]) -> list[str]:
    """How long a pass takes, by what is wrong."""
    if not rows:
        return []
    body = [[f"{row['servers']:,}", row["case"], f"{row['median_ms']:.1f}", f"{row['longest_ms']:.1f}"] for row in rows]
    return ["## Judgement", "", *table(["Servers", "", "A pass, ms", "The longest"], body)]


def _drawing_line(row: Row) -> list[str]:
    once = [f"{row['seconds']:.1f}", f"{row['cpu_seconds']:.1f}", f"{row['peak_mb']:.0f}", str(row["shapes"])]
    watch = [f"{row['first_seconds']:.1f}", f"{row['whole_seconds']:.1f}", f"{row['watch_peak_mb']:.0f}"]
    return [f"{row['servers']:,}", _MADE[row["made"]], *once, *watch]


def _idle_line(row: Row) -> list[str]:
    calls = ", ".join(f"{call} {number:.1f}" for call, number in row["calls"].items())
    return [f"{row['servers']:,}", f"{row['idle_requests']:.2f}", f"{row['idle_millicores']:.0f}", calls]


def _changing_line(row: Row) -> list[str]:
    memory = [f"{row['before_mb']:.0f}", f"{row['after_mb']:.0f}"]
    late = [str(row["drawings"]), f"{row['late']:.1f}", f"{row['latest']:.1f}", f"{row['cores']:.2f}"]
    return [f"{row['servers']:,}", f"{row['changes_per_second']:.0f}", *memory, *late]
