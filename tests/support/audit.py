"""Who asked the API server for what, from its audit log."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.support.kube import Kube
from tests.support.waiting import eventually


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

    def __str__(self) -> str:
        return f"{self.verb} {self.resource} {self.namespace}/{self.name} by {self.user}: {self.status}"


class AuditLog:
    """The log at ``path``; ``kube`` is used to put marks into it."""

    def __init__(self, path: Path, kube: Kube) -> None:
        self._path = path
        self._kube = kube

    def mark(self) -> int:
        """A position: every request that was answered before this call stands before it."""
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
        """The calls about one namespace from ``since`` until now; watches are left out, they end when they like."""
        until = self.mark()
        return [call for call in self._read(since, until) if call.namespace == namespace and call.verb != "watch"]

    def _read(self, since: int, until: int) -> Iterator[Call]:
        with self._path.open("rb") as log:
            log.seek(since)
            for line in log.read(until - since).splitlines():
                if line.endswith(b"}") and line.startswith(b"{"):
                    yield _call(json.loads(line))


def count(calls: list[Call]) -> Counter[tuple[str, str]]:
    """How often each account made which kind of call: (last part of the account's name, "verb resource")."""
    return Counter((call.user.rpartition(":")[2], f"{call.verb} {call.resource}") for call in calls)


def _call(entry: dict[str, dict[str, str]]) -> Call:
    about = entry.get("objectRef", {})
    resource = "/".join(filter(None, (about.get("resource", ""), about.get("subresource", ""))))
    status = int(entry.get("responseStatus", {}).get("code", 0))
    user = entry["user"]["username"]
    received = datetime.fromisoformat(str(entry["requestReceivedTimestamp"])).timestamp()
    return Call(user, str(entry["verb"]), resource, about.get("namespace", ""), about.get("name", ""), status, received)
