"""An informer that nobody goes by for a while, as in a replica that stands by."""

import asyncio
from contextlib import suppress

from aiohttp import web

from tests.unit.runtime.following import Follow, eventually
from tests.unit.runtime.scripted_api import ScriptedApi, bookmark, line, page, stream, widget_json


async def test_cache_that_nobody_goes_by_asks_for_nothing_until_a_list_is_wanted(
    api: ScriptedApi, follow: Follow
) -> None:
    ended = asyncio.Event()

    async def bookmarks(request: web.Request) -> web.StreamResponse:
        """As many as somebody listens to."""
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionResetError):
            while True:
                await response.write(bookmark(11))
                await asyncio.sleep(0.01)
        ended.set()
        return response

    api.lists += [page(10, widget_json("a", 3)), page(20, widget_json("a", 15), widget_json("b", 16))]
    api.watches += [bookmarks, stream(line("MODIFIED", widget_json("b", 21)))]
    follower = await follow()
    assert await follower.take(1) == ["+a@3"]
    await eventually(lambda: "watch" in api.verbs())

    follower.informer.rest()

    await asyncio.wait_for(ended.wait(), 10)
    quiet_since, asked = follower.informer.last_contact, len(api.verbs())
    await eventually(lambda: follower.informer.last_contact > quiet_since)
    assert (len(api.verbs()), follower.names()) == (asked, ["a"])

    await asyncio.wait_for(follower.informer.relist(), 10)

    assert await follower.take(3) == ["~a@15", "+b@16", "~b@21"]


async def test_contact_counts_from_the_end_of_the_rest_while_the_list_is_awaited(
    api: ScriptedApi, follow: Follow
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        asked.set()
        await answer.wait()
        return await page(20, widget_json("a", 15))(request)

    api.lists += [page(10, widget_json("a", 3)), slow]
    informer = (await follow()).informer
    await informer.wait_synced()
    informer.rest()
    began_to_rest = informer.last_contact
    await eventually(lambda: informer.last_contact > began_to_rest)

    before = informer.last_contact
    relist = asyncio.create_task(informer.relist())
    await asyncio.wait_for(asked.wait(), 10)

    assert informer.last_contact >= before
    answer.set()
    await asyncio.wait_for(relist, 10)
