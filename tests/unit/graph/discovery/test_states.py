"""How pods, claims, quotas, Templates, Leases and nodes fare."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api.template import Template
from jupyternetes.graph.discovery.objects.cluster import Claim, ClusterNode, Lease, Quota
from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.discovery.states.objects import of_claim, of_cluster_node, of_lease, of_quota, of_template
from jupyternetes.graph.discovery.states.pods import changing_since, of_pod, of_pods, revision_of, series_of

Json = dict[str, Any]

SINCE = "2026-11-28T10:00:00Z"
NOW = "2026-11-28T12:00:00Z"


def condition(kind: str, status: str, **more: str) -> Json:
    return {"type": kind, "status": status, "lastTransitionTime": SINCE, **more}


def container(**state: Any) -> Json:
    return {"name": "c", "ready": False, **state}


def waiting(reason: str, message: str = "") -> Json:
    return container(state={"waiting": {"reason": reason, "message": message}})


def terminated(code: int, reason: str) -> Json:
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": SINCE}}


def pod(phase: str = "Running", *conditions: Json, containers: tuple[Json, ...] = (), **more: Any) -> Pod:
    status = {"phase": phase, "conditions": conditions, "containerStatuses": containers, **more.pop("status", {})}
    return msgspec.convert({"metadata": {"name": "p", **more}, "spec": {"nodeName": "n"}, "status": status}, Pod)


READY = pod("Running", condition("Ready", "True"))
STARTING = pod("Pending", containers=(waiting("ContainerCreating"),))
LEAVING = pod("Running", condition("Ready", "True"), deletionTimestamp=NOW)
CRASHING = pod(containers=(waiting("CrashLoopBackOff", "back-off 5m0s") | {"lastState": terminated(1, "Error")},))
KILLED = waiting("CrashLoopBackOff", "back-off 5m0s") | {"lastState": terminated(137, "OOMKilled")}
NO_SPACE = 'LOG: starting\nPANIC: could not write to file "pg_wal/x": No space left on device\nLOG: terminated'
FULL = waiting("CrashLoopBackOff", "back-off 5m0s") | {
    "lastState": {"terminated": terminated(1, "Error")["terminated"] | {"message": NO_SPACE}}
}
EVICTED = pod("Failed", status={"reason": "Evicted", "message": "The node was low on resource: memory."})


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        (READY, "ok", ""),
        (STARTING, "starting", "ContainerCreating"),
        (pod("Pending"), "starting", "Starting"),
        (pod(containers=(container(state={"running": {}}),)), "starting", "NotReady"),
        (LEAVING, "stopping", "Stopping"),
        (CRASHING, "failing", "CrashLoopBackOff"),
        (pod(containers=(KILLED,)), "failing", "OOMKilled"),
        (pod(containers=(FULL,)), "failing", "DiskFull"),
        (pod(containers=(container(state={"running": {}}, lastState=FULL["lastState"]),)), "failing", "DiskFull"),
        (pod("Running", condition("Ready", "True"), containers=(FULL | {"ready": True},)), "ok", ""),
        (pod("Pending", containers=(waiting("ImagePullBackOff"),)), "failing", "ImagePullBackOff"),
        (pod("Pending", containers=(waiting("RunContainerError"),)), "failing", "RunContainerError"),
        (pod("Pending", condition("PodScheduled", "False", reason="Unschedulable")), "failing", "Unschedulable"),
        (pod("Pending", condition("PodScheduled", "False", reason="SchedulingGated")), "starting", "SchedulingGated"),
        (pod(containers=(container(state=terminated(137, "OOMKilled")),)), "failing", "OOMKilled"),
        (
            pod(containers=(container(state={"running": {}}, lastState=terminated(137, "OOMKilled")),)),
            "failing",
            "OOMKilled",
        ),
        (pod("Succeeded", containers=(container(state=terminated(0, "Completed")),)), "stopped", "Completed"),
        (pod("Failed", containers=(container(state=terminated(3, "Error")),)), "failing", "Error"),
        (EVICTED, "failing", "Evicted"),
        (pod("Unknown"), "unknown", "NodeNotReady"),
        (pod("Running", condition("Ready", "Unknown")), "unknown", "NodeNotReady"),
        (
            pod("Running", condition("Ready", "False"), condition("ContainersReady", "True")),
            "failing",
            "NodeNotReady",
        ),
    ],
)
def test_pod(found: Pod, state: str, reason: str) -> None:
    health = of_pod(found)

    assert (health.state, health.reason) == (state, reason)


def test_pod_says_which_container_and_since_when() -> None:
    assert of_pod(READY).since == SINCE
    assert of_pod(CRASHING).message == "Container c: back-off 5m0s"
    assert of_pod(pod(containers=(FULL,))).message == (
        'Container c: PANIC: could not write to file "pg_wal/x": No space left on device'
    )
    assert of_pod(EVICTED).message == "The node was low on resource: memory."


@pytest.mark.parametrize(
    ("pods", "state", "reason"),
    [
        ((READY, READY), "ok", ""),
        ((READY, STARTING), "ok", ""),
        ((READY, LEAVING), "ok", ""),
        ((READY, CRASHING), "degraded", "CrashLoopBackOff"),
        ((STARTING, CRASHING), "failing", "CrashLoopBackOff"),
        ((READY, EVICTED), "ok", ""),
        ((STARTING, LEAVING), "starting", "ContainerCreating"),
        ((LEAVING,), "stopping", "Stopping"),
        ((EVICTED,), "failing", "Evicted"),
        ((), "failing", "NoPods"),
    ],
)
def test_pods_that_do_the_same_work(pods: tuple[Pod, ...], state: str, reason: str) -> None:
    health = of_pods(pods)

    assert (health.state, health.reason) == (state, reason)


def test_reasons_of_waiting_and_ended_containers_are_a_series() -> None:
    series = series_of((CRASHING, READY, CRASHING))

    assert (series.waiting_reasons, series.terminated_reasons) == (("CrashLoopBackOff",), ("Error",))


@pytest.mark.parametrize(
    ("claim", "state", "reason"),
    [
        ({"status": {"phase": "Bound"}}, "ok", ""),
        ({"status": {"phase": "Pending"}}, "starting", "Pending"),
        ({"status": {"phase": "Lost"}}, "failing", "ClaimLost"),
        ({"metadata": {"deletionTimestamp": NOW}, "status": {"phase": "Bound"}}, "stopping", "Terminating"),
        ({}, "starting", "Pending"),
    ],
)
def test_claim(claim: Json, state: str, reason: str) -> None:
    health = of_claim(msgspec.convert(claim, Claim))

    assert (health.state, health.reason) == (state, reason)


@pytest.mark.parametrize(
    ("hard", "used", "state"),
    [
        ({"pods": "10"}, {"pods": "9"}, "ok"),
        ({"pods": "10"}, {"pods": "10"}, "failing"),
        ({"requests.memory": "2Gi"}, {"requests.memory": "2048Mi"}, "failing"),
        ({"limits.cpu": "1"}, {"limits.cpu": "999m"}, "ok"),
        ({"gold.storageclass.storage.k8s.io/requests.storage": "1Ti"}, {}, "ok"),
        ({"services.loadbalancers": "1"}, {"services.loadbalancers": "1"}, "ok"),
        ({"pods": "0"}, {"pods": "0"}, "ok"),
        ({"pods": "many"}, {"pods": "1"}, "ok"),
        ({}, {}, "unknown"),
    ],
)
def test_quota_fails_once_something_that_servers_need_is_used_up(hard: Json, used: Json, state: str) -> None:
    health = of_quota(msgspec.convert({"status": {"hard": hard, "used": used}}, Quota))

    assert health.state == state
    assert (health.reason == "QuotaUsedUp") == (state == "failing")


@pytest.mark.parametrize(
    ("conditions", "state", "reason"),
    [
        ((), "unknown", ""),
        ((condition("Accepted", "True", reason="Accepted"),), "ok", "Accepted"),
        ((condition("Accepted", "False", reason="Invalid", message="spec.pods[0]"),), "failing", "Invalid"),
    ],
)
def test_template(conditions: tuple[Json, ...], state: str, reason: str) -> None:
    health = of_template(msgspec.convert({"metadata": {"name": "t"}, "status": {"conditions": conditions}}, Template))

    assert (health.state, health.reason) == (state, reason)


@pytest.mark.parametrize(
    ("spec", "state", "reason"),
    [
        ({"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-11-28T11:59:50.000000Z"}, "ok", ""),
        (
            {"holderIdentity": "a", "leaseDurationSeconds": 15, "renewTime": "2026-11-28T11:59:00Z"},
            "failing",
            "LeaseNotRenewed",
        ),
        ({"holderIdentity": "", "renewTime": NOW}, "starting", "NoLeader"),
        ({"holderIdentity": "a"}, "unknown", ""),
        ({"holderIdentity": "a", "renewTime": "2026-11-28T11:59:00"}, "unknown", ""),
    ],
)
def test_lease(spec: Json, state: str, reason: str) -> None:
    health = of_lease(msgspec.convert({"metadata": {"name": "l"}, "spec": spec}, Lease), NOW)

    assert (health.state, health.reason) == (state, reason)


@pytest.mark.parametrize(
    ("conditions", "unschedulable", "state", "reason"),
    [
        ((condition("Ready", "True"), condition("DiskPressure", "False")), False, "ok", ""),
        ((condition("Ready", "True"),), True, "ok", "SchedulingDisabled"),
        ((condition("Ready", "True"), condition("KernelReady", "True")), False, "ok", ""),
        ((condition("DiskPressure", "True"), condition("Ready", "True")), False, "failing", "DiskPressure"),
        ((condition("Ready", "False"),), False, "failing", "NodeNotReady"),
        ((condition("Ready", "Unknown"), condition("DiskPressure", "Unknown")), False, "failing", "NodeNotReady"),
        ((), False, "unknown", ""),
    ],
)
def test_cluster_node(conditions: tuple[Json, ...], unschedulable: bool, state: str, reason: str) -> None:
    body = {"spec": {"unschedulable": unschedulable}, "status": {"conditions": conditions}}
    health = of_cluster_node(msgspec.convert(body, ClusterNode))

    assert (health.state, health.reason) == (state, reason)


def test_an_end_before_the_container_was_well_again_is_no_reason_for_today() -> None:
    ended = {"lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}
    running = container(state={"running": {"startedAt": "2026-11-25T10:00:00Z"}}, **ended)
    body = {"metadata": {"name": "p"}, "status": {"phase": "Running", "conditions": [condition("Ready", "False")]}}
    body["status"]["containerStatuses"] = [running]

    assert of_pod(msgspec.convert(body, Pod)).reason == "NotReady"
    running["state"]["running"]["startedAt"] = "2026-11-28T10:00:01Z"
    assert of_pod(msgspec.convert(body, Pod)).reason == "OOMKilled"


def new(name: str = "new", made: str = SINCE, seen: str = SINCE, **labels: str) -> Pod:
    """A pod that was never ready, as the kubelet saw it first."""
    conditions = (condition("PodScheduled", "True"), {**condition("Ready", "False"), "lastTransitionTime": seen})
    return pod("Pending", *conditions, name=name, creationTimestamp=made, labels=labels)


@pytest.mark.parametrize(
    ("pods", "since"),
    [
        ([READY], ""),
        ([new()], SINCE),
        ([new(seen="2026-11-28T10:00:10Z")], SINCE),
        ([new(seen="2026-11-28T10:20:00Z")], ""),  # it was ready in between
        ([pod("Pending", creationTimestamp=SINCE)], SINCE),
        ([pod("Pending", condition("PodScheduled", "False"), creationTimestamp=SINCE)], SINCE),
        ([pod("Running", deletionTimestamp=NOW, deletionGracePeriodSeconds=30)], "2026-11-28T11:59:30Z"),
        ([pod("Running", deletionTimestamp="soon", deletionGracePeriodSeconds=30)], "soon"),
        ([READY, new(made=NOW), pod("Running", deletionTimestamp=SINCE)], SINCE),
        ([pod("Failed", creationTimestamp=SINCE)], ""),
        ([], ""),
    ],
)
def test_pods_that_are_being_replaced(pods: list[Pod], since: str) -> None:
    assert changing_since(pods) == since


def test_revision_is_that_of_the_newest_pod() -> None:
    old, young = new("a", SINCE, **{"pod-template-hash": "1"}), new("b", NOW, **{"pod-template-hash": "2"})

    assert revision_of([old, young]) == revision_of([young, old]) == "2"
    assert revision_of([new(**{"controller-revision-hash": "postgres-7"})]) == "postgres-7"
    assert revision_of([READY]) == revision_of([]) == ""
