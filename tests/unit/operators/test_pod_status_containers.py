"""Which container of a pod serves, and what of the others counts: webhooks and sidecars beside it."""

from typing import Any

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import PodState
from jupyternetes.operators.pod_status.history import PodHistory
from jupyternetes.operators.pod_status.observe import observe, termination
from jupyternetes.operators.pod_status.readiness import ready_time
from tests.support.objects import pod

NAMED = {"jupyternetes.kadense.io/container": "notebook", "jupyternetes.kadense.io/port": "8888"}
MESH = {"containers": [{"name": "mesh"}, {"name": "notebook"}]}  # a webhook put its container first


def container(name: str, *, restarts: int = 0, **state: Any) -> dict[str, Any]:
    return {"name": name, "state": state, "restartCount": restarts}


def terminated(code: int, reason: str = "") -> dict[str, Any]:
    return {"exitCode": code, "reason": reason or ("Error" if code else "Completed"), "message": f"code {code}"}


def failed(labels: dict[str, str]) -> Pod:
    statuses = [
        container("mesh", restarts=7, terminated=terminated(0)),
        container("notebook", restarts=1, terminated=terminated(137, "OOMKilled")),
    ]
    return pod(labels=labels, spec=MESH, status={"phase": "Failed", "containerStatuses": statuses})


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param(NAMED, ("OOMKilled", 137, 1), id="by the name on the pod"),
        pytest.param({}, ("Completed", 0, 7), id="a pod of an earlier version: by position"),
    ],
)
def test_end_is_that_of_the_container_that_serves_C02(labels: dict[str, str], expected: tuple[str, int, int]) -> None:
    seen = observe(failed(labels))

    assert (seen.reason, seen.exit_code, seen.restarts) == expected
    ending = termination(failed(labels))
    assert ending is not None
    assert ending.exit_code == expected[1]


def two(
    server: dict[str, Any],
    helper: dict[str, Any],
    *,
    policy: str = "OnFailure",
    server_spec: dict[str, Any] | None = None,
    helper_spec: dict[str, Any] | None = None,
    conditions: tuple[dict[str, Any], ...] = (),
    gates: tuple[str, ...] = (),
    sidecar: bool = False,
    labels: dict[str, str] = NAMED,
) -> Pod:
    """A pod of the container that serves and of another one, which a webhook put first."""
    helper_spec = {"name": "helper"} | (helper_spec or {})
    server_spec = {"name": "notebook"} | (server_spec or {})
    containers = [server_spec] if sidecar else [helper_spec, server_spec]
    inits = [helper_spec | {"restartPolicy": "Always"}] if sidecar else []
    statuses = {
        "containerStatuses": [server] if sidecar else [helper, server],
        "initContainerStatuses": [helper] if sidecar else [],
    }
    spec = {
        "containers": containers,
        "initContainers": inits,
        "restartPolicy": policy,
        "readinessGates": [{"conditionType": gate} for gate in gates],
        "nodeName": "node-1",
    }
    status = {"phase": "Running", "podIP": "10.1.2.3", "conditions": [NOT_READY, *conditions], **statuses}
    return pod(labels=labels, spec=spec, status=status)


NOT_READY = {"type": "Ready", "status": "False", "reason": "ContainersNotReady"}
GATE_OPEN = {"type": "example.com/gate", "status": "True"}
GATE_CLOSED = {"type": "example.com/gate", "status": "False"}


def up(name: str, *, ready: bool = True) -> dict[str, Any]:
    return container(name, running={"startedAt": "2026-01-01T00:00:05Z"}) | {"ready": ready}


def down(name: str, code: int, reason: str = "") -> dict[str, Any]:
    return container(name, terminated=terminated(code, reason) | {"finishedAt": "2026-01-01T00:00:07Z"})


def own(policy: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return {"restartPolicy": policy, "restartPolicyRules": [*rules]}


def rule(operator: str, *codes: int, action: str = "Restart") -> dict[str, Any]:
    return {"action": action, "exitCodes": {"operator": operator, "values": [*codes]}}


ENDS = [
    # the pod's policy, the code, the container's own policy and rules, whether it is over
    ("OnFailure", 0, {}, True),
    ("OnFailure", 3, {}, False),
    ("Never", 0, {}, True),
    ("Never", 3, {}, True),
    ("Always", 0, {}, False),
    ("Always", 3, {}, False),
    ("Always", 0, own("Never"), True),
    ("Always", 3, own("Never"), True),
    ("Always", 0, own("OnFailure"), True),
    ("Always", 3, own("OnFailure"), False),
    ("Never", 3, own("Always"), False),
    ("Never", 3, own("Never", rule("In", 3)), False),
    ("Never", 4, own("Never", rule("In", 3)), True),
    ("Never", 3, own("Never", rule("NotIn", 3)), True),
    ("Never", 4, own("Never", rule("NotIn", 3), rule("In", 5)), False),
    ("Never", 3, own("Never", rule("In", 3, action="RestartAllContainers")), False),
    ("Never", 3, own("", rule("In", 3)), True),
    ("Never", 3, own("Never", {"action": "Restart"}), True),
]


@pytest.mark.parametrize(("policy", "code", "spec", "over"), ENDS)
@pytest.mark.parametrize("sidecar", [False, True])
def test_server_that_is_not_started_again_is_stopped_though_another_container_runs_C01(
    policy: str, code: int, spec: dict[str, Any], over: bool, sidecar: bool
) -> None:
    seen = observe(two(down("notebook", code), up("helper"), policy=policy, server_spec=spec, sidecar=sidecar))

    assert seen.state == ("Stopped" if over else "Processed")
    if over:
        assert (seen.reason, seen.exit_code) == ("Error" if code else "Completed", code)


def test_end_that_another_containers_rule_brought_about_is_none_C01() -> None:
    found = two(down("notebook", 137, "RestartingAllContainers"), up("helper"), policy="Never")

    assert observe(found).state == "Processed"


def test_pod_that_does_not_serve_has_no_server_to_end_C01() -> None:
    labels = {"jupyternetes.kadense.io/container": "notebook"}

    assert observe(two(down("notebook", 0), up("helper"), labels=labels)).state != "Stopped"


def going() -> Pod:
    """A pod that is being deleted: its server has ended, and a helper still runs."""
    return pod(
        labels=NAMED,
        deletionTimestamp="2026-01-02T00:00:00Z",
        deletionGracePeriodSeconds=30,
        status={"phase": "Running", "containerStatuses": [down("notebook", 3), up("helper")]},
        spec={"restartPolicy": "Never", "nodeName": "node-1"},
    )


def test_server_that_ends_because_its_pod_is_told_to_go_is_being_stopped_C01() -> None:
    assert (observe(going()).state, observe(going()).reason) == ("Processed", "Stopping")


def test_end_that_was_told_is_not_taken_back_while_the_pod_goes_C01() -> None:
    """The Pod operator deletes a pod as soon as its end is told; a hub may look only then."""
    told = PodState(uid="u", observed_uid="u", state="Stopped", reason="Error", exit_code=3)

    seen = observe(going(), told)

    assert (seen.state, seen.reason, seen.exit_code) == ("Stopped", "Error", 3)
    assert observe(going(), told, PodHistory(leaving_since=0.0, now=61.0)).reason == "NodeLost"


READY = [
    ("ended well", two(up("notebook"), down("helper", 0)), True, ""),
    ("failed, and is started again", two(up("notebook"), down("helper", 1)), False, "Container helper: exit code 1"),
    ("failed for good", two(up("notebook"), down("helper", 1), policy="Never"), False, "is not started again"),
    ("ended well, and is started again", two(up("notebook"), down("helper", 0), policy="Always"), False, "helper"),
    ("its own policy keeps it down", two(up("notebook"), down("helper", 0), helper_spec=own("OnFailure")), True, ""),
    ("a sidecar is started again", two(up("notebook"), down("helper", 0), sidecar=True), False, "helper"),
    ("the server is not ready", two(up("notebook", ready=False), down("helper", 0)), False, "Container notebook"),
    ("another one is not ready", two(up("notebook"), up("helper", ready=False)), False, "Container helper"),
    (
        "the gate is open",
        two(up("notebook"), down("helper", 0), gates=("example.com/gate",), conditions=(GATE_OPEN,)),
        True,
        "",
    ),
    (
        "the gate is closed",
        two(up("notebook"), down("helper", 0), gates=("example.com/gate",), conditions=(GATE_CLOSED,)),
        False,
        "Readiness gate example.com/gate",
    ),
    (
        "the gate was never heard of",
        two(up("notebook"), down("helper", 0), gates=("example.com/gate",)),
        False,
        "Readiness gate example.com/gate",
    ),
]


@pytest.mark.parametrize(("found", "serves", "says"), [each[1:] for each in READY], ids=[each[0] for each in READY])
def test_containers_that_ended_well_do_not_count_and_others_are_named_C03(found: Pod, serves: bool, says: str) -> None:
    seen = observe(found)

    assert seen.state == ("Running" if serves else "Processed")
    assert says in seen.message
    if not serves:
        assert seen.reason in ("NotReady", "ContainerRestarting")


def test_container_of_which_nothing_is_known_yet_counts_C03() -> None:
    spec = {"containers": [{"name": "notebook"}, {"name": "helper"}, {"name": "late"}], "restartPolicy": "Never"}
    statuses = [up("notebook"), down("helper", 0)]
    found = pod(labels=NAMED, spec=spec, status={"podIP": "10.1.2.3", "containerStatuses": statuses})

    assert observe(found).state == "Processed"


def test_pod_without_an_address_does_not_serve_C03() -> None:
    spec = {"containers": [{"name": "notebook"}, {"name": "helper"}], "restartPolicy": "Never"}
    found = pod(labels=NAMED, spec=spec, status={"containerStatuses": [up("notebook"), down("helper", 0)]})

    assert observe(found).state == "Processed"


def test_time_of_readiness_of_our_own_is_that_of_the_last_change_C03() -> None:
    assert ready_time(two(up("notebook"), down("helper", 0))) == "2026-01-01T00:00:07Z"
