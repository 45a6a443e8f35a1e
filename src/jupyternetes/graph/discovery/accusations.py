"""Which parts of the cluster do Events accuse? Scheduler, registries and storage classes are in the graph only then.

An Event counts if it is about an object of the deployment, by its uid, that is neither well nor at rest now, and if
what it tells of is not over: a pod that has a node was scheduled, and one whose containers began has its volumes.
Nobody has seen how the accused fare: their state stays unknown, with the Event as the reason. Of storage only what the
Event names is accused; where it names none, the node of the pod says what it says.
https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from jupyternetes.graph.discovery.claims import Claims
from jupyternetes.graph.discovery.draft import Draft, node_of, object_id, pod_of
from jupyternetes.graph.discovery.images import registry_of
from jupyternetes.graph.discovery.named_claims import named_claims
from jupyternetes.graph.discovery.objects.cluster import CLAIMS, ClaimSpec, Event
from jupyternetes.graph.discovery.objects.pod import PODS, Pod
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.health import Health
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence, Node, ObjectId
from jupyternetes.graph.model.kinds import EdgeKind, EvidenceKind, NodeKind, State
from jupyternetes.graph.observability.masking import excerpt

_SCHEDULING: Final = "FailedScheduling"
_MOUNTING: Final = ("FailedAttachVolume", "FailedMount")
_STORAGE: Final = ("ProvisioningFailed", *_MOUNTING)
#: The kubelet's own sentence, at its beginning: Events about probes quote what the user's server answers.
_PULL: Final = re.compile(r'Failed to pull image "([^"]+)"')
_PULL_REASON: Final = "Failed"


@dataclass(frozen=True, slots=True)
class _Accused:
    kind: NodeKind
    edge: EdgeKind
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class _Subject:
    """An object of the deployment that an Event is about, with the claims that it mounts or is.

    ``claims_by_volume``: of a pod whose volumes are known, by their names within it. ``has_node``: it was scheduled.
    ``began``: when a container of it ran last, RFC 3339.
    """

    id: ObjectId
    claims: tuple[str, ...] = ()
    claims_by_volume: Mapping[str, str] = field(default_factory=dict[str, str])
    has_node: bool = False
    began: str = ""

    def is_past(self, event: Event) -> bool:
        """Whether what the Event tells of is over."""
        if event.reason == _SCHEDULING:
            return self.has_node
        return event.reason in _MOUNTING and event.last_seen < self.began


def add_accused(draft: Draft, observed: Observed, claims: Claims) -> None:
    """Call it after all else was added."""
    events = [each for each in observed.events if each.reason in (_SCHEDULING, *_STORAGE) or _pulled(each)]
    if not events:
        return
    subjects = _subjects(observed, {each.involved_object.uid for each in events} - {""})
    concerned = _concerned(draft.nodes.values(), {each.id for each in subjects.values()})
    # Until now only user schedulers have such edges; their pods are no business of the cluster's own.
    own_schedulers = {each.target: each.source for each in draft.edges if each.kind == kinds.SCHEDULES.name}
    noted: set[str] = set()
    for event in sorted(events, key=lambda each: (each.last_seen, each.metadata.name), reverse=True):
        subject = subjects.get(event.involved_object.uid)
        if subject is None or subject.is_past(event):
            continue
        for target in concerned.get(subject.id, ()):
            message = excerpt(event.message)
            seen = Evidence(kind=EvidenceKind.SEEN, text=f"Event {event.reason} of {subject.id.name}: {message}")
            if event.reason == _SCHEDULING and target in own_schedulers:
                draft.connect(kinds.SCHEDULES, own_schedulers[target], target, seen)
                continue
            found = list(_accused(event, subject, claims))
            if not found and target not in noted:
                noted.add(target)
                _note(draft, target, f"Event {event.reason}: {message}")
            for accused in found:
                health = Health(State.UNKNOWN, event.reason, message, event.last_seen)
                source = draft.add(node_of(accused.kind, accused.key, accused.name, health))
                draft.connect(accused.edge, source, target, seen)


def _note(draft: Draft, node_id: str, text: str) -> None:
    node = draft.nodes[node_id]
    draft.nodes[node_id] = msgspec.structs.replace(node, message=f"{node.message} {text}".lstrip())


def _subjects(observed: Observed, uids: set[str]) -> dict[str, _Subject]:
    found: dict[str, _Subject] = {}
    for pod in observed.pods:
        if pod.metadata.uid in uids:
            found[pod.metadata.uid] = _Subject(
                object_id(PODS, pod),
                tuple(sorted(pod.claims)),
                pod.claims_by_volume,
                has_node=bool(pod.spec.node_name),
                began=max(_times(pod), default=""),
            )
    for claim in observed.claims:
        if claim.metadata.uid in uids:
            found[claim.metadata.uid] = _Subject(object_id(CLAIMS, claim), (claim.metadata.name,))
    for instance in observed.instances:
        for entry in instance.status.pods.values():
            if entry.uid in uids:
                mounted = (each.resource_name for each in instance.status.pvcs.values())
                was_seen = entry.observed_uid == entry.uid
                found[entry.uid] = _Subject(
                    pod_of(entry, instance.metadata.namespace),
                    tuple(mounted),
                    has_node=was_seen and bool(instance.status.node_name),
                )
    return found


def _times(pod: Pod) -> Iterator[str]:
    """When containers of a pod began to run or ended."""
    for container in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        for state in (container.state, container.last_state):
            if state.running is not None:
                yield state.running.started_at or ""
            if state.terminated is not None:
                yield state.terminated.finished_at or ""


def _concerned(nodes: Iterable[Node], wanted: set[ObjectId]) -> dict[ObjectId, list[str]]:
    """The ids of nodes that stand for one of the wanted objects, and are in trouble or on their way."""
    found: dict[ObjectId, list[str]] = {}
    for node in nodes:
        if node.state not in (State.OK, State.STOPPED, State.STOPPING):
            for each in node.objects:
                if each in wanted:
                    found.setdefault(each, []).append(node.id)
    return found


def _accused(event: Event, subject: _Subject, claims: Claims) -> Iterator[_Accused]:
    if event.reason == _SCHEDULING:
        yield _Accused(kinds.SCHEDULER, kinds.SCHEDULES, "", "scheduler")
    elif event.reason in _STORAGE:
        known = ((name, claims.get(subject.id.namespace, name)) for name in subject.claims)
        found = {name: claim.spec for name, claim in known if claim is not None}
        for name in found if subject.id.kind == CLAIMS.kind else _named(event, subject, found):
            storage_class = found[name].storage_class_name or ""
            called = storage_class or "storage without a class"
            yield _Accused(kinds.STORAGE, kinds.PROVISIONS, storage_class, called)
    elif image := _pulled(event):
        registry = registry_of(image)
        yield _Accused(kinds.REGISTRY, kinds.PULLS, registry, registry)


def _named(event: Event, subject: _Subject, claims: Mapping[str, ClaimSpec]) -> list[str]:
    volumes = {name: spec.volume_name for name, spec in claims.items()}
    return named_claims(event.message, volumes, subject.claims_by_volume)


def _pulled(event: Event) -> str:
    """The image that the kubelet could not pull; empty if the Event is about something else."""
    found = _PULL.match(event.message) if event.reason == _PULL_REASON else None
    return found[1] if found else ""
