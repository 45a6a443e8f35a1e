"""Requests that are repeated until the API server has answered them, and that are never cut off half way.

A start or a stop that gave up over a restart of the API server would leave a server running that nobody knows of:
JupyterHub asks only once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, TypeVar

from jupyternetes.runtime.backoff import delay
from jupyternetes.runtime.errors import (
    ApiError,
    ConfigurationError,
    Conflict,
    ServerError,
    TooManyRequests,
    UnknownOutcome,
    Unreachable,
    Unreadable,
)

T = TypeVar("T")
log = logging.getLogger(__name__)

#: Every failure that a request can have.
FAILURES: Final = (ApiError, ConfigurationError, UnknownOutcome, Unreachable, Unreadable)

_PASSING: Final = (Conflict, ServerError, TooManyRequests, UnknownOutcome, Unreachable, Unreadable)
_LONGEST_PAUSE: Final = 10.0


async def retry_until_answered(request: Callable[[], Coroutine[object, object, T]]) -> T:
    """The answer to ``request``, which is sent again while the failure is one that passes.

    A write may so be sent twice, and must be one that does no harm the second time. Raises the other kinds of ApiError.
    """
    failures = 0
    while True:
        try:
            return await uninterrupted(request())
        except _PASSING as error:
            failures += 1
            if failures == 1:
                log.warning("the cluster did not answer, trying again: %s", error)
            asked = error.retry_after if isinstance(error, ApiError | UnknownOutcome) else None
            await asyncio.sleep(max(delay(failures, cap=_LONGEST_PAUSE), asked or 0.0))


async def uninterrupted(request: Coroutine[object, object, T]) -> T:
    """The answer to a request that, once sent, is waited for even if the caller is cancelled meanwhile.

    The client bounds every write. What a cancelled request did would be anybody's guess.
    """
    task = asyncio.ensure_future(request)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        await _ended(task)
        raise
    return task.result()


async def _ended(task: Awaitable[object]) -> None:
    try:
        await task
    except FAILURES as error:
        log.debug("a request that nobody waits for any more failed: %s", error)
