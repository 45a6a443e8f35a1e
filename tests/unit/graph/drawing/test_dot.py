"""Text for Graphviz: every identifier and label is quoted, whatever the names."""

import re

from hypothesis import given

from jupyternetes.graph.drawing.dot import render_dot
from jupyternetes.graph.drawing.text import for_dot
from jupyternetes.graph.model.graph import Graph
from tests.unit.graph.drawing.drawn_graphs import HOSTILE, cut_off, shared_hub

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@given(HOSTILE)
def test_texts_of_others_stay_within_quotes(graph: Graph) -> None:
    outside = QUOTED.sub("Q", render_dot(graph))

    assert outside == QUOTED.sub("Q", render_dot(shared_hub())).replace(", style=Q, fillcolor=Q", "")


@given(HOSTILE)
def test_identifiers_and_labels_are_quoted(graph: Graph) -> None:
    statement = re.compile(r"(graph|node|Q|Q -> Q) \[\w+=Q(, \w+=Q)*\]|Q -> Q|\{ rank=Q; (Q(; Q)*)? \}|digraph \{|\}|")

    lines = QUOTED.sub("Q", render_dot(graph)).split("\n")

    assert [line for line in lines if not statement.fullmatch(line.strip())] == []


def test_layers_are_ranks_green_is_filled_and_guesses_are_dashed() -> None:
    text = render_dot(shared_hub())

    numbers = {name: number for number, name in re.findall(r'"(n\d+)" \[label="([^\\]+)\\n', text)}
    assert 'graph [rankdir="LR"' in text
    assert f'{{ rank="same"; "{numbers["hub"]}"; "{numbers["pods"]}" }}' in text
    assert f'"{numbers["db"]}" -> "{numbers["hub"]}" [style="dashed"' in text
    assert f'"{numbers["oauth"]}" -> "{numbers["hub"]}" [style="solid"' in text
    assert [line for line in text.split("\n") if '[label="hub\\n' in line and 'fillcolor="#d3f0d3"' in line]
    assert [line for line in text.split("\n") if '[label="Kubernetes API\\n' in line and "fillcolor" not in line]


def test_an_arrow_whose_way_fails_has_sign_and_word() -> None:
    [marked] = [line for line in render_dot(cut_off()).split("\n") if "->" in line and "label=" in line]

    assert 'label="✗ failing: NoAnswer"' in marked
    assert 'penwidth="3"' in marked


def test_backslashes_and_quotes_in_names_are_escaped_for_labels() -> None:
    assert for_dot('a\\n"b" &lt;') == '"a\\\\n\\"b\\" &amp;lt;"'
