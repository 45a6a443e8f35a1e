"""A process that is frozen while several of its writes are about to leave, and goes on when its lease is over."""

import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.runtime.conftest import KubeconfigWriter

WRITES = 12
CHILD = f"""
import asyncio, os, pathlib, signal, sys
from jupyternetes.runtime.client import Client
from tests.unit.runtime.scripted_api import WIDGETS

async def main(config, lost):
    asked = 0
    def until():
        nonlocal asked
        asked += 1
        if asked == 1:  # frozen in the next turn of the event loop, when all writes have been got ready
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGSTOP)
        return float("-inf") if lost.exists() else float("inf")

    async with await Client.connect(config, user_agent="t", writes_until=until) as client:
        # All connections are open when the writes begin.
        await asyncio.gather(*(client.read("the version", "/version") for _ in range({WRITES})))
        made = await asyncio.gather(
            *(client.create(WIDGETS, "lab", {{"size": n}}) for n in range({WRITES})), return_exceptions=True
        )
    print(*(type(one).__name__ for one in made))

if sys.argv[3] == "uvloop":
    import uvloop
    run = uvloop.run
else:
    run = asyncio.run
run(main(sys.argv[1], pathlib.Path(sys.argv[2])))
"""
ANSWER = b'{"metadata": {"name": "a", "uid": "u", "resourceVersion": "1"}}'


class Server:
    """Answers reads when as many have come as there are writes, and writes when told to."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.reading: list[socket.socket] = []
        self.writing: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.listener, selectors.EVENT_READ)

    def serve(self, *, until: Callable[[], bool], seconds: float = 30.0) -> None:
        """Take requests until this is so; fails if nothing comes for so long."""
        while not until():
            ready = self._selector.select(seconds)
            assert ready, "nothing came"
            for key, _ in ready:
                self._take(key.fileobj)

    def take_what_has_come(self) -> None:
        """Take all requests that have been sent by now."""
        while ready := self._selector.select(0.5):
            for key, _ in ready:
                self._take(key.fileobj)

    def answer(self, waiting: list[socket.socket]) -> None:
        """Answer all of these."""
        for connection in waiting:
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))
        waiting.clear()

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def _take(self, ready: object) -> None:
        assert isinstance(ready, socket.socket)
        if ready is self.listener:
            self._selector.register(self.listener.accept()[0], selectors.EVENT_READ)
            return
        content = ready.recv(2**16)
        if not content:
            self._selector.unregister(ready)
            ready.close()
        elif content.startswith(b"GET"):
            self.reading.append(ready)
        elif content.startswith(b"POST"):
            self.writing.append(ready)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_process_that_was_frozen_with_writes_got_ready_sends_none_without_its_lease_B26(
    tmp_path: Path, kubeconfig_for: KubeconfigWriter, loop: str
) -> None:
    server, lost = Server(), tmp_path / "lost"
    command = [sys.executable, "-c", CHILD, str(kubeconfig_for(server.url, token="t")), str(lost), loop]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            server.serve(until=lambda: len(server.reading) == WRITES)
            server.answer(server.reading)
            _, status = os.waitpid(child.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            server.take_what_has_come()
            sent = len(server.writing)
            server.answer(server.writing)

            lost.touch()
            child.send_signal(signal.SIGCONT)
            server.take_what_has_come()
            late = len(server.writing)
            server.answer(server.writing)
            said, _ = child.communicate(timeout=30)
        finally:
            child.kill()
            server.close()

    assert late == 0, f"{late} left after the lease was lost, {sent} before"
    assert sorted(said.split()) == sorted(["Widget"] * sent + ["NotLeader"] * (WRITES - sent))
