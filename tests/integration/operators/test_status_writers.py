"""Many programs write one status: nobody loses what another said, whether the API server records who wrote or not.

A start ends that record (``managedFields``); Instances of older clients and hubs keep theirs, and whoever applies
begins a new one.
"""

from collections.abc import Callable

import pytest

from tests.support.hub import INSTANCES
from tests.support.kube import Json, Refused
from tests.support.lab import Lab, condition, is_running, says, suspended
from tests.support.operators import Operators
from tests.support.rest import look_again, until_at_rest
from tests.support.templates import order
from tests.support.waiting import eventually

OURS = {"PodsProvisioned", "PvcsProvisioned", "Ready"}
THEIRS: Json = {
    "type": "Theirs",
    "status": "True",
    "reason": "Fine",
    "message": "",
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}


def managers(lab: Lab, name: str = "a") -> set[tuple[str, str]]:
    """Who is on record for the status, and with which kind of write."""
    meta = lab.instance(name)["metadata"]
    return {
        (entry["manager"], entry["operation"])
        for entry in meta.get("managedFields", [])
        if entry.get("subresource") == "status"
    }


def kinds(lab: Lab) -> set[str]:
    return {each["type"] for each in lab.instance()["status"]["conditions"]}


def applied(status: Json) -> Json:
    return {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "status": status}


@pytest.mark.usefixtures("operators")
def test_operators_do_not_undo_each_others_conditions_B40(lab: Lab) -> None:
    lab.hub.create("a", order())
    lab.until(says("Ready", "TemplateNotFound"))
    lab.add_template()
    lab.serving()

    assert kinds(lab) == OURS
    assert managers(lab) == {(f"jupyternetes-{name}", "Update") for name in ("pvcs", "pods", "pod-status")}


@pytest.mark.usefixtures("operators")
def test_a_start_ends_the_record_of_who_wrote_what(lab: Lab) -> None:
    lab.add_template()

    lab.hub.first_start("a", order())
    lab.serving()

    assert "managedFields" not in lab.instance()["metadata"]
    assert kinds(lab) == OURS


def merged(lab: Lab) -> None:
    """As our own operators write: a merge patch of the whole list, which names the version that it rests on."""

    def written() -> bool:
        live = lab.instance()
        body = {
            "metadata": {"resourceVersion": live["metadata"]["resourceVersion"]},
            "status": {"conditions": [*live["status"].get("conditions", []), THEIRS]},
        }
        try:
            lab.kube.merge_patch(f"{INSTANCES}/status", lab.namespace, "a", body, manager="third")
        except Refused as refused:
            if refused.status != 409:
                raise
            return False
        return True

    eventually(written)


def applied_by_a_third(lab: Lab) -> None:
    body = applied({"conditions": [THEIRS]})
    lab.kube.apply(f"{INSTANCES}/status", lab.namespace, "a", body, manager="third", force=False)


@pytest.mark.parametrize("write", [merged, applied_by_a_third])
def test_condition_of_a_third_operator_stays_through_start_and_stop_B40(
    lab: Lab, operators: Operators, write: Callable[[Lab], None]
) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())

    write(lab)
    lab.serving()
    until_at_rest(lab, operators, "a")
    assert kinds(lab) == {*OURS, "Theirs"}

    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.until(says("Ready", "Suspended"))
    lab.hub.start("a")
    lab.serving()
    until_at_rest(lab, operators, "a")

    assert condition(lab.instance(), "Theirs") == THEIRS
    assert kinds(lab) == {*OURS, "Theirs"}
    assert "managedFields" not in lab.instance()["metadata"], "what an apply began ends at the next start"


def write_as_before(lab: Lab, operator: str, status: Json) -> None:
    """What operators of earlier versions do: apply, and where that conflicts clear their fields and apply again."""
    path = f"{INSTANCES}/status"
    version = {"metadata": {"resourceVersion": lab.instance()["metadata"]["resourceVersion"]}}
    with pytest.raises(Refused, match=r"conflicts? with"):
        lab.kube.apply(path, lab.namespace, "a", applied(status) | version, manager=operator, force=False)
    own = {each["type"] for each in status["conditions"]}
    live = lab.instance()["status"]
    others = [each for each in live["conditions"] if each["type"] not in own]
    entries = {
        name: {field: None for field, value in entry.items() if live["pods"][name].get(field) != value}
        for name, entry in status["pods"].items()
    }
    cleared = {"status": {"conditions": others, "pods": entries}}
    lab.kube.merge_patch(path, lab.namespace, "a", cleared, manager=operator)
    lab.kube.apply(path, lab.namespace, "a", applied(status), manager=operator, force=False)


@pytest.mark.parametrize("old_hub", [False, True])
def test_operators_of_an_earlier_version_and_back_B40(lab: Lab, operators: Operators, *, old_hub: bool) -> None:
    """Rolled back, they take their fields over from the record that their apply begins, and ours go on after them."""
    lab.add_template()
    lab.hub.first_start("a", order(), old=old_hub)
    lab.serving()
    until_at_rest(lab, operators, "a")
    before = lab.instance()["status"]
    operators.stop_all()

    entry = {**before["pods"]["notebook"], "podAddress": "10.9.9.9"}
    own = {name: entry[name] for name in ("observedUid", "podAddress", "portNumber", "state")}
    ready = condition(lab.instance(), "Ready") | {"message": "Said by an earlier version"}
    write_as_before(lab, "jupyternetes-pod-status", {"pods": {"notebook": own}, "conditions": [ready]})
    assert ("jupyternetes-pod-status", "Apply") in managers(lab)

    operators.run_all()
    lab.until(lambda instance: instance["status"] == before)
    until_at_rest(lab, operators, "a")
    mark = lab.audit.mark()
    look_again(lab, operators)
    assert lab.writes(mark) == []

    lab.hub.stop("a", grace_seconds=0)
    lab.until(says("Ready", "Suspended"))
    lab.hub.start("a", old=old_hub)
    lab.serving()
    lab.until(is_running)
    assert ("managedFields" in lab.instance()["metadata"]) == old_hub


@pytest.mark.usefixtures("operators")
def test_tool_that_applies_instances_keeps_them_as_it_wants_them(lab: Lab) -> None:
    """As GitOps tools do. A start of a hub makes the API server forget what they applied, not what stands there."""
    lab.add_template()
    wanted: Json = {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookInstance",
        "metadata": {"name": "a", "namespace": lab.namespace, "labels": {"team": "blue"}},
        "spec": order(),
    }
    lab.kube.apply(INSTANCES, lab.namespace, "a", wanted, manager="gitops", force=False)
    lab.serving()
    live = lab.instance()
    operations = [{"op": "add", "path": "/metadata/managedFields", "value": [{}]}]
    lab.kube.json_patch(INSTANCES, lab.namespace, "a", operations)

    again = lab.kube.apply(INSTANCES, lab.namespace, "a", wanted, manager="gitops", force=False)

    assert again["metadata"]["generation"] == live["metadata"]["generation"]
    assert again["spec"] == live["spec"]
    wanted["metadata"]["labels"]["team"] = "red"
    with pytest.raises(Refused, match="before-first-apply"):
        lab.kube.apply(INSTANCES, lab.namespace, "a", wanted, manager="gitops", force=False)
    changed = lab.kube.apply(INSTANCES, lab.namespace, "a", wanted, manager="gitops")
    assert changed["metadata"]["labels"]["team"] == "red"
