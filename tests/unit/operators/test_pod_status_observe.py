"""What a pod's own status means: one row a state of a pod."""

from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import host_and_port
from jupyternetes.operators.pod_status.containers import serving_port
from jupyternetes.operators.pod_status.observe import observe, termination
from tests.support.objects import ended, pod, serving

DELETING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}
UNSCHEDULED = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
READY = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}


def container(name: str = "notebook", **state: Any) -> dict[str, Any]:
    last = state.pop("last", {})
    return {"name": name, "state": state, "lastState": last, "restartCount": 2}


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return container(waiting={"reason": reason, "message": message}, **more)


def with_status(*containers: dict[str, Any], phase: str = "Pending", **status: Any) -> Pod:
    return pod(status={"phase": phase, "containerStatuses": [*containers], **status})


CRASHED = {"terminated": {"exitCode": 1, "reason": "Error", "message": "no module"}}

STATES = {
    "just made": (pod(), "Processed", "Starting", None),
    "assigned": (pod(spec={"nodeName": "n"}), "Processed", "Scheduled", None),
    "unschedulable": (pod(status={"conditions": [UNSCHEDULED]}), "Processed", "Unschedulable", None),
    "gated": (
        pod(status={"conditions": [UNSCHEDULED | {"reason": "SchedulingGated"}]}),
        "Processed",
        "SchedulingGated",
        None,
    ),
    "being made": (with_status(waiting("ContainerCreating")), "Processed", "ContainerCreating", None),
    "initialising": (with_status(waiting("PodInitializing")), "Processed", "PodInitializing", None),
    "image name wrong": (with_status(waiting("InvalidImageName")), "Processed", "InvalidImageName", None),
    "pull denied": (with_status(waiting("ErrImagePull")), "Processed", "ErrImagePull", None),
    "pull given up": (with_status(waiting("ImagePullBackOff")), "Processed", "ImagePullBackOff", None),
    "config error": (
        with_status(waiting("CreateContainerConfigError")),
        "Processed",
        "CreateContainerConfigError",
        None,
    ),
    "crash loop": (with_status(waiting("CrashLoopBackOff", last=CRASHED)), "Processed", "ServerRestarting", 1),
    "init container crashes": (
        with_status(waiting("PodInitializing"), initContainerStatuses=[waiting("CrashLoopBackOff")]),
        "Processed",
        "CrashLoopBackOff",
        None,
    ),
    "sidecar cannot be pulled": (
        with_status(container(running={}), container("sidecar", waiting={"reason": "ImagePullBackOff"})),
        "Processed",
        "ImagePullBackOff",
        None,
    ),
    "runs, not ready": (with_status(container(running={}), phase="Running"), "Processed", "NotReady", None),
    "ready without an address": (
        with_status(container(running={}), phase="Running", conditions=[READY]),
        "Processed",
        "NotReady",
        None,
    ),
    "serves": (serving(), "Running", "", None),
    "serves and is being stopped": (serving(**DELETING), "Processed", "Stopping", None),
    "shut itself down": (ended(), "Stopped", "Completed", 0),
    "exited with an error": (ended(exit_code=3, reason="Error"), "Stopped", "Error", 3),
    "out of memory": (ended(exit_code=137, reason="OOMKilled"), "Stopped", "OOMKilled", 137),
    "evicted": (
        with_status(phase="Failed", reason="Evicted", message="The node was low on resource: memory."),
        "Stopped",
        "Evicted",
        None,
    ),
    "deadline": (with_status(phase="Failed", reason="DeadlineExceeded"), "Stopped", "DeadlineExceeded", None),
    "failed and nobody knows why": (with_status(phase="Failed"), "Stopped", "Failed", None),
    "succeeded and nobody knows how": (with_status(phase="Succeeded"), "Stopped", "Completed", None),
    "exit without a reason": (ended(exit_code=3, reason=""), "Stopped", "Error", 3),
    "ended and being deleted": (ended(**DELETING), "Stopped", "Completed", 0),
}


@pytest.mark.parametrize("name", STATES)
def test_state_of_a_pod_B31_B35(name: str) -> None:
    found, state, reason, exit_code = STATES[name]

    seen = observe(found)

    assert (seen.state, seen.reason, seen.exit_code) == (state, reason, exit_code)


@pytest.mark.parametrize("name", ["image name wrong", "out of memory", "evicted"])
def test_reasons_that_waiting_cannot_cure_are_known_as_such_B52(name: str) -> None:
    assert reasons.lookup(observe(STATES[name][0]).reason).final


def test_crash_loop_says_how_the_last_run_ended() -> None:
    assert observe(STATES["crash loop"][0]).message == "exit code 1 (Error) no module"


def test_the_first_container_of_the_spec_counts_wherever_its_status_stands_P09() -> None:
    statuses = [
        {"name": "helper", "state": {"terminated": {"exitCode": 9}}, "restartCount": 7},
        {"name": "notebook", "state": {"terminated": {"exitCode": 4, "reason": "Error"}}, "restartCount": 1},
    ]
    found = pod(status={"phase": "Failed", "containerStatuses": statuses})

    seen = observe(found)

    assert (seen.exit_code, seen.restarts) == (4, 1)
    ending = termination(found)
    assert ending is not None
    assert ending.exit_code == 4


def test_pod_without_containers_or_statuses_is_read_all_the_same() -> None:
    bare = pod(spec={"containers": []})

    assert observe(bare).state == "Processed"
    assert termination(bare) is None


@pytest.mark.parametrize(
    ("label", "port"), [("8888", 8888), ("0", None), ("65536", None), ("x", None), ("", None), ("-1", None)]
)
def test_port_is_read_from_the_label_if_it_is_one(label: str, port: int | None) -> None:
    assert serving_port(pod(labels={"jupyternetes.kadense.io/port": label})) == port


@pytest.mark.parametrize(("ip", "expected"), [("10.1.2.3", "10.1.2.3:8888"), ("fd00::1", "[fd00::1]:8888")])
def test_address_has_brackets_where_a_url_needs_them_W07(ip: str, expected: str) -> None:
    assert host_and_port(ip, 8888) == expected
