"""Who asked the API server for what, from its audit log."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.support.kube import Json, Kube
from tests.support.waiting import eventually

_ANSWERED = ("ResponseComplete", "Panic")
_CONFLICT, _UNPROCESSABLE = 409, 422


@dataclass(frozen=True, slots=True)
class Call:
    """One answered request."""

    user: str
    verb: str
    resource: str
    """The plural, with ``/subresource`` where there is one."""
    namespace: str
    name: str
    status: int
    received: float
    """When the API server got it, in seconds since the epoch."""
    met_another: bool
    """Whether it wrote nothing as another write had come first: its version is not the last, or a test does not hold.

    How often writes meet is the machine's pace, so they are no part of what something costs.
    """

    def __str__(self) -> str:
        return f"{self.verb} {self.resource} {self.namespace}/{self.name} by {self.user}: {self.status}"


class AuditLog:
    """The log at ``path``; ``kube`` is used to put marks into it.

    A request of a service account stands in it when it comes and when it is answered.
    """

    def __init__(self, path: Path, kube: Kube) -> None:
        self._path = path
        self._kube = kube

    def mark(self) -> int:
        """A position: whatever can be seen to have been asked before this call came before it."""
        name = f"mark-{uuid.uuid4().hex}"
        before = self._path.stat().st_size
        self._kube.find("configmaps", "default", name)

        def position() -> int | None:
            with self._path.open("rb") as log:
                log.seek(before)
                found = log.read().find(name.encode())
            return before + found if found >= 0 else None

        return eventually(position, until=lambda found: found is not None) or 0

    def calls(self, since: int, *, namespace: str) -> list[Call]:
        """What service accounts asked about one namespace from ``since`` until now, answered, in the order it came.

        Watches are left out: they end when they like. So are dry runs, which make nothing: see ``dry_runs``. Others see
        a change before the request that makes it is answered, so the answers to all that has come are waited for.
        """
        until = self.mark()
        came = [
            str(entry["auditID"])
            for entry in self._entries(since, until)
            if entry["stage"] == "RequestReceived" and _is_about(entry, namespace) and not _is_dry_run(entry)
        ]

        def answers() -> dict[str, Json]:
            entries = self._entries(since)
            return {str(entry["auditID"]): entry for entry in entries if entry["stage"] in _ANSWERED}

        answered = eventually(answers, until=lambda found: found.keys() >= {*came})
        return [_call(answered[request]) for request in came]

    def dry_runs(self, since: int, *, namespace: str) -> list[Call]:
        """The dry runs in one namespace that were answered from ``since`` until now."""
        entries = self._entries(since, self.mark())
        return [
            _call(entry)
            for entry in entries
            if entry["stage"] in _ANSWERED and _is_about(entry, namespace) and _is_dry_run(entry)
        ]

    def _entries(self, since: int, until: int | None = None) -> Iterator[Json]:
        with self._path.open("rb") as log:
            log.seek(since)
            for line in log.read(-1 if until is None else until - since).splitlines():
                if line.endswith(b"}") and line.startswith(b"{"):
                    yield json.loads(line)


def count(calls: list[Call]) -> Counter[tuple[str, str]]:
    """How often each account made which kind of call: (last part of the account's name, "verb resource")."""
    return Counter((call.user.rpartition(":")[2], f"{call.verb} {call.resource}") for call in calls)


def _is_about(entry: Json, namespace: str) -> bool:
    return entry["verb"] != "watch" and entry.get("objectRef", {}).get("namespace", "") == namespace


def _is_dry_run(entry: Json) -> bool:
    return "dryRun=All" in entry.get("requestURI", "")


def _call(entry: Json) -> Call:
    about = entry.get("objectRef", {})
    resource = "/".join(filter(None, (about.get("resource", ""), about.get("subresource", ""))))
    answer = entry.get("responseStatus", {})
    status = int(answer.get("code", 0))
    user = entry["user"]["username"]
    received = datetime.fromisoformat(str(entry["requestReceivedTimestamp"])).timestamp()
    # A patch whose test does not hold is Invalid like a bad object, but only of that one it is said which it is.
    met = status == _CONFLICT or (status == _UNPROCESSABLE and not answer.get("details"))
    name = about.get("name", "")
    return Call(user, str(entry["verb"]), resource, about.get("namespace", ""), name, status, received, met)
