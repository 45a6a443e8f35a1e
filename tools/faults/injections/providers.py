"""What a hub depends on fails: its database hangs, or the volume of that is full."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tools.faults.people import logging_in
from tools.faults.pod_processes import pids_of
from tools.faults.site import Site, roll

_FILLING: Final = "filling"
_ASK_SECONDS: Final = 30
#: More than fit onto the volume.
_MOST_SEGMENTS: Final = 32
_BLOCK: Final = bytes(64 * 1024)


@contextmanager
def database_hangs(site: Site) -> Generator[float]:
    """All processes of PostgreSQL stand still, and its connections stay."""
    processes = pids_of(site.pod("postgres"), b"postgres")
    made = time.monotonic()
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield made
    finally:
        for process in processes:
            with suppress(ProcessLookupError):  # it was killed, as what stands still for long may be
                os.kill(process, signal.SIGCONT)
        roll(site.hub, "postgres")


@contextmanager
def database_volume_full(site: Site) -> Generator[float]:
    """Not a byte is free on the database's volume, which is in memory, and people try to log in."""
    volume = site.database_volume
    filling = volume / _FILLING
    made = time.monotonic()
    _fill(filling)
    try:
        _write_something(site)
        with logging_in(site.demo.address):
            yield made
    finally:
        filling.unlink(missing_ok=True)
        site.hub.run("rollout", "restart", "deployment/postgres")
        roll(site.hub, "postgres")


def _fill(file: Path) -> None:
    """Take all that is free. The last blocks are small, so that nothing is left for anybody."""
    free = shutil.disk_usage(file.parent).free
    with file.open("wb", buffering=0) as stream:
        try:
            for _ in range(free // len(_BLOCK)):
                stream.write(_BLOCK)
            while stream.write(_BLOCK[:4096]):
                pass
        except OSError:
            return


def _write_something(site: Site) -> None:
    """Have PostgreSQL write until it fails. It has segments of its log in store, and needs room when they are used."""
    ask = [*site.hub.command, "exec", "deployment/postgres", "--", "psql", "--username=postgres", "--dbname=jupyterhub"]
    write = "--command=SELECT pg_logical_emit_message(true, 'filling', 'a segment that is not empty')"
    with suppress(subprocess.TimeoutExpired):
        for _ in range(_MOST_SEGMENTS):
            command = [*ask, write, "--command=SELECT pg_switch_wal()"]
            if subprocess.run(command, capture_output=True, check=False, timeout=_ASK_SECONDS).returncode:
                return
