"""Which pods a start gets, and what is said when it does not get them."""

from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod
from jupyternetes.operators.pods.plan import claims_ready
from jupyternetes.operators.pods.steps import Create, Plan
from jupyternetes.operators.templates.usable import Refusal
from jupyternetes.runtime.errors import ApiError, Status, UnknownOutcome, api_error
from tests.support.objects import MADE, ended, instance, pod
from tests.unit.operators.pods_case import (
    DELETING,
    HELPER,
    NEEDS_NOTEBOOK,
    NO_ACCOUNT,
    NOTEBOOK,
    QUOTA,
    RECORD,
    SEEN_STOPPED,
    TERMINATING,
    VERIFY,
    WEBHOOK,
    Case,
    created,
    deleted,
    said,
)


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
    assert said(decided) == "WaitingForQuota"
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


def test_pod_in_a_namespace_that_is_being_deleted_ends_the_start_at_once_C09() -> None:
    decided = refused(TERMINATING)

    assert said(decided) == "NamespaceTerminating"
    assert decided.status.reason.final  # type: ignore[union-attr]


@pytest.mark.parametrize(("seconds", "reason"), [(0.0, "WaitingForQuota"), (30.0, "QuotaExceeded")])
def test_quota_that_a_stopping_server_may_free_is_waited_for_C07(seconds: float, reason: str) -> None:
    decided = refused(QUOTA, refused_for=seconds)

    assert said(decided) == reason
    assert decided.status.reason.final is (seconds >= 30)  # type: ignore[union-attr]


def test_stable_name_that_another_pod_has_is_told_with_the_way_out_C18() -> None:
    taken = api_error(
        "create pods lab/notebook-abc", Status(409, "AlreadyExists", 'pods "notebook-abc" already exists')
    )

    decided = refused(taken, stable=True)

    assert said(decided) == "Rejected"
    message = decided.status.message  # type: ignore[union-attr]
    assert "notebook-abc" in message
    assert "Delete the Pod of that name" in message


@pytest.mark.parametrize("state", ["Running", "Stopped"])
def test_error_waits_for_the_word_on_the_earlier_pod_to_be_taken_back(state: str) -> None:
    told = refused(QUOTA, record={"startId": "1", "state": state}).status.entries["notebook"]  # type: ignore[union-attr]

    assert told.state == "Processed"
    assert told.error_message


def test_account_that_may_come_is_waited_for_less_patiently_than_a_quota() -> None:
    waits = [refused(error, refused_for=30.0).requeue_after or 0 for error in (NO_ACCOUNT, QUOTA)]

    assert 0 < waits[0] <= 5 < waits[1]


@pytest.mark.parametrize(
    ("start_id", "known_for", "ended_pods", "requeue"),
    [
        ("", 3600.0, ["notebook-1"], None),
        ("", 10.0, ["notebook-1"], None),
        ("", 4.0, [], 6.0),
        ("", 0.0, [], 10.0),
        ("2", 3600.0, [], None),
    ],
)
def test_ended_pod_is_replaced_for_old_clients_only_and_not_at_once_B22_B25(
    start_id: str, known_for: float, ended_pods: list[str], requeue: float | None
) -> None:
    decided = Case(start_id=start_id, pods=(ended(start_id=start_id),), known_for=known_for).plan()

    assert (deleted(decided), decided.requeue_after) == (ended_pods, requeue)


def test_pod_whose_server_ended_is_replaced_though_another_container_of_it_runs_C01() -> None:
    known = SEEN_STOPPED | {"startId": ""}

    assert deleted(Case(known, start_id="", pods=(pod(),), known_for=3600.0).plan()) == ["notebook-1"]


@pytest.mark.parametrize("made", ["2000-01-01T00:00:00Z", MADE, "2999-01-01T00:00:00Z", ""])
def test_clock_of_another_machine_decides_nothing_about_the_next_pod_C17(made: str) -> None:
    there = ended(creationTimestamp=made)

    assert Case(start_id="", pods=(there,), known_for=9.0).plan().requeue_after == 1.0
    assert deleted(Case(start_id="", pods=(there,), known_for=11.0).plan()) == ["notebook-1"]


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


BROKEN = NOTEBOOK | {"annotations": {"a": "{unknown}"}}
NO_PORT = NOTEBOOK | {"port": "no-such-port"}
GONE = Refusal(reasons.TEMPLATE_NOT_FOUND, "no")
FORBIDDEN = Refusal(reasons.TEMPLATE_NOT_ALLOWED, "no")
BOTH = pod(start_id="2"), pod("helper-1", entry="helper", start_id="2")
TWO_RECORDS = {"pods": {"notebook": RECORD, "helper": {"startId": "2", "errorMessage": "quota"}}}


@pytest.mark.parametrize(
    ("case", "reason", "provisioned"),
    [
        (Case(template=(BROKEN, HELPER), pods=BOTH), "TemplateError", "Completed"),
        (Case(template=(NO_PORT, HELPER), pods=BOTH), "TemplateError", "Completed"),
        (Case(template=(BROKEN,), pods=BOTH), "TemplateError", "Completed"),
        (Case(template=(BROKEN, HELPER), pods=BOTH[:1]), "TemplateError", "Partially Processed"),
        (Case(template=(BROKEN,)), "TemplateError", "Pending"),
        (Case(template=(BROKEN,), pods=BOTH[:1], status=TWO_RECORDS), "TemplateError", "Partially Processed"),
        (Case(template=GONE, pods=BOTH), "TemplateNotFound", "Completed"),
        (Case(template=FORBIDDEN, pods=BOTH[:1]), "TemplateNotAllowed", "Completed"),
        (Case(template=GONE, made={"notebook": BOTH[0]}), "TemplateNotFound", "Completed"),
        (Case(template=GONE), "TemplateNotFound", "Pending"),
        (Case(template=FORBIDDEN), "TemplateNotAllowed", "Pending"),
        (Case(template=GONE, pods=BOTH[:1], status=TWO_RECORDS), "TemplateNotFound", "Partially Processed"),
    ],
)
def test_start_whose_pods_exist_is_complete_though_its_template_is_broken_or_gone_C08(
    case: Case, reason: str, provisioned: str
) -> None:
    decided = case.plan()

    assert (created(decided), deleted(decided), said(decided)) == ([], [], reason)
    assert decided.status is not None
    assert decided.status.provisioned == provisioned
    there = [*case.pods, *(case.made or {}).values()]
    assert {each.metadata.uid for each in there} <= {state.uid for state in decided.status.entries.values()}


CLAIM = {"name": "workspace", "spec": {"accessModes": ["ReadWriteOnce"]}}
ADOPTED = CLAIM | {"claimName": "shared"}
STATUS = {"pvcs": {"workspace": {"resourceName": "workspace-1"}}}


def mounting(name: str, claim: str, **fields: Any) -> Pod:
    """A pod with the Instance's label that no Instance controls."""
    volumes = [{"name": "home", "persistentVolumeClaim": {"claimName": claim}}, {"name": "tmp", "emptyDir": {}}]
    return pod(name, spec={"volumes": volumes}, ownerReferences=[], **fields)


@pytest.mark.parametrize(
    ("pods", "pvc", "status", "blocks"),
    [
        ([mounting("orphan", "workspace-1")], CLAIM, STATUS, True),
        ([mounting("orphan", "workspace-1", **DELETING)], CLAIM, STATUS, True),
        ([mounting("orphan", "workspace-1", status={"phase": "Running"})], CLAIM, STATUS, True),
        ([mounting("orphan", "workspace-1", status={"phase": "Succeeded"})], CLAIM, STATUS, False),
        ([mounting("orphan", "another")], CLAIM, STATUS, False),
        ([pod("labelled only", ownerReferences=[])], CLAIM, STATUS, False),
        ([mounting("peer", "shared")], ADOPTED, {"pvcs": {"workspace": {"resourceName": "shared"}}}, False),
    ],
)
def test_no_second_pod_on_a_volume_that_a_living_pod_mounts_C16(
    pods: list[Pod], pvc: dict[str, Any], status: dict[str, Any], blocks: bool
) -> None:
    decided = Case(pods=tuple(pods), pvcs=(pvc,), status=status).plan()

    assert (created(decided), deleted(decided)) == ([] if blocks else ["notebook"], [])
    assert (said(decided) == "VolumeInUse") is blocks
    if blocks:
        assert "lab/orphan" in decided.status.message  # type: ignore[union-attr]
        assert "workspace-1" in decided.status.message  # type: ignore[union-attr]


def test_pod_that_is_there_stays_whoever_else_mounts_its_volume_C16() -> None:
    there = (mounting("orphan", "workspace-1"), pod("notebook-2", start_id="2"))

    assert said(Case(pods=there, pvcs=(CLAIM,), status=STATUS).plan()) == "Provisioned"


@pytest.mark.parametrize(("start_id", "reason"), [("2", "TemplateError"), ("", "Provisioned")])
def test_start_with_a_template_without_pods_ends_at_once_C15(start_id: str, reason: str) -> None:
    decided = Case(start_id=start_id, template=()).plan()

    assert (created(decided), said(decided)) == ([], reason)
