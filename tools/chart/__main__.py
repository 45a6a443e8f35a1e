"""`python -m tools.chart generate [--check]`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tools.chart.outputs import drifted, outputs, write

REPOSITORY = Path(__file__).parents[2]

app = typer.Typer(add_completion=False, help=__doc__)


@app.callback()
def main() -> None:
    """Files of the chart and the reference that are generated."""


@app.command()
def generate(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a file differs.")] = False,
) -> None:
    """Write the generated files of the chart and the reference pages."""
    expected = outputs(REPOSITORY)
    wrong = drifted(REPOSITORY, expected)
    if not check:
        write(REPOSITORY, {path: expected.get(path) for path in wrong})
        typer.echo(f"{len(expected)} generated files, {len(wrong)} written")
        return
    for path in wrong:
        typer.echo(f"{path} is not what the code gives: run `python -m tools.chart generate`", err=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    app()
