"""A verdict in the terminal: the answer first, and no orders to the terminal, whatever the texts."""

from hypothesis import given

from jupyternetes.graph.causes.verdict import judge_once
from jupyternetes.graph.drawing.verdict import render_verdict
from jupyternetes.graph.model.graph import Graph
from tests.support.graph_site import site
from tests.unit.graph.drawing.drawn_graphs import HARMFUL, HOSTILE

UNPRINTABLE = {each for each in HARMFUL if not each.isprintable()} - {"\n"}


@given(HOSTILE)
def test_texts_of_others_give_the_terminal_no_orders(graph: Graph) -> None:
    assert not UNPRINTABLE & {*render_verdict(judge_once(graph)).plain}


def test_the_answer_stands_first_and_the_evidence_below() -> None:
    broken = site().ill("database", "NoPods", message="There is no pod of it.").unanswered("database", "hub")

    lines = render_verdict(broken.verdict).plain.split("\n")

    assert lines == [
        "The cause is the hub's database postgres.",
        "1. the hub's database postgres (certain)",
        "   log in fails for all; new starts fail; 6 running servers go on",
        "   own: There is no pod of it. (NoPods)",
        "   seen: No answer comes from postgres. (NoAnswer)",
    ]
