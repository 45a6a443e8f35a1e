"""When gates are asked and what they hold up (pods/gates/gated_plan): a start until its first pod, a stop."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import GateState
from jupyternetes.operators.pods.entries import as_recorded
from jupyternetes.operators.pods.gates.facts import GateFacts
from jupyternetes.operators.pods.gates.gated_plan import with_gates
from jupyternetes.operators.pods.own_pods import Own
from jupyternetes.operators.pods.plan import plan
from jupyternetes.operators.pods.steps import Create, Delete, DeleteSecrets, Observed, Plan
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate
from jupyternetes.templating import compile_template
from tests.support.objects import MADE, ended, instance, pod, template
from tests.unit.operators.pods_case import DENIED, NOTEBOOK, created, deleted, said

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
START, STOP = "licence.example.org/granted", "audit.example.org/done"
GATES = ({"name": START}, {"name": STOP, "before": "Stop", "timeoutSeconds": 90})
CLAIM: dict[str, Any] = {"name": "workspace", "spec": {}}
ASKED = {"before": "Start", "generation": 3, "startId": "2"}
TO_STOP = {"before": "Stop", "generation": 3, "startId": "2"}
RUNNING = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}


def condition(kind: str, status: str, generation: int = 3) -> dict[str, Any]:
    return {"type": kind, "status": status, "reason": "R", "message": "M", "observedGeneration": generation}


@dataclass(frozen=True)
class Case:
    """An Instance whose Template has a gate before the start and one before the stop."""

    status: Any = None
    spec: Any = None
    pods: tuple[Pod, ...] = ()
    waited: Any = None
    run_out: Any = None
    on: bool = True
    undeleted: Any = None
    failed: Any = None
    gates: Any = GATES
    template: Refusal | None = None
    pvcs: tuple[dict[str, Any], ...] = ()
    deleting: bool = False

    def plan(self) -> Plan:
        known = instance(
            **{"startId": "2"} | (self.spec or {}), status={"pvcsProvisioned": "Completed"} | (self.status or {})
        )
        if self.deleting:
            going = structs.replace(known.metadata, deletion_timestamp=MADE, finalizers=("example.org/x",))
            known = structs.replace(known, metadata=going)
        spec = {"pods": [NOTEBOOK], "pvcs": list(self.pvcs), "gates": list(self.gates)}
        usable = self.template or UsableTemplate(template(**spec), compile_template(spec))
        facts = GateFacts(on=self.on, waited=self.waited or {}, run_out=self.run_out or {}, now=NOW)
        return plan(
            known,
            usable,
            Observed(pods=self.pods, gates=facts, undeleted=self.undeleted or {}, failed=self.failed or {}),
        )


def asked(decided: Plan) -> Any:
    return decided.status and decided.status.gates


def secrets(decided: Plan) -> list[str]:
    return [name for action in decided.actions if isinstance(action, DeleteSecrets) for name in action.names]


# a start


def test_start_asks_once_nothing_is_in_its_way_and_makes_no_pod() -> None:
    decided = Case().plan()

    assert created(decided) == []
    assert said(decided) == "WaitingForGate"
    assert decided.status is not None
    assert decided.status.message == f"Not answered yet: {START}"
    record = GateState(before="Start", generation=3, start_id="2", asked_at="2026-01-02T03:04:05.678901Z")
    assert asked(decided) == {START: record}
    assert decided.waits_for == (START,)
    assert decided.requeue_after == 60.0


def test_asking_goes_beside_the_making_of_claims() -> None:
    case = Case(status={"pvcsProvisioned": "Pending"}, pvcs=(CLAIM,))
    decided = case.plan()

    assert asked(decided).keys() == {START}
    answered = {"pvcsProvisioned": "Pending", "gates": {START: ASKED}, "conditions": [condition(START, "True")]}
    assert Case(status=answered, pvcs=(CLAIM,)).plan() == Plan()


@pytest.mark.parametrize(
    ("asked_before", "answer", "reason", "waits_for"),
    [
        (False, "", "WaitingForEntries", (START,)),
        (True, "", "WaitingForEntries", (START,)),
        (True, "True", "WaitingForEntries", ()),
        (True, "False", "GateRefused", ()),
    ],
)
def test_asking_goes_beside_whatever_else_a_start_waits_for(
    *, asked_before: bool, answer: str, reason: str, waits_for: tuple[str, ...]
) -> None:
    status: dict[str, Any] = {"gates": {START: ASKED}} if asked_before else {}
    known = instance(startId="2", status=status | {"conditions": [condition(START, answer)] if answer else []})
    spec = {"pods": [NOTEBOOK], "gates": list(GATES)}
    usable = UsableTemplate(template(**spec), compile_template(spec))
    other = Plan(status=as_recorded(known, reasons.WAITING_FOR_ENTRIES, "For a database"), requeue_after=5.0)

    decided = with_gates(other, known, usable, Own(), Observed(gates=GateFacts(on=True, now=NOW)))

    assert (said(decided), decided.waits_for) == (reason, waits_for)
    assert decided.requeue_after == 5.0
    assert (asked(decided) or {START: None}).keys() == {START}


def test_later_edits_of_the_spec_ask_nobody_again() -> None:
    status = {"gates": {START: ASKED | {"generation": 1}}, "conditions": [condition(START, "Unknown", 2)]}
    decided = Case(status=status, waited={START: 50.0}).plan()

    assert asked(decided)[START].generation == 1
    assert decided.requeue_after == 10.0


@pytest.mark.parametrize("record", [ASKED | {"startId": "1"}, ASKED | {"startId": ""}, TO_STOP])
def test_each_start_asks_anew(record: dict[str, Any]) -> None:
    status = {"gates": {START: record}, "conditions": [condition(START, "True", 2)]}
    decided = Case(status=status).plan()

    assert created(decided) == []
    assert asked(decided)[START].generation == 3


def test_pod_is_made_when_all_say_so() -> None:
    decided = Case(status={"gates": {START: ASKED}, "conditions": [condition(START, "True")]}).plan()

    assert created(decided) == ["notebook"]
    assert decided.waits_for == ()
    assert asked(decided) is None, "what is on record stays there"


def test_who_was_asked_is_written_down_before_anything_follows_from_an_answer() -> None:
    """Somebody may answer of his own accord; the record must not be lost when the generation moves on."""
    decided = Case(status={"conditions": [condition(START, "True")]}).plan()

    assert created(decided) == []
    assert asked(decided).keys() == {START}
    assert decided.requeue_after is not None
    assert decided.requeue_after < 0.1


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case(status={"gates": {START: ASKED}, "conditions": [condition(START, "False")]}), "GateRefused"),
        (Case(status={"gates": {START: ASKED}}, waited={START: 60.0}), "GateTimeout"),
        (
            Case(status={"gates": {START: ASKED}}, gates=[{"name": START, "lease": "a/b"}], run_out={"a/b": ""}),
            "GateOperatorAbsent",
        ),
    ],
)
def test_start_that_comes_to_nothing_says_why_and_waits_for_nothing(case: Case, reason: str) -> None:
    decided = case.plan()

    assert (said(decided), created(decided), decided.requeue_after, decided.waits_for) == (reason, [], None, ())
    assert reasons.lookup(reason).final
    assert asked(decided).keys() == {START}


def test_gate_that_was_added_meanwhile_is_asked_too_and_one_that_was_removed_is_not_waited_for() -> None:
    added = Case(
        status={"gates": {START: ASKED | {"generation": 2}}}, gates=[*GATES, {"name": "b.example.org/b"}]
    ).plan()
    assert {name: each.generation for name, each in asked(added).items()} == {START: 2, "b.example.org/b": 3}

    assert created(Case(status={"gates": {START: ASKED}}, gates=GATES[1:]).plan()) == ["notebook"]


def test_start_that_has_a_pod_is_let_be() -> None:
    case = Case(pods=(pod(start_id="2"),), status={"pods": {"notebook": RUNNING}})

    assert said(case.plan()) == "Provisioned"
    assert asked(case.plan()) is None


def test_old_client_gets_its_pod_back_without_asking_again() -> None:
    record = {"resourceName": "notebook-1", "uid": "uid-notebook-1"}
    case = Case(spec={"startId": ""}, pods=(ended(),), status={"pods": {"notebook": record}})

    assert asked(case.plan()) is None


def test_secrets_of_earlier_starts_go_with_the_asking_and_not_once_more() -> None:
    before = {"pods": {"notebook": {"startId": "1"}}}
    assert secrets(Case(status=before).plan()) == ["jni-a-1"]
    assert secrets(Case(status=before | {"gates": {START: ASKED}}).plan()) == []
    through = {"gates": {START: ASKED}, "conditions": [condition(START, "True")]}
    assert secrets(Case(status=before | through).plan()) == []


def test_nobody_is_asked_while_a_secret_cannot_be_deleted() -> None:
    decided = Case(status={"pods": {"notebook": {"startId": "1"}}}, undeleted={"jni-a-1": DENIED}).plan()

    assert (said(decided), asked(decided)) == ("FailedDelete", None)


def test_gates_that_are_turned_off_are_not_passed_over() -> None:
    decided = Case(on=False).plan()

    assert (said(decided), decided.actions) == ("TemplateError", ())
    assert decided.status is not None
    assert "gates.enabled" in decided.status.message


@pytest.mark.parametrize("spent", [True, False])
def test_start_that_cannot_be_asks_nobody(*, spent: bool) -> None:
    known = {"conditions": [condition("PodsProvisioned", "False") | {"reason": "StartSpent"}]} if spent else {}
    status = {"pods": {"notebook": {"startId": "2"}}} | known
    case = Case(status=status, gates=GATES if spent else [{"name": "no"}])

    assert not asked(case.plan())
    assert created(case.plan()) == []


# a stop


def stop(**case: Any) -> Plan:
    status = {"pods": {"notebook": RUNNING}, **case.pop("status", {})}
    return Case(**{"spec": {"suspend": True}, "pods": (pod(start_id="2"),), "status": status} | case).plan()


def test_stop_asks_and_ends_no_pod() -> None:
    decided = stop()

    assert (deleted(decided), said(decided)) == ([], "WaitingForGate")
    assert {name: (each.before, each.generation) for name, each in asked(decided).items()} == {STOP: ("Stop", 3)}
    assert decided.requeue_after == 90.0


@pytest.mark.parametrize("answer", ["True", "False"])
def test_stop_goes_on_with_the_answer(answer: str) -> None:
    decided = stop(status={"gates": {STOP: TO_STOP}, "conditions": [condition(STOP, answer)]})

    assert deleted(decided) == ["notebook-1"]


def test_stop_goes_on_when_its_time_is_over() -> None:
    assert deleted(stop(status={"gates": {STOP: TO_STOP}}, waited={STOP: 89.9})) == []
    assert deleted(stop(status={"gates": {STOP: TO_STOP}}, waited={STOP: 90.0})) == ["notebook-1"]


@pytest.mark.parametrize(
    "case",
    [
        {"pods": (ended(start_id="2"),)},
        {"pods": (pod(start_id="2", deletionTimestamp=MADE),)},
        {"status": {"pods": {"notebook": RUNNING | {"state": "Stopped", "observedUid": "uid-notebook-1"}}}},
        {"pods": (pod(start_id="1"),), "status": {"pods": {}}},
        {"on": False},
        {"deleting": True},
        {"gates": GATES[:1]},
        {"template": Refusal(reasons.TEMPLATE_NOT_FOUND, "It is gone")},
    ],
    ids=[
        *("of a server that ended", "under way", "of a server that is known to have ended", "of an earlier start"),
        *("where gates are off", "of an Instance that is deleted", "without a gate", "without a Template"),
    ],
)
def test_stop_asks_nobody(case: dict[str, Any]) -> None:
    assert asked(stop(**case)) is None
    assert said(stop(**case)) != "WaitingForGate"


def test_pods_of_an_earlier_start_do_not_wait_for_a_stop() -> None:
    decided = stop(pods=(pod(start_id="2"), pod("old", start_id="1")))

    assert deleted(decided) == ["old"]
    assert asked(decided).keys() == {STOP}


def test_other_errors_of_the_template_do_not_open_the_gate() -> None:
    decided = stop(pvcs=({"name": "NO", "spec": {}},))

    assert deleted(decided) == []


def test_report_of_the_end_leaves_nothing_on_record() -> None:
    decided = stop(pods=(), status={"pods": {}, "gates": {STOP: TO_STOP}})

    assert said(decided) == "Suspended"
    assert asked(decided) is None, "see to_keep"


def test_instance_that_never_ran_is_not_asked_about() -> None:
    decided = Case(spec={"suspend": True}).plan()

    assert not any(isinstance(action, Create | Delete) for action in decided.actions)
    assert asked(decided) is None
