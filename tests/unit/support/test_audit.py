"""The reader of the audit log counts what was asked between two marks, whenever its answer is written down."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.support import waiting
from tests.support.audit import AuditLog, count

if TYPE_CHECKING:
    from tests.support.kube import Kube

PODS = "system:serviceaccount:kadense:pods"


class Server:
    """Writes the log; ``late`` are lines that it writes only while somebody waits for them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.late: list[str] = []
        path.touch()

    def find(self, resource: str, namespace: str, name: str) -> None:
        """The administrator's look, which has one line: that of its answer."""
        self.write(line(name, "ResponseComplete", "get", resource, user="admin", namespace=namespace, name=name))

    def write(self, *lines: str) -> None:
        with self._path.open("a") as log:
            log.writelines(f"{each}\n" for each in lines)

    def goes_on(self, _: float) -> None:
        self.write(self.late.pop(0))


def line(audit_id: str, stage: str, verb: str, resource: str, *, user: str = PODS, **about: Any) -> str:
    entry = {
        "auditID": audit_id,
        "stage": stage,
        "verb": verb,
        "user": {"username": user},
        "objectRef": {"resource": resource, "namespace": "lab"} | about,
        "requestReceivedTimestamp": "2026-01-01T00:00:00.000000Z",
    }
    answer = {} if stage == "RequestReceived" else {"responseStatus": {"code": 200}}
    return json.dumps(entry | answer)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server(tmp_path / "audit.log")
    monkeypatch.setattr(waiting.time, "sleep", server.goes_on)
    return server


@pytest.fixture
def log(server: Server, tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.log", cast("Kube", server))


def test_answer_that_is_written_late_is_waited_for(server: Server, log: AuditLog) -> None:
    """What a patch changes is seen by a watch, and so by a test, before the patch is answered."""
    since = log.mark()
    server.write(line("1", "RequestReceived", "create", "pods"), line("2", "RequestReceived", "patch", "pods"))
    server.write(line("1", "ResponseComplete", "create", "pods", name="made"))
    server.late += ['{"cut off', line("2", "ResponseComplete", "patch", "pods")]

    calls = log.calls(since, namespace="lab")

    assert count(calls) == {("pods", "create pods"): 1, ("pods", "patch pods"): 1}
    assert [(call.name, call.status) for call in calls] == [("made", 200), ("", 200)]


def test_request_from_before_the_mark_does_not_count_however_late_its_answer(server: Server, log: AuditLog) -> None:
    server.write(line("1", "RequestReceived", "patch", "pods"))
    since = log.mark()
    server.write(line("1", "ResponseComplete", "patch", "pods"))

    assert log.calls(since, namespace="lab") == []


def test_watches_and_other_namespaces_are_not_waited_for(server: Server, log: AuditLog) -> None:
    since = log.mark()
    server.write(line("1", "RequestReceived", "watch", "pods"))
    server.write(line("2", "RequestReceived", "patch", "pods", namespace="other"))

    assert log.calls(since, namespace="lab") == []
