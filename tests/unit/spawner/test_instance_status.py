"""What a status says about a server, row by row."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api import claim_reasons, conditions, reasons
from jupyternetes.api.instance import Instance
from jupyternetes.spawner.status.instance_status import (
    Failed,
    Running,
    Starting,
    Stopped,
    is_at_rest,
    is_suspended,
    server_state,
)
from tests.unit.spawner.obliging_operators import condition, running_status, stopped_status, suspended_status

GENERATION = 4
SPEC = {"startId": "2", "suspend": False}


def instance(status: dict[str, Any] | None = None, *, generation: int = GENERATION, **spec: Any) -> Instance:
    body = {
        "metadata": {"name": "i", "namespace": "n", "uid": "u", "generation": generation},
        "spec": SPEC | spec,
        "status": status or {},
    }
    return msgspec.convert(body, Instance)


def running(**changes: Any) -> dict[str, Any]:
    """The status of a running server, with changes to its pod's entry."""
    status = running_status({"metadata": {"generation": GENERATION}, "spec": SPEC})
    status["pods"]["notebook"] |= changes
    return status


def with_condition(kind: str, reason: str, *, generation: int = GENERATION, **more: Any) -> dict[str, Any]:
    return {"conditions": [condition(kind, generation, reason=reason, message="the server's words", **more)]}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("10.1.2.3", "http://10.1.2.3:8888"),
        ("fd00::1", "http://[fd00::1]:8888"),
        ("server.users.svc", "http://server.users.svc:8888"),
    ],
)
def test_running_server_has_a_url_B42_W07(host: str, url: str) -> None:
    status = running_status({"metadata": {"generation": GENERATION}, "spec": SPEC}, host=host)

    seen = server_state(instance(status))

    assert isinstance(seen, Running)
    assert seen.url("http") == url


def test_url_follows_protocol_and_port_B42() -> None:
    assert Running("10.1.2.3", 443).url("https") == "https://10.1.2.3:443"


@pytest.mark.parametrize(
    "status",
    [
        {},
        running(startId="1"),  # the pod of another start
        running(observedUid="other"),  # what is observed is another pod
        running(uid="", observedUid=""),  # the Pod operator knows of no pod
        running(state="Processed"),  # made, not Ready (B35)
        running(podAddress=""),
        running(portNumber=None),
        running() | {"address": ""},  # it is no longer the address to use
        running() | {"address": "10.9.9.9:8888"},
    ],
)
def test_server_is_not_running_until_everything_says_so_P01_B35(status: dict[str, Any]) -> None:
    assert isinstance(server_state(instance(status)), Starting)


@pytest.mark.parametrize("exit_code", [0, 1, 137])
def test_exit_code_of_an_ended_server_is_reported_P02_P03_P04(exit_code: int) -> None:
    status = stopped_status({"metadata": {"generation": GENERATION}, "spec": SPEC}, reason="Error", exit_code=exit_code)

    seen = server_state(instance(status))

    assert isinstance(seen, Stopped)
    assert seen.exit_code == exit_code


def test_deleted_pod_is_reported_P07() -> None:
    status = stopped_status({"metadata": {"generation": GENERATION}, "spec": SPEC}, reason="PodGone")

    assert server_state(instance(status)) == Stopped(0, reasons.POD_GONE)


def test_exit_code_is_found_in_the_last_termination() -> None:
    status = stopped_status({"metadata": {"generation": GENERATION}, "spec": SPEC}, reason="OOMKilled")
    status["lastTermination"] = {"notebook": {"exitCode": 137, "message": "killed"}}

    assert server_state(instance(status)) == Stopped(137, reasons.OOM_KILLED, "killed")


def test_end_of_another_start_is_no_end_of_this_one() -> None:
    status = stopped_status({"metadata": {"generation": 3}, "spec": SPEC | {"startId": "1"}}, reason="Completed")

    assert isinstance(server_state(instance(status)), Starting)


def test_end_of_another_pod_of_the_template_is_no_end_of_the_server_P09() -> None:
    status = running()
    status["pods"]["helper"] = {"uid": "h", "observedUid": "h", "startId": "2", "state": "Stopped", "reason": "Error"}

    assert isinstance(server_state(instance(status)), Running)


def test_suspended_instance_is_stopped() -> None:
    assert server_state(instance(running(), suspend=True)) == Stopped()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (conditions.PVCS_PROVISIONED, reasons.TEMPLATE_NOT_FOUND),
        (conditions.PVCS_PROVISIONED, claim_reasons.CLAIM_LOST),
        (conditions.PODS_PROVISIONED, reasons.QUOTA_EXCEEDED),
        (conditions.PODS_PROVISIONED, reasons.REJECTED),
    ],
)
def test_reason_that_waiting_cannot_cure_fails_the_start_B52(kind: str, reason: reasons.Reason) -> None:
    assert server_state(instance(with_condition(kind, reason.name))) == Failed(reason, "the server's words")


@pytest.mark.parametrize("kind", [conditions.PVCS_PROVISIONED, conditions.PODS_PROVISIONED])
@pytest.mark.parametrize("reason", ["TemplateNotFound", "TemplateError", "TemplateNotAllowed"])
@pytest.mark.parametrize(
    ("changes", "goes_on"),
    [
        ({}, True),
        ({"podsProvisioned": "Partially Processed"}, False),
        ({"pvcsProvisioned": "Pending"}, False),
        ({"pods": {"notebook": {"startId": "1", "uid": "earlier", "state": "Processed"}}}, False),
        ({"pods": {"notebook": {"startId": "2", "state": "Processed"}}}, False),
    ],
    ids=["all is there", "a pod is missing", "a claim is missing", "pod of an earlier start", "no pod"],
)
def test_start_whose_pods_exist_needs_its_template_no_more_C08(
    kind: str, reason: str, changes: dict[str, Any], goes_on: bool
) -> None:
    made = running(state="Processed") | {"address": "", "pvcsProvisioned": "Completed", "podsProvisioned": "Completed"}
    status = made | with_condition(kind, reason, status="False") | changes

    assert isinstance(server_state(instance(status)), Starting if goes_on else Failed)


@pytest.mark.parametrize(
    "status",
    [
        with_condition(conditions.PVCS_PROVISIONED, "TemplateNotFound", generation=GENERATION - 1),
        with_condition(conditions.PVCS_PROVISIONED, "WaitingForEntries"),
        with_condition(conditions.PODS_PROVISIONED, "WaitingForOldPods"),
        with_condition(conditions.PODS_PROVISIONED, "NeverHeardOf"),
        with_condition(conditions.PODS_PROVISIONED, "Rejected", status="True"),
        with_condition(conditions.READY, "ImagePullFailed"),  # no pod of this start is known yet
        with_condition("Another", "Rejected"),
    ],
)
def test_reason_that_is_old_curable_or_of_another_start_does_not_fail_it(status: dict[str, Any]) -> None:
    assert isinstance(server_state(instance(status)), Starting)


@pytest.mark.parametrize(
    "reason",
    [
        reasons.ERR_IMAGE_PULL,
        reasons.IMAGE_PULL_BACK_OFF,
        reasons.CRASH_LOOP_BACK_OFF,
        reasons.SERVER_RESTARTING,
        reasons.CONTAINER_RESTARTING,
    ],
)
def test_pod_that_is_tried_again_may_still_start_C05_C06(reason: reasons.Reason) -> None:
    status = running(state="Processed", reason=reason.name, message="why") | {"address": "", "conditions": []}

    assert server_state(instance(status)) == Starting(reason)


@pytest.mark.parametrize(
    "reason", [reasons.IMAGE_PULL_FAILED, reasons.SERVER_KEEPS_FAILING, reasons.CONTAINER_KEEPS_FAILING]
)
def test_pod_that_cannot_start_fails_the_start_L14_B52(reason: reasons.Reason) -> None:
    status = running(state="Processed", reason=reason.name, message="why") | {"address": "", "conditions": []}

    assert server_state(instance(status)) == Failed(reason, "why")


LOST = {"reason": "NodeLost", "message": "Node n does not answer", "state": "Processed"}


@pytest.mark.parametrize("reason", [reasons.NODE_LOST, reasons.POD_HELD], ids=str)
def test_start_that_waits_for_a_pod_that_is_stuck_fails_C27(reason: reasons.Reason) -> None:
    old = running(**LOST | {"startId": "1", "reason": reason.name})
    old |= with_condition(conditions.PODS_PROVISIONED, "WaitingForOldPods")

    assert server_state(instance(old)) == Failed(reason, "Node n does not answer")


@pytest.mark.parametrize("change", [{"reason": "Stopping"}, {"observedUid": "another"}])
def test_start_that_waits_for_a_pod_that_goes_waits_C27(change: dict[str, str]) -> None:
    old = running(**LOST | {"startId": "1"} | change) | with_condition(conditions.PODS_PROVISIONED, "WaitingForOldPods")

    assert isinstance(server_state(instance(old)), Starting)


def test_latest_reason_is_known_while_the_server_starts() -> None:
    unschedulable = running(state="Processed", reason="Unschedulable") | {"address": "", "conditions": []}
    waiting = with_condition(conditions.PODS_PROVISIONED, "WaitingForOldPods")

    assert server_state(instance(unschedulable)) == Starting(reasons.UNSCHEDULABLE)
    assert server_state(instance(waiting)) == Starting(reasons.WAITING_FOR_OLD_PODS)


def test_instance_of_an_older_client_has_no_start_id() -> None:
    status = running_status({"metadata": {"generation": GENERATION}, "spec": {}})

    assert isinstance(server_state(instance(status, startId="")), Running)


@pytest.mark.parametrize(("generation", "gone"), [(GENERATION, True), (GENERATION + 1, False)])
def test_stop_is_over_once_the_pod_operator_says_so_of_this_generation(generation: int, gone: bool) -> None:
    status = suspended_status({"metadata": {"generation": GENERATION}, "spec": SPEC})

    assert is_suspended(instance(status), generation) is gone


SUSPENDED = suspended_status({"metadata": {"generation": GENERATION}, "spec": SPEC})


@pytest.mark.parametrize(
    ("seen", "at_rest"),
    [
        (instance(generation=1, suspend=True), True),  # made, and its hub died
        (instance(SUSPENDED, suspend=True), True),
        (instance(SUSPENDED, suspend=True, generation=GENERATION + 1), False),
        (instance(running(), suspend=True), False),
        (instance(SUSPENDED), False),  # started anew, the operators have not seen it yet
    ],
)
def test_only_what_was_stopped_to_the_end_or_never_started_is_at_rest(seen: Instance, at_rest: bool) -> None:
    assert is_at_rest(seen) is at_rest


def test_what_is_beside_the_pod_and_not_ready_in_time_ends_the_start_B31() -> None:
    late = with_condition("OtherResourcesProvisioned", "OtherResourceNotReady", status="False")

    assert server_state(instance(late)) == Failed(reasons.OTHER_RESOURCE_NOT_READY, "the server's words")
    assert server_state(instance(running() | late)) == server_state(instance(running()))


def test_what_is_waited_for_beside_the_pod_is_told() -> None:
    waiting = with_condition("OtherResourcesProvisioned", "WaitingForOtherResource", status="False")

    assert server_state(instance(waiting)) == Starting(reasons.WAITING_FOR_OTHER_RESOURCE)
