"""``python -m benchmarks``: run the benchmarks, print tables, keep the figures in build/bench."""

import asyncio
import json
import platform
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.bench import Bench
from benchmarks.starts import Figures, measure

RESULTS = Path("build/bench/starts.json")


def run(starts: Annotated[int, typer.Option(help="Starts of each kind, one after another.")] = 20) -> None:
    """API calls a start, and the time from the hub's request to the operators' creates with idle operators."""
    with Bench.up() as bench:
        figures = asyncio.run(measure(bench, starts))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    RESULTS.write_text(json.dumps({"machine": machine, "starts": starts} | figures.as_json(), indent=2))
    _print(figures)
    print(f"Figures: {RESULTS}")


def _print(figures: Figures) -> None:
    calls = Table("Account", "Call", "First start", "Later start", title="API calls a start (watches apart)")
    for (account, call), first, later in figures.call_rows():
        calls.add_row(account, call, f"{first:.2f}", f"{later:.2f}")
    calls.add_section()
    calls.add_row("all", "", *(f"{total:.2f}" for total in figures.totals()))
    times = Table("From → to", "p50 ms", "p95 ms", title="Time, one start after another, operators idle")
    for name, p50, p95 in figures.time_rows():
        times.add_row(name, f"{p50:.1f}", f"{p95:.1f}")
    console = Console()
    console.print(calls, times)


if __name__ == "__main__":
    typer.run(run)
