"""Which pods do one part's work together, and which Service leads to them?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from jupyternetes.graph.discovery.objects.pod import PODS, Pod
from jupyternetes.graph.discovery.objects.services import Service
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.recognise import DEPLOYMENT_CONFIG, Role, by_labels, recognise, release_of
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health
from jupyternetes.graph.discovery.states.pods import of_pods
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.kinds import NodeKind
from jupyternetes.runtime.objects import ObjectKey, key_of

#: Parts of which a release of the chart has one; their id holds the release, so that it outlives the pods.
_ONE_PER_RELEASE: Final = (kinds.HUB, kinds.PROXY, kinds.USER_SCHEDULER)


@dataclass(frozen=True, slots=True)
class Workload:
    """The pods of one Deployment, StatefulSet or the like; none if only a Service tells of it.

    ``key`` identifies it in its namespace, ``name`` is what people call it, ``role`` None if it is not known what it is
    there for. ``seen``: whether pods that it had would have been found.
    """

    namespace: str
    key: str
    name: str
    labels: Mapping[str, str]
    role: Role | None
    pods: tuple[Pod, ...] = ()
    seen: bool = True

    def is_a(self, kind: NodeKind) -> bool:
        """Whether its role is of this kind."""
        return self.role is not None and self.role.kind is kind

    @property
    def release(self) -> str:
        """The release of a chart that it belongs to; empty if no label tells."""
        return release_of(self.labels)

    @property
    def health(self) -> Health:
        """How its pods fare together."""
        return of_pods(self.pods) if self.pods or self.seen else UNKNOWN

    @property
    def claims(self) -> list[str]:
        """The names of the claims that its pods mount."""
        return sorted({claim for pod in self.pods for claim in pod.claims})


class Directory:
    """What runs in the observed namespaces beside the servers of users, and how names lead to it.

    ``services`` stand in the order of their keys.
    """

    def __init__(self, observed: Observed) -> None:
        self.servers: list[Pod] = []
        self._observed = observed
        self.services = {key_of(each): each for each in sorted(observed.services, key=key_of)}
        self._by_address = {each.spec.cluster_ip: each for each in observed.services if each.spec.cluster_ip}
        self._slices: dict[ObjectKey, set[ObjectKey]] = {}
        for each in observed.endpoint_slices:
            service = ObjectKey(each.metadata.namespace, each.metadata.labels.get("kubernetes.io/service-name", ""))
            targets = (endpoint.target_ref for endpoint in each.endpoints or () if endpoint.target_ref)
            pods = {ObjectKey(target.namespace, target.name) for target in targets if target.kind == "Pod"}
            self._slices.setdefault(service, set()).update(pods)
        self.workloads = self._grouped(observed.pods)
        self._by_pod = {key_of(pod): each for each in self.workloads for pod in each.pods}

    def of_kind(self, kind: NodeKind) -> list[Workload]:
        """The workloads of a kind, by namespace and key."""
        return [each for each in self.workloads if each.is_a(kind)]

    def partners(self, workload: Workload, kind: NodeKind) -> list[Workload]:
        """The workloads of ``kind`` that belong to the same release, or the only one where there is one of each."""
        found, own = self.of_kind(kind), workload.role.kind if workload.role else None
        near = [each for each in found if (each.namespace, each.release) == (workload.namespace, workload.release)]
        alone = len(found) == 1 and own is not None and len(self.of_kind(own)) == 1
        return near or (found if alone else [])

    def service(self, host: str, namespace: str) -> Service | None:
        """The Service that a host, a name or an address, leads to from a pod in ``namespace``, if it was observed.

        https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
        """
        if host in self._by_address:
            return self._by_address[host]
        parts = host.rstrip(".").split(".")
        if len(parts) > 2 and parts[2] != "svc":
            return None
        return self.services.get(ObjectKey(parts[1] if len(parts) > 1 else namespace, parts[0]))

    def behind(self, service: Service) -> Workload | None:
        """The workload that a Service leads to, by its EndpointSlices or its selector; None if it selects no pods."""
        meta = service.metadata
        for pod in sorted(self._slices.get(ObjectKey(meta.namespace, meta.name), ())):
            if pod in self._by_pod:
                return self._by_pod[pod]
        found = next((each for each in self.workloads if _selects(service, each)), None)
        if found is not None or not service.spec.selector:
            return found
        seen = self._observed.was_read(PODS.plural, meta.namespace)
        return Workload(meta.namespace, meta.name, meta.name, service.spec.selector, None, seen=seen)

    def services_of(self, workload: Workload) -> list[Service]:
        """The Services that lead to a workload, by name."""
        return [each for each in self.services.values() if _selects(each, workload)]

    def _grouped(self, pods: Iterable[Pod]) -> tuple[Workload, ...]:
        found: dict[_Place, Workload] = {}
        members: dict[_Place, list[Pod]] = {}
        for pod in sorted(pods, key=key_of):
            role, meta = recognise(pod), pod.metadata
            if role is not None and role.kind is kinds.SERVER:
                self.servers.append(pod)
            elif role is None or role.kind is not None:
                workload = _workload(meta.namespace, _controller(pod), meta.labels, role)
                place = _place(workload)
                found.setdefault(place, workload)
                members.setdefault(place, []).append(pod)
        for workload in self._without_pods(list(found.values())):
            found.setdefault(_place(workload), workload)
        return tuple(replace(found[place], pods=tuple(members.get(place, ()))) for place in sorted(found))

    def _without_pods(self, with_pods: Iterable[Workload]) -> Iterator[Workload]:
        """The parts of which only a Service is there, such as those that were scaled down to nothing."""
        for key, service in self.services.items():
            role = by_labels(service.spec.selector)
            if role is None or role.kind in (None, kinds.SERVER) or any(_selects(service, each) for each in with_pods):
                continue
            seen = self._observed.was_read(PODS.plural, key.namespace)
            yield replace(_workload(key.namespace, key.name, service.spec.selector, role), seen=seen)


_Place = tuple[str, str, str]


def _workload(namespace: str, name: str, labels: Mapping[str, str], role: Role | None) -> Workload:
    key = labels.get(DEPLOYMENT_CONFIG, name)
    release = release_of(labels)
    if role is not None and release and role.kind in _ONE_PER_RELEASE:
        key = release
    return Workload(namespace, key, labels.get(DEPLOYMENT_CONFIG, name), labels, role)


def _place(workload: Workload) -> _Place:
    kind = workload.role.kind if workload.role else None
    return workload.namespace, str(kind or ""), workload.key


def _controller(pod: Pod) -> str:
    """The name of the Deployment, StatefulSet, DaemonSet or Job that made the pod, else the pod's own.

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label
    """
    meta = pod.metadata
    owner = next((each for each in meta.owner_references if each.controller), None)
    if owner is None:
        return meta.name
    return owner.name.removesuffix(f"-{meta.labels.get('pod-template-hash', '')}")


def _selects(service: Service, workload: Workload) -> bool:
    selector = service.spec.selector
    same = service.metadata.namespace == workload.namespace and bool(selector)
    return same and all(workload.labels.get(key) == value for key, value in selector.items())
