"""Whether pods of one Instance are to run at all: stops, earlier starts, spent starts."""

from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.operators.pods.plan import is_reported, plan
from jupyternetes.operators.pods.steps import Delete, DeleteSecrets, FindTemplate, Observed, RepairStatus
from jupyternetes.operators.templates.usable import Refusal
from tests.support.objects import ended, instance, pod
from tests.unit.operators.pods_case import (
    DELETING,
    NOTEBOOK,
    RECORD,
    RELEASED,
    SEEN_GOING,
    SEEN_STOPPED,
    UNLABELLED,
    VERIFY,
    Case,
    conditions,
    created,
    deleted,
    said,
    usable,
)

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
        (Case(SEEN_STOPPED, leaving=SEEN_GOING), (DeleteSecrets(("jni-a-2",)),), "Suspended", None),
        # it ended, and nobody saw its pod be deleted: it may only have lost its label
        (Case(SEEN_STOPPED), (VERIFY,), "", None),
        # that was said of the pod before it
        (Case(SEEN_STOPPED | {"observedUid": "uid-before"}, leaving=SEEN_GOING), (VERIFY,), "", None),
        (Case(SEEN_STOPPED, looked_up={"uid-notebook-1": UNLABELLED}), (Delete(UNLABELLED),), "", 2.0),
        (Case(SEEN_STOPPED, looked_up={"uid-notebook-1": None}), (DeleteSecrets(("jni-a-2",)),), "Suspended", None),
        (Case(RECORD, looked_up={"uid-notebook-1": RELEASED}), (DeleteSecrets(("jni-a-2",)),), "Suspended", None),
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
    stopped = {"record": SEEN_STOPPED, "leaving": SEEN_GOING, "spec": {"suspend": True}}
    status = Case(**stopped).plan().status

    assert status is not None
    assert [(state.start_id, state.uid) for state in status.entries.values()] == [("2", "")]
    assert Case(start_id="", **stopped).plan().status.entries == {}  # type: ignore[union-attr]


@pytest.mark.parametrize(("suspend", "ended_pods"), [(True, ["notebook-1"]), (False, [])])
def test_unreadable_instance_is_repaired_and_nothing_is_begun_for_it(suspend: bool, ended_pods: list[str]) -> None:
    known = instance(startId="2", suspend=suspend)
    unreadable = type(known)(metadata=known.metadata, spec=known.spec, unreadable=("spec.variables.a",))  # type: ignore[arg-type]

    decided = plan(unreadable, usable((NOTEBOOK,)), Observed(pods=(pod(start_id="2"),)))

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

    assert said(Case(SEEN_STOPPED, leaving=SEEN_GOING, template=gone).plan()) == "StartSpent"


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
        (Case(SEEN_STOPPED, leaving=SEEN_GOING), (DeleteSecrets(("jni-a-2",)),), "StartSpent"),
        # it ended, and nobody saw its pod be deleted: it may only have lost its label
        (Case(SEEN_STOPPED), (VERIFY,), ""),
        (Case(SEEN_STOPPED, looked_up={"uid-notebook-1": UNLABELLED}), (Delete(UNLABELLED),), ""),
        (Case(SEEN_STOPPED, looked_up={"uid-notebook-1": RELEASED}), (DeleteSecrets(("jni-a-2",)),), "StartSpent"),
        (Case(SEEN_STOPPED, looked_up={"uid-notebook-1": None}), (DeleteSecrets(("jni-a-2",)),), "StartSpent"),
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


@pytest.mark.parametrize(("generation", "reported"), [(3, True), (2, False)])
def test_reported_means_of_the_present_generation_B38(generation: int, reported: bool) -> None:
    known = instance(status={"conditions": conditions("Suspended", generation)})

    assert is_reported(known, reasons.SUSPENDED) is reported
    assert not is_reported(known, reasons.START_SPENT)


def test_instance_that_was_made_suspended_has_nothing_to_wind_up() -> None:
    assert not instance(generation=1).was_started
    assert instance(generation=2).was_started
    assert instance(generation=1, status={"pods": {"notebook": {"uid": "u"}}}).was_started


@pytest.mark.parametrize(
    ("finalizers", "suspend", "ended_pods", "reason"),
    [
        ((), False, [], ""),
        (("orphan",), False, [], ""),
        (("foregroundDeletion",), False, [], ""),
        (("example.org/audit",), False, ["notebook-1"], "BeingDeleted"),
        (("example.org/audit", "orphan"), False, [], "BeingDeleted"),
        (("example.org/audit",), True, ["notebook-1"], ""),
        ((), True, [], ""),
    ],
)
def test_instance_that_is_being_deleted_takes_its_pods_with_it_also_when_somebody_keeps_it_C16(
    finalizers: tuple[str, ...], suspend: bool, ended_pods: list[str], reason: str
) -> None:
    decided = Case(RECORD, pods=(pod(start_id="2"),), finalizers=finalizers, spec={"suspend": suspend}).plan()

    assert (deleted(decided), created(decided), said(decided)) == (ended_pods, [], reason)
    assert not reason or "example.org/audit" in decided.status.message  # type: ignore[union-attr]


def test_instance_that_somebody_keeps_can_still_be_stopped_and_gets_no_pod_C16() -> None:
    kept = ("example.org/audit",)

    stopped = Case(SEEN_STOPPED, leaving=SEEN_GOING, finalizers=kept, spec={"suspend": True})
    assert said(stopped.plan()) == "Suspended"
    assert created(Case(finalizers=kept).plan()) == []
