"""Other resources, what acts on them, and gates: from the status of Instances to nodes, edges and causes."""

from typing import Any

import msgspec
import pytest

from jupyternetes.graph.causes.verdict import judge_once
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.states.health import Health
from jupyternetes.graph.drawing.dot import render_dot
from jupyternetes.graph.drawing.html import render_html
from jupyternetes.graph.drawing.svg import render_svg
from jupyternetes.graph.drawing.tree import render_tree
from jupyternetes.graph.model.anonymise import anonymise
from jupyternetes.graph.model.fold import fold
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import State
from jupyternetes.graph.model.redact import redact
from tests.unit.graph.discovery.recordings import JUPYTERNETES, NOW, arrows, node, observe, recorded

Json = dict[str, Any]

LATE = "it was not ready within 30 s: Database db-1: it has no condition Ready or Available yet"
THIRD = "Database (example.org/v1)"
GATE = "licence.example.org/granted"
EARLY, LATER = "2026-11-28T11:00:00.000Z", "2026-11-28T11:30:00.000Z"


def said(reason: str, *, kind: str = "PodsProvisioned", status: str = "False", generation: int = 2) -> Json:
    return {"type": kind, "status": status, "reason": reason, "message": reason, "observedGeneration": generation}


def server(user: str, *, suspend: bool = False, **status: Any) -> Json:
    """An Instance of start 1, generation 2, in the recorded deployment."""
    return {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookInstance",
        "metadata": {
            "name": f"i-{user}",
            "namespace": "lab",
            "uid": f"uid-{user}",
            "generation": 2,
            "annotations": {"hub.jupyter.org/username": user},
        },
        "spec": {"template": {"name": "small"}, "startId": "1", "suspend": suspend},
        "status": status,
    }


def waits(user: str, how: str = "Pending", *, entry: Json | None = None, **further: Any) -> Json:
    """An Instance whose start needs a database."""
    known = {"resourceName": f"db-{user}", "apiVersion": "example.org/v1", "kind": "Database"}
    state = known | {"observedGeneration": 2, "startId": "1", "since": EARLY} | (entry or {})
    return server(user, otherResources={"db": state}, otherResourcesProvisioned={"db": how}, **further)


def late(user: str, since: str = EARLY) -> Json:
    """One whose database was not ready in time."""
    entry = {"reason": "OtherResourceNotReady", "errorMessage": LATE, "since": since}
    conditions = [said("OtherResourceNotReady", kind="OtherResourcesProvisioned")]
    return waits(user, "Error", entry=entry, conditions=conditions)


def ready(user: str, since: str = EARLY) -> Json:
    return waits(user, "Completed", entry={"since": since})


def without_instances() -> list[Json]:
    """The recorded deployment without its servers and what is wrong with them."""
    left_out = ("JupyterNotebookInstance", "Event", "ResourceQuota", "Lease")
    return [each for each in recorded(JUPYTERNETES) if each["kind"] not in left_out]


def graph(*instances: Json, further: list[Json] | None = None) -> Graph:
    return build(observe([*without_instances(), *instances, *(further or [])], taken=NOW))


def test_other_resource_stands_between_its_operator_and_the_server_and_ours_makes_it() -> None:
    found = graph(waits("ada", entry={"reason": "WaitingForOtherResource", "message": "disk 3 of 5"}))

    db = node(found, "other-resource", "db-ada of kind Database")
    assert (db.state, db.reason, db.message, db.user) == (
        State.STARTING,
        "WaitingForOtherResource",
        "disk 3 of 5",
        "ada",
    )
    assert arrows(found, "equips") == {("db-ada of kind Database", "ada")}
    assert arrows(found, "acts-on") == {(THIRD, "db-ada of kind Database")}


def test_our_operator_leads_to_what_it_makes() -> None:
    other = {"app.kubernetes.io/component": "other-resources"}
    [pod] = [
        each
        for each in recorded(JUPYTERNETES)
        if each["kind"] == "Pod" and each["metadata"].get("labels", {}).get("app.kubernetes.io/component") == "pvcs"
    ]
    labels = pod["metadata"]["labels"] | other
    metadata = pod["metadata"] | {"name": "others-1", "uid": "uid-others", "labels": labels, "ownerReferences": []}

    found = graph(waits("ada"), further=[pod | {"metadata": metadata}])

    assert any(
        edge.source.startswith("operator/") and edge.target == "other-resource/lab/Database/db-ada"
        for edge in found.edges
        if edge.kind == "operates"
    )


def test_kind_of_kubernetes_itself_has_no_operator_and_an_entry_of_before_still_has_a_node() -> None:
    service = waits("ada", entry={"apiVersion": "v1", "kind": "Service", "resourceName": "web-1"})
    old = waits("bob", entry={"apiVersion": "", "kind": "", "resourceName": ""})

    found = graph(service, old)

    assert {each.name for each in found.nodes if each.kind == "other-resource"} == {"web-1 of kind Service", "db"}
    assert not any(each.kind == "third-operator" for each in found.nodes)


@pytest.mark.parametrize(
    ("instance", "state"),
    [
        (waits("a", "Completed"), State.OK),
        (waits("a", "Completed", entry={"observedGeneration": 1}), State.STARTING),
        (waits("a"), State.STARTING),
        (late("a"), State.FAILING),
        (waits("a", "Error", entry={"reason": "ObjectOfAnother", "errorMessage": "taken"}), State.FAILING),
        (late("a") | {"spec": {"template": {"name": "small"}, "startId": "1", "suspend": True}}, State.STOPPED),
    ],
)
def test_other_resource_fares_as_the_status_says_of_what_is_asked_for_now(instance: Json, state: State) -> None:
    [found] = [each for each in graph(instance).nodes if each.kind == "other-resource"]

    assert found.state is state


def test_one_that_did_not_become_ready_is_the_cause_and_not_our_operators() -> None:
    verdict = judge_once(graph(late("ada"), ready("bob"), ready("eve", LATER)))

    [cause] = [each for each in verdict.causes if each.evidence[0].reason == "OtherResourceNotReady"]
    assert cause.name == "the other resource db-ada of kind Database"
    assert cause.evidence[0].text == f"Its operator did not answer in time: {LATE}"
    assert (cause.personal, cause.servers, cause.explains) == (True, 1, 1)
    assert not any(each.id.startswith(("operator", "server", "template")) for each in verdict.causes)


def test_operator_of_a_kind_of_which_nothing_comes_for_several_is_the_one_cause() -> None:
    verdict = judge_once(graph(ready("zoe"), *(late(user, LATER) for user in ("ada", "bob", "eve"))))

    [cause] = [each for each in verdict.causes if each.evidence[0].reason == "OtherResourceNotReady"]
    assert cause.name == f"the operator of kind {THIRD}"
    assert not cause.personal
    assert cause.explains == 4
    assert "Nothing came of it for 3 servers, and for none since." in cause.evidence[0].text
    assert verdict.headline == f"The cause is {cause.name}."


def test_operator_that_answered_somebody_since_is_not_accused() -> None:
    found = graph(*(late(user) for user in ("ada", "bob", "eve")), ready("zoe", LATER))

    assert node(found, "third-operator", THIRD).state is State.OK
    assert {each.id for each in judge_once(found).causes} >= {
        f"other-resource/lab/Database/db-{user}" for user in ("ada", "bob", "eve")
    }


def asked(user: str, reason: str = "WaitingForGate", answer: str = "", at: str = EARLY) -> Json:
    """An Instance whose start was asked of a gate."""
    record = {"before": "Start", "generation": 2, "startId": "1", "askedAt": at}
    answers = [said("Busy", kind=GATE, status=answer)] if answer else []
    return server(user, gates={GATE: record}, conditions=[said(reason), *answers])


def with_gate(lease: Json | None = None) -> list[Json]:
    gates = [{"name": GATE, "lease": "licence-system/licence"}, "nonsense", {"name": 7, "lease": "x"}]
    metadata = {"name": "gated", "namespace": "lab", "uid": "uid-gated", "generation": 1}
    template = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookTemplate", "metadata": metadata}
    return [template | {"spec": {"gates": gates}}, *([lease] if lease else [])]


def lease(**spec: Any) -> Json:
    metadata = {"name": "licence", "namespace": "licence-system", "uid": "uid-licence"}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}


def gate(*instances: Json, further: list[Json] | None = None) -> Health:
    found = node(graph(*instances, further=further or with_gate()), "gate", GATE)
    return Health(found.state, found.reason, found.message)


def test_gate_leads_to_the_server_that_waits_for_it_and_waiting_is_no_trouble() -> None:
    found = graph(asked("ada"), further=with_gate())

    assert arrows(found, "guards") == {(GATE, "ada")}
    assert node(found, "gate", GATE).state is State.UNKNOWN
    assert node(found, "server", "ada").state is State.STARTING
    assert [each.name for each in node(found, "gate", GATE).objects] == ["licence"]
    assert [each.id for each in judge_once(found).causes if "ada" in each.id or "gate" in each.id] == []


def test_gate_that_answers_is_well_and_one_that_answered_nobody_since_fails() -> None:
    assert gate(asked("ada", answer="Unknown")).state is State.OK
    assert gate(asked("ada", "GateTimeout")).state is State.FAILING
    assert gate(asked("ada", "GateTimeout"), asked("bob", answer="True", at=LATER)).state is State.OK
    assert gate(asked("ada", "GateTimeout", at=LATER), asked("bob", answer="True")).state is State.FAILING


def test_lease_of_who_answers_tells_that_they_do_not_run_and_is_no_operator_of_ours() -> None:
    dead = lease(holderIdentity="licence-7", leaseDurationSeconds=15, renewTime="2026-11-28T10:00:00Z")

    found = graph(asked("ada", "GateOperatorAbsent"), further=with_gate(dead))

    health = node(found, "gate", GATE)
    assert (health.state, health.reason) == (State.FAILING, "LeaseNotRenewed")
    assert health.message == "licence-7 has not renewed the Lease licence in time."
    assert not any(each.kind == "operator" and each.name == "licence" for each in found.nodes)


def test_gate_that_does_not_answer_is_the_cause_of_all_starts_that_end_by_it() -> None:
    verdict = judge_once(graph(*(asked(user, "GateTimeout") for user in ("ada", "bob", "eve")), further=with_gate()))

    causes = [each for each in verdict.causes if each.evidence[0].reason == "GateTimeout"]
    assert [each.name for each in causes] == [f"the gate {GATE}"]
    assert causes[0].evidence[0].text == "It did not answer in time whether 3 servers may start."


def test_refusal_is_the_servers_own_matter() -> None:
    verdict = judge_once(graph(asked("ada", "GateRefused", "False"), further=with_gate()))

    [cause] = [each for each in verdict.causes if each.evidence[0].reason == "GateRefused"]
    assert cause.name == "the server ada"
    assert cause.personal


@pytest.mark.parametrize("shapes", [60, 20])
def test_all_drawings_show_them(shapes: int) -> None:
    whole = graph(*map(late, ("ada", "bob", "eve")), asked("zoe"), further=with_gate())
    found = fold(whole, shapes=shapes)
    drawings = (
        render_svg(found),
        render_html(found, whole),
        render_tree(found, width=200, colour=False),
        render_dot(found),
    )

    for drawn in drawings:
        assert THIRD in drawn
        assert GATE in drawn
        assert "db-ada of kind Database" in drawn or "other resources" in drawn


def test_strangers_learn_no_name_of_them() -> None:
    found = graph(late("ada"), asked("bob"), further=with_gate())

    for shown in (redact(found, "ada"), anonymise(found, "key")):
        assert {"other-resource", "third-operator"} <= {each.kind for each in shown.nodes}
        text = msgspec.json.encode(shown).decode()
        assert not any(name in text for name in ("db-ada", "Database", "example.org"))
