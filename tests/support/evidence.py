"""What a failed test leaves behind: how the operators fare, and what was asked of the API server.

A test that waits in vain says only that nothing came. Who did not do it, and why, stands in the operators' logs and in
the audit log, which are gone with the cluster.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.support.installation import RELEASE_NAMESPACE
from tests.support.operators import Operator

LOG_LINES = 40
REQUESTS = 60
_TAIL = 16 * 2**20  # bytes of the audit log, far more than one test writes
_OPERATORS = f"system:serviceaccount:{RELEASE_NAMESPACE}:"


def of_operators(operators: Iterable[Operator]) -> Iterator[tuple[str, str]]:
    """A report section for each operator: whether it runs, and the end of its log."""
    for operator in operators:
        if operator.runs:
            state = "runs"
        else:
            state = "was never started" if operator.exit_code is None else f"ended with code {operator.exit_code}"
        yield f"operator {operator.name}, which {state}", "\n".join(operator.text.splitlines()[-LOG_LINES:])


def of_requests(audit_log: Path, namespace: str) -> Iterator[tuple[str, str]]:
    """A report section of the last requests about ``namespace``, and of the operators' lists and watches of all."""
    try:
        entries = [entry for entry in _entries(audit_log) if _is_about(entry, namespace)]
    except OSError as error:
        yield "audit log", str(error)
        return
    lines = [_line(entry) for entry in sorted(entries, key=lambda entry: entry["stageTimestamp"])]
    yield f"the last requests about namespace {namespace}, by the time of their answer", "\n".join(lines[-REQUESTS:])


def _entries(audit_log: Path) -> Iterator[dict[str, Any]]:
    with audit_log.open("rb") as log:
        log.seek(max(0, audit_log.stat().st_size - _TAIL))
        for line in log:
            try:
                yield json.loads(line)
            except ValueError:
                continue  # cut off: the first of the tail, or one that is being written


def _is_about(entry: Mapping[str, Any], namespace: str) -> bool:
    if entry["stage"] == "RequestReceived":
        return False
    if entry["verb"] == "watch" and entry["stage"] == "ResponseComplete" and _status(entry) == 200:
        return False  # its start is there already, and its end says nothing
    about = entry.get("objectRef", {})
    if about.get("resource") == "events":
        return False
    asked = about.get("namespace", "")
    everywhere = not asked and entry["verb"] in ("list", "watch") and entry["user"]["username"].startswith(_OPERATORS)
    return asked == namespace or everywhere


def _status(entry: Mapping[str, Any]) -> int:
    return int(entry.get("responseStatus", {}).get("code", 0))


def _line(entry: Mapping[str, Any]) -> str:
    user = str(entry["user"]["username"]).rpartition(":")[2]
    return f"{entry['stageTimestamp']} {user}: {entry['verb']} {entry['requestURI']} -> {_status(entry)}"
