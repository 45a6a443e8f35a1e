"""The operator of databases, as somebody else might have written it: a process that answers as it is told to.

It knows nothing of us: it sees Databases, keeps each by a finalizer until it has cleared up, and writes their status.
``python -m tests.support.database_operator KUBECONFIG FILE``; what is written in the file decides how it behaves.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.support.kube import Json, Kube, Refused

READY, CREATING, ADDRESS = "ready", "creating", "db.example.org"
FINALIZER: Final = "databases.example.org/clear-up"
NEVER_ENDS, DELETES = "deletes it, and never clears up", "deletes it, each time"

_LOOK = 0.1  # seconds between two looks
_MEGABYTE = 1_000_000


def _said(generation: int, *, status: object = "True", **fields: object) -> Json:
    condition = {"type": "Ready", "status": status, "reason": "AsTold", "observedGeneration": generation}
    return {"conditions": [condition | {"message": ""} | fields]}


#: What it says of a Database of some generation.
WORDS: Final[dict[str, Callable[[int], Json]]] = {
    READY: lambda generation: {**_said(generation), "host": ADDRESS},
    CREATING: lambda generation: _said(generation, status="False", message="disk 3 of 5"),
    "an output of 1 MB": lambda generation: {**_said(generation), "host": "x" * _MEGABYTE},
    "a message of 1 MB": lambda generation: _said(generation, status="False", message="disk 3 of 5 " * 83_000),
    "an output that does not fit": lambda generation: {**_said(generation), "host": "Host; rm -rf /"},
    "an output that is a map": lambda generation: {**_said(generation), "host": {"name": ADDRESS}},
    "no output": _said,
    "another generation": lambda generation: {**_said(generation - 1), "host": ADDRESS},
    "a generation to come": lambda generation: {**_said(generation + 7), "host": ADDRESS},
    "conditions that are a text": lambda _: {"conditions": "Ready", "host": ADDRESS},
    "conditions that are garbage": lambda generation: {
        "conditions": [
            7,
            None,
            ["Ready"],
            {"type": {"Ready": True}, "status": []},
            _said(generation, status=True, message={"a": 1}, reason=[])["conditions"][0],
        ],
        "host": ADDRESS,
    },
    "10,000 conditions": lambda generation: {
        "conditions": [{"type": f"Part{number}", "status": "False", "message": "?"} for number in range(10_000)],
        "host": ADDRESS,
    },
}


def run(kube: Kube, told: Path) -> None:
    """For ever."""
    while True:
        with suppress(Refused):  # somebody else was quicker, or it may not; it tries again
            for database in kube.all("databases", ""):
                _tend(kube, database, told.read_text())
        time.sleep(_LOOK)


def _tend(kube: Kube, database: Json, told: str) -> None:
    meta = database["metadata"]
    where = meta["namespace"], meta["name"]
    held = FINALIZER in meta.get("finalizers", [])
    if "deletionTimestamp" in meta:
        if held and told != NEVER_ENDS:
            others = [each for each in meta["finalizers"] if each != FINALIZER]
            kube.merge_patch("databases", *where, {"metadata": {"finalizers": others}}, manager="database-operator")
        return
    if not held:
        mine = [*meta.get("finalizers", []), FINALIZER]
        kube.merge_patch("databases", *where, {"metadata": {"finalizers": mine}}, manager="database-operator")
    if told in (NEVER_ENDS, DELETES):
        kube.delete("databases", *where)
        return
    status = WORDS[told](meta["generation"])
    if database.get("status") != status:
        steps: list[Json] = [{"op": "add", "path": "/status", "value": status}]
        kube.json_patch("databases/status", *where, steps)


if __name__ == "__main__":
    run(Kube(Path(sys.argv[1])), Path(sys.argv[2]))
