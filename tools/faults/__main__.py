"""`python -m tools.faults run|table|story|snapshot`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tools.cluster import ClusterError, Steps
from tools.demo.errors import DemoError
from tools.faults import catalogue, page, results
from tools.faults.errors import FaultError
from tools.faults.replay import graph_at
from tools.faults.replay import story as told
from tools.faults.site import up
from tools.faults.sitting import sit
from tools.images.errors import ImageError

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(
    fault: Annotated[
        str, typer.Option(help="Names, pairs as a+b, or groups, separated by commas: faults, negatives, all …")
    ],
    repeats: Annotated[int | None, typer.Option(help="How many runs of each there are to be in the end.")] = None,
) -> None:
    """Make faults in the deployment of `make demo-graph`, which is started if it is not there; judge and record."""
    cases, steps = catalogue.chosen(fault), Steps()
    sit(up(steps), cases, repeats, steps)


@app.command()
def table(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if the page is out of date.")] = False,
) -> None:
    """Judge all recordings again by today's rules, and write the table."""
    content = page.render(results.read())
    if not check:
        page.PAGE.write_text(content)
    elif not page.PAGE.exists() or page.PAGE.read_text() != content:
        raise FaultError(f"{page.PAGE.name} is not what the recordings say; run: python -m tools.faults table")


@app.command()
def story(recording: Annotated[Path, typer.Argument(help="A file of examples/graph/faults.")]) -> None:
    """What is said during one recording, by today's rules: a line for each change."""
    for line in told(recording):
        typer.echo(line)


@app.command()
def snapshot(
    recording: Annotated[Path, typer.Argument(help="A file of examples/graph/faults.")],
    at: Annotated[float, typer.Option(help="Seconds since the first look, as `story` shows them.")],
    file: Annotated[Path, typer.Option(help="Write there.")],
) -> None:
    """One look of a recording, as a file for `jupyternetes graph causes --snapshot`."""
    file.write_bytes(graph_at(recording, at))


def main() -> None:
    """Run a command; what a user can put right ends in one message and exit code 1."""
    try:
        app()
    except (FaultError, DemoError, ClusterError, ImageError) as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
