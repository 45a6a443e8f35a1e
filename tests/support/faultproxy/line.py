"""One client's way to the API server: a port of its own, so that it can be cut off while its neighbours work on."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from tests.support.faultproxy.ends import End, end_connection
from tests.support.faultproxy.upstream import Upstream

Handler = Callable[["Line", web.BaseRequest], Awaitable[web.StreamResponse]]
Run = Callable[[Callable[[], Awaitable[None]]], None]
"""Runs a coroutine in the proxy's thread, to its end."""

_UNBOUNDED = ClientTimeout(total=None, connect=None, sock_connect=5)


class Line:
    """Made by ``FaultProxy.line``. Its public methods may be called from any thread."""

    def __init__(self, name: str, source: Path, folder: Path, handler: Handler, run: Run) -> None:
        self.name = name
        self.kubeconfig = folder / f"{name}.kubeconfig"
        self.upstream = Upstream.read(source)
        self.refused_tokens: set[str] = set()
        self._run = run
        self._open = asyncio.Event()
        self._open.set()
        # Stays bound and never listens: while nobody else does, connections are refused and the port stays ours.
        self._reservation = _bound(0)
        self._port: int = self._reservation.getsockname()[1]
        self._handler = handler
        self._server: web.Server | None = None
        self._listener: asyncio.Server | None = None
        self.upstream.write_for(self.address, self.kubeconfig)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def cut_off(self, *, hang: bool = False) -> None:
        """From now on connections are refused, and those that there are get reset.

        With ``hang`` connections stay and are accepted, and not a byte passes in either direction; what still waits on
        both sides when the line is restored passes then, as TCP would send it again.
        """

        async def cut() -> None:
            if hang:
                self._open.clear()
            else:
                await self._refuse()

        self._run(cut)

    def drop_connections(self) -> None:
        """Reset those that there are; new ones are welcome."""

        async def drop() -> None:
            self._reset()

        self._run(drop)

    def restore(self) -> None:
        """End a cut-off."""

        async def restore() -> None:
            self._open.set()
            await self.listen()

        self._run(restore)

    def expire_token(self, token: str | None = None) -> None:
        """The token (None: the present one) is refused with 401 from now on, and open connections are reset."""

        async def expire() -> None:
            self.refused_tokens.add(self.upstream.token if token is None else token)
            self._reset()

        self._run(expire)

    def renew(self, source: Path) -> None:
        """Give the client another kubeconfig of the same account, as kubelet renews the token of a pod."""

        async def renew() -> None:
            self.upstream = Upstream.read(source)
            self.upstream.write_for(self.address, self.kubeconfig)

        self._run(renew)

    def rotate_token(self, source: Path) -> None:
        """The present token expires, and the one of ``source`` is already there."""
        expired = self.upstream.token
        self.renew(source)
        self.expire_token(expired)

    # What follows is for the proxy, in its own thread.

    async def passable(self) -> None:
        """Until no cut-off keeps bytes back."""
        await self._open.wait()

    def session(self) -> ClientSession:
        """Connections to the API server."""
        connector = TCPConnector(limit=0, ssl=self.upstream.tls or True)
        return ClientSession(
            connector=connector, timeout=_UNBOUNDED, auto_decompress=False, skip_auto_headers=["User-Agent", "Accept"]
        )

    async def listen(self) -> None:
        if self._server is None:
            self._server = web.Server(lambda request: self._handler(self, request), handler_cancellation=True)
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = await loop.create_server(self._server, sock=_bound(self._port))

    async def close(self) -> None:
        await self._refuse()
        if self._server is not None:
            await self._server.shutdown(timeout=0.1)
        self._reservation.close()

    async def _refuse(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._reset()

    def _reset(self) -> None:
        for connection in self._server.connections if self._server is not None else ():
            end_connection(connection.transport, End.RST)


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound
