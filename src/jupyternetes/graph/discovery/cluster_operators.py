"""What do OpenShift's ClusterOperators tell of the platform? How its parts fare, and which of them are in trouble.

A part that no other object shows has a node only while its operator is in trouble. Dashed arrows lead from there to
what is not well and may be so for that reason.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Final

import msgspec

from jupyternetes.api import reasons
from jupyternetes.graph.discovery.draft import Arrow, Draft, guessed, node_of, object_id
from jupyternetes.graph.discovery.hub.logins import OPENSHIFT_OAUTH
from jupyternetes.graph.discovery.images import registry_of
from jupyternetes.graph.discovery.objects.openshift import CLUSTER_OPERATORS, ROUTES
from jupyternetes.graph.discovery.objects.pod import PODS, Pod
from jupyternetes.graph.discovery.objects.services import INGRESSES
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.cluster_operators import of_cluster_operator
from jupyternetes.graph.discovery.states.health import Health, faring
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Node, ObjectId, id_of
from jupyternetes.graph.model.kinds import GRAVEST, TROUBLE, EdgeKind, NodeKind, State

#: Where pods find the registry of the cluster.
#: https://docs.redhat.com/en/documentation/openshift_container_platform/4.13/html/registry/accessing-the-registry
_REGISTRY_HOST: Final = "image-registry.openshift-image-registry.svc"
_REGISTRY: Final = f"{_REGISTRY_HOST}:5000"
_PULLS: Final = (reasons.IMAGE_PULL_BACK_OFF.name, reasons.ERR_IMAGE_PULL.name)
_ON_THE_NETWORK: Final = (kinds.HUB.name, kinds.PROXY.name, kinds.SERVER.name)
_WELL_OR_AT_REST: Final = (State.OK, State.STOPPED, State.STOPPING)
#: Reasons that the network can cause; no network makes a program crash, or a quota used up.
_CUT_OFF: Final = (reasons.NODE_NOT_READY.name, reasons.NOT_READY.name, reasons.CONTAINER_CREATING.name, "")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the platform that ``operators`` tell of; with an ``edge`` to each node that trouble of it ``may_harm``.

    Without an edge it has a node only where another object shows it. ``spares``: objects that another part harms.
    """

    operators: tuple[str, ...]
    kind: NodeKind
    key: str = ""
    name: str = ""
    edge: EdgeKind | None = None
    may_harm: Callable[[Node], bool] = lambda _: False
    spares: Callable[[Observed], Set[ObjectId]] = lambda _: frozenset()


def _waits_for_node(node: Node) -> bool:
    """A pod of which nothing is said yet; one that was found no room for was looked at by the scheduler."""
    return node.kind in _ON_THE_NETWORK and node.state is State.STARTING and node.reason == reasons.STARTING.name


def _waits_for_image(node: Node) -> bool:
    return node.reason in _PULLS


def _wait_for_other_registries(observed: Observed) -> Set[ObjectId]:
    """The pods that were read and wait for no image of the cluster's own registry."""
    return {object_id(PODS, pod) for pod in observed.pods if not _may_wait_for_registry(pod)}


def _may_wait_for_registry(pod: Pod) -> bool:
    """Of init containers the images were not read."""
    images = {each.name: each.image for each in pod.spec.containers}
    waiting = {
        each.name
        for each in (*pod.status.init_container_statuses, *pod.status.container_statuses)
        if each.state.waiting and each.state.waiting.reason in _PULLS
    }
    return any(name not in images or registry_of(images[name]).startswith(_REGISTRY_HOST) for name in waiting)


def _waits_for_volume(node: Node) -> bool:
    return node.kind in (kinds.CLAIM.name, kinds.VOLUME.name) and node.state is State.STARTING


def _may_be_cut_off(node: Node) -> bool:
    return node.kind in _ON_THE_NETWORK and node.state not in _WELL_OR_AT_REST and node.reason in _CUT_OFF


def _is_behind_router(node: Node) -> bool:
    return any(each.kind in (ROUTES.kind, INGRESSES.kind) for each in node.objects)


_PARTS: Final = (
    _Part(("kube-apiserver", "etcd"), kinds.API_SERVER),
    _Part(("dns",), kinds.DNS),
    _Part(("authentication",), kinds.OAUTH, OPENSHIFT_OAUTH),
    _Part(("kube-scheduler",), kinds.SCHEDULER, "", "scheduler", kinds.SCHEDULES, _waits_for_node),
    _Part(
        ("image-registry",),
        kinds.REGISTRY,
        _REGISTRY,
        _REGISTRY,
        kinds.PULLS,
        _waits_for_image,
        _wait_for_other_registries,
    ),
    _Part(("storage",), kinds.STORAGE, "openshift", "storage", kinds.PROVISIONS, _waits_for_volume),
    _Part(("network",), kinds.NETWORK, "", "network", kinds.SUPPORTS, _may_be_cut_off),
    _Part(("ingress",), kinds.INGRESS, "router", "router", kinds.SERVES, _is_behind_router),
)


def add_cluster_operators(draft: Draft, observed: Observed) -> None:
    """Call it after all else was added."""
    found = {each.metadata.name: each for each in observed.cluster_operators}
    for part in _PARTS:
        told = [(name, of_cluster_operator(found[name])) for name in part.operators if name in found]
        known = [(name, health) for name, health in told if health.state is not State.UNKNOWN]
        if not known:
            continue
        # The one that is worst, and of those that fare alike the one that has something to say.
        name, health = min(known, key=lambda each: (GRAVEST.index(each[1].state), not each[1].reason))
        operator = object_id(CLUSTER_OPERATORS, found[name])
        there = [node for node in draft.nodes.values() if _stands_for(node, part)]
        for node in there:
            draft.nodes[node.id] = _told(node, health, operator)
        if not there and part.edge is not None and health.state in TROUBLE:
            _accuse(draft, part, part.edge, health, operator, part.spares(observed))


def _stands_for(node: Node, part: _Part) -> bool:
    if part.kind is kinds.OAUTH:
        return node.kind == part.kind.name and node.name.startswith(part.key)
    return node.id == id_of(part.kind, part.key)


def _told(node: Node, health: Health, operator: ObjectId) -> Node:
    """What is seen of a part counts, unless the operator knows of something worse, or nothing was seen."""
    knows_nothing = node.state is State.UNKNOWN and not node.reason
    says_more = health.state is node.state and not node.reason and bool(health.reason)
    is_worse = health.state in TROUBLE and GRAVEST.index(health.state) < GRAVEST.index(node.state)
    if not (knows_nothing or says_more or is_worse):
        return node
    return msgspec.structs.replace(faring(node, health), objects=(*node.objects, operator))


def _accuse(
    draft: Draft, part: _Part, edge: EdgeKind, health: Health, operator: ObjectId, spared: Set[ObjectId]
) -> None:
    """What has an edge of this kind already, by an Event or by its own scheduler, has its trouble from there."""
    explained = {each.target for each in draft.edges if each.kind == edge.name}
    harmed = [
        node.id
        for node in draft.nodes.values()
        if part.may_harm(node) and node.id not in explained and spared.isdisjoint(node.objects)
    ]
    source = draft.add(node_of(part.kind, part.key, part.name, health, objects=(operator,)))
    why = f"ClusterOperator {operator.name} is in trouble, and what is not well may be so for that reason"
    arrow = Arrow(edge, guessed(why))
    draft.edges += [arrow(source, each) for each in harmed]
