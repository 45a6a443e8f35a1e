"""Pods that their nodes do not end: removed by force where the Template says so, and nowhere else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from jupyternetes.api import reasons
from jupyternetes.api.core import Pod
from jupyternetes.operators.pods.steps import ForceDelete
from jupyternetes.operators.templates.usable import Refusal
from tests.support.objects import ended, pod
from tests.unit.operators.pods_case import (
    DENIED,
    HELPER,
    NOTEBOOK,
    RECORD,
    SEEN_STOPPED,
    Case,
    forced,
    said,
)

UID = "uid-notebook-1"
GOING = {"deletionTimestamp": "2026-01-02T00:00:30Z", "deletionGracePeriodSeconds": 30, "spec": {"nodeName": "node-1"}}
AFTER_60 = (NOTEBOOK | {"forceDeleteAfterSeconds": 60},)
KEPT = ("example.org/audit",)


def stuck(start_id: str = "2", **fields: Any) -> Pod:
    return pod(start_id=start_id, **GOING | fields)


#: Every situation in which pods that are being deleted are waited for.
WAITS = {
    "stop": Case(RECORD, pods=(stuck(),), spec={"suspend": True}),
    "stop of an Instance that is kept": Case(RECORD, pods=(stuck(),), finalizers=KEPT, spec={"suspend": True}),
    "end of an Instance that is kept": Case(RECORD, pods=(stuck(),), finalizers=KEPT),
    "next start": Case(pods=(stuck("1"),)),
    "start that is spent": Case(SEEN_STOPPED, pods=(stuck(),)),
    "start that was spent before": Case({"startId": "3"}, pods=(stuck("2"),)),
    "pod that somebody deleted": Case(RECORD, pods=(stuck(),)),
    "pod that ended while it was deleted": Case(RECORD, pods=(ended(start_id="2", **GOING),)),
    "pod that is replaced": Case(RECORD | {"startId": ""}, start_id="", pods=(ended(**GOING),)),
    "one of two pods": Case(
        RECORD | {"uid": "uid-notebook-0"}, pods=(pod("notebook-0", start_id="2"), stuck(creationTimestamp="2027"))
    ),
}


def at(case: Case, seconds: float, **fields: Any) -> Case:
    """The situation when the pod has been being deleted for so long."""
    return Case(**{**vars(case), "template": AFTER_60, "leaving": {UID: seconds}, **fields})


@pytest.mark.parametrize("case", WAITS.values(), ids=WAITS)
def test_pod_that_its_node_does_not_end_is_removed_after_its_grace_period_and_the_templates_time_C27(
    case: Case,
) -> None:
    early = at(case, 70.0).plan()
    due = at(case, 90.0).plan()

    assert (forced(early), early.requeue_after) == ([], 20.0)
    assert (forced(due), due.requeue_after) == (["notebook-1"], None)
    assert said(early) == said(due)


@pytest.mark.parametrize("case", WAITS.values(), ids=WAITS)
@pytest.mark.parametrize(
    "template",
    [
        (NOTEBOOK,),
        (NOTEBOOK, HELPER | {"forceDeleteAfterSeconds": 0}),
        (HELPER | {"forceDeleteAfterSeconds": 0},),
        (NOTEBOOK | {"forceDeleteAfterSeconds": None},),
        (NOTEBOOK | {"forceDeleteAfterSeconds": "0"},),
        (NOTEBOOK | {"forceDeleteAfterSeconds": True},),
        (NOTEBOOK | {"forceDeleteAfterSeconds": -1},),
        (NOTEBOOK | {"forceDeleteAfterSeconds": 0, "condition": "broken"},),
        Refusal(reasons.TEMPLATE_NOT_FOUND, "gone"),
        Refusal(reasons.TEMPLATE_NOT_FOUND, "not in the cache", certain=False),
    ],
    ids=["without", "another's", "gone", "null", "text", "boolean", "negative", "broken", "no Template", "unknown"],
)
def test_without_the_present_templates_word_for_the_entry_nothing_is_forced_C27(case: Case, template: Any) -> None:
    assert forced(at(case, 1e9, template=template).plan()) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"deletionTimestamp": None},
        # forced before, or ended by its node: what keeps it is a finalizer
        {"deletionGracePeriodSeconds": 0, "finalizers": ["example.org/hold"]},
        # never had a node that could end it
        {"spec": {}},
        {"labels": {"jupyternetes.kadense.io/instance": "a"}},
        {"ownerReferences": []},
    ],
    ids=["stays", "forced before", "no node", "no entry", "not ours"],
)
def test_pod_that_does_not_wait_for_its_node_is_not_forced_C27(fields: dict[str, Any]) -> None:
    found = stuck(**fields)

    assert forced(at(Case(RECORD, pods=(found,), spec={"suspend": True}), 1e9).plan()) == []


def test_pods_of_an_instance_that_goes_without_them_are_left_C27() -> None:
    left = at(Case(RECORD, pods=(stuck(),), finalizers=(*KEPT, "orphan")), 1e9)

    assert forced(left.plan()) == []


def test_entry_whose_name_has_a_placeholder_is_found_C27() -> None:
    named = {"name": "{x:dns}book", "spec": NOTEBOOK["spec"], "forceDeleteAfterSeconds": 0}
    case = Case(RECORD, pods=(stuck(),), spec={"suspend": True, "variables": {"x": "note"}})

    assert forced(at(case, 30.0, template=(named,)).plan()) == ["notebook-1"]


def test_entry_that_refers_to_a_pod_that_goes_too_is_found_C27() -> None:
    helper = {"name": "helper", "forceDeleteAfterSeconds": 0, "spec": HELPER["spec"]}
    helper["annotations"] = {"beside": "{jupyternetes.pods.notebook}"}
    found = pod("helper-1", entry="helper", start_id="2", **GOING)
    case = Case(RECORD, pods=(stuck(), found), spec={"suspend": True})

    assert forced(at(case, 0, template=(NOTEBOOK, helper), leaving={"uid-helper-1": 30.0}).plan()) == ["helper-1"]


def test_forced_delete_that_the_api_server_refuses_is_told_and_tried_again_C27() -> None:
    decided = at(WAITS["stop"], 90.0, undeleted={UID: DENIED}).plan()

    assert decided.actions == (ForceDelete(stuck()),)
    assert (said(decided), decided.requeue_after) == ("FailedDelete", 2.0)


@given(
    st.sampled_from([*WAITS]),
    st.floats(0, 1e9),
    st.integers(0, 3600),
    st.one_of(st.none(), st.integers(0, 86400)),
)
def test_nothing_is_ever_forced_without_the_setting_or_before_its_time_C27(
    situation: str, leaving: float, grace: int, setting: int | None
) -> None:
    template = (NOTEBOOK | ({} if setting is None else {"forceDeleteAfterSeconds": setting}),)
    pods = tuple(with_grace(each, grace) for each in WAITS[situation].pods)
    decided = at(WAITS[situation], leaving, template=template, pods=pods).plan()

    allowed = setting is not None and grace > 0 and leaving >= grace + setting
    assert forced(decided) == (["notebook-1"] if allowed else [])


def with_grace(found: Pod, seconds: int) -> Pod:
    """The pod, if it is being deleted, with another grace period."""
    grace = seconds if found.metadata.deleting else None
    return structs.replace(found, metadata=structs.replace(found.metadata, deletion_grace_period_seconds=grace))
