"""What operators do with an entry whose condition is not true, and with an Instance that a rule refuses."""

from typing import Any

import pytest

from jupyternetes.api import reasons
from jupyternetes.api.instance import ClaimState, Instance, InstanceStatus
from jupyternetes.operators.templates.usable import UsableTemplate
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import compile_template
from tests.support.objects import NAMESPACE, claim, instance, pod, template
from tests.unit.operators.pods_case import HELPER, NOTEBOOK, RECORD, Case, created, deleted, said
from tests.unit.operators.test_pvcs_pace import World, passing

UNWANTED = HELPER | {"condition": "false"}
WANTED = HELPER | {"condition": "true"}
CLAIM: dict[str, Any] = {"name": "scratch", "spec": {"accessModes": ["ReadWriteOnce"]}}


# Pods


def test_no_pod_is_made_for_an_entry_whose_condition_is_false_B07() -> None:
    assert created(Case(template=(NOTEBOOK, WANTED)).plan()) == ["notebook", "helper"]
    assert created(Case(template=(NOTEBOOK, UNWANTED)).plan()) == ["notebook"]


def test_a_start_is_complete_without_the_entries_that_it_does_not_want_B07() -> None:
    decided = Case(template=(NOTEBOOK, UNWANTED), record=RECORD, pods=(pod(start_id="2"),)).plan()

    assert decided.actions == ()
    assert decided.status is not None
    assert (decided.status.provisioned, decided.status.reason) == ("Completed", reasons.PROVISIONED)
    assert [*decided.status.entries] == ["notebook"]


def test_what_an_earlier_start_made_of_it_is_removed_and_not_made_again_B07() -> None:
    before = pod("helper-1", entry="helper", start_id="1")

    assert deleted(Case(template=(NOTEBOOK, UNWANTED), pods=(before,)).plan()) == ["helper-1"]
    assert created(Case(template=(NOTEBOOK, UNWANTED)).plan()) == ["notebook"]


def test_what_this_start_made_stays_until_its_end_and_stays_on_record() -> None:
    pods = pod(start_id="2"), pod("helper-1", entry="helper", start_id="2")

    decided = Case(template=(NOTEBOOK, UNWANTED), record=RECORD, pods=pods).plan()

    assert decided.actions == ()
    assert decided.status is not None
    assert {name: state.resource_name for name, state in decided.status.entries.items()} == {
        "notebook": "notebook-1",
        "helper": "helper-1",
    }
    assert decided.status.provisioned == "Completed"


@pytest.mark.parametrize(("condition", "waits"), [("false", False), ("true", True)])
def test_pods_wait_only_for_claims_that_are_wanted_B03(condition: str, waits: bool) -> None:
    decided = Case(template=(NOTEBOOK,), pvcs=(CLAIM | {"condition": condition},)).plan()

    assert created(decided) == ([] if waits else ["notebook"])


def test_a_pod_of_a_claim_that_is_not_wanted_is_a_failure_that_says_so() -> None:
    mounting = HELPER | {"annotations": {"of": "{jupyternetes.pvcs.scratch}"}}

    decided = Case(template=(NOTEBOOK, mounting), pvcs=(CLAIM | {"condition": "false"},)).plan()

    assert created(decided) == []
    assert said(decided) == "TemplateError"
    assert decided.status is not None
    assert "the condition of that entry is false" in decided.status.message


# Claims


class Claims(World):
    """An Instance whose Template has a claim with a condition."""

    def __init__(self, condition: str, status: dict[str, Any] | None = None, **spec: Any) -> None:
        super().__init__()
        self.instance: Instance = instance(startId="1", status=status)
        self.spec = {"pvcs": [{"name": "workspace", "spec": {}}, CLAIM | {"condition": condition}], **spec}
        self.asked_for: list[str] = []

    async def find_for_certain(self, *_: object) -> UsableTemplate:
        return UsableTemplate(template(**self.spec), compile_template(self.spec))

    def find(self, _: ObjectKey) -> list[Any]:
        return [claim("workspace-1"), claim("scratch-1", entry="scratch")]

    def failure(self, *_: object) -> None:
        return None

    async def written_after_a_pass(self) -> InstanceStatus:
        await passing(self).reconcile(ObjectKey(NAMESPACE, "a"))
        return self.written[-1]


RECORDED = {"pvcs": {"scratch": {"resourceName": "scratch-1", "state": "Error", "reclaimPolicy": "Delete"}}}


@pytest.mark.looptime
async def test_claims_are_complete_without_those_that_are_not_wanted_B07() -> None:
    status = await Claims("false").written_after_a_pass()

    assert status.pvcs_provisioned == "Completed"
    assert [*status.pvcs] == ["workspace"]


@pytest.mark.looptime
async def test_a_claim_that_is_not_wanted_any_more_stays_on_record_B07() -> None:
    """It holds files: what deletes servers goes by the record, and another claim is never made in its place."""
    status = await Claims("false", RECORDED).written_after_a_pass()

    assert status.pvcs_provisioned == "Completed"
    assert status.pvcs["scratch"] == ClaimState(resource_name="scratch-1", reclaim_policy="Delete")


@pytest.mark.looptime
async def test_a_claim_that_is_wanted_again_is_the_same_B07() -> None:
    status = await Claims("true", RECORDED).written_after_a_pass()

    assert {name: state.resource_name for name, state in status.pvcs.items()} == {
        "workspace": "workspace-1",
        "scratch": "scratch-1",
    }


# Rules


RULES = [{"rule": "vars.jupyternetes.instance.name != 'a'", "message": "Nobody may be called a."}]


@pytest.mark.looptime
async def test_an_instance_that_a_rule_refuses_gets_no_claim_B09() -> None:
    status = await Claims("true", rules=RULES).written_after_a_pass()

    assert status.pvcs == {}
    [told] = status.conditions
    assert told.reason == "TemplateError"
    assert "Template $.spec.rules[0]: Nobody may be called a." in told.message
