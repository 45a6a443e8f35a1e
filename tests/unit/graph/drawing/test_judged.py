"""A verdict in the drawing: every cause that is drawn is marked, and nothing else is."""

from jupyternetes.graph.causes.verdict import Verdict
from jupyternetes.graph.drawing.judged import Judged, locate_causes
from jupyternetes.graph.drawing.layout import layout
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import State
from tests.support.graph_site import Site, site


def marked(case: Site) -> tuple[Verdict, Graph, Judged]:
    return case.verdict, *locate_causes(case.verdict, case.graph)


def test_a_node_that_is_a_cause_carries_its_number_and_no_other_node_does() -> None:
    _, drawn, found = marked(site().ill("database", "NoPods").ill("hub", "NotReady"))

    assert {node.id: mark for node in drawn.nodes if (mark := found.mark_of_node(node.id))} == {"database": "cause 1"}


def test_a_way_that_is_a_cause_is_marked_and_its_cause_is_found_where_it_ends() -> None:
    _, drawn, found = marked(site().unanswered("database", "hub"))

    assert [(edge.source, edge.target) for edge in drawn.edges if found.mark_of_edge(edge)] == [("database", "hub")]
    assert found.nodes == {}
    assert found.drawn(1) == "hub"


def test_servers_that_fail_alike_are_marked_where_they_are_drawn() -> None:
    case = site(200)
    for number in range(0, 200, 2):
        case = case.ill(f"server/user-{number}", "TemplateError" if number else "OOMKilled")
    verdict, drawn, found = marked(case)

    alone = next(number for number, cause in enumerate(verdict.causes, start=1) if cause.id == "server/user-0")
    assert found.drawn(alone) == "server/user-0"
    for number, cause in enumerate(verdict.causes, start=1):
        assert any(number in numbers for numbers in found.nodes.values()), cause.name
    failing = {node.id for node in drawn.nodes if node.state is State.FAILING}
    assert found.nodes.keys() <= failing | {"template/small"}


def test_a_cause_that_could_not_be_looked_at_is_marked_nowhere() -> None:
    case = site(12).without("node/worker-0")
    for number in range(3):
        case = case.ill(f"server/user-{number}", "NodeLost")
    verdict, _, found = marked(case)

    unseen = next(number for number, cause in enumerate(verdict.causes, start=1) if "not looked at" in cause.name)
    assert found.drawn(unseen) == ""


def test_a_shape_that_stands_for_several_causes_carries_all_their_numbers() -> None:
    several = Judged(Verdict(), nodes={"two": (1, 3), "many": (1, 2, 3, 4)})

    assert [several.mark_of_node(each) for each in ("two", "many", "none")] == ["causes 1, 3", "causes 1, 2, 3 …", ""]


def test_marks_move_nothing() -> None:
    case = site().ill("database", "NoPods").unanswered("oauth", "hub")
    _, drawn, found = marked(case)
    plain, tagged = layout(drawn), layout(drawn, found)

    assert [(each.x, each.y, each.width, each.height) for each in plain.shapes] == [
        (each.x, each.y, each.width, each.height) for each in tagged.shapes
    ]
    assert [each.path for each in plain.arrows] == [each.path for each in tagged.arrows]
    assert (plain.marks_causes, tagged.marks_causes) == (False, True)
