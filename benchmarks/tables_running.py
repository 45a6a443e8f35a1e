"""Tables of running servers: what they cost while nothing happens, at a restart, and in memory."""

from collections.abc import Mapping, Sequence

from benchmarks.summary import Row
from benchmarks.tables import NAMES, STALL_COLUMNS, stalls, table


def idle(rows: Sequence[Row], kilobytes: Sequence[Row]) -> list[str]:
    """Requests, CPU and stalls of each process, and the bytes of the whole cluster."""
    head = ["Servers", "Who", "Process", "Requests", "Watches begun", "Lease", "CPU millicores", *STALL_COLUMNS]
    body = table(head, map(_idle_line, rows))
    lines = ["## Idle", "", "Requests a minute while nothing happens.", "", *body] if body else []
    body = table(["Servers", "Who", "kB a minute", "of these"], map(_bytes_line, kilobytes))
    text = "Bytes a minute of the whole cluster, Kubernetes' own components and the measuring included."
    return [*lines, text, "", *body] if body else lines


def restart(rows: Sequence[Row]) -> list[str]:
    """Every process, and the hub's steps."""
    head = ["Servers", "Who", "Process", "Ready s", "All taken up s", "Peak MB", *STALL_COLUMNS]
    lines = table(head, map(_restart_line, rows))
    steps = ("import", "load", "poll")
    lines += table(
        ["Servers", "Hub with", "Import s", "Load s", "Poll s"],
        ([*_who(row), *(f"{row[step]:.1f}" for step in steps)] for row in rows if row["process"] == "hub"),
    )
    return ["## Restart", "", *lines] if lines else []


def memory(pieces: Mapping[str, Row]) -> list[str]:
    """What cached pods cost."""
    lines: list[str] = []
    for piece in pieces.values():
        lines += [f"## Memory for {piece['pods']:,} cached pods", ""]
        head = ["Operator", "Without MB", "With MB", "More MB", "Peak at the start MB"]
        lines += table(head, (_memory_line(piece, name) for name in piece["more_mb"]))
    return lines


def _idle_line(row: Row) -> list[str]:
    numbers = [f"{row[key]:.1f}" for key in ("requests", "watches", "leases", "millicores")]
    return [*_who(row), row["process"], *numbers, *stalls(row)]


def _bytes_line(row: Row) -> list[str]:
    most = ", ".join(f"{what} {each:.0f}" for what, each in row["kilobytes"].items() if each >= 0.5)
    return [*_who(row), f"{sum(row['kilobytes'].values()):.0f}", most]


def _restart_line(row: Row) -> list[str]:
    numbers = [f"{row['ready']:.1f}", f"{row['all']:.1f}", f"{row['peak_mb']:.0f}"]
    return [*_who(row), row["process"], *numbers, *stalls(row)]


def _memory_line(piece: Row, name: str) -> list[str]:
    without, with_them = piece["without"][name], piece["with"][name]
    numbers = (without["rss_mb"], with_them["rss_mb"], piece["more_mb"][name], with_them["peak_mb"])
    return [name, *(f"{number:.0f}" for number in numbers)]


def _who(row: Row) -> list[str]:
    return [str(row["servers"]), NAMES[row["contender"]]]
