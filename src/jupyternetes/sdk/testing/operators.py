"""How a check runs the operator that it holds to the contract."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from jupyternetes.sdk.operator import Part, Settings, operate
from jupyternetes.sdk.testing.site import ContractBroken

Operator = Callable[[], AbstractAsyncContextManager[None]]
"""Starts one replica; it works inside the context, and is dead after it. Checks call it again, and twice at a time."""


def as_process(*command: str | Path) -> Operator:
    """An operator as a program; it is killed (SIGKILL), so that its Lease has to run out: let that be short.

    Leaving the context raises ContractBroken if the program has ended by itself.
    """

    @asynccontextmanager
    async def running() -> AsyncGenerator[None]:
        process = await asyncio.create_subprocess_exec(*map(str, command))
        try:
            yield
        finally:
            if process.returncode is not None:
                raise ContractBroken(f"the program ended by itself, with exit code {process.returncode}")
            process.kill()
            await process.wait()

    return running


def in_process(*parts: Part, settings: Settings) -> Operator:
    """An operator that is made with the SDK, in the process of the test; its ``health_port`` should be 0.

    Leaving the context raises what it failed with.
    """

    @asynccontextmanager
    async def running() -> AsyncGenerator[None]:
        work = asyncio.create_task(operate(parts, settings))
        try:
            yield
        finally:
            work.cancel()
            await asyncio.wait([work])
            if not work.cancelled():
                work.result()

    return running
