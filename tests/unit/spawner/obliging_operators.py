"""Operators that do what is asked at once, as far as the status shows it."""

from collections.abc import Mapping
from typing import Any

from jupyternetes.api import conditions, reasons
from tests.unit.spawner.fake_cluster import FakeClient


def condition(kind: str, generation: int, *, status: str = "False", reason: str, message: str = "") -> dict[str, Any]:
    """One condition as JSON."""
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }


def running_status(
    instance: Mapping[str, Any], *, host: str = "10.1.2.3", port: int = 8888, pod: str = "pod-uid"
) -> dict[str, Any]:
    """The status of an Instance whose server is ready."""
    generation = instance["metadata"]["generation"]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {
        "observedGeneration": generation,
        "address": address,
        "pods": {
            "notebook": {
                "uid": pod,
                "observedUid": pod,
                "startId": instance["spec"].get("startId", ""),
                "state": "Running",
                "podAddress": host,
                "portNumber": port,
                "progress": [
                    {"time": "2026-01-01T00:00:01Z", "reason": "Scheduled", "message": "Assigned to node-1"},
                    {"time": "2026-01-01T00:00:02Z", "reason": "Started", "message": "Container started"},
                ],
            }
        },
        "conditions": [
            condition(conditions.PVCS_PROVISIONED, generation, status="True", reason="Provisioned"),
            condition(conditions.PODS_PROVISIONED, generation, status="True", reason="Provisioned"),
            condition(conditions.READY, generation, status="True", reason="ServerReady"),
        ],
    }


def suspended_status(instance: Mapping[str, Any]) -> dict[str, Any]:
    """The status of an Instance whose pods are gone after a stop."""
    generation = instance["metadata"]["generation"]
    return {
        "observedGeneration": generation,
        "address": "",
        "pods": {"notebook": {"startId": instance["spec"].get("startId", ""), "state": "Stopped"}},
        "conditions": [condition(conditions.PODS_PROVISIONED, generation, reason=reasons.SUSPENDED.name)],
    }


def crashed_status(instance: Mapping[str, Any]) -> dict[str, Any]:
    """The status of an Instance whose server crashed and is started again by the kubelet."""
    status = running_status(instance)
    status["pods"]["notebook"] |= {"state": "Processed", "podAddress": "", "reason": "CrashLoopBackOff"}
    return status | {"address": ""}


def stopped_status(instance: Mapping[str, Any], *, reason: str, exit_code: int | None = None) -> dict[str, Any]:
    """The status of an Instance whose server ended by itself."""
    status = running_status(instance)
    status["pods"]["notebook"] |= {"state": "Stopped", "podAddress": "", "reason": reason, "exitCode": exit_code}
    return status | {"address": ""}


class Obliging:
    """Reports each new generation as done. ``host`` and ``port`` are where all servers are."""

    def __init__(self, client: FakeClient, *, host: str = "10.1.2.3", port: int = 8888) -> None:
        self.client = client
        self.host = host
        self.port = port
        self.stopping = True
        self._done: dict[tuple[str, int], int] = {}

    def __call__(self, instance: dict[str, Any]) -> None:
        meta, spec = instance["metadata"], instance["spec"]
        key = (meta["uid"], meta["generation"])
        if key in self._done or (spec.get("suspend") and meta["generation"] == 1):
            return
        if (meta["namespace"], meta["name"]) not in self.client.instances:
            return
        if spec.get("suspend"):
            if not self.stopping:
                return
            status = suspended_status(instance)
        else:
            status = running_status(instance, host=self.host, port=self.port, pod=f"pod-{meta['generation']}")
        self._done[key] = 1
        self.client.set_status(meta["namespace"], meta["name"], status)
