"""``jupyternetes graph --watch``: the first drawing does not wait, and not each drawing asks questions."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.console import Console
from rich.live import Live

from jupyternetes.cli import graph_watch
from jupyternetes.cli.graph_watch import Watcher
from jupyternetes.cli.graph_work import Source
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.objects.instances import INSTANCES
from jupyternetes.graph.model.additions import NO_ADDITIONS
from tests.support.fakekube import FakeKube, on
from tests.unit.graph.discovery.recordings import JUPYTERNETES, NAMESPACES
from tests.unit.graph.discovery.test_collect import fake

__all__ = ["fake"]

PLACES = NAMESPACES[JUPYTERNETES]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_watch, "PATIENCE", 0.2)
    monkeypatch.setattr(graph_watch, "LEAST", 0.0)
    monkeypatch.setattr(graph_watch, "MOST", 0.01)


@asynccontextmanager
async def watching(fake: FakeKube, drawn: io.StringIO) -> AsyncIterator[Watcher]:
    source = Source(
        snapshot=None,
        kubeconfig=None,
        namespaces=PLACES,
        additions=NO_ADDITIONS,
        cluster=False,
        observe=True,
        prometheus=None,
    )
    live = Live(console=Console(file=drawn, width=200), auto_refresh=False)
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        yield Watcher(source, 60, live, client, follower)


def questions(fake: FakeKube) -> int:
    """How often it was asked whether Events can be had."""
    return sum(call.query.get("limit") == "1" for call in fake.faults.calls(on("list", resource="events")))


def drawn_whole(text: str) -> bool:
    """Whether the last drawing has all servers, and nothing in it is still loading."""
    _, servers, rest = text.rpartition("3 servers")
    return bool(servers) and "still loading" not in rest


async def test_the_first_drawing_does_not_wait_for_a_long_list(fake: FakeKube) -> None:
    gate = fake.faults.hold(on("list", resource=INSTANCES.full_name), times=len(PLACES))
    drawn = io.StringIO()
    async with watching(fake, drawn) as watcher:
        await watcher.begin()
        first = drawn.getvalue()
        gate.set()
        while not drawn_whole(drawn.getvalue()):
            await watcher.go_on()

    assert first.startswith("still loading: ")
    assert INSTANCES.plural in first.splitlines()[0]
    assert "0 servers" in first


async def test_nothing_is_asked_before_all_is_there_and_then_once(fake: FakeKube) -> None:
    gate = fake.faults.hold(on("list", resource=INSTANCES.full_name), times=len(PLACES))
    drawn = io.StringIO()
    asked: list[int] = []
    async with watching(fake, drawn) as watcher:
        await watcher.begin()
        await watcher.go_on()
        asked.append(questions(fake))
        gate.set()
        while not questions(fake):
            await watcher.go_on()
        asked.append(questions(fake))
        await watcher.go_on()
        asked.append(questions(fake))

    before, after, later = asked
    assert before == 0
    assert after == later > 0


@pytest.mark.parametrize(("silent", "soon"), [(True, True), (False, False)], ids=["no answer", "all answered"])
async def test_what_was_not_answered_is_asked_again_soon(
    fake: FakeKube, monkeypatch: pytest.MonkeyPatch, *, silent: bool, soon: bool
) -> None:
    monkeypatch.setattr(graph_watch, "ASK_AGAIN_UNANSWERED", 0.0)
    monkeypatch.setattr(graph_watch, "_is_complete", lambda _: not silent)
    async with watching(fake, io.StringIO()) as watcher:
        while not questions(fake):
            await watcher.go_on()
        first = questions(fake)
        await watcher.go_on()

    assert (questions(fake) > first) is soon


async def test_what_was_answered_is_shown_in_later_drawings(fake: FakeKube) -> None:
    drawn = io.StringIO()
    async with watching(fake, drawn) as watcher:
        while "3 servers" not in drawn.getvalue():
            await watcher.go_on()
        drawn.truncate(0)
        await watcher.go_on()

    assert "E✓" in drawn.getvalue()
