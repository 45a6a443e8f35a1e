"""What Graphviz itself makes of our DOT.

https://graphviz.org/doc/info/lang.html
"""

import subprocess
from itertools import cycle
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from jupyternetes.graph.drawing.dot import render_dot
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import Capability
from tests.unit.graph.drawing.drawn_graphs import GRAPHS, HOSTILE, read_xml, shared_hub, with_texts
from tools.cluster import Steps
from tools.cluster.packages import ensure_packages, find_program

PUBLISHED = Path(__file__).parents[2] / "examples/graph/open-data-hub.json"
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "g", "a", "title", "text", "path", "polygon", "polyline", "ellipse"}
HARMFUL = ('"]; evil [label="', "\\", "\\N", "\\G", "a\nb", "\u202e\x1b[31m", "<b>&amp;</b>", "", "漢字", "}", "/* x")


@pytest.fixture(scope="module")
def dot(steps: Steps) -> Path:
    """Graphviz' program, of Debian's package where there is none yet."""
    if find_program("dot") is None:
        ensure_packages(["graphviz"], steps, purpose="the check of the graph by Graphviz")
    found = find_program("dot")
    assert found is not None, "no dot on PATH, though its package is installed"
    return found


def drawn(dot: Path, graph: Graph) -> ElementTree.Element:
    """The picture that Graphviz draws; fails if it does not understand the text."""
    result = subprocess.run([dot, "-Tsvg"], input=render_dot(graph).encode(), capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    assert b"rror" not in result.stderr, result.stderr.decode()
    return read_xml(result.stdout.decode())


def check(picture: ElementTree.Element, graph: Graph) -> None:
    """One shape for each node and capability, and nothing that leads out of the picture or runs.

    Graphviz makes an element ``a`` of each tooltip; without an address it leads nowhere.
    """
    classes = [each.get("class") for each in picture.iter(f"{SVG}g")]
    assert classes.count("node") == len(graph.nodes) + len(Capability)
    assert {each.tag.removeprefix(SVG) for each in picture.iter()} <= ELEMENTS
    attributes = {name for each in picture.iter() for name in each.attrib}
    assert not [name for name in attributes if name.endswith("href") or name.startswith("on")]


def test_the_published_graph_is_drawn(dot: Path) -> None:
    graph = recording.read(PUBLISHED.read_bytes())

    picture = drawn(dot, graph)

    check(picture, graph)
    shown = {each.text for each in picture.iter(f"{SVG}text")}
    assert {node.name for node in graph.nodes} <= shown


def test_names_of_any_text_are_drawn(dot: Path) -> None:
    for text in HARMFUL:
        graph = with_texts(shared_hub(), cycle([text]).__next__)
        check(drawn(dot, graph), graph)


@given(HOSTILE)
@settings(max_examples=10)
def test_no_text_breaks_the_drawing(dot: Path, graph: Graph) -> None:
    check(drawn(dot, graph), graph)


@given(GRAPHS)
@settings(max_examples=10)
def test_any_graph_is_drawn(dot: Path, graph: Graph) -> None:
    check(drawn(dot, graph), graph)
