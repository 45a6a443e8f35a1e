"""The inside of a measured process: it does what it is told on stdin and answers with what that cost."""

import asyncio
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from benchmarks.stalls import Stalls

Commands = Mapping[str, Callable[..., Awaitable[object]]]


async def serve(commands: Commands) -> None:
    """Carry out commands, one after another, until stdin is closed.

    A command is a line of JSON, ``{"do": name, ...arguments}``, its answer another one.
    """
    answers = _own_stdout()
    stalls = Stalls()
    stalls.start()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    async for line in await _lines():
        request = json.loads(line)
        answer = await _measured(commands[request.pop("do")], request, stalls)
        print(json.dumps(answer), file=answers, flush=True)


async def _measured(command: Callable[..., Awaitable[object]], arguments: dict[str, Any], stalls: Stalls) -> object:
    loop = asyncio.get_running_loop()
    stalls.reset()
    begun, cpu = loop.time(), _cpu()
    result = await command(**arguments)
    return {
        "result": result,
        "seconds": loop.time() - begun,
        "cpu_seconds": _cpu() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "stalls": stalls.figures(),
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _own_stdout() -> Any:
    """The pipe to who started us, to which nobody else in this process then writes."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


async def _lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader
