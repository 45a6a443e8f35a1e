"""Who may do what: the one table from which the chart's roles, the documentation and the tests are made.

A breached hub must not own the namespace, and a breached operator must not own the hub; see the table's ``why``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jupyternetes.api.fields import OPERATORS
from jupyternetes.api.identity import GROUP, lease_name


class Scope(StrEnum):
    """Where a right holds."""

    INSTANCES = "instances"  # the namespaces in which Instances and user pods live
    TEMPLATES = "templates"  # these, and the namespaces whose Templates may be used from elsewhere
    RELEASE = "release"  # the namespace that the operators run in
    CLUSTER = "cluster"  # objects that have no namespace
    LEASES = "leases"  # the Leases that the chart's gates.leases names, and no others


@dataclass(frozen=True, slots=True)
class Right:
    """What one account may do with some resources, as an RBAC rule has it; with ``names``, with these objects only.

    With ``option`` the account has it only where the chart grants that; see ``OPTIONS``.
    """

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    scope: Scope
    why: str
    names: tuple[str, ...] = ()
    option: str = ""


#: Rights that an account has in some installs only: by account and option, where.
OPTIONS: Final = {
    ("pvcs", "growth"): "in the whole cluster, with `admissionPolicies.enabled`",
    ("graph", "logs"): "with `graph.logs`",
    ("graph", "cluster"): "with `graph.cluster`",
}

_READ: Final = ("get", "list", "watch")
#: On the resources of the kinds that the chart allows in ``otherResources``; the other-resources operator has them.
VERBS_ON_OTHER_RESOURCES: Final = ("create", "get", "list", "watch", "patch", "delete")
_FOLLOW: Final = ("list", "watch")
_INSTANCES: Final = "jupyternotebookinstances"
_COORDINATION: Final = "coordination.k8s.io"
_TEMPLATES: Final = "jupyternotebooktemplates"

_READ_INSTANCES: Final = Right(GROUP, (_INSTANCES,), _READ, Scope.INSTANCES, "reads what is asked for")
_READ_TEMPLATES: Final = Right(GROUP, (_TEMPLATES,), _READ, Scope.TEMPLATES, "reads what to make of it")
_REPORT: Final = Right(GROUP, (f"{_INSTANCES}/status",), ("patch",), Scope.INSTANCES, "reports")
_EVENTS: Final = Right("", ("events",), ("create",), Scope.INSTANCES, "tells people in Events")

#: OpenShift's ClusterOperators that tell how what a JupyterHub needs of the cluster fares.
CLUSTER_OPERATOR_NAMES: Final = (
    "authentication",
    "dns",
    "etcd",
    "image-registry",
    "ingress",
    "kube-apiserver",
    "kube-scheduler",
    "network",
    "storage",
)


def _share_lease(account: str) -> tuple[Right, ...]:
    why = "one replica writes, the others stand by"
    names = (lease_name(account),)
    return (
        Right(_COORDINATION, ("leases",), ("create",), Scope.RELEASE, why),  # RBAC cannot restrict create by name
        Right(_COORDINATION, ("leases",), ("get", "patch"), Scope.RELEASE, why, names),
    )


#: Rights by account; the keys are the names of the accounts as the chart and the documentation use them.
RIGHTS: Final[dict[str, tuple[Right, ...]]] = {
    "hub": (
        Right(
            GROUP,
            (_INSTANCES,),
            ("create", "get", "list", "watch", "patch", "delete"),
            Scope.INSTANCES,
            "starts and stops servers",
        ),
        Right(GROUP, (_TEMPLATES,), _READ, Scope.TEMPLATES, "shows what there is to choose from"),
        Right("", ("secrets",), ("create",), Scope.INSTANCES, "hands over the environment of a start"),
    ),
    "pvcs": (
        *_share_lease("pvcs"),
        _READ_INSTANCES,
        _READ_TEMPLATES,
        _REPORT,
        Right(
            "",
            ("persistentvolumeclaims",),
            ("create", "get", "list", "watch"),
            Scope.INSTANCES,
            "makes claims; never deletes one",
        ),
        Right(
            "",
            ("persistentvolumeclaims",),
            ("patch",),
            Scope.INSTANCES,
            "lets claims grow; an admission policy holds it to their size",
            option="growth",
        ),
        Right(
            "", ("events",), ("create", "list", "watch"), Scope.INSTANCES, "tells people, and why a claim is unbound"
        ),
    ),
    "pods": (
        *_share_lease("pods"),
        _READ_INSTANCES,
        _READ_TEMPLATES,
        _REPORT,
        Right(GROUP, (f"{_TEMPLATES}/status",), ("patch",), Scope.TEMPLATES, "says what is wrong with a Template"),
        Right(
            GROUP,
            (f"{_INSTANCES}/finalizers",),
            ("update",),
            Scope.INSTANCES,
            "owns pods in the Instance's name, with blockOwnerDeletion, where the cluster checks that",
        ),
        Right(
            "",
            ("pods",),
            ("create", "get", "list", "watch", "delete"),
            Scope.INSTANCES,
            "makes and ends servers; tries the pods of Templates, as dry runs",
        ),
        Right("", ("secrets",), ("delete",), Scope.INSTANCES, "ends start Secrets; never reads one"),
        _EVENTS,
        Right("", ("events",), ("create",), Scope.TEMPLATES, "tells people what is wrong with a Template"),
        Right(_COORDINATION, ("leases",), _READ, Scope.LEASES, "sees whether who answers gates is alive"),
    ),
    "pod-status": (
        *_share_lease("pod-status"),
        _READ_INSTANCES,
        _REPORT,
        Right("", ("pods",), _READ, Scope.INSTANCES, "sees how servers fare"),
        Right(
            "", ("events",), ("create", *_READ), Scope.INSTANCES, "sees why a server does not start, and tells people"
        ),
    ),
    "other-resources": (
        *_share_lease("other-resources"),
        _READ_INSTANCES,
        _READ_TEMPLATES,
        _REPORT,
        Right(
            GROUP,
            (f"{_INSTANCES}/finalizers",),
            ("update",),
            Scope.INSTANCES,
            "owns objects in the Instance's name, with blockOwnerDeletion, where the cluster checks that",
        ),
        _EVENTS,
    ),
    "availability": (
        _READ_TEMPLATES,
        Right(GROUP, (f"{_TEMPLATES}/status",), ("get", "patch"), Scope.TEMPLATES, "says what is left of choices"),
    ),
    "gates": (
        Right(GROUP, (_INSTANCES,), _READ, Scope.INSTANCES, "sees what it is asked"),
        Right(GROUP, (f"{_INSTANCES}/status",), ("patch",), Scope.INSTANCES, "answers"),
    ),
    "graph": (
        Right(
            "",
            ("pods", "services", "persistentvolumeclaims", "resourcequotas", "events"),
            _FOLLOW,
            Scope.INSTANCES,
            "sees what a deployment consists of, and how it fares",
        ),
        Right("discovery.k8s.io", ("endpointslices",), _FOLLOW, Scope.INSTANCES, "sees which pods a Service leads to"),
        Right("networking.k8s.io", ("ingresses",), _FOLLOW, Scope.INSTANCES, "sees how people come in"),
        Right("route.openshift.io", ("routes",), _FOLLOW, Scope.INSTANCES, "sees how people come in on OpenShift"),
        Right(
            "gateway.networking.k8s.io",
            ("httproutes",),
            _FOLLOW,
            Scope.INSTANCES,
            "sees how people come in by a Gateway",
        ),
        Right(GROUP, (_INSTANCES,), _FOLLOW, Scope.INSTANCES, "sees servers without looking at their pods"),
        Right(GROUP, (_TEMPLATES,), _FOLLOW, Scope.TEMPLATES, "sees what servers are made from"),
        Right("metrics.k8s.io", ("pods",), ("list",), Scope.INSTANCES, "sees what pods use"),
        Right(
            _COORDINATION,
            ("leases",),
            ("get",),
            Scope.RELEASE,
            "sees which replica of an operator works",
            tuple(map(lease_name, OPERATORS)),
        ),
        Right("", ("pods/log",), ("get",), Scope.INSTANCES, "shows the end of a log", option="logs"),
        Right("", ("nodes",), _FOLLOW, Scope.CLUSTER, "sees how cluster nodes fare", option="cluster"),
        Right(
            "config.openshift.io",
            ("clusteroperators",),
            ("get",),
            Scope.CLUSTER,
            "sees how the platform fares on OpenShift",
            CLUSTER_OPERATOR_NAMES,
            option="cluster",
        ),
    ),
}
