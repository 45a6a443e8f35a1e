"""What the commands of ``jupyternetes graph`` do: get a graph, and write it in some form."""

import os
import secrets
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from jupyternetes.cli.cluster import look
from jupyternetes.cli.graph import Output, VerdictOutput
from jupyternetes.cli.output import fail
from jupyternetes.graph.causes.verdict import judge_once
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.collect import collect
from jupyternetes.graph.discovery.declared_pods import finder
from jupyternetes.graph.discovery.hub.ask_hub import ask_hubs
from jupyternetes.graph.discovery.hub.reach import Reach
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.drawing.dot import render_dot
from jupyternetes.graph.drawing.html import render_html
from jupyternetes.graph.drawing.judged import locate_causes
from jupyternetes.graph.drawing.node_page import render_node
from jupyternetes.graph.drawing.svg import render_svg
from jupyternetes.graph.drawing.text import for_terminal
from jupyternetes.graph.drawing.tree import render_tree
from jupyternetes.graph.drawing.verdict import render_verdict
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.additions import NO_ADDITIONS, Additions, AdditionsError, add, parse
from jupyternetes.graph.model.anonymise import anonymise
from jupyternetes.graph.model.difference import differences
from jupyternetes.graph.model.find import NoSuchNodeError, find
from jupyternetes.graph.model.fold import fold
from jupyternetes.graph.model.graph import Graph, Node
from jupyternetes.graph.model.heading import Heading
from jupyternetes.graph.observability.ask import ask
from jupyternetes.graph.observability.detail import last_events, last_log_lines
from jupyternetes.graph.observability.prometheus import with_volume_usage
from jupyternetes.runtime.client import Client

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a graph comes from: a recording, or else a cluster."""

    snapshot: Path | None
    kubeconfig: Path | None
    namespaces: tuple[str, ...]
    additions: Additions
    cluster: bool
    observe: bool
    prometheus: str | None
    probe: bool = False

    def use(self, work: Callable[[Client], Awaitable[T]]) -> T:
        """Do ``work`` with the cluster."""
        return look(self.kubeconfig, work, name="graph")

    def graph(self) -> Graph:
        """The graph of the recording, or as it is now."""
        return self.use(self.look) if self.snapshot is None else _recorded(self.snapshot)

    async def look(self, client: Client) -> Graph:
        """The graph as it is now."""
        graph = await self.made(await collect(client, self.places(client), cluster=self.cluster))
        return await self.observed(client, graph)

    def places(self, client: Client) -> tuple[str, ...]:
        """The namespaces to look at, each once."""
        return tuple(dict.fromkeys(self.namespaces)) or (client.namespace,)

    async def made(self, observed: Observed) -> Graph:
        """The graph of what was collected, of what hubs tell, and of additions."""
        return self.built(await self.asked(observed, Reach()))

    async def asked(self, observed: Observed, reach: Reach) -> Observed:
        """What was collected, with what hubs tell, and with what can be reached from here if that is wanted."""
        observed = await ask_hubs(observed)
        return await reach.tried(observed) if self.probe else observed

    def built(self, observed: Observed) -> Graph:
        """The graph of what was collected, and of additions."""
        try:
            return add(build(observed), self.additions, finder(observed))
        except AdditionsError as error:
            fail(f"the file of additions cannot be used: {error}")

    async def observed(self, client: Client, graph: Graph) -> Graph:
        """The graph with what can be observed of its nodes, as far as that is wanted."""
        graph = await ask(client, graph) if self.observe else graph
        return await with_volume_usage(graph, self.prometheus) if self.prometheus else graph


@dataclass(frozen=True, slots=True)
class Form:
    """How a graph is shown; names become words by ``key`` if there is one."""

    output: Output
    shapes: int
    key: str | None = None


def new_key() -> str:
    """A key that nobody knows."""
    return secrets.token_hex()


def show(source: Source, form: Form, file: Path | None) -> None:
    """Write the graph to ``file``, or to standard output."""
    graph = source.graph()
    if form.key is not None:
        graph = anonymise(graph, form.key)
    _write(_rendered(graph, form, to_terminal=file is None), file)


def show_node(source: Source, name: str) -> None:
    """Print one node; of a recording without what only a cluster can say."""

    async def looked_up(client: Client) -> tuple[Graph, Node, list[Heading]]:
        graph = await source.look(client)
        found = _found(graph, name)
        return graph, found, [*await last_events(client, found), *await last_log_lines(client, found)]

    if source.snapshot is None:
        graph, found, headings = source.use(looked_up)
    else:
        graph, headings = source.graph(), list[Heading]()
        found = _found(graph, name)
    _console().print(render_node(graph, found, headings))


def show_differences(before: Path, after: Path) -> None:
    """Print what is different between two recordings."""
    found = differences(_recorded(before), _recorded(after))
    lines = [for_terminal(str(each)) for each in found] or [Text("no difference")]
    _console().print(Text("\n").join(lines))


def show_causes(source: Source, output: VerdictOutput, file: Path | None) -> None:
    """Write where trouble comes from, by a single look, to ``file`` or to standard output."""
    graph = source.graph()
    verdict = judge_once(graph)
    match output:
        case VerdictOutput.TEXT if file is None:
            _console().print(render_verdict(verdict))
            return
        case VerdictOutput.TEXT:
            content = f"{render_verdict(verdict).plain}\n".encode()
        case VerdictOutput.JSON:
            content = recording.as_json(verdict)
        case VerdictOutput.SVG | VerdictOutput.HTML:
            folded, found = locate_causes(verdict, graph)
            drawn = render_svg(folded, found) if output is VerdictOutput.SVG else render_html(folded, graph, found)
            content = drawn.encode()
    _write(content, file)


def read_additions(file: Path | None) -> Additions:
    """What an administrator adds; ends the command with a sentence if the file cannot be used."""
    if file is None:
        return NO_ADDITIONS
    try:
        return parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        fail(f"cannot read {file}: {error.strerror}")
    except (AdditionsError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be used: {error}")


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)


def _rendered(graph: Graph, form: Form, *, to_terminal: bool) -> bytes:
    if form.output is Output.JSON:
        return recording.write(graph)
    folded = fold(graph, shapes=form.shapes)
    match form.output:
        case Output.SVG:
            text = render_svg(folded)
        case Output.HTML:
            text = render_html(folded, graph)
        case Output.DOT:
            text = render_dot(folded)
        case Output.TREE:
            colour = to_terminal and sys.stdout.isatty() and "NO_COLOR" not in os.environ
            text = render_tree(folded, width=shutil.get_terminal_size((120, 40)).columns, colour=colour)
    return text.encode()


def _write(content: bytes, file: Path | None) -> None:
    """To standard output, or to a file that is there only once it is whole."""
    if file is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        partial = file.with_name(f".{file.name}.partial")
        partial.write_bytes(content)
        partial.replace(file)
    except OSError as error:
        fail(f"cannot write {file}: {error.strerror}")
    except ValueError:  # it has no last part, as in --file .
        fail(f"cannot write {file}: it is no name of a file")


def _recorded(file: Path) -> Graph:
    try:
        with file.open("rb") as stream:
            return recording.read(stream.read(recording.LARGEST + 1))
    except OSError as error:
        fail(f"cannot read {file}: {error.strerror}")
    except recording.RecordingError as error:
        fail(f"{file} is no recording of a graph: {error}")


def _found(graph: Graph, name: str) -> Node:
    try:
        return find(graph, name)
    except NoSuchNodeError as error:
        fail(str(error))
