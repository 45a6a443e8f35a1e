"""``python -m benchmarks``: run the benchmarks, keep the figures in build/bench, write them into the documentation."""

import asyncio
import signal
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import results
from benchmarks.bench import Bench
from benchmarks.contenders import Contender
from benchmarks.report import write as write_report
from benchmarks.run import Run
from benchmarks.starts import Figures, measure

app = typer.Typer(help=__doc__, add_completion=False, pretty_exceptions_enable=False)
console = Console()

Contenders = Annotated[str, typer.Option(help="Who, separated by commas.")]
_REPEATS = 3
_REPEATS_BESIDE = 5
_STARTS_BESIDE = 300
_PASSES = 20
_EVERYBODY = ",".join(Contender)
_SPAWNERS = f"{Contender.KUBESPAWNER},{Contender.OURS}"


@app.callback(invoke_without_command=True)
def default(
    context: typer.Context,
    missing: Annotated[bool, typer.Option(help="Leave out what was measured before.")] = False,
) -> None:
    """Without a command: everything, in about two hours."""
    run = context.obj = Run(console, missing)
    context.call_on_close(lambda: _tell(run))
    if context.invoked_subcommand is None:
        everything(context)


@app.command("all")
def everything(context: typer.Context) -> None:
    """Every part, one after another."""
    run: Run = context.obj
    both = ("lifted", "default")
    if not (run.missing and results.has("starts", "starts")):
        starts()
    run.bursts((100, 300, 1000), Contender, both, ("first", "later"), events=0, repeats=_REPEATS)
    run.bursts((1000,), Contender, ("lifted",), ("first",), events=30_000, repeats=1)
    run.steady(1000, 60, Contender)
    run.templates((1, 1000), _STARTS_BESIDE, 1000, _REPEATS_BESIDE)
    run.memory(10_000)
    run.running((1000, 5000), _who(_SPAWNERS), idle_seconds=60, restart=True, volumes=True)
    run.graph((5000,), (30_000,), _REPEATS)
    run.judgement((5000, 30_000), _PASSES)
    report()


@app.command()
def starts(number: Annotated[int, typer.Option(help="Starts of each kind, one after another.")] = 20) -> None:
    """API calls a start, and the time from the hub's request to the operators' creates with idle operators."""
    with Bench.up() as bench:
        figures = asyncio.run(measure(bench, number))
    results.write("starts", "starts", {"starts": number} | figures.as_json())
    _print(figures)


@app.command()
def bursts(
    context: typer.Context,
    sizes: Annotated[str, typer.Option(help="Servers at once, separated by commas.")] = "100,300,1000",
    contenders: Contenders = _EVERYBODY,
    limits: Annotated[str, typer.Option(help="Client limits of Kubernetes' own components.")] = "lifted,default",
    volumes: Annotated[str, typer.Option(help="first, later; or none.")] = "first,later",
    events: Annotated[int, typer.Option(help="Events that are in the namespace before.")] = 0,
    repeats: Annotated[int, typer.Option(help="How often; the report has the medians.", min=1)] = _REPEATS,
) -> None:
    """Many starts at once, each contender in a cluster of its own."""
    run: Run = context.obj
    kinds = limits.split(","), volumes.split(",")
    run.bursts(_numbers(sizes), _who(contenders), *kinds, events=events, repeats=repeats)


@app.command()
def steady(
    context: typer.Context,
    per_minute: Annotated[float, typer.Option(help="Starts per minute.")] = 1000,
    seconds: Annotated[float, typer.Option(help="For so long.")] = 60,
    contenders: Contenders = _EVERYBODY,
) -> None:
    """A steady stream of first starts."""
    run: Run = context.obj
    run.steady(per_minute, seconds, _who(contenders))


@app.command()
def templates(
    context: typer.Context,
    templates: Annotated[str, typer.Option(help="Templates that are there, separated by commas.")] = "1,1000",
    starts: Annotated[int, typer.Option(help="Starts of each run.")] = _STARTS_BESIDE,
    per_minute: Annotated[float, typer.Option(help="Starts per minute.")] = 1000,
    repeats: Annotated[int, typer.Option(help="How often; the report has the medians.", min=1)] = _REPEATS_BESIDE,
) -> None:
    """CPU of a start beside few and many Templates."""
    run: Run = context.obj
    run.templates(_numbers(templates), starts, per_minute, repeats)


@app.command()
def running(
    context: typer.Context,
    servers: Annotated[str, typer.Option(help="Running servers, separated by commas.")] = "1000,5000",
    contenders: Contenders = _SPAWNERS,
    idle_seconds: Annotated[float, typer.Option(help="For so long nothing happens; 0 leaves it out.")] = 60,
    restart: Annotated[bool, typer.Option(help="Restart hub process and operators at the end.")] = True,
    volumes: Annotated[bool, typer.Option(help="Servers have volumes.")] = True,
) -> None:
    """Idle traffic, and a restart, with many running servers."""
    run: Run = context.obj
    run.running(_numbers(servers), _who(contenders), idle_seconds=idle_seconds, restart=restart, volumes=volumes)


@app.command()
def memory(context: typer.Context, pods: Annotated[int, typer.Option(help="Cached pods.")] = 10_000) -> None:
    """What cached pods cost an operator in memory."""
    run: Run = context.obj
    run.memory(pods)


@app.command()
def graph(
    context: typer.Context,
    started: Annotated[str, typer.Option(help="Servers that are started, separated by commas.")] = "5000",
    written: Annotated[str, typer.Option(help="Instances whose status is written instead.")] = "30000",
    repeats: Annotated[int, typer.Option(help="How often it is drawn; the report has the medians.", min=1)] = _REPEATS,
) -> None:
    """The dependency graph: time, memory, requests, and how late a drawing is."""
    run: Run = context.obj
    run.graph(_numbers(started), _numbers(written), repeats)


@app.command()
def judgement(
    context: typer.Context,
    servers: Annotated[str, typer.Option(help="Servers of the graph, separated by commas.")] = "5000,30000",
    repeats: Annotated[int, typer.Option(help="Passes; the report has the medians.", min=1)] = _PASSES,
) -> None:
    """How long one pass of judgement on the dependency graph takes."""
    run: Run = context.obj
    run.judgement(_numbers(servers), repeats)


@app.command()
def report() -> None:
    """Write what was measured into the documentation."""
    for file in write_report():
        console.print(f"wrote {file}")


def _tell(run: Run) -> None:
    if run.failed:
        console.print(f"Not measured: {', '.join(run.failed)}. Again: python -m benchmarks --missing ...", style="red")
        raise typer.Exit(1)


def _who(names: str) -> list[Contender]:
    try:
        return [Contender(name) for name in names.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"{error}; there are: {_EVERYBODY}") from error


def _numbers(texts: str) -> list[int]:
    return [int(text) for text in texts.split(",") if text]


def _print(figures: Figures) -> None:
    calls = Table("Account", "Call", "First start", "Later start", title="API calls a start (watches apart)")
    for (account, call), first, later in figures.call_rows():
        calls.add_row(account, call, f"{first:.2f}", f"{later:.2f}")
    calls.add_section()
    calls.add_row("all", "", *(f"{total:.2f}" for total in figures.totals()))
    times = Table("From → to", "p50 ms", "p95 ms", title="Time, one start after another, operators idle")
    for name, p50, p95 in figures.time_rows():
        times.add_row(name, f"{p50:.1f}", f"{p95:.1f}")
    console.print(calls, times)


def _end(number: int, _: object) -> None:
    """SIGTERM as Ctrl-C: clusters and processes are taken down on the way out."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    app()
