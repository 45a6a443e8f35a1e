"""Where shapes stand and how arrows run."""

from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.drawing.geometry.picture import Arrow, Picture, Shape
from jupyternetes.graph.drawing.geometry.rows import apart
from jupyternetes.graph.drawing.layout import CHARACTERS, layout
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Edge, Graph, Node, assemble, edge
from jupyternetes.graph.model.kinds import Capability, Layer
from tests.unit.graph.drawing.drawn_graphs import GRAPHS, GUESSED, TOLD, node, parts, shared_hub

Parts = tuple[list[Node], list[Edge]]


def name(shape: Shape) -> str:
    return shape.subject.name if isinstance(shape.subject, Node) else str(shape.subject)


def shape_of(picture: Picture, wanted: str) -> Shape:
    return next(each for each in picture.shapes if name(each) == wanted)


def crossed(picture: Picture, arrow: Arrow) -> list[str]:
    """The shapes that an arrow might touch though it does not end there: a curve lies in the box around its points."""
    boxes = [
        tuple((min(along), max(along)) for along in zip(*arrow.path[place : place + 4], strict=True))
        for place in range(0, len(arrow.path) - 1, 3)
    ]
    return [
        name(each)
        for place, each in enumerate(picture.shapes)
        if place not in (arrow.source, arrow.target)
        for (left, right), (top, bottom) in boxes
        if left < each.right and right > each.left and top < each.bottom and bottom > each.top
    ]


@given(parts(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(given_parts: Parts, random: Random) -> None:
    nodes, edges = given_parts
    first = layout(assemble(nodes, edges))
    random.shuffle(nodes)
    random.shuffle(edges)

    assert layout(assemble(nodes, edges)) == first


@given(GRAPHS)
def test_shapes_do_not_overlap_and_stand_within_the_picture(graph: Graph) -> None:
    picture = layout(graph)

    assert len(picture.shapes) == len(graph.nodes) + len(Capability)
    for each in picture.shapes:
        assert 0 < each.left < each.right < picture.width
        assert 0 < each.top < each.bottom < picture.height
    for one, other in combinations(picture.shapes, 2):
        apart_in_x = one.right <= other.left or other.right <= one.left
        assert apart_in_x or one.bottom <= other.top or other.bottom <= one.top


@given(GRAPHS)
def test_arrows_stay_within_the_picture_and_cross_no_shape_but_their_own(graph: Graph) -> None:
    picture = layout(graph)

    for arrow in picture.arrows:
        assert crossed(picture, arrow) == []
        assert all(0 < x < picture.width and 0 < y < picture.height for x, y in arrow.path)


@given(GRAPHS)
def test_an_arrow_begins_and_ends_at_the_borders_of_its_shapes(graph: Graph) -> None:
    picture = layout(graph)

    for arrow in picture.arrows:
        for place, point in ((arrow.source, arrow.path[0]), (arrow.target, arrow.path[-1])):
            shape = picture.shapes[place]
            across = (point.x - shape.x) / (shape.width / 2)
            down = (point.y - shape.y) / (shape.height / 2)
            assert across**2 + down**2 == pytest.approx(1, abs=0.02)


@given(GRAPHS)
def test_every_edge_and_every_enabled_capability_has_its_arrow(graph: Graph) -> None:
    picture = layout(graph)

    edges = [each for arrow in picture.arrows for each in arrow.edges]
    enabled = [arrow for arrow in picture.arrows if not arrow.edges]
    assert sorted(map(repr, edges)) == sorted(map(repr, graph.edges))
    assert len(enabled) == sum(len(each.known_kind.enables) for each in graph.nodes)


@given(GRAPHS)
def test_layers_stand_in_the_order_of_the_flow(graph: Graph) -> None:
    order = [*Layer, None]
    columns: dict[int, set[int]] = {}
    for each in layout(graph).shapes:
        layer = each.subject.layer if isinstance(each.subject, Node) else None
        columns.setdefault(each.column, set()).add(order.index(layer))

    layers = [columns[number] for number in sorted(columns)]
    assert all(len(each) == 1 for each in layers)
    assert [min(each) for each in layers] == sorted(min(each) for each in layers)


def test_the_published_graph_flows_from_left_to_right() -> None:
    picture = layout(shared_hub())

    columns = [
        {name(each) for each in picture.shapes if each.column == number}
        for number in range(max(each.column for each in picture.shapes) + 1)
    ]
    assert columns == [
        {"Kubernetes API", "kube-dns"},
        {"db-data"},
        {"db", "oauth"},
        {"hub", "pods"},
        {"proxy"},
        {"home-User 1", "home-User 2", "home-User 3"},
        {"User 1", "User 2", "User 3", "servers of minimal"},
        set(Capability),
    ]
    assert [band.title for band in picture.bands] == [
        "Platform",
        "Providers",
        "Control",
        "Entry",
        "Servers",
        "People can",
    ]


def test_an_arrow_back_points_left_and_one_within_a_column_bows() -> None:
    picture = layout(
        assemble(
            (node(kinds.HUB, "hub"), node(kinds.PROXY, "proxy"), node(kinds.OPERATOR, "a"), node(kinds.OPERATOR, "b")),
            (
                edge(kinds.SERVES, "proxy/proxy", "hub/hub", TOLD),
                edge(kinds.SUPPORTS, "operator/a", "operator/b", TOLD),
                edge(kinds.SUPPORTS, "operator/b", "operator/a", TOLD),
            ),
        )
    )

    arrows = {
        (name(picture.shapes[each.source]), name(picture.shapes[each.target])): each
        for each in picture.arrows
        if each.edges
    }
    a = shape_of(picture, "a")
    assert arrows["proxy", "hub"].points_left
    assert max(x for x, _ in arrows["a", "b"].path) > a.right
    assert arrows["a", "b"].points_left


def test_claims_stand_in_the_order_of_their_servers() -> None:
    picture = layout(shared_hub())

    users = sorted(("User 1", "User 2", "User 3"), key=lambda each: shape_of(picture, each).y)
    claims = sorted(users, key=lambda each: shape_of(picture, f"home-{each}").y)
    assert claims == users


def test_several_edges_between_two_are_one_arrow_that_is_guessed_only_if_all_are() -> None:
    ends = ("database/db", "hub/hub")
    nodes = (node(kinds.DATABASE, "db"), node(kinds.HUB, "hub"))

    arrows = [
        next(each for each in layout(assemble(nodes, edges)).arrows if each.edges)
        for edges in (
            [edge(kinds.STORES, *ends, GUESSED), edge(kinds.SUPPORTS, *ends, GUESSED)],
            [edge(kinds.STORES, *ends, GUESSED), edge(kinds.SUPPORTS, *ends, TOLD)],
        )
    ]

    assert [len(each.edges) for each in arrows] == [2, 2]
    assert [each.guessed for each in arrows] == [True, False]


def test_the_count_stands_before_the_name_of_what_is_folded() -> None:
    shape = shape_of(layout(shared_hub()), "servers of minimal")

    assert shape.lines == ("server  M L E", "409 servers of minimal", "ok")


def test_long_texts_are_cut_and_widths_follow_the_text() -> None:
    picture = layout(assemble((node(kinds.HUB, "h"), node(kinds.PROXY, "p" * 300, reason="r" * 300)), ()))
    short, long = shape_of(picture, "h"), shape_of(picture, "p" * 300)

    assert all(len(line) <= CHARACTERS for line in long.lines)
    assert long.lines[1].endswith("…")
    assert short.width < long.width < 400


def test_many_shapes_of_a_layer_stand_in_several_columns() -> None:
    picture = layout(assemble((node(kinds.SERVER, f"User {number}") for number in range(40)), ()))

    columns = [each.column for each in picture.shapes if isinstance(each.subject, Node)]
    assert [columns.count(number) for number in sorted(set(columns))] == [13, 13, 14]
    assert [band.title for band in picture.bands] == ["Servers", "People can"]


def test_a_graph_without_nodes_shows_what_people_can_do() -> None:
    assert [name(each) for each in layout(assemble((), ())).shapes] == [*Capability]


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=20), st.integers(0, 30))
def test_places_keep_their_distance_and_those_far_enough_apart_stay(wanted: list[int], distance: int) -> None:
    found = apart(wanted, [distance] * (len(wanted) - 1))

    assert all(after - before >= distance - 1e-9 for before, after in pairwise(found))
    if all(after - before > distance for before, after in pairwise(wanted)):
        assert found == pytest.approx(wanted)
    assert sum(found) == pytest.approx(sum(wanted))
