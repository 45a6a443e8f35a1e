"""``--watch``: when is the tree or the verdict drawn again, and when is it asked again what can be observed?"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from jupyternetes.cli.graph_work import Source
from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.discovery.current import Current
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.hub.reach import Reach
from jupyternetes.graph.drawing.tree import tree
from jupyternetes.graph.drawing.verdict import render_verdict
from jupyternetes.graph.model.fold import fold
from jupyternetes.graph.model.graph import Graph, Node, Observability
from jupyternetes.graph.model.kinds import Answer
from jupyternetes.graph.observability.ask import as_before, ask
from jupyternetes.runtime.client import Client

#: Seconds between two drawings at least, and at most where nothing changes.
LEAST, MOST = 1.0, 60.0
#: Seconds for which a drawing waits for lists. Python's start takes longer, and the first one is to be there within
#: three seconds of the command's start.
PATIENCE: Final = 0.5
#: Seconds between two questions for metrics, logs and Events: where something has changed; else where one was not
#: answered; and where all were.
ASK_AGAIN, ASK_AGAIN_UNANSWERED, ASK_AGAIN_IDLE = 60.0, 150.0, 300.0
#: Seconds after which hubs are asked again what answers them, though nothing has changed in the cluster.
_JUDGE_AGAIN: Final = 5.0


def watch(source: Source, shapes: int) -> None:
    """Show the tree again whenever something changes, until the command is interrupted."""

    async def follow(client: Client, follower: Follower, live: Live) -> None:
        watcher = Watcher(source, shapes, live, client, follower)
        await watcher.begin()
        while True:
            await watcher.go_on()

    follow_with(source, follow, closely=False)


def watch_causes(source: Source) -> None:
    """Show the verdict again whenever something changes, until the command is interrupted."""

    async def follow(_: Client, follower: Follower, live: Live) -> None:
        watcher = CausesWatcher(source, live, follower)
        while True:
            await watcher.go_on()

    follow_with(source, follow, closely=True)


def follow_with(source: Source, follow: Callable[[Client, Follower, Live], Awaitable[None]], *, closely: bool) -> None:
    """Follow the cluster with a place to draw to, until the command is interrupted. ``closely``: see Follower."""
    # Informers log what they cannot read; here the gaps say it, and a log would go through the picture.
    logging.getLogger("jupyternetes").addHandler(logging.NullHandler())

    async def connected(client: Client) -> None:
        with Live(Text("looking …"), auto_refresh=False, vertical_overflow="visible") as live:
            async with Follower(client, source.places(client), cluster=source.cluster, closely=closely) as follower:
                await follow(client, follower, live)

    with suppress(KeyboardInterrupt):
        source.use(connected)


class CausesWatcher:
    """Judges what a follower sees, and draws the verdict if it is another one."""

    def __init__(self, source: Source, live: Live, follower: Follower) -> None:
        reach = Reach()
        self._live = live
        self._follower = follower
        self._clock = asyncio.get_running_loop().time
        self._judge = Judge()
        self._current = Current(follower, lambda observed: source.asked(observed, reach), source.built)
        self._shown = ""

    async def go_on(self) -> None:
        """The next verdict, and the pause after it: until something changes, hubs are asked again, or a sign counts.

        A graph of many servers takes its time, and is not made all the time however much changes.
        """
        begun = self._clock()
        graph, taken = await self._current.look()
        now = self._clock()
        shown = render_verdict(self._judge.look(graph, now, taken))
        if shown.plain != self._shown:
            draw(self._live, shown)
        self._shown = shown.plain
        due = self._judge.next_look
        most = _JUDGE_AGAIN if due is None else min(_JUDGE_AGAIN, due - now)
        least = max(LEAST, now - begun)
        await self._follower.wait(least=least, most=max(least, most))


class Watcher:
    """Draws what a follower sees. No graph is kept from one drawing to the next but for what was asked about."""

    def __init__(self, source: Source, shapes: int, live: Live, client: Client, follower: Follower) -> None:
        self._source = source
        self._shapes = shapes
        self._live = live
        self._client = client
        self._follower = follower
        self._clock = asyncio.get_running_loop().time
        self._asked: Graph | None = None
        self._asked_at = float("-inf")
        self._changed = False

    async def begin(self) -> None:
        """The first drawing, which waits neither for long lists nor for hubs, which may not be reachable from here."""
        self._draw(self._source.built(await self._follower.look(patience=PATIENCE)))

    async def go_on(self) -> None:
        """The next drawing, and the pause after it."""
        graph = await self._source.made(await self._follower.look(patience=PATIENCE))
        self._draw(graph if self._asked is None else as_before(graph, self._asked))
        if self._source.observe and not self._follower.loading and self._is_time_to_ask():
            graph = await ask(self._client, graph)
            self._draw(graph)
            self._asked = _what_was_asked(graph)
            self._asked_at, self._changed = self._clock(), False
        del graph  # while the next one is made, this one would take as much memory again
        most = LEAST if self._follower.loading else MOST  # that a list cannot be had is no change
        self._changed |= await self._follower.wait(least=LEAST, most=most)

    def _is_time_to_ask(self) -> bool:
        if self._asked is None or self._changed:
            pause = ASK_AGAIN
        else:
            pause = ASK_AGAIN_IDLE if _is_complete(self._asked) else ASK_AGAIN_UNANSWERED
        return self._clock() - self._asked_at >= pause

    def _draw(self, graph: Graph) -> None:
        shown: RenderableType = tree(fold(graph, shapes=self._shapes))
        if self._follower.loading:
            shown = Group(Text(f"still loading: {', '.join(self._follower.loading)}"), shown)
        draw(self._live, shown)


def draw(live: Live, shown: RenderableType) -> None:
    """Show it in place of what was shown before, or below that where the output is no terminal."""
    if live.console.is_terminal:
        live.update(shown, refresh=True)
    else:
        live.console.print(shown)


def _what_was_asked(graph: Graph) -> Graph:
    """Of the nodes only what is needed to show again what was answered of them: tens of thousands may be kept so."""
    kept = (
        Node(
            id=node.id,
            kind=node.kind,
            name="",
            layer=node.layer,
            objects=node.objects,
            observability=node.observability,
            series=node.series,
        )
        for node in graph.nodes
        if node.observability != Observability()
    )
    return graph.replaced(nodes=kept, edges=())


def _is_complete(asked: Graph) -> bool:
    """Whether nothing was left without an answer, as by an API server that was silent, or metrics that are to come."""
    return not any(each.answer is Answer.NO_DATA for node in asked.nodes for _, each in node.observability)
