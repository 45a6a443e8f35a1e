"""One look at a cluster by a command."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import jupyternetes
from jupyternetes.runtime.client import Client

T = TypeVar("T")


def look(kubeconfig: Path | None, work: Callable[[Client], Awaitable[T]], *, name: str) -> T:
    """What ``work`` finds with a client of the cluster; ``name``: of the command, for the API server's audit log.

    Raises what connecting and ``work`` raise.
    """
    results: list[T] = []

    async def connected() -> None:
        agent = f"jupyternetes-{name}/{jupyternetes.__version__}"
        async with await Client.connect(kubeconfig, user_agent=agent) as client:
            results.append(await work(client))

    # A result is kept out of the task: at its end asyncio.run (Python 3.11 and 3.12) makes the repr of the task and of
    # its result, which takes seconds and hundreds of megabytes for a large graph.
    asyncio.run(connected())
    return results[0]
