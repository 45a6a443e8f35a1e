"""The picture as SVG: what it shows, and that no text of others becomes more than text."""

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given

from jupyternetes.graph.drawing import parts
from jupyternetes.graph.drawing.svg import render_svg
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph, Node, Observability, Observation, assemble, edge
from jupyternetes.graph.model.kinds import Answer, State
from tests.unit.graph.drawing.drawn_graphs import GUESSED, HOSTILE, TOLD, YES, cut_off, node, read_xml, shared_hub

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {SVG + tag for tag in ("svg", "g", "title", "desc", "rect", "text", "ellipse", "path")}
ATTRIBUTES = {
    *("width", "height", "viewBox", "x", "y", "cx", "cy", "rx", "ry", "d", "transform", "class", "role", "aria-label"),
    *("fill", "stroke", "stroke-width", "stroke-dasharray"),
    *("font-family", "font-size", "font-weight", "font-style", "text-anchor", "unicode-bidi"),
}


def shape(root: ElementTree.Element, title: str) -> ElementTree.Element:
    ovals = (each for each in root.iter(SVG + "g") if each.find(SVG + "ellipse") is not None)
    return next(each for each in ovals if each.findtext(SVG + "title", "").startswith(title))


def picture(*nodes: Node) -> ElementTree.Element:
    return read_xml(render_svg(assemble(nodes, ())))


@given(HOSTILE)
def test_texts_of_others_add_no_element_and_no_attribute(graph: Graph) -> None:
    root = read_xml(render_svg(graph))

    assert {each.tag for each in root.iter()} <= ELEMENTS
    assert {name for each in root.iter() for name in each.attrib} <= ATTRIBUTES
    assert [each.tag for each in root.iter()] == [each.tag for each in read_xml(render_svg(shared_hub())).iter()]


def test_the_picture_is_an_image_with_a_name() -> None:
    root = read_xml(render_svg(shared_hub()))

    assert root.get("role") == "img"
    assert root.get("aria-label") == "jupyter/hub at 2026-11-28T19:30:00Z: 412 servers; failing: db (database)"


def test_the_same_graph_gives_the_same_text() -> None:
    graph = shared_hub()

    turned = assemble(graph.nodes[::-1], graph.edges[::-1], deployment=graph.deployment, taken=graph.taken)

    assert render_svg(turned) == render_svg(graph)


def test_green_means_that_metrics_logs_and_events_can_be_observed() -> None:
    no_logs = Observability(metrics=YES, events=YES, logs=Observation(answer=Answer.NO_RIGHT, detail="get pods/log"))
    root = picture(node(kinds.HUB, "seen"), node(kinds.PROXY, "unseen", observability=no_logs))

    fills = [shape(root, name).find(SVG + "ellipse").get("fill") for name in ("seen", "unseen")]  # type: ignore[union-attr]
    assert fills == [parts.GREEN, parts.PAPER]
    assert "proxy  M – E" in [each.text for each in shape(root, "unseen").iter(SVG + "text")]
    assert shape(root, "unseen").findtext(SVG + "desc") == "not observed: logs: no right (get pods/log)"


@pytest.mark.parametrize("state", State)
def test_a_state_is_a_sign_of_its_own_and_a_word(state: State) -> None:
    shown = shape(picture(node(kinds.HUB, "hub", state, reason="Because")), "hub")

    signs = [each for each in shown.iter(SVG + "path") if each.get("class") == f"sign {state}"]
    assert len(signs) == 1
    assert f"{state}: Because" in [each.text for each in shown.iter(SVG + "text")]
    assert len(set(parts.STATE_PATHS.values())) == len(State)


def test_a_shape_says_name_kind_state_reason_and_message() -> None:
    shown = shape(picture(node(kinds.DATABASE, "db", State.FAILING, reason="OOMKilled", message="limit 1Gi")), "db")

    assert shown.findtext(SVG + "title") == "db, database, failing: OOMKilled"
    assert shown.findtext(SVG + "desc") == "limit 1Gi. metrics, logs and events can be observed"


def test_an_arrow_is_dashed_where_its_edge_is_guessed_and_says_what_it_means() -> None:
    nodes = (node(kinds.DATABASE, "db"), node(kinds.OAUTH, "oauth"), node(kinds.HUB, "hub"))
    edges = (
        edge(kinds.STORES, "database/db", "hub/hub", GUESSED),
        edge(kinds.AUTHENTICATES, "oauth/oauth", "hub/hub", TOLD),
    )
    root = read_xml(render_svg(assemble(nodes, edges)))

    dashes = {
        arrow.findtext(SVG + "title"): arrow.find(SVG + "path").get("stroke-dasharray")  # type: ignore[union-attr]
        for arrow in root.iter(SVG + "g")
        if arrow.get("class") == "arrow"
    }
    assert dashes["db keeps the state of hub (guessed: the only pod with port 5432)"]
    assert dashes["oauth says who people are to hub (told: the hub says so)"] is None
    assert dashes["hub is needed to log in"] is None


def test_an_arrow_whose_way_fails_is_marked_by_sign_and_word_and_no_other_is() -> None:
    root = read_xml(render_svg(cut_off()))
    arrows = {each.findtext(SVG + "title", ""): each for each in root.iter(SVG + "g") if each.get("class") == "arrow"}

    marked = {title for title, arrow in arrows.items() if arrow.find(SVG + "text") is not None}
    assert marked == {
        "db keeps the state of hub (way: ✗ failing: NoAnswer. The hub says: It is refused; told: the hub says so)"
    }
    [arrow] = [arrows[title] for title in marked]
    assert arrow.findtext(SVG + "text") == "failing"
    classes = [each.get("class") for each in arrow]
    assert classes == [None, "line failing", "head failing", "mark failing", "sign failing", None]
    assert "failing: the way from db to hub" in root.get("aria-label", "")


def test_the_legend_names_every_state_and_both_kinds_of_arrows() -> None:
    texts = [each.text for each in picture().iter(SVG + "text")]

    assert {*State} <= {*texts}
    assert "the same, but only guessed" in texts
    assert "what is asked this way gets no answer, however its ends fare" in texts
