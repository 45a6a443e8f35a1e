"""Which operators of ours make servers, and in which namespaces?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jupyternetes.api.fields import INDISPENSABLE_OPERATORS, OPERATORS
from jupyternetes.api.identity import lease_name
from jupyternetes.graph.discovery.draft import Arrow, Draft, labelled, node_of, referenced
from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.recognise import COMPONENT
from jupyternetes.graph.discovery.servers.gate_leases import gate_leases
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health
from jupyternetes.graph.discovery.states.objects import of_lease
from jupyternetes.graph.discovery.workloads import Directory, Workload
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence
from jupyternetes.graph.model.graph_reasons import NO_PODS
from jupyternetes.graph.model.kinds import EvidenceKind, State
from jupyternetes.runtime.objects import ObjectKey, key_of

#: An operator that ended in order leaves a Lease that nobody holds.
_NOBODY: Final = Health(State.FAILING, NO_PODS.name, "There is no pod of it, and nobody holds its Lease.")


@dataclass(frozen=True, slots=True)
class Operator:
    """``namespaces`` of the Instances that it serves; empty for all. ``operates`` draws its edges to servers.

    ``account``: which of our operators it is; empty if that is not known.
    """

    id: str
    namespaces: Sequence[str]
    operates: Arrow
    account: str = ""

    def serves(self, namespace: str) -> bool:
        """Whether it makes the servers of Instances in a namespace."""
        return not self.namespaces or namespace in self.namespaces


def lease_of(pod: Pod) -> ObjectKey:
    """The Lease that the replicas of an operator share, as its arguments name it."""
    account = pod.metadata.labels.get(COMPONENT, "")
    name = next(iter(pod.options("lease-name")), lease_name(account))
    return ObjectKey(next(iter(pod.options("lease-namespace")), pod.metadata.namespace), name)


def add_operators(draft: Draft, observed: Observed, directory: Directory) -> list[Operator]:
    """The operators by their pods and Leases. One that is missing is said to be if there is anything for it to do."""
    of_others = {lease for _, lease in gate_leases(observed.templates)}
    leases = {key: lease for lease in observed.leases if (key := key_of(lease)) not in of_others}
    operators: list[Operator] = []
    accounts: set[str] = set()
    for workload in directory.of_kind(kinds.OPERATOR):
        keys = [lease_of(pod) for pod in workload.pods]
        lease = next((lease for key in keys if (lease := leases.get(key))), None)
        for key in keys:
            leases.pop(key, None)
        health = _together(workload.health, of_lease(lease, observed.taken) if lease else UNKNOWN)
        operators.append(_operator(draft.add_workload(kinds.OPERATOR, workload, health), workload))
        accounts.add(workload.labels.get(COMPONENT, ""))
    for key, lease in leases.items():
        health = of_lease(lease, observed.taken) if lease.spec.holder_identity else _NOBODY
        node = node_of(kinds.OPERATOR, key.name, key.name, health, namespace=key.namespace)
        known = Evidence(kind=EvidenceKind.LABELLED, text=f"Lease {key.name} is called like that of an operator")
        account = next((each for each in OPERATORS if key.name.endswith(f"-{each}")), "")
        operators.append(Operator(draft.add(node), (), Arrow(kinds.OPERATES, known), account))
        accounts.add(account)
    for account in INDISPENSABLE_OPERATORS:
        if observed.instances and account not in accounts:
            where = ", ".join(observed.namespaces)
            remedy = "Look at the namespace that it runs in as well, or install it."
            draft.miss(f"the operator {account}", f"it has no pod among those that were read in {where}", remedy)
    return operators


def _operator(operator_id: str, workload: Workload) -> Operator:
    namespaces = sorted({each for pod in workload.pods for each in pod.options("namespace")})
    if namespaces:
        known = referenced(f"arguments of {workload.name} name the namespaces that it serves")
    else:
        known = labelled(workload)
    account = workload.labels.get(COMPONENT, "")
    return Operator(operator_id, namespaces, Arrow(kinds.OPERATES, known), account)


def _together(pods: Health, lease: Health) -> Health:
    """Pods that are ready are not enough: one of them has to hold the Lease."""
    works = pods.state in (State.OK, State.DEGRADED)
    return pods if not works or lease.state in (State.OK, State.UNKNOWN) else lease
