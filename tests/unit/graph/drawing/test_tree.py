"""The tree for the terminal: reads without colour, and gives the terminal no orders but rich's own colours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.drawing.tree import render_tree
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, Observability, Observation, assemble
from jupyternetes.graph.model.kinds import Answer, State
from tests.unit.graph.drawing.drawn_graphs import HARMFUL, HOSTILE, YES, cut_off, node, shared_hub

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
UNPRINTABLE = {each for each in HARMFUL if not each.isprintable()} - {"\n"}


@given(HOSTILE, st.integers(30, 200))
def test_texts_of_others_give_the_terminal_no_orders(graph: Graph, width: int) -> None:
    plain = render_tree(graph, width=width, colour=False)
    coloured = render_tree(graph, width=width, colour=True)

    assert not UNPRINTABLE & {*plain}
    assert COLOURS.sub("", coloured) == plain


def test_the_first_line_says_deployment_time_servers_and_what_fails() -> None:
    first = render_tree(shared_hub(), width=200, colour=False).split("\n")[0]

    assert first.strip() == "jupyter/hub at 2026-11-28T19:30:00Z: 412 servers; failing: db (database)"


@pytest.mark.parametrize(
    ("states", "health"),
    [
        ((), "deployment: 0 servers; nothing fails"),
        ((State.OK,), "deployment: 1 server; nothing fails"),
        ((State.UNKNOWN, State.OK), "deployment: 2 servers; nothing fails; 1 in unknown state"),
        ((State.FAILING,) * 5, "deployment: 5 servers; failing: 0 (server), 1 (server), 2 (server) and 2 more"),
    ],
)
def test_the_first_line_is_honest(states: tuple[State, ...], health: str) -> None:
    graph = assemble((node(kinds.SERVER, str(place), state) for place, state in enumerate(states)), ())

    assert render_tree(graph, width=200, colour=False).split("\n")[0].strip() == health


def test_a_node_is_a_line_with_sign_kind_state_reason_and_what_can_be_observed() -> None:
    seen = Observability(metrics=YES, logs=Observation(answer=Answer.NO_RIGHT))
    hub = node(kinds.HUB, "hub", State.FAILING, reason="OOMKilled", observability=seen)

    assert "✗ hub  hub  failing: OOMKilled  M✓ L! E·" in render_tree(assemble((hub,), ()), width=200, colour=False)


def test_a_node_says_what_it_needs() -> None:
    text = render_tree(shared_hub(), width=200, colour=False)

    assert "needs: Kubernetes API, db, kube-dns, oauth, proxy" in text


def test_a_need_that_is_not_met_says_how_the_way_there_fares() -> None:
    text = render_tree(cut_off(), width=200, colour=False)

    assert "needs: db (✗ failing: NoAnswer, The hub says: It is refused.), dns" in text
    assert text.startswith("jupyter/hub: 0 servers; failing: the way from db to hub")


def test_what_fails_comes_first_in_its_layer() -> None:
    nodes = (node(kinds.SERVER, "a"), node(kinds.SERVER, "b", State.UNKNOWN), node(kinds.SERVER, "c", State.FAILING))

    lines = render_tree(assemble(nodes, ()), width=200, colour=False).split("\n")

    assert [line.split()[2] for line in lines if "server" in line and "M✓" in line] == ["c", "b", "a"]


def test_gaps_come_last_with_what_would_help() -> None:
    text = render_tree(shared_hub(), width=200, colour=False)

    assert "logs of the hub: no right: get pods/log. graph.logs=true" in text.split("Could not be seen")[1]


def test_a_narrow_terminal_keeps_to_its_width() -> None:
    assert all(len(line) <= 40 for line in render_tree(shared_hub(), width=40, colour=False).split("\n"))
