"""How the server of an Instance fares, as its status says."""

from typing import Any

import msgspec
import pytest

from jupyternetes.graph.discovery.objects.instances import Instance
from jupyternetes.graph.discovery.states.instances import of_instance, series_of

Json = dict[str, Any]


def instance(spec: Json | None = None, status: Json | None = None, **metadata: Any) -> Instance:
    body = {
        "metadata": {"name": "a", "generation": 3, **metadata},
        "spec": {"startId": "2", **(spec or {})},
        "status": status or {},
    }
    return msgspec.convert(body, Instance)


def entry(state: str = "Processed", **fields: Any) -> Json:
    known = {"state": state, "startId": "2", "uid": "u", "observedUid": "u", "portNumber": 8888}
    return {"pods": {"notebook": {**known, **fields}}}


def says(kind: str, reason: str, *, generation: int = 3, status: str = "False") -> Json:
    condition = {"type": kind, "status": status, "reason": reason, "observedGeneration": generation}
    return {"conditions": [{**condition, "message": f"because of {reason}", "lastTransitionTime": "t"}]}


SUSPEND = {"suspend": True}


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        (instance(), "starting", "Starting"),
        (instance(status=entry("Running")), "ok", ""),
        (instance(status=entry("Running", startId="1")), "starting", "Starting"),
        (instance(status=entry("Running", observedUid="of another pod")), "starting", "Starting"),
        (instance(status=entry(reason="ContainerCreating")), "starting", "ContainerCreating"),
        (instance(status=entry()), "starting", "Starting"),
        (instance(status=entry(reason="ImagePullBackOff")), "failing", "ImagePullBackOff"),
        (instance(status=entry(reason="Unschedulable")), "failing", "Unschedulable"),
        (instance(status=entry(reason="ServerKeepsFailing")), "failing", "ServerKeepsFailing"),
        (instance(status=entry("Stopped", reason="OOMKilled")), "failing", "OOMKilled"),
        (instance(status=entry("Stopped")), "failing", "Failed"),
        (instance(status=entry("Stopped", reason="Completed")), "stopped", "Completed"),
        (instance(status=entry("Error", errorMessage="exceeded quota")), "failing", "FailedCreate"),
        (instance(status=entry("Error") | says("PodsProvisioned", "QuotaExceeded")), "failing", "QuotaExceeded"),
        (instance(status=says("PvcsProvisioned", "ClaimLost")), "failing", "ClaimLost"),
        (instance(status=says("PodsProvisioned", "WaitingForEntries")), "starting", "WaitingForEntries"),
        (instance(status=says("PodsProvisioned", "TemplateError", generation=2)), "starting", "Starting"),
        (instance(SUSPEND), "stopped", "NotStarted"),
        (instance(SUSPEND, says("PodsProvisioned", "Suspended", status="True")), "stopped", "Suspended"),
        (instance(SUSPEND, entry("Running")), "stopping", "Stopping"),
        (instance(SUSPEND, entry(reason="NodeLost")), "failing", "NodeLost"),
        (instance(status=entry("Running"), deletionTimestamp="t"), "stopping", "Stopping"),
        (instance(deletionTimestamp="t", finalizers=["example.org/keep"]), "stopping", "BeingDeleted"),
    ],
)
def test_instance(found: Instance, state: str, reason: str) -> None:
    health = of_instance(found)

    assert (health.state, health.reason) == (state, reason)


def test_sentence_is_the_status_own_or_that_of_the_reason() -> None:
    assert of_instance(instance(status=entry(reason="OOMKilled", message="at 2Gi"))).message == "at 2Gi"
    assert of_instance(instance(status=entry("Stopped", reason="OOMKilled"))).message.startswith("The server used more")
    assert of_instance(instance(status=says("PvcsProvisioned", "ClaimLost"))).message == "because of ClaimLost"


def test_series_are_why_it_waits_and_why_it_ended_last() -> None:
    last = {"lastTermination": {"notebook": {"reason": "OOMKilled"}}}
    series = series_of(instance(status=entry(reason="ImagePullBackOff") | last))

    assert (series.waiting_reasons, series.terminated_reasons) == (("ImagePullBackOff",), ("OOMKilled",))
