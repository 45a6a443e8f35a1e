"""`python -m tools.simulation`: counts, prints the table and writes docs/reference/runtime-rules.md."""

import argparse
import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tools.simulation import figures as recorded
from tools.simulation.figures import Figures
from tools.simulation.page import COLUMNS, PAGE, cells, render
from tools.simulation.table import ROWS, parts, run

_OUTDATED = "is not what the simulation says; run: python -m tools.simulation"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulation", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000, help="schedules of each row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if page and figures are out of date")
    parser.add_argument("--page", action="store_true", help="count nothing; write the page from the recorded figures")
    options = parser.parse_args(arguments)
    if options.check:
        check()
        return
    counted = recorded.read() if options.page else _count(options.seed, options.schedules)
    counted.write()
    PAGE.write_text(render(counted))
    if not options.page:
        Console().print(_shown(counted))


def check() -> None:
    """Play the first schedules of each row again: exits with a message if they go otherwise than recorded."""
    try:
        known = recorded.read()
    except (OSError, ValueError, TypeError) as error:
        sys.exit(f"error: {recorded.FILE.name} {_OUTDATED} ({error})")
    if recorded.digest(known.seed) != known.digest:
        sys.exit(f"error: {recorded.FILE.name} {_OUTDATED}")
    if not PAGE.exists() or PAGE.read_text() != render(known):
        sys.exit(f"error: {PAGE.name} {_OUTDATED}")


def _count(seed: int, schedules: int) -> Figures:
    first = recorded.first_seed(seed)
    results = run(ROWS, first, schedules, progress=steps(parts(ROWS, first, schedules)))
    return Figures(seed, schedules, results, recorded.digest(seed))


def steps(total: int) -> Callable[[], None]:
    """A progress bar on standard error, moved by calling what this returns."""
    bar = iter(track(range(total + 1), "schedules", console=Console(stderr=True), transient=True))
    next(bar)

    def step() -> None:
        next(bar, None)

    return step


def _shown(figures: Figures) -> Table:
    table = Table(title=f"{figures.schedules} schedules a row, seed {figures.seed}")
    table.add_column(COLUMNS[0])
    for column in COLUMNS[1:]:
        table.add_column(column, justify="right", min_width=8)
    for row, counted in figures.pairs():
        table.add_row(*cells(row, counted))
    return table


if __name__ == "__main__":
    main()
