"""The moment that is served: a version for each change, none twice, and no graph that nobody can ask for."""

import asyncio

import msgspec
import pytest

from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.serve.current import ClosedError, Current
from tests.unit.graph.serve.serving import BROKEN, WELL, publish


def at(graph: Graph, taken: str) -> Graph:
    return msgspec.structs.replace(graph, taken=taken)


async def test_only_what_is_new_is_a_new_version() -> None:
    current = Current(keep_graph=True)

    news = [
        publish(current, at(WELL, "12:00")),
        publish(current, at(WELL, "12:01")),
        publish(current, at(WELL, "12:02"), changed=True),
        publish(current, at(BROKEN, "12:03")),
        publish(current, at(BROKEN, "12:04")),
    ]

    assert news == [True, False, True, True, False]
    assert current.moment is not None
    assert current.moment.verdict.taken == "12:04"


async def test_who_waits_gets_the_last_moment_and_none_twice() -> None:
    current = Current(keep_graph=False)
    waiting = asyncio.create_task(current.newer(""))
    await asyncio.sleep(0)
    publish(current, WELL)
    first = await waiting

    again = asyncio.create_task(current.newer(first.version))
    publish(current, WELL)
    await asyncio.sleep(0)
    assert not again.done()
    publish(current, WELL, changed=True)
    publish(current, BROKEN)
    assert (await again).verdict.headline == "The cause is the hub's database postgres."


async def test_who_waits_is_told_that_nothing_more_comes() -> None:
    current = Current(keep_graph=False)
    waiting = asyncio.create_task(current.newer(""))
    await asyncio.sleep(0)
    current.close()

    with pytest.raises(ClosedError):
        await waiting


async def test_a_graph_that_nobody_can_ask_for_is_not_kept() -> None:
    kept, not_kept = Current(keep_graph=True), Current(keep_graph=False)
    for current in (kept, not_kept):
        publish(current, WELL)

    assert [current.moment and current.moment.graph for current in (kept, not_kept)] == [WELL, None]


async def test_versions_of_two_processes_differ() -> None:
    one, other = Current(keep_graph=False), Current(keep_graph=False)
    for current in (one, other):
        publish(current, WELL)

    assert one.moment is not None
    assert (await other.newer(one.moment.version)).version != one.moment.version
