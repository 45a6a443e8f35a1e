"""What the Pod operator makes of other resources: whom a pod waits for, for how long, and what it reads of them."""

from collections.abc import Sequence
from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.operators.pods.gates.facts import GateFacts
from jupyternetes.operators.pods.plan import plan
from jupyternetes.operators.pods.steps import Create, Observed, Plan
from jupyternetes.operators.templates.objects import object_name
from jupyternetes.operators.templates.usable import UsableTemplate
from jupyternetes.templating import compile_template
from tests.support.objects import instance, pod
from tests.unit.operators.others_case import CONFIG, DB, POD, asked, usable

Json = dict[str, Any]

READS: Json = {
    "name": "notebook",
    "spec": {
        "containers": [
            {
                "name": "notebook",
                "image": "i",
                "env": [{"name": "HOST", "value": "{jupyternetes.otherResources.db.host}"}],
                "envFrom": [{"secretRef": {"name": "{jupyternetes.otherResources.db}-app"}}],
            }
        ]
    },
}
AFTER_POD: Json = CONFIG | {"data": {"pod": "{jupyternetes.pods.notebook}"}}
AFTER_THAT: Json = CONFIG | {"name": "later", "data": {"at": "{jupyternetes.otherResources.config}"}}
NAME = object_name(asked(), "db", of_start=False)
GATE = "licence.example.org/granted"
ASKED: Json = {GATE: {"before": "Start", "generation": 3, "startId": "1"}}
GRANTED: Json = {"type": GATE, "status": "True", "reason": "Free", "observedGeneration": 3}
DB_READY: Json = {"resourceName": NAME, "startId": "1", "observedGeneration": 3, "outputs": {"host": "10.1.2.3"}}


def decided(
    entries: Sequence[Json],
    others: Json | None = None,
    *,
    pod: Json = POD,
    how: str = "Completed",
    waited: float = 0.0,
    said: Sequence[Json] = (),
    gates: GateFacts | None = None,
    asked_gates: Json | None = None,
) -> Plan:
    states = others or {}
    status: Json = {
        "pvcsProvisioned": "Completed",
        "otherResources": states,
        "otherResourcesProvisioned": dict.fromkeys(states, how),
        "gates": asked_gates or {},
        "conditions": [*said],
    }
    compiled = compile_template(
        {"pods": [pod], "otherResources": [*entries], "gates": [] if gates is None else [{"name": GATE}]}
    )
    template = UsableTemplate(usable(entries).template, compiled)
    known = instance(startId="1", status=status, variables={"jupyterhub.user.name": "jovyan"})
    return plan(known, template, Observed(waited=waited, gates=gates or GateFacts()))


def made(of: Plan) -> list[str]:
    return [action.entry for action in of.actions if isinstance(action, Create)]


def test_a_pod_is_made_once_everything_beside_it_is_ready() -> None:
    ready = decided([DB], {"db": DB_READY}, pod=READS)

    (create,) = ready.actions
    assert isinstance(create, Create)
    spec: Any = create.body["spec"]
    container = spec["containers"][0]
    assert {"name": "HOST", "value": "10.1.2.3"} in container["env"]
    assert container["envFrom"] == [{"secretRef": {"name": f"{NAME}-app"}}]


@pytest.mark.parametrize(
    ("others", "how"),
    [
        ({}, "Completed"),
        ({"db": DB_READY}, "Pending"),
        ({"db": DB_READY}, "Error"),
        ({"db": DB_READY | {"resourceName": ""}}, "Completed"),
        ({"db": DB_READY | {"resourceName": "somebodys-secret"}}, "Completed"),
        ({"db": DB_READY | {"resourceName": NAME.replace("db", "dc")}}, "Completed"),
        ({"db": DB_READY | {"observedGeneration": 2}}, "Completed"),
        ({"db": DB_READY | {"outputs": {}}}, "Completed"),
        ({"db": DB_READY | {"outputs": {"host": "x; rm -rf /"}}}, "Completed"),
    ],
    ids=[
        "not there",
        "not ready",
        "refused",
        "without a name",
        "another name",
        "one like its own",
        "of what was asked for before",
        "without what is read of it",
        "with what may not be read of it",
    ],
)
def test_a_pod_waits_for_what_it_does_not_mention_too(others: Json, how: str) -> None:
    waits = decided([DB], others, how=how)

    assert waits.actions == ()
    assert waits.status is None
    assert waits.requeue_after == pytest.approx(3.0)


def test_a_pod_does_not_wait_for_what_comes_after_it() -> None:
    assert made(decided([AFTER_POD, AFTER_THAT])) == ["notebook"]
    assert made(decided([AFTER_POD, AFTER_THAT, DB])) == []


def test_a_pod_does_not_wait_for_an_entry_whose_condition_is_false() -> None:
    assert made(decided([DB | {"condition": "1 > 2"}])) == ["notebook"]


@pytest.mark.parametrize("host", ["UPPER", "x; rm -rf /", ""])
def test_a_value_that_does_not_fit_is_not_there_whoever_wrote_the_status_X02(host: str) -> None:
    assert made(decided([DB], {"db": DB_READY | {"outputs": {"host": host}}}, pod=READS)) == []


@pytest.mark.parametrize(("waited", "ends"), [(30.0, False), (30.4, False), (30.5, True), (999.0, True)])
def test_a_wait_ends_though_nobody_answers_B31(waited: float, ends: bool) -> None:
    waits = decided([DB], waited=waited)

    if not ends:
        assert waits.status is not None
        assert not waits.status.reason.final
        assert waits.requeue_after is not None
        assert waits.requeue_after + waited == pytest.approx(30.5)
        return
    assert waits.status is not None
    assert waits.status.reason.name == "OtherResourceNotReady"
    assert waits.status.reason.final
    assert "entry db of spec.otherResources was not ready within 30 s" in waits.status.message
    assert "has not answered" in waits.status.message
    assert waits.requeue_after is None


def test_the_shortest_time_counts() -> None:
    slow = DB | {"name": "slow", "timeoutSeconds": 600}

    assert decided([slow, DB], waited=5.0).requeue_after == pytest.approx(25.5)
    status = decided([slow, DB], waited=31.0).status
    assert status is not None
    assert "entry db" in status.message


def test_what_the_other_operator_says_is_repeated_only_if_it_does_not_end_the_start() -> None:
    said = {
        "type": "OtherResourcesProvisioned",
        "status": "False",
        "reason": "WaitingForOtherResource",
        "message": "entry db: disk 3 of 5",
        "observedGeneration": 3,
    }
    status = decided([DB], waited=31.0, said=[said]).status
    assert status is not None
    assert "disk 3 of 5" in status.message
    assert decided([DB], waited=31.0, said=[said | {"reason": "OtherResourceNotReady"}]) == Plan()


def test_a_gate_is_asked_beside_the_wait_and_each_has_its_own_time() -> None:
    first = decided([DB], gates=GateFacts(on=True))
    assert first.status is not None
    assert first.status.gates is not None
    assert (*first.status.gates,) == first.waits_for == (GATE,)
    assert first.requeue_after == pytest.approx(3.0)

    later = decided([DB], gates=GateFacts(on=True, waited={GATE: 50.0}), asked_gates=ASKED, waited=10.0)
    assert later.requeue_after == pytest.approx(10.0)


def test_a_pod_takes_both_the_gate_and_what_it_waits_for() -> None:
    ready, on = {"db": DB_READY}, GateFacts(on=True)

    assert made(decided([DB], ready, gates=on, asked_gates=ASKED)) == []
    assert decided([DB], gates=on, asked_gates=ASKED, said=[GRANTED]) == decided([DB])
    assert made(decided([DB], ready, gates=on, asked_gates=ASKED, said=[GRANTED])) == ["notebook"]


def test_a_wait_that_has_ended_ends_the_start_whatever_a_gate_says_B31() -> None:
    for said in ((), (GRANTED,)):
        over = decided([DB], gates=GateFacts(on=True), asked_gates=ASKED, said=said, waited=31.0)

        assert over.status is not None
        assert over.status.reason.name == "OtherResourceNotReady"
        assert over.waits_for == ()


HELPER: Json = POD | {"name": "helper"}
BEHIND: Json = DB | {"spec": {"owner": "{jupyternetes.pods.helper}"}}


@pytest.mark.parametrize(("waited", "ends"), [(0.0, False), (30.4, False), (30.5, True)])
def test_a_wait_for_what_comes_after_another_pod_ends_too_though_nobody_answers_B31(waited: float, ends: bool) -> None:
    compiled = compile_template({"pods": [READS, HELPER], "otherResources": [BEHIND]})
    known = instance(startId="1", status={"pvcsProvisioned": "Completed"})
    helper = pod("helper-1", start_id="1", entry="helper")

    first = plan(known, UsableTemplate(usable([DB]).template, compiled), Observed(waited=waited))
    waits = plan(known, UsableTemplate(usable([DB]).template, compiled), Observed(pods=(helper,), waited=waited))

    assert made(first) == ["helper"], "the other pod is made all the same"
    assert waits.actions == ()
    assert waits.status is not None
    assert waits.status.reason.name == ("OtherResourceNotReady" if ends else "WaitingForEntries")
    assert ("has not answered" in waits.status.message) is ends
    assert (waits.requeue_after is None) is ends


WAITING: Json = {
    "type": "OtherResourcesProvisioned",
    "status": "False",
    "reason": "WaitingForOtherResource",
    "observedGeneration": 3,
}


def test_who_does_not_answer_is_told_after_a_while_and_taken_back_once_they_do_B31() -> None:
    silent = decided([DB], waited=3.0).status
    assert silent is not None
    assert silent.reason.name == "WaitingForOtherResource"
    assert silent.message == "Not ready yet: db: the other-resources operator has not answered"

    told = {"type": "PodsProvisioned", "status": "False", "reason": silent.reason.name, "observedGeneration": 3}
    answered = decided([DB], waited=4.0, said=[WAITING, told])
    assert answered.status is not None
    assert answered.status.message == "Not ready yet: db"
    assert answered.requeue_after == pytest.approx(26.5)


@pytest.mark.parametrize("waited", [0.0, 3.0, 29.0])
def test_nothing_is_said_twice_where_the_other_operator_says_it(waited: float) -> None:
    waits = decided([DB], waited=waited, said=[WAITING])

    assert waits.status is None
    assert waits.requeue_after == pytest.approx(30.5 - waited)


@pytest.mark.parametrize("waited", [0.0, 5.0, 999.0])
@pytest.mark.parametrize("recorded", [True, False])
def test_server_that_runs_waits_for_nothing_whether_its_pod_is_on_record_or_not(
    waited: float, *, recorded: bool
) -> None:
    pods: Json = {"notebook": {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "1"}}
    status: Json = {"pvcsProvisioned": "Completed", "pods": pods if recorded else {}}
    known = instance(startId="1", status=status, variables={"jupyterhub.user.name": "jovyan"})
    running = pod("notebook-1", start_id="1")

    goes_on = plan(known, usable([DB]), Observed(pods=(running,), waited=waited))

    assert (goes_on.actions, goes_on.requeue_after) == ((), None)
    assert goes_on.status is not None
    assert goes_on.status.reason is reasons.PROVISIONED
    assert goes_on.status.entries["notebook"].uid == "uid-notebook-1"
