"""Event loops for properties: each example has one of its own, whose clock jumps over all waiting."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

import looptime

V = TypeVar("V")


def fake_time() -> asyncio.AbstractEventLoop:
    """A loop that begins at 0; as nothing comes from outside, time passes as soon as nobody has a step to take."""
    return looptime.new_event_loop(start=0, noop_cycles=0)


def in_fake_time(story: Coroutine[object, object, V]) -> V:
    """What ``story`` returns, on a loop that begins at 0 and leaves nothing running."""
    loop = fake_time()
    try:
        return loop.run_until_complete(story)
    finally:
        end(loop)


def end(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what still runs, and close."""
    loop.run_until_complete(_cancel_all())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
