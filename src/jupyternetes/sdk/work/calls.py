"""One call of an operator's function, bounded in time; what it failed with is sorted by what is to be said about it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from jupyternetes.runtime.errors import Fenced, LeaseLost, NotLeader, TooManyRequests

Result = TypeVar("Result")

#: Not the function's: the cluster holds this process up, and there is nothing to be said about the object.
OURS = (Fenced, LeaseLost, NotLeader, TooManyRequests)


async def within(seconds: float, call: Awaitable[Result]) -> Result:
    """The call's result. Raises TimeoutError, with the seconds in its text, if it takes longer."""
    bound = asyncio.timeout(seconds)
    try:
        async with bound:
            return await call
    except TimeoutError as error:
        if bound.expired():
            raise TimeoutError(f"the operator's function took longer than {seconds:g} s") from error
        raise


def failure_message(error: Exception) -> str:
    """What users are told of an exception: not its text, in which a password or an address may stand."""
    return f"The operator failed ({type(error).__name__}) and tries again; its log says more"
