"""What is done about the pods of one Instance, decision by decision: from what is known to actions and status."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod
from jupyternetes.operators.pods.plan import claims_ready, is_reported, plan, respawn_delay, was_started
from jupyternetes.operators.pods.steps import (
    Create,
    Delete,
    DeleteSecrets,
    FindTemplate,
    Observed,
    Plan,
    RepairStatus,
    Verify,
)
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate
from jupyternetes.runtime.errors import ApiError, Status, UnknownOutcome, api_error
from jupyternetes.templating import compile_template
from tests.support.objects import MADE, NAMESPACE, ended, instance, pod, template

NOW = datetime(2026, 2, 1, tzinfo=UTC)
SPEC = {"containers": [{"name": "notebook", "image": "i", "ports": [{"name": "notebook", "containerPort": 8888}]}]}
NOTEBOOK: dict[str, Any] = {"name": "notebook", "spec": SPEC}
HELPER: dict[str, Any] = {"name": "helper", "spec": {"containers": [{"name": "helper", "image": "i"}]}}
NEEDS_NOTEBOOK: dict[str, Any] = {
    "name": "helper",
    "annotations": {"beside": "{jupyternetes.pods.notebook}"},
    "spec": HELPER["spec"],
}

RECORD = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}
SEEN_STOPPED = RECORD | {"state": "Stopped", "observedUid": "uid-notebook-1"}
VERIFY = Verify("notebook-1", "uid-notebook-1")
DELETING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}
UNLABELLED = pod(start_id="2", labels={})

QUOTA = api_error("create pods", Status(403, "Forbidden", 'pods "notebook-x8k2z" is forbidden: exceeded quota: q'))
NO_ACCOUNT = api_error("create pods", Status(403, "Forbidden", "error looking up service account lab/late: not found"))
WEBHOOK = UnknownOutcome(
    "create pods",
    settled_at=5.0,
    refusal=api_error("create pods", Status(500, "InternalError", 'failed calling webhook "guard.example.org"')),
)


@dataclass(frozen=True)
class Case:
    """A start that is under way; ``record`` is the entry ``notebook`` of its status."""

    record: dict[str, Any] | None = None
    start_id: str = "2"
    pods: tuple[Pod, ...] = ()
    looked_up: Any = None
    made: Any = None
    failed: Any = None
    template: tuple[dict[str, Any], ...] | Refusal = (NOTEBOOK,)
    status: Any = None
    spec: Any = None

    def plan(self) -> Plan:
        status: dict[str, Any] = {"pvcsProvisioned": "Completed"} | (self.status or {})
        if self.record is not None:
            status = {"pods": {"notebook": self.record}} | status
        known = instance(startId=self.start_id, status=status, **(self.spec or {}))
        observed = Observed(
            now=NOW,
            pods=self.pods,
            looked_up=self.looked_up or {},
            made=self.made or {},
            failed=self.failed or {},
        )
        return plan(known, usable(self.template), observed)


def usable(entries: tuple[dict[str, Any], ...] | Refusal) -> UsableTemplate | Refusal:
    if isinstance(entries, Refusal):
        return entries
    spec = {"pods": list(entries)}
    return UsableTemplate(template(**spec), compile_template(spec), False)


def conditions(reason: str, generation: int = 3) -> list[dict[str, Any]]:
    return [{"type": "PodsProvisioned", "status": "False", "reason": reason, "observedGeneration": generation}]


def said(decided: Plan) -> str:
    """The reason that is reported; empty: nothing new is."""
    return decided.status.reason.name if decided.status is not None else ""


def created(decided: Plan) -> list[str]:
    return [action.entry for action in decided.actions if isinstance(action, Create)]


def deleted(decided: Plan) -> list[str]:
    return [action.pod.metadata.name for action in decided.actions if isinstance(action, Delete)]


# an Instance that is not to run


@pytest.mark.parametrize(
    ("case", "actions", "reason", "requeue"),
    [
        (Case(RECORD, pods=(pod(start_id="2"),)), (Delete(pod(start_id="2")),), "", None),
        (Case(RECORD, pods=(pod(start_id="1"),)), (Delete(pod(start_id="1")),), "", None),
        (Case(RECORD, pods=(pod(start_id="2", **DELETING),)), (), "", None),
        (Case(RECORD), (VERIFY,), "", None),
        (Case(RECORD, looked_up={"uid-notebook-1": UNLABELLED}), (Delete(UNLABELLED),), "", 2.0),
        (Case(RECORD, looked_up={"uid-notebook-1": None}), (DeleteSecrets(("jni-a-2",)),), "Suspended", None),
        (Case(SEEN_STOPPED), (DeleteSecrets(("jni-a-2",)),), "Suspended", None),
        (Case(), (DeleteSecrets(("jni-a-1", "jni-a-2")),), "Suspended", None),
        (Case(start_id=""), (), "Suspended", None),
        (Case({"startId": "2"}, status={"conditions": conditions("Suspended")}), (), "", None),
    ],
)
def test_stop_ends_all_pods_then_deletes_the_secrets_and_then_says_so(
    case: Case, actions: Any, reason: str, requeue: float | None
) -> None:
    decided = Case(**{**vars(case), "spec": {"suspend": True}}).plan()

    assert (decided.actions, said(decided), decided.requeue_after) == (actions, reason, requeue)


def test_stopped_start_stays_on_record_by_its_number_alone() -> None:
    status = Case(SEEN_STOPPED, spec={"suspend": True}).plan().status

    assert status is not None
    assert [(state.start_id, state.uid) for state in status.entries.values()] == [("2", "")]
    assert Case(start_id="", record=SEEN_STOPPED, spec={"suspend": True}).plan().status.entries == {}  # type: ignore[union-attr]


@pytest.mark.parametrize(("suspend", "ended_pods"), [(True, ["notebook-1"]), (False, [])])
def test_unreadable_instance_is_repaired_and_nothing_is_begun_for_it(suspend: bool, ended_pods: list[str]) -> None:
    known = instance(startId="2", suspend=suspend)
    unreadable = type(known)(metadata=known.metadata, spec=known.spec, unreadable=("spec.variables.a",))  # type: ignore[arg-type]

    decided = plan(unreadable, usable((NOTEBOOK,)), Observed(now=NOW, pods=(pod(start_id="2"),)))

    assert deleted(decided) == ended_pods
    assert decided.actions[-1] == RepairStatus()


# before this start's pods


def test_nothing_is_made_before_the_pods_of_earlier_starts_are_gone() -> None:
    decided = Case(pods=(pod(start_id="1"),)).plan()

    assert decided.actions == (Delete(pod(start_id="1")),)
    assert said(decided) == "WaitingForOldPods"
    assert "notebook-1" in decided.status.message  # type: ignore[union-attr]


def test_secrets_of_earlier_starts_go_until_this_one_is_on_record() -> None:
    assert Case().plan().actions[0] == DeleteSecrets(("jni-a-1",))
    assert created(Case().plan()) == ["notebook"]
    assert not any(isinstance(action, DeleteSecrets) for action in Case(RECORD).plan().actions)


def test_absence_of_the_template_needs_proof() -> None:
    unproven = Refusal(reasons.TEMPLATE_NOT_FOUND, "no", certain=False)

    assert Case(RECORD, template=unproven).plan().actions == (FindTemplate(),)
    assert said(Case(template=Refusal(reasons.TEMPLATE_NOT_FOUND, "no")).plan()) == "TemplateNotFound"


def test_spent_start_is_wound_up_though_its_template_is_gone() -> None:
    gone = Refusal(reasons.TEMPLATE_NOT_FOUND, "no")

    assert said(Case(SEEN_STOPPED, template=gone).plan()) == "StartSpent"


# whether the start is spent


@pytest.mark.parametrize(
    ("case", "actions", "reason"),
    [
        (Case(RECORD | {"startId": "1"}), "create", "WaitingForEntries"),
        (Case(RECORD, pods=(pod(start_id="2"),)), (), "Provisioned"),
        (Case(RECORD), (VERIFY,), ""),
        (Case(RECORD, looked_up={"uid-notebook-1": None}), (DeleteSecrets(("jni-a-2",)),), "StartSpent"),
        (Case(RECORD, looked_up={"uid-notebook-1": pod(start_id="2")}), (), ""),
        (Case(RECORD, looked_up={"uid-notebook-1": UNLABELLED}), (), "PodUnlabelled"),
        (Case(SEEN_STOPPED), (DeleteSecrets(("jni-a-2",)),), "StartSpent"),
        (Case(RECORD, pods=(ended(start_id="2"),)), (), ""),
        (Case(SEEN_STOPPED, pods=(ended(start_id="2"),)), (Delete(ended(start_id="2")),), ""),
        (Case(SEEN_STOPPED, pods=(ended(start_id="2", **DELETING),)), (), ""),
        # the container that serves ended, and another one of the pod still runs
        (Case(SEEN_STOPPED, pods=(pod(start_id="2"),)), (Delete(pod(start_id="2")),), ""),
        (Case(SEEN_STOPPED, status={"conditions": conditions("StartSpent")}), (), ""),
        (Case(RECORD | {"state": "Stopped", "observedUid": "earlier"}), (VERIFY,), ""),
    ],
)
def test_start_is_spent_only_beyond_doubt_C01(case: Case, actions: Any, reason: str) -> None:
    decided = case.plan()

    if actions == "create":
        assert created(decided) == ["notebook"]
    else:
        assert (decided.actions, said(decided)) == (actions, reason)


@pytest.mark.parametrize(
    ("case", "deleted_pods", "reason"),
    [
        (Case({"startId": "2"}, status={"conditions": conditions("Suspended", 2)}), [], "StartSpent"),
        (Case({"startId": "3"}), [], "StartSpent"),
        (Case({"startId": "3"}, pods=(pod(start_id="3"),)), ["notebook-1"], "WaitingForOldPods"),
        (Case({"startId": "1"}, status={"conditions": conditions("Suspended", 2)}), [], "WaitingForEntries"),
    ],
)
def test_start_whose_secret_is_gone_is_spent_and_gets_no_pod_C14(
    case: Case, deleted_pods: list[str], reason: str
) -> None:
    decided = case.plan()

    assert (deleted(decided), said(decided)) == (deleted_pods, reason)
    assert created(decided) == (["notebook"] if reason == "WaitingForEntries" else [])


def test_start_that_was_stopped_before_it_had_a_pod_is_on_record_all_the_same_C14() -> None:
    stopped = Case(spec={"suspend": True}).plan().status

    assert stopped is not None
    assert {name: state.start_id for name, state in stopped.entries.items()} == {"notebook": "2"}


def test_pod_that_nothing_tells_of_is_looked_for_again() -> None:
    decided = Case(RECORD, looked_up={"uid-notebook-1": UNLABELLED}).plan()

    assert decided.requeue_after == 20.0
    assert "lab/notebook-1" in decided.status.message  # type: ignore[union-attr]


def test_instance_without_start_id_has_nothing_to_spend_B22() -> None:
    known = RECORD | {"startId": ""}

    assert Case(known, start_id="").plan().actions == (VERIFY,)
    assert created(Case(known, start_id="", looked_up={"uid-notebook-1": None}).plan()) == ["notebook"]


# making what is missing


@pytest.mark.parametrize(
    ("provisioned", "state", "ready"),
    [
        ("Completed", {"resourceName": "w-1"}, True),
        ("Completed", {"resourceName": "w-1", "state": "Error"}, False),
        ("Completed", {"resourceName": ""}, False),
        ("Partially Processed", {"resourceName": "w-1"}, False),
        ("Pending", {"resourceName": "w-1"}, False),
    ],
)
def test_pods_wait_for_every_claim_B03(provisioned: str, state: dict[str, Any], ready: bool) -> None:
    known = instance(status={"pvcsProvisioned": provisioned, "pvcs": {"workspace": state}})

    assert claims_ready(known, ["workspace"]) is ready


def test_claim_of_an_entry_that_the_template_got_later_is_waited_for() -> None:
    known = instance(status={"pvcsProvisioned": "Completed", "pvcs": {"workspace": {"resourceName": "w-1"}}})

    assert not claims_ready(known, ["workspace", "scratch"])
    assert claims_ready(instance(status={"pvcsProvisioned": "Completed"}), [])
    assert Case(status={"pvcsProvisioned": "Pending"}, start_id="1").plan() == Plan()


def test_missing_pod_is_made_once() -> None:
    made = {"notebook": pod("made", start_id="2")}

    assert created(Case().plan()) == ["notebook"]
    decided = Case(made=made).plan()
    assert created(decided) == []
    assert decided.status is not None
    assert (said(decided), decided.status.provisioned) == ("Provisioned", "Completed")
    assert decided.status.entries["notebook"].uid == "uid-made"


def test_recorded_pod_that_the_cache_lacks_is_looked_for_before_another_is_made_B27() -> None:
    known = RECORD | {"startId": ""}

    assert Case(known, start_id="").plan().actions == (VERIFY,)
    decided = Case(known, start_id="", looked_up={"uid-notebook-1": pod()}).plan()
    assert (decided.actions, said(decided)) == ((), "Provisioned")
    assert decided.status.entries["notebook"].resource_name == "notebook-1"  # type: ignore[union-attr]


def test_pod_that_no_cache_shows_is_named() -> None:
    known = RECORD | {"startId": ""}

    assert said(Case(known, start_id="", looked_up={"uid-notebook-1": pod(labels={})}).plan()) == "PodUnlabelled"


def test_second_pod_of_an_entry_is_deleted_B27() -> None:
    decided = Case(RECORD, pods=(pod("notebook-2", start_id="2"), pod(start_id="2"))).plan()

    assert deleted(decided) == ["notebook-2"]
    assert decided.status.entries["notebook"].resource_name == "notebook-1"  # type: ignore[union-attr]


def test_entry_that_needs_another_is_made_after_it() -> None:
    both = (NEEDS_NOTEBOOK, NOTEBOOK)
    there = {"notebook": pod("made", start_id="2")}

    assert created(Case(template=both).plan()) == ["notebook"]
    decided = Case(template=both, made=there).plan()
    assert created(decided) == ["helper"]
    [create] = [action for action in decided.actions if isinstance(action, Create)]
    assert create.body["metadata"]["annotations"] == {"beside": "made"}  # type: ignore[index]


def refused(error: ApiError | UnknownOutcome, **case: Any) -> Plan:
    return Case(failed={"notebook": error}, **case).plan()


def test_refused_pod_is_an_error_with_the_servers_text_and_tried_again_later_B33() -> None:
    decided = refused(QUOTA)

    assert created(decided) == [], "not again in the same pass"
    assert said(decided) == "QuotaExceeded"
    state = decided.status.entries["notebook"]  # type: ignore[union-attr]
    assert (state.state, state.uid) == ("Error", "")
    assert "notebook-*" in state.error_message
    assert decided.requeue_after


def test_create_that_failed_at_the_server_is_told_is_not_final_and_tried_again_soon_C10() -> None:
    decided = refused(WEBHOOK)

    assert created(decided) == [], "not before it is known what became of the first"
    assert said(decided) == "FailedCreate"
    assert "failed calling webhook" in decided.status.message  # type: ignore[union-attr]
    assert not decided.status.reason.final  # type: ignore[union-attr]
    assert 0 < (decided.requeue_after or 0) <= 2


@pytest.mark.parametrize("state", ["Running", "Stopped"])
def test_error_waits_for_the_word_on_the_earlier_pod_to_be_taken_back(state: str) -> None:
    told = refused(QUOTA, record={"startId": "1", "state": state}).status.entries["notebook"]  # type: ignore[union-attr]

    assert told.state == "Processed"
    assert told.error_message


def test_account_that_may_come_is_waited_for_less_patiently_than_a_quota() -> None:
    waits = [refused(error).requeue_after or 0 for error in (NO_ACCOUNT, QUOTA)]

    assert 0 < waits[0] <= 5 < waits[1]


@pytest.mark.parametrize(
    ("start_id", "made", "ended_pods", "requeue"),
    [
        ("", "2026-01-31T23:00:00Z", ["notebook-1"], None),
        ("", "2026-01-31T23:59:55Z", [], 5.0),
        ("2", "2026-01-01T00:00:00Z", [], None),
    ],
)
def test_ended_pod_is_replaced_for_old_clients_only_and_not_at_once_B22_B25(
    start_id: str, made: str, ended_pods: list[str], requeue: float | None
) -> None:
    there = ended(start_id=start_id, creationTimestamp=made)

    decided = Case(start_id=start_id, pods=(there,)).plan()

    assert (deleted(decided), decided.requeue_after) == (ended_pods, requeue)


def test_pod_whose_server_ended_is_replaced_though_another_container_of_it_runs_C01() -> None:
    known = SEEN_STOPPED | {"startId": ""}

    assert deleted(Case(known, start_id="", pods=(pod(),)).plan()) == ["notebook-1"]


@pytest.mark.parametrize(("seconds", "delay"), [(0, 10.0), (4, 6.0), (10, 0.0), (3600, 0.0)])
def test_pod_that_ends_at_once_is_not_made_again_at_once(seconds: int, delay: float) -> None:
    now = datetime.fromtimestamp(datetime.fromisoformat(MADE).timestamp() + seconds, UTC)

    assert respawn_delay(ended(), now) == delay


def test_some_of_several_pods_are_partially_processed() -> None:
    def provisioned(**case: Any) -> str:
        status = Case(template=(NOTEBOOK, NEEDS_NOTEBOOK), **case).plan().status
        return status.provisioned if status else ""

    made = pod("notebook-2", start_id="2"), pod("helper-2", entry="helper", start_id="2")
    assert provisioned() == "Pending"
    assert provisioned(pods=made[:1]) == "Partially Processed"
    assert provisioned(pods=made) == "Completed"
    assert Case(template=()).plan().status.provisioned == "Completed"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "broken",
    [
        NOTEBOOK | {"annotations": {"a": "{unknown}"}},
        NOTEBOOK | {"port": "no-such-port"},
    ],
)
def test_template_that_cannot_be_filled_in_is_an_error_of_every_missing_entry(broken: dict[str, Any]) -> None:
    decided = Case(template=(broken, HELPER), pods=(pod("helper-1", entry="helper", start_id="2"),)).plan()

    assert created(decided) == []
    assert said(decided) == "TemplateError"
    entries = decided.status.entries  # type: ignore[union-attr]
    assert (entries["notebook"].state, entries["helper"].resource_name) == ("Error", "helper-1")


# what is asked of a status


@pytest.mark.parametrize(("generation", "reported"), [(3, True), (2, False)])
def test_reported_means_of_the_present_generation_B38(generation: int, reported: bool) -> None:
    known = instance(status={"conditions": conditions("Suspended", generation)})

    assert is_reported(known, reasons.SUSPENDED) is reported
    assert not is_reported(known, reasons.START_SPENT)


def test_instance_that_was_made_suspended_has_nothing_to_wind_up() -> None:
    assert not was_started(instance(generation=1))
    assert was_started(instance(generation=2))
    assert was_started(instance(generation=1, status={"pods": {"notebook": {"uid": "u"}}}))


def test_instance_that_is_being_deleted_takes_its_pods_with_it() -> None:
    known = instance(startId="2")
    going = type(known)(metadata=type(known.metadata)(name="a", namespace=NAMESPACE, deletion_timestamp=MADE))

    assert plan(going, usable((NOTEBOOK,)), Observed(now=NOW, pods=(pod(),))) == Plan()
