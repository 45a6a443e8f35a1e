"""The life of one pod, moment by moment, and what the Pod status operator says of it at each."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from jupyternetes.api.core import Event, Pod
from jupyternetes.api.fields import POD_STATUS_OPERATOR
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.operators.pod_status.history import PodHistory, continued
from jupyternetes.operators.pod_status.plan import PodsStatus, compute_status
from jupyternetes.operators.pod_status.status_fields import fields
from jupyternetes.operators.status.owned_fields import owned_fields
from tests.support.objects import instance, pod

NOW = datetime(2026, 2, 1, tzinfo=UTC)
RECORD = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}
LABELS = {"jupyternetes.kadense.io/container": "notebook", "jupyternetes.kadense.io/port": "8888"}
SPEC = {
    "nodeName": "node-1",
    "restartPolicy": "OnFailure",
    "initContainers": [{"name": "network"}],
    "containers": [{"name": "mesh"}, {"name": "notebook"}],
}


class Story:
    """An Instance with one pod; each word is written into the status before the next moment."""

    def __init__(self) -> None:
        self.known = instance(startId="2", status={"pods": {"notebook": RECORD}})
        self.said: PodsStatus | None = None
        self._history: PodHistory | None = None

    def at(self, seconds: float, found: Pod | None, events: Iterable[Event] = ()) -> PodState:
        """What is said ``seconds`` after the beginning, when the pod is ``found`` so."""
        histories = {}
        if found is not None:
            self._history = continued(self._history, found, seconds)
            histories = {"notebook": self._history}
        pods = {} if found is None else {"notebook": found}
        self.said = compute_status(self.known, pods, events, histories=histories, now=NOW)
        written: Any = msgspec.to_builtins(owned_fields(fields(self.said), POD_STATUS_OPERATOR))
        written["pods"]["notebook"] |= RECORD
        self.known = instance(startId="2", status=written)
        return self.said.pods["notebook"]

    def forget(self) -> None:
        """Another process takes over, which knows the status and nothing else."""
        self._history = None

    @property
    def look_again(self) -> float | None:
        assert self.said is not None
        return self.said.look_again

    @property
    def instance(self) -> Instance:
        return self.known


def running(name: str, *, ready: bool = True, restarts: int = 0, last: dict[str, Any] | None = None) -> dict[str, Any]:
    state = {"running": {"startedAt": "2026-01-01T00:00:01Z"}}
    return {"name": name, "ready": ready, "restartCount": restarts, "state": state} | _last(last)


def waiting(
    name: str, reason: str, message: str = "", *, restarts: int = 0, last: dict[str, Any] | None = None
) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": name, "ready": False, "restartCount": restarts, "state": state} | _last(last)


def ended(
    name: str, code: int, reason: str = "Error", *, restarts: int = 0, last: dict[str, Any] | None = None
) -> dict[str, Any]:
    state = {"terminated": end(code, reason)}
    return {"name": name, "ready": name == "network", "restartCount": restarts, "state": state} | _last(last)


def end(code: int, reason: str = "Error", message: str = "last words") -> dict[str, Any]:
    return {"exitCode": code, "reason": reason, "message": message, "finishedAt": "2026-01-01T00:00:09Z"}


def seen(*containers: dict[str, Any], init: dict[str, Any] | None = None, ready: bool = False, **fields: Any) -> Pod:
    """The pod with these statuses; its init container has done its work unless ``init`` says otherwise."""
    init = init or ended("network", 0, "Completed")
    conditions = [{"type": "Ready", "status": str(ready), "lastTransitionTime": "2026-01-01T00:01:00Z"}]
    status = {
        "phase": "Running",
        "podIP": "10.1.2.3",
        "conditions": [*conditions, *fields.pop("conditions", [])],
        "initContainerStatuses": [init],
        "containerStatuses": [*containers],
    }
    return pod(labels=LABELS, spec=SPEC | fields.pop("spec", {}), status=status, **fields)


def _last(last: dict[str, Any] | None) -> dict[str, Any]:
    return {"lastState": {"terminated": last}} if last else {}
