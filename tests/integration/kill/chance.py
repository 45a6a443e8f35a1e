"""Chance that a seed decides, and waiting: for what only a look can tell, and for threads."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import ParamSpec, TypeVar

V = TypeVar("V")
P = ParamSpec("P")

_LOOK = 0.05  # seconds


def chance(*seed: object) -> Random:
    """A source of random numbers that is the same for the same seed."""
    return Random("/".join(map(str, seed)))  # noqa: S311 (nobody must not be able to guess them)


async def until(look: Callable[[], V]) -> V:
    """What ``look`` sees, once it sees anything."""
    while not (seen := look()):  # noqa: ASYNC110 (processes and relays have no event to wait for)
        await asyncio.sleep(_LOOK)
    return seen


async def in_thread(work: Callable[P, V], *args: P.args, **kwargs: P.kwargs) -> V:
    """What ``work`` gives, run in a thread; one who is cancelled meanwhile waits for its end all the same."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait([thread])
        raise
