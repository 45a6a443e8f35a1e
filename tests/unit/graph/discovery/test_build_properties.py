"""What holds of every graph that is built, whatever is missing or broken, and of what must never be in one."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.model.graph import Graph
from tests.unit.graph.discovery.recordings import FIELDS, NAMESPACES, Json, observe, recorded

RECORDINGS = st.sampled_from(sorted(NAMESPACES))


def check(graph: Graph) -> None:
    ids = [node.id for node in graph.nodes]
    assert len(ids) == len(set(ids))
    assert all(edge.source in graph.by_id and edge.target in graph.by_id for edge in graph.edges)
    assert all(edge.evidence for edge in graph.edges)
    assert all(node.name for node in graph.nodes)
    assert all(gap.what and gap.why for gap in graph.gaps)
    msgspec.json.encode(graph)


@given(st.data(), RECORDINGS)
@settings(max_examples=50)
def test_any_part_of_a_deployment_gives_a_graph(data: st.DataObject, name: str) -> None:
    objects = recorded(name)
    kept = data.draw(st.lists(st.integers(0, len(objects) - 1), unique=True))
    resources = [resource.plural for resource in FIELDS.values()]
    unread = data.draw(st.sets(st.tuples(st.sampled_from(resources), st.sampled_from(NAMESPACES[name]))))

    check(build(observe([objects[place] for place in kept], namespaces=NAMESPACES[name], unread=frozenset(unread))))


@given(st.integers(), RECORDINGS)
@settings(max_examples=50)
def test_objects_that_lack_fields_give_a_graph(seed: int, name: str) -> None:
    chance = random.Random(seed)  # noqa: S311 - one draw of hypothesis for each field would take minutes
    objects = recorded(name)
    for each in objects:
        for part in (each.get("spec"), each.get("status"), each["metadata"]):
            for field in list(part or ()):
                if field not in ("name", "namespace") and chance.random() < 0.3:
                    del part[field]

    check(build(observe(objects)))


@given(st.data(), RECORDINGS)
@settings(max_examples=10)
def test_order_of_objects_does_not_matter(data: st.DataObject, name: str) -> None:
    objects = recorded(name)

    assert build(observe(data.draw(st.permutations(objects)))) == build(observe(objects))


SECRET = "s3cr3tvalue"
PLACES = ("user", "password", "path", "query", "literal", "argument")


@pytest.mark.parametrize("name", sorted(NAMESPACES))
@pytest.mark.parametrize("place", PLACES)
def test_values_of_variables_and_arguments_do_not_reach_the_graph(name: str, place: str) -> None:
    parts = dict.fromkeys(PLACES, "x") | {place: SECRET}
    url = "postgresql://{user}:{password}@db.example.org:5432/{path}?q={query}".format(**parts)
    objects = recorded(name)
    for each in objects:
        for container in _containers(each):
            container["env"] = [
                {"name": "JUPYTERHUB_DB_URL", "value": url},
                {"name": "JPY_API_TOKEN", "value": parts["literal"]},
                {"name": "POSTGRES_PASSWORD", "value": parts["literal"]},
            ]
            container["args"] = [f"--JupyterHub.cookie_secret={parts['argument']}"]

    graph = build(observe(objects))

    assert SECRET.encode() not in msgspec.json.encode(graph)
    assert "db.example.org" in {node.name for node in graph.nodes} or name == "z2jh", "its hub has a volume instead"


def _containers(obj: Json) -> list[Any]:
    return obj["spec"]["containers"] if obj["kind"] == "Pod" else []
