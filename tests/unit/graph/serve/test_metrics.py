"""Numbers for Prometheus: right, bounded whatever people call things, and without a name in them."""

from itertools import cycle

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from jupyternetes.graph.causes.verdict import Confidence, judge_once
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import NODE_KINDS, State
from jupyternetes.graph.serve.metrics import CAUSE_KINDS, CAUSE_REASONS, Answer, GraphMetrics, Step
from jupyternetes.runtime.health import metrics_answer
from tests.support.graph_site import Site, site
from tests.unit.graph.drawing.drawn_graphs import GRAPHS, TEXTS, with_texts
from tests.unit.graph.serve.serving import metrics

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
#: What each label may hold, whatever a deployment holds.
ALLOWED = {
    "jupyternetes_graph_nodes": {"kind": {*NODE_KINDS}, "state": {*State}},
    "jupyternetes_graph_causes": {
        "kind": CAUSE_KINDS,
        "reason": CAUSE_REASONS,
        "confidence": {*Confidence},
        "personal": {"true", "false"},
    },
    "jupyternetes_graph_verdict": {"answer": {*Answer}},
    "jupyternetes_graph_pass_seconds": {"step": {*Step}},
}


def samples(registry: CollectorRegistry) -> Samples:
    body = metrics_answer(registry).body
    assert isinstance(body, bytes)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def noted(*graphs: Graph) -> Samples:
    registry = CollectorRegistry()
    counted = metrics(registry)
    for graph in graphs:
        counted.note(graph, judge_once(graph), 0.0)
    return samples(registry)


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"jupyternetes_graph_{name}", tuple(sorted(labels.items()))))


def causes(case: Site) -> list[dict[str, str]]:
    return [dict(labels) for (name, labels), _ in noted(case.graph).items() if name == "jupyternetes_graph_causes"]


def test_parts_are_counted_by_kind_and_state_and_stay_at_zero_when_they_go() -> None:
    found = noted(site().ill("database", "NoPods").graph)

    assert value(found, "nodes", kind="server", state="ok") == 6
    assert value(found, "nodes", kind="database", state="failing") == 1
    assert value(found, "nodes", kind="database", state="ok") == 0
    assert value(found, "nodes", kind="ldap", state="ok") is None
    gone = noted(site().graph, site().without("database").graph)
    assert value(gone, "nodes", kind="database", state="ok") == 0


def test_causes_are_told_by_the_kind_of_part_and_the_reason() -> None:
    broken = site().ill("database", "NoPods").unanswered("oauth", "hub").ill("server/user-1", "OOMKilled")

    assert causes(broken) == [
        {"kind": "database", "reason": "NoPods", "confidence": "certain", "personal": "false"},
        {"kind": "server", "reason": "OOMKilled", "confidence": "certain", "personal": "true"},
        {"kind": "way", "reason": "NoAnswer", "confidence": "likely", "personal": "false"},
    ]


def test_a_part_that_could_not_be_looked_at_counts_by_its_kind() -> None:
    case = site(12).without("node/worker-0")
    for number in range(3):
        case = case.ill(f"server/user-{number}", "NodeLost")

    assert {"kind": "node", "reason": "NodeLost", "confidence": "likely", "personal": "false"} in causes(case)


def test_a_reason_of_no_table_is_another_one() -> None:
    assert [each["reason"] for each in causes(site().ill("database", "ana@example.org did it"))] == ["other"]


def test_the_answer_is_one_of_three() -> None:
    unknown = site().ill("hub", "NotReady").ill("database", state=State.UNKNOWN)
    cases = {
        "nothing_wrong": site().ill("server/user-1", "OOMKilled"),
        "cause": site().ill("database", "NoPods"),
        "cannot_tell": unknown,
    }
    for expected, case in cases.items():
        found = noted(case.graph)
        assert {answer: value(found, "verdict", answer=answer) for answer in Answer} == {
            answer: float(answer == expected) for answer in Answer
        }


def test_before_the_first_verdict_there_is_none() -> None:
    found = noted()

    assert [name for name, _ in found if name in ("jupyternetes_graph_verdict", "jupyternetes_graph_nodes")] == []
    assert value(found, "data_age_seconds") == 3.0


def test_ages_and_durations_are_told_in_seconds() -> None:
    registry, clock = CollectorRegistry(), iter([100.0, 107.0])
    counted = GraphMetrics(registry, now=lambda: next(clock), silence=lambda: 61.0)
    counted.observe(Step.JUDGE, 0.004)
    graph = site().without("node/worker-0").graph
    counted.note(graph, judge_once(graph), 102.0)

    found = samples(registry)

    assert value(found, "verdict_age_seconds") == 5.0
    assert value(found, "data_age_seconds") == 61.0
    assert value(found, "unseen") == 1
    assert value(found, "pass_seconds_bucket", step="judge", le="0.005") == 1
    assert value(found, "pass_seconds_count", step="look") == 0


@given(GRAPHS, st.lists(TEXTS, min_size=1, max_size=5))
def test_no_label_holds_what_people_choose_however_a_deployment_looks(graph: Graph, texts: list[str]) -> None:
    found = noted(graph, with_texts(graph, cycle(texts).__next__))

    for name, labels in found:
        allowed = next((each for family, each in ALLOWED.items() if name.startswith(family)), {})
        for label, held in labels:
            assert label == "le" or held in allowed[label], (name, label, held)


def test_the_number_of_series_does_not_grow_with_what_people_make() -> None:
    crowd = site(2000).graph
    nodes = (
        msgspec.structs.replace(node, state=State.FAILING, reason=f"Reason{number % 500}", template=f"t{number % 50}")
        if node.kind == "server"
        else node
        for number, node in enumerate(crowd.nodes)
    )

    found = noted(crowd.replaced(nodes=nodes))

    kinds = {node.kind for node in crowd.nodes}
    assert sum(name == "jupyternetes_graph_nodes" for name, _ in found) == len(kinds) * len(State)
    assert sum(name == "jupyternetes_graph_causes" for name, _ in found) < 10
