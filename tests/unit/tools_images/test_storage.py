"""Running programs: nothing that a build started outlives it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.images.errors import ImageError
from tools.images.recipes import CHECKOUT
from tools.images.storage import run_logged

BUILD = """
import pathlib, sys
from tools.images.storage import run_logged
run_logged(["sh", "-c", sys.argv[1]], log=pathlib.Path(sys.argv[2]))
"""


def test_output_goes_into_the_log_of_its_own_run(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "x.log"

    run_logged(["echo", "first"], log=log)
    run_logged(["sh", "-c", 'echo "$WORD" >&2'], log=log, environment={"WORD": "second"})

    assert log.read_text() == "second\n"


def test_failure_shows_the_end_of_the_log(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"(?s)^sh failed.*\n99\n100$") as caught:
        run_logged(["sh", "-c", "seq 100; exit 3"], log=tmp_path / "x.log")

    assert "\n1\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give the programs namespaces of their own")
def test_killed_build_takes_its_programs_and_their_children_with_it(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    # Both the program and its child keep the fifo open for as long as they live.
    program = f"exec 3>{alive}; echo started >&3; sleep 3600 & wait"
    command = [sys.executable, "-c", BUILD, program, tmp_path / "x.log"]
    with subprocess.Popen(command, cwd=CHECKOUT) as build, alive.open() as fifo:
        assert fifo.readline() == "started\n"

        build.send_signal(signal.SIGKILL)

        assert fifo.read() == "", "read to its end: nobody holds the fifo any more"
