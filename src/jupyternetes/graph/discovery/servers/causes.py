"""What do all servers of a namespace depend on? Hubs, doors, operators, quotas and schedulers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jupyternetes.graph.discovery.draft import Arrow, Draft, guessed, labelled, node_of, object_id, referenced
from jupyternetes.graph.discovery.hub.entry import Door
from jupyternetes.graph.discovery.objects.cluster import QUOTAS
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.servers.operators import Operator
from jupyternetes.graph.discovery.states.objects import of_quota
from jupyternetes.graph.discovery.workloads import Directory, Workload
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence, id_of
from jupyternetes.graph.model.kinds import EvidenceKind

#: The id of a node, and what draws its edges to servers.
Cause = tuple[str, Arrow]


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub, and what leads people to the servers that it starts."""

    workload: Workload
    id: str
    doors: Sequence[Door]


class Causes:
    """Finds the causes once for all servers that have them in common."""

    def __init__(
        self,
        draft: Draft,
        observed: Observed,
        directory: Directory,
        hubs: Sequence[Hub],
        operators: Sequence[Operator],
    ) -> None:
        self._draft = draft
        self._observed = observed
        self._schedulers = directory.of_kind(kinds.USER_SCHEDULER)
        self._hubs = hubs
        self._operators = operators
        self._of_instances: dict[tuple[str, bool], list[Cause]] = {}
        self._of_pods: dict[tuple[str, str], list[Cause]] = {}
        self._by_scheduler: dict[str, list[Cause]] = {}

    def of_instances(self, namespace: str, *, named: bool) -> list[Cause]:
        """What the servers of all Instances in a namespace depend on; ``named``: those that name a user of a hub."""
        key = (namespace, named)
        if key not in self._of_instances:
            operators = [(each.id, each.operates) for each in self._operators if each.serves(namespace)]
            known_by = "its Instance names a user of a hub, and no other hub was found" if named else ""
            hubs = self._starters(namespace, "", known_by)
            self._of_instances[key] = [*hubs, *operators, *self._quotas(namespace)]
        return self._of_instances[key]

    def of_pods(self, namespace: str, release: str) -> list[Cause]:
        """What the servers depend on whose pods the hub of a release made itself."""
        key = (namespace, release)
        if key not in self._of_pods:
            hubs = self._starters(namespace, release, "labels and ports that KubeSpawner sets on its pod")
            self._of_pods[key] = [*hubs, *self._quotas(namespace)]
        return self._of_pods[key]

    def of_scheduler(self, name: str) -> list[Cause]:
        """The user scheduler of that name, which Zero to JupyterHub prefixes with the release."""
        if name not in self._by_scheduler:
            known = referenced(f"spec.schedulerName of its pod is {name}")
            self._by_scheduler[name] = [
                (id_of(kinds.USER_SCHEDULER, each.key, each.namespace), Arrow(kinds.SCHEDULES, known))
                for each in self._schedulers
                if name in (each.name, f"{each.release}-{each.name}")
            ]
        return self._by_scheduler[name]

    def _starters(self, namespace: str, release: str, known_by: str) -> Iterable[Cause]:
        """The hub of the release in this namespace, else of the release, else of the namespace, else any."""
        released = [hub for hub in self._hubs if release and hub.workload.release == release]
        near = [hub for hub in self._hubs if hub.workload.namespace == namespace]
        hubs = [hub for hub in released if hub in near] or released or near or self._hubs
        for hub in hubs:
            sure = bool(known_by) and len(hubs) == 1 and labelled(hub.workload).kind is EvidenceKind.LABELLED
            known = Evidence(kind=EvidenceKind.LABELLED, text=known_by) if sure else guessed(_why_this(len(hubs)))
            yield hub.id, Arrow(kinds.SPAWNS, known)
            for door in hub.doors:
                yield door.id, Arrow(kinds.SERVES, door.evidence if sure else known)

    def _quotas(self, namespace: str) -> Iterable[Cause]:
        for quota in self._observed.quotas:
            name = quota.metadata.name
            if quota.metadata.namespace == namespace:
                objects = (object_id(QUOTAS, quota),)
                limits = ", ".join(f"{resource}={amount}" for resource, amount in sorted(quota.status.hard.items()))
                node = node_of(
                    kinds.QUOTA, name, name, of_quota(quota), namespace=namespace, objects=objects, revision=limits
                )
                known = referenced(f"ResourceQuota {name} limits the namespace {namespace}")
                yield self._draft.add(node), Arrow(kinds.ADMITS, known)


def _why_this(hubs: int) -> str:
    """Why a server may be of a hub, of so many that it may be of."""
    return "no other hub was found that could have started it" if hubs == 1 else f"it may be of any of {hubs} hubs"
