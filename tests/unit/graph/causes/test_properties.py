"""What must not change the first cause: names, healthy servers, the order of signs, rights that do not matter."""

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.causes.rank import Held
from jupyternetes.graph.causes.read import read
from jupyternetes.graph.causes.verdict import judge
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.model.kinds import Layer, State
from tests.support.graph_site import Site, site
from tests.unit.graph.causes.test_causes import FAULTS
from tests.unit.graph.model.deployments import graphs

SIMPLE = [broken for broken, _ in FAULTS.values()]
ONE = st.sampled_from(SIMPLE)


@given(ONE, st.permutations([node.name for node in site().graph.nodes]))
def test_names_do_not_matter(broken: Site, names: list[str]) -> None:
    renamed = (msgspec.structs.replace(node, name=name) for node, name in zip(broken.graph.nodes, names, strict=True))

    assert Site(broken.graph.replaced(nodes=renamed)).causes == broken.causes


@given(ONE, st.integers(min_value=1, max_value=30))
def test_healthy_servers_do_not_matter(broken: Site, number: int) -> None:
    larger = site(users=6 + number).graph
    known = broken.graph.by_id
    told = {(edge.source, edge.target, edge.kind): edge for edge in broken.graph.edges}
    graph = larger.replaced(
        nodes=[known.get(node.id, node) for node in larger.nodes],
        edges=[told.get((edge.source, edge.target, edge.kind), edge) for edge in larger.edges],
    )

    assert Site(graph).causes == broken.causes


@given(ONE, st.randoms(use_true_random=False))
def test_the_order_of_signs_does_not_matter(broken: Site, random: Random) -> None:
    reading = read(broken.graph)
    held = [Held(sign) for sign in reading.signs]
    random.shuffle(held)

    assert [cause.id for cause in judge(broken.graph, reading, held).causes] == broken.causes


@given(ONE, st.data())
def test_a_part_that_is_well_and_cannot_be_seen_any_more_does_not_matter(broken: Site, data: st.DataObject) -> None:
    well = [node.id for node in broken.graph.nodes if node.state is State.OK and node.layer is not Layer.SERVERS]
    ends = {end for edge in broken.graph.edges if edge.state is State.FAILING for end in (edge.source, edge.target)}
    named = " ".join(broken.causes)
    hidden = data.draw(st.sampled_from([each for each in well if each not in ends and each not in named]))

    assert broken.without(hidden).causes == broken.causes


@given(graphs())
def test_any_graph_has_a_verdict_that_explains_every_sign_once(graph: Graph) -> None:
    reading = read(graph)
    verdict = judge(graph, reading, [Held(sign) for sign in reading.signs])

    assert bool(verdict.causes) == bool(reading.signs)
    assert len({cause.id for cause in verdict.causes}) == len(verdict.causes)
    assert verdict.headline


@given(graphs())
def test_what_is_well_is_no_cause_unless_it_is_accused(graph: Graph) -> None:
    reading = read(graph)
    accused = {sign.accused for sign in reading.signs}

    assert {cause.id for cause in judge(graph, reading, [Held(each) for each in reading.signs]).causes} <= accused
