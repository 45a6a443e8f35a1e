"""A kubelet's word without a kubelet: pods become Ready because the test says so.

There is no node either, so the scheduler says of each new pod that it has found none.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from jupyternetes.api.core import Pod
from jupyternetes.api.resources import PODS
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Conflict, NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.store import Change

Says = Callable[[Pod], dict[str, Any] | None]
STARTED = "2026-01-01T00:00:00Z"


def ready(pod: Pod) -> dict[str, Any]:
    """The status of a pod whose only container runs and is ready."""
    container = pod.spec.containers[0].name
    return {
        "phase": "Running",
        "podIP": "10.20.30.40",
        "podIPs": [{"ip": "10.20.30.40"}],
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": STARTED}],
        "containerStatuses": [_container(container, ready=True, state={"running": {"startedAt": STARTED}})],
    }


def ended(pod: Pod, exit_code: int) -> dict[str, Any]:
    """The status of a pod whose only container ended for good."""
    terminated = {"exitCode": exit_code, "reason": "Error", "startedAt": STARTED, "finishedAt": STARTED}
    return {
        "phase": "Failed" if exit_code else "Succeeded",
        "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": STARTED}],
        "containerStatuses": [_container(pod.spec.containers[0].name, ready=False, state={"terminated": terminated})],
    }


def waiting(pod: Pod, reason: str, message: str) -> dict[str, Any]:
    """The status of a pod whose only container cannot start."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {
        "phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": STARTED}],
        "containerStatuses": [_container(pod.spec.containers[0].name, ready=False, state=state)],
    }


class Kubelet:
    """Gives each new pod of a namespace the status that ``says`` makes of it; None leaves it alone."""

    def __init__(self, client: Client, namespace: str) -> None:
        self.says: Says = ready
        self.pods = Informer(client, PODS, namespaces=(namespace,))
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()
        self.pods.subscribe(self._seen)

    async def report(self, pod: Pod, status: dict[str, Any]) -> None:
        """Write a pod's status."""
        try:
            await self._client.merge_patch(
                PODS, pod.metadata.namespace, pod.metadata.name, {"status": status}, subresource="status"
            )
        except (NotFound, Conflict):
            return

    async def new_pod(self) -> Pod:
        """The one pod that there is, once the scheduler has given it up and will not write to it again."""
        while not (given_up := [pod for pod in self.pods.values() if _is_given_up(pod)]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        (pod,) = given_up
        return pod

    def _seen(self, change: Change[Pod]) -> None:
        if change.new is None or change.old is not None:
            return
        status = self.says(change.new)
        if status is not None:
            task = asyncio.get_running_loop().create_task(self.report(change.new, status))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def _is_given_up(pod: Pod) -> bool:
    return any(condition.type == "PodScheduled" and condition.status == "False" for condition in pod.status.conditions)


def _container(name: str, *, ready: bool, state: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "ready": ready, "restartCount": 0, "image": "none", "imageID": "", "state": state}
