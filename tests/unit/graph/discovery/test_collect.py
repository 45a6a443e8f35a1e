"""What is asked of the API server, and what becomes of what it refuses."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.collect import collect
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Status, api_error
from tests.support.fakekube import FakeKube, Fault, Kind, Refused, on
from tests.unit.graph.discovery.recordings import FIELDS, JUPYTERNETES, NAMESPACES, Z2JH, Json, graph_of, recorded

FURTHER_KINDS = (
    Kind("", "v1", "services", "Service"),
    Kind("", "v1", "resourcequotas", "ResourceQuota"),
    Kind("", "v1", "nodes", "Node", namespaced=False),
    Kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
    Kind("networking.k8s.io", "v1", "ingresses", "Ingress"),
    Kind("route.openshift.io", "v1", "routes", "Route"),
    Kind("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute"),
    Kind("config.openshift.io", "v1", "clusteroperators", "ClusterOperator", namespaced=False),
)
"""What the fake does not serve by itself: kinds without rules of their own."""

NOT_LISTED = {"nodes", "leases.coordination.k8s.io", "clusteroperators.config.openshift.io"}
LISTED = sorted({resource.full_name for resource in FIELDS.values()} - NOT_LISTED)
OPTIONAL = ("route.openshift.io/v1", "gateway.networking.k8s.io/v1", "config.openshift.io/v1")
OPERATORS = "clusteroperators.config.openshift.io"
ACCUSED = {"scheduler", "registry", "storage"}
"""These follow from the uids of objects, which the fake makes itself."""


def serve(objects: Sequence[Json], namespaces: Sequence[str]) -> FakeKube:
    fake = FakeKube(namespaces=namespaces, runs_controllers=False)
    fake.registry.kinds.update({(kind.api_version, kind.plural): kind for kind in FURTHER_KINDS})
    kinds = {kind.kind: kind for kind in fake.registry.kinds.values()}
    for each in objects:
        kind, metadata = kinds[each["kind"]], each["metadata"]
        metadata.pop("resourceVersion", None)
        namespace = metadata.get("namespace", "")
        fake.registry.create(kind, namespace, each)
        if kind.has_status and "status" in each:
            status = {"status": each["status"]}
            fake.registry.patch("merge", kind, namespace, metadata["name"], status, subresource="status")
    return fake


def without_optional_kinds(fake: FakeKube) -> FakeKube:
    """A cluster that has neither OpenShift's kinds nor those of the Gateway API."""
    for version, plural in [key for key in fake.registry.kinds if key[0] in OPTIONAL]:
        del fake.registry.kinds[version, plural]
    return fake


@pytest.fixture
async def fake() -> AsyncIterator[FakeKube]:
    """Serves the recording of our own deployment."""
    async with serve(recorded(JUPYTERNETES), NAMESPACES[JUPYTERNETES]) as fake:
        yield fake


async def observed_by(fake: FakeKube, name: str = JUPYTERNETES, **options: Any) -> Observed:
    async with await fake.client() as client:
        return await collect(client, NAMESPACES[name], **options)


@pytest.mark.parametrize("name", [Z2JH, JUPYTERNETES])
async def test_graph_is_that_of_the_objects(name: str) -> None:
    async with serve(recorded(name), NAMESPACES[name]) as fake:
        graph = build(await observed_by(fake, name, cluster=name == Z2JH))

    expected = graph_of(name)
    assert [node.id for node in graph.nodes] == [node.id for node in expected.nodes if node.kind not in ACCUSED]
    ends = {(edge.source, edge.kind, edge.target) for edge in graph.edges}
    assert ends <= {(edge.source, edge.kind, edge.target) for edge in expected.edges}


async def test_each_kind_is_listed_once_a_namespace_and_nothing_else_is_asked(fake: FakeKube) -> None:
    await observed_by(fake)

    asked = sorted((str(call.kind), call.namespace) for call in fake.faults.log if call.verb == "list")
    assert asked == sorted((resource, namespace) for resource in LISTED for namespace in NAMESPACES[JUPYTERNETES])
    assert {call.verb for call in fake.faults.log} == {"list", "get"}
    gets = sorted(call.name for call in fake.faults.log if call.verb == "get")
    assert gets == [f"lab-jupyternetes-{name}" for name in ("pod-status", "pods", "pvcs")]


async def test_pods_of_instances_are_not_asked_for(fake: FakeKube) -> None:
    observed = await observed_by(fake)

    assert "notebook-ada" not in {pod.metadata.name for pod in observed.pods}
    assert len(observed.instances) == 3


@pytest.mark.parametrize("resource", [*LISTED, "nodes"])
async def test_each_missing_right_is_a_gap_that_names_it(fake: FakeKube, resource: str) -> None:
    fake.faults.answer(on("list", resource=resource), "Forbidden", times=99)

    observed = await observed_by(fake, cluster=True)

    plural = resource.partition(".")[0]
    places = ("",) if resource == "nodes" else NAMESPACES[JUPYTERNETES]
    assert observed.unread == {(plural, place) for place in places}
    for place in places:
        where = f"in namespace {place}" if place else "in the whole cluster"
        remedy = f"Grant list on {resource} {where}."
        assert [gap.what.split()[0] for gap in observed.gaps if gap.remedy == remedy] == [plural]
    assert observed.api.reachable
    assert build(observed).nodes


async def test_lease_that_must_not_be_read_is_a_gap(fake: FakeKube) -> None:
    fake.faults.answer(on("get", resource="leases.coordination.k8s.io"), "Forbidden", times=9)

    observed = await observed_by(fake)

    remedies = {gap.remedy for gap in observed.gaps}
    lease = "leases.coordination.k8s.io lab-jupyternetes-pods"
    assert f"Grant get on {lease} in namespace jupyternetes-system." in remedies


async def test_lease_of_the_usual_name_tells_of_an_operator_without_pods(fake: FakeKube) -> None:
    kinds = {kind.kind: kind for kind in fake.registry.kinds.values()}
    for each in recorded(JUPYTERNETES):
        if "-pods-" in each["metadata"]["name"]:
            fake.registry.delete(
                kinds["Pod"], "jupyternetes-system", each["metadata"]["name"], {"gracePeriodSeconds": 0}
            )
    lease = {"metadata": {"name": "jupyternetes-pods"}, "spec": {"holderIdentity": "gone"}}
    fake.registry.create(kinds["Lease"], "jupyternetes-system", lease)

    observed = await observed_by(fake)

    assert "jupyternetes-pods" in {each.metadata.name for each in observed.leases}
    assert not any("jupyternetes-pods" in gap.what for gap in observed.gaps)


async def test_kind_that_the_api_server_does_not_know_is_a_gap(fake: FakeKube) -> None:
    del fake.registry.kinds["kadense.io/v1", "jupyternotebookinstances"]
    del fake.registry.kinds["networking.k8s.io/v1", "ingresses"]

    gaps = {gap.what: gap for gap in (await observed_by(fake)).gaps}

    assert gaps["ingresses in lab"].why == "the API server does not know ingresses.networking.k8s.io"
    assert "definitions" in gaps["jupyternotebookinstances in lab"].remedy


async def test_kind_without_an_answer_is_a_gap(fake: FakeKube) -> None:
    fake.faults.plan(on("list", resource="services"), Fault(refusal=Refused("InternalError"), lost=True), times=99)

    observed = await observed_by(fake)

    assert ("services", "lab") in observed.unread
    assert "the API server does not answer" in {gap.why for gap in observed.gaps}
    assert observed.api.reachable


async def test_objects_that_do_not_fit_their_kind_are_a_gap(fake: FakeKube) -> None:
    pods = next(kind for kind in fake.registry.kinds.values() if kind.kind == "Pod")
    fake.registry.create(pods, "lab", {"metadata": {"name": "odd"}, "spec": {"containers": "none"}})

    observed = await observed_by(fake)

    assert [gap.why for gap in observed.gaps if gap.what == "pods in lab"] == [
        "1 of them hold values that do not fit their kind, such as odd"
    ]
    assert len(observed.pods) == 6


async def test_api_server_that_is_gone_leaves_a_graph_that_says_so() -> None:
    async with serve([], ["lab"]) as fake:
        client = await fake.client()
    async with client:
        observed = await collect(client, ["lab"])

    assert observed.api.reachable is False
    [node] = build(observed).nodes
    assert (node.kind, node.state, node.reason) == ("api-server", "failing", "ApiUnavailable")
    assert node.message


async def test_only_recent_warnings_are_kept(fake: FakeKube) -> None:
    events = next(kind for kind in fake.registry.kinds.values() if kind.kind == "Event")
    now = utc_now()
    for number in range(30):
        time = rfc3339(now - timedelta(minutes=5 * number))
        body = {"metadata": {"name": f"e{number}"}, "involvedObject": {"uid": "u"}, "lastTimestamp": time}
        fake.registry.create(events, "data", {**body, "type": "Warning" if number % 2 else "Normal"})

    found = [each.metadata.name for each in (await observed_by(fake)).events if each.involved_object.uid == "u"]

    assert found == [f"e{number}" for number in range(1, 12, 2)]


async def test_nodes_are_read_only_if_they_are_asked_for(fake: FakeKube) -> None:
    observed = await observed_by(fake)

    assert observed.cluster_nodes is None
    assert "nodes of the cluster" in {gap.what for gap in observed.gaps}
    assert (await observed_by(fake, cluster=True)).cluster_nodes == []


async def test_kinds_that_the_cluster_does_not_have_are_asked_for_once_and_are_no_gap(fake: FakeKube) -> None:
    async with await without_optional_kinds(fake).client() as client:
        observed = await collect(client, NAMESPACES[JUPYTERNETES], cluster=True)

        assert {resource: count for (_, resource, _), count in client.calls.items() if resource == "apis"} == {
            "apis": 3
        }
    asked = {str(call.kind) for call in fake.faults.log}
    assert not [each for each in asked if each.endswith((".openshift.io", "gateway.networking.k8s.io"))]
    assert observed.gaps == []


async def test_operators_of_openshift_are_read_by_name_and_only_if_the_cluster_is_asked_for(fake: FakeKube) -> None:
    operators = next(kind for kind in fake.registry.kinds.values() if kind.kind == "ClusterOperator")
    for name in ("dns", "console"):
        fake.registry.create(operators, "", {"metadata": {"name": name}})

    assert (await observed_by(fake)).cluster_operators == ()
    assert not fake.faults.calls(on(resource=OPERATORS))
    observed = await observed_by(fake, cluster=True)

    assert [each.metadata.name for each in observed.cluster_operators] == ["dns"]
    assert {call.verb for call in fake.faults.calls(on(resource=OPERATORS))} == {"get"}
    assert observed.gaps == []


async def test_operators_of_openshift_that_must_not_be_read_are_one_gap(fake: FakeKube) -> None:
    fake.faults.answer(on("get", resource=OPERATORS), "Forbidden", times=99)

    [gap] = (await observed_by(fake, cluster=True)).gaps

    assert gap.why.startswith(f"no right to get {OPERATORS} authentication, dns, etcd")
    assert gap.remedy.startswith(f"Grant get on {OPERATORS} authentication, dns, etcd")


async def test_cluster_that_does_not_say_what_it_serves_is_a_gap() -> None:
    class Refusing(Client):
        async def read(self, what: str, path: str, query: Mapping[str, str] | None = None) -> bytes:
            if what == "apis":
                raise api_error("get apis", Status(code=403, reason="Forbidden", message="no"))
            return await super().read(what, path, query)

    async with serve(recorded(Z2JH), NAMESPACES[Z2JH]) as fake, await fake.client() as client:
        client.__class__ = Refusing
        observed = await collect(client, NAMESPACES[Z2JH])

    assert "Grant get on the path /apis/route.openshift.io/v1" in " ".join(gap.remedy for gap in observed.gaps)
    assert build(observed).nodes
