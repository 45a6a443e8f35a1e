"""What the proxy does to watches."""

from typing import Any

import aiohttp
import pytest

from tests.support.faultproxy import (
    CutLine,
    Drop,
    Duplicate,
    Edit,
    ErrorEvent,
    FaultProxy,
    Freeze,
    HoldBack,
    Join,
    Line,
    Match,
    Replay,
    Slice,
)
from tests.support.faultproxy.ends import End
from tests.unit.faultproxy.conftest import OpenWatch
from tests.unit.runtime.scripted_api import ScriptedApi, stream, widget_json
from tests.unit.runtime.scripted_api import line as event

A, B, C = (event("ADDED", widget_json(name, number)) for number, name in enumerate(("ä", "b", "c"), 1))
WATCHES = Match(verb="watch", resource="widgets")


async def test_events_pass_and_the_end_too(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.watches.append(stream(A[:5], A[5:] + B, then="end"))

    watch = await open_watch(line)

    assert await watch.exactly(len(A + B)) == A + B
    assert await watch.read() == b""
    [entry] = proxy.log.entries(verb="watch")
    assert (entry.events, entry.status) == (2, 200)


@pytest.mark.parametrize("end", [End.FIN, End.RST])
async def test_open_watch_is_dropped_at_once(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy, end: End
) -> None:
    api.watches += [stream(A), stream(B)]
    watch = await open_watch(line)
    assert await watch.exactly(len(A)) == A

    rule = proxy.fault(Drop(end), WATCHES, times=1)

    with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)):
        await watch.read()
    assert rule.hits == 1
    assert await (await open_watch(line)).exactly(len(B)) == B


async def test_frozen_watch_stays_silent_for_ever(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.watches += [stream(A), stream(B)]

    with proxy.fault(Freeze(), WATCHES, times=1) as rule:
        watch = await open_watch(line)
        assert await watch.is_silent()
    assert rule.hits == 1
    assert await watch.is_silent()

    assert await (await open_watch(line)).exactly(len(B)) == B


async def test_error_event_comes_at_once_and_ends_the_watch(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.watches.append(stream(A))
    watch = await open_watch(line)
    assert await watch.exactly(len(A)) == A

    proxy.fault(ErrorEvent(410), WATCHES, times=1)

    assert b'"type": "ERROR"' in await watch.read()
    assert await watch.read() == b""


async def test_events_held_back_come_in_order(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.watches.append(stream(A, B))
    rule = proxy.fault(HoldBack(), WATCHES)
    watch = await open_watch(line)
    assert await watch.is_silent()

    rule.lift()

    assert await watch.exactly(len(A + B)) == A + B


@pytest.mark.parametrize(
    ("fault", "arriving"),
    [
        (Slice(1), A + B + C),
        (Join(3), A + B + C),
        (Duplicate(2), A + A + B + B + C + C),
        (Replay(), A + A + B + A + B + C),
    ],
)
async def test_events_are_cut_joined_and_repeated(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy, fault: Any, arriving: bytes
) -> None:
    api.watches.append(stream(A, B, C, then="end"))
    rule = proxy.fault(fault, WATCHES)

    watch = await open_watch(line)

    assert await watch.exactly(len(arriving)) == arriving
    assert await watch.read() == b""
    assert rule.hits == 3


async def test_line_is_cut_in_mid_character(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    api.watches.append(stream(B, A))
    half = "ä".encode()[:1]
    rule = proxy.fault(CutLine(half), WATCHES, times=1)

    watch = await open_watch(line)

    arriving = B + A[: A.index(half) + 1]
    assert await watch.exactly(len(arriving)) == arriving
    with pytest.raises(aiohttp.ClientPayloadError):
        await watch.read()
    assert rule.hits == 1


async def test_events_of_a_type_are_edited_or_lost(
    open_watch: OpenWatch, line: Line, api: ScriptedApi, proxy: FaultProxy
) -> None:
    gone = event("DELETED", widget_json("b", 5))
    api.watches.append(stream(A, gone, C, then="end"))
    proxy.fault(Edit(lambda event: None, "DELETED"), WATCHES)

    watch = await open_watch(line)

    assert await watch.exactly(len(A + C)) == A + C
    assert await watch.read() == b""
