"""A JupyterHub as a process of this machine, which shows options forms. It needs no cluster."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

import requests

from tests.support.waiting import eventually
from tools.cluster.layout import free_ports

CHECKOUT = Path(__file__).parents[3]
_CONFIGURATION = Path(__file__).with_name("jupyterhub_config.py")
_SECONDS_TO_BEGIN = 180  # on a busy machine JupyterHub's imports alone take half a minute
_SECONDS_TO_END = 20


class Sent(NamedTuple):
    """What a user's browser sent: the Template, the texts of its fields, and the names of all that was sent."""

    user: str
    template: str
    texts: dict[str, str]
    names: list[str]


@dataclass(kw_only=True)
class FormHub:
    """A hub of a `version` at `address`, without slash at the end; `folder` has its database and what was sent."""

    version: str
    address: str
    folder: Path

    def __post_init__(self) -> None:
        self._numbers = count()

    def new_user(self, form: str) -> str:
        """The name of somebody to whom this hub shows `form`, and who has not started anything."""
        return f"{form}--{next(self._numbers)}"

    def sent_by(self, user: str) -> list[Sent]:
        """What came from a user, oldest first."""
        file = self.folder / "sent.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [sent for line in lines if (sent := Sent(*json.loads(line))).user == user]


@contextmanager
def running_hub(version: str, python: Path, folder: Path) -> Iterator[FormHub]:
    """The hub of the environment that `python` belongs to; its log is in `folder` too."""
    place = f"127.0.0.1:{free_ports(1)[0]}"
    environment = {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(CHECKOUT),
        "FORM_HUB_ADDRESS": place,
        "FORM_HUB_FOLDER": str(folder),
    }
    command = [python, "-m", "jupyterhub", f"--config={_CONFIGURATION}"]
    log = folder / "hub.log"
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)

    def serves() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return requests.get(f"http://{place}/hub/health", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    try:
        eventually(serves, seconds=_SECONDS_TO_BEGIN)
        yield FormHub(version=version, address=f"http://{place}", folder=folder)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
