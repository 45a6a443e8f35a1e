"""At which of its loopback addresses a host reaches an operator and a notebook server that listen there.

As a program, it prints both as JSON, to be run on hosts of several kinds.
"""

import asyncio
import json

import aiohttp
from prometheus_client import CollectorRegistry
from tornado.netutil import bind_sockets

from jupyternetes.runtime.health import HealthServer

V4, V6 = "127.0.0.1", "::1"


async def answering_health() -> list[str]:
    """Of an operator that is told no address."""
    server = HealthServer([], CollectorRegistry())
    port = await server.start(None, 0)
    try:
        return await answering(port)
    finally:
        await server.stop()


async def answering_notebook() -> list[str]:
    """Of a Jupyter Server: it reads `*` as no address, and hands that to tornado."""
    sockets = bind_sockets(0, "")
    port = sockets[0].getsockname()[1]
    return [address for address in (V4, V6) if await is_open(address, port)]


async def is_open(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    return True


async def answering(port: int) -> list[str]:
    """The loopback addresses at which /livez says ok."""
    found: list[str] = []
    async with aiohttp.ClientSession() as session:
        for address in (V4, V6):
            host = f"[{address}]" if ":" in address else address
            try:
                async with session.get(f"http://{host}:{port}/livez") as answer:
                    found += [address] if await answer.text() == "ok\n" else []
            except aiohttp.ClientConnectionError:
                continue
    return found


async def _both() -> dict[str, list[str]]:
    return {"operator": await answering_health(), "notebook": await answering_notebook()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_both())))
