"""Of which kinds entries of ``spec.otherResources`` may be, as the chart allows them and the operators are told.

Whoever allows a kind lends the rights of whatever acts on it to everybody who writes Templates. Some kinds would hand
out the cluster, the hub's secrets or our own words, so no setting allows them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from jupyternetes.api import identity

#: Groups of which nothing is ever made: rights, admission, definitions, credentials, Leases, and our own kinds.
NEVER_GROUPS: Final = frozenset(
    {
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "authorization.openshift.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "oauth.openshift.io",
        "rbac.authorization.k8s.io",
        "security.openshift.io",
        "template.openshift.io",
        "user.openshift.io",
        identity.GROUP,
    }
)
#: The same of single kinds, by the resource (``plural.group``): the kind. A Binding puts a pod onto a node.
NEVER: Final[Mapping[str, str]] = MappingProxyType(
    {"bindings": "Binding", "namespaces": "Namespace", "nodes": "Node", "secrets": "Secret"}
)
#: Allowed only with a setting of its own: they run pods, lead traffic or give files that no rule on Templates sees.
DANGEROUS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "endpoints": "Endpoints",
        "persistentvolumeclaims": "PersistentVolumeClaim",
        "persistentvolumes": "PersistentVolume",
        "pods": "Pod",
        "podtemplates": "PodTemplate",
        "replicationcontrollers": "ReplicationController",
        "serviceaccounts": "ServiceAccount",
        "controllerrevisions.apps": "ControllerRevision",
        "daemonsets.apps": "DaemonSet",
        "deployments.apps": "Deployment",
        "replicasets.apps": "ReplicaSet",
        "statefulsets.apps": "StatefulSet",
        "cronjobs.batch": "CronJob",
        "jobs.batch": "Job",
        "endpointslices.discovery.k8s.io": "EndpointSlice",
        "deploymentconfigs.apps.openshift.io": "DeploymentConfig",
    }
)
#: Groups of Kubernetes itself, whose kinds do what they do once they exist, unless they have a condition that says so.
_BUILT_IN_GROUPS: Final = frozenset(
    {
        "",
        "apps",
        "autoscaling",
        "batch",
        "discovery.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)
_DNS: Final = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
#: Kubernetes lets a kind begin with a small letter, and some do.
_OPTION: Final = re.compile(
    rf"(?P<api_version>(?:{_DNS}/)?v[a-z0-9]+)/(?P<kind>[A-Za-z][A-Za-z0-9-]*)=(?P<resource>[a-z][a-z0-9-]*)"
)


@dataclass(frozen=True, slots=True)
class OtherKind:
    """A kind that is allowed; ``resource`` is its plural, as roles name it."""

    api_version: str
    kind: str
    resource: str

    @classmethod
    def read(cls, text: str) -> Self:
        """From ``apiVersion/Kind=resource``, such as ``networking.k8s.io/v1/NetworkPolicy=networkpolicies``.

        Raises ValueError, with what would be right.
        """
        match = _OPTION.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not of the form apiVersion/Kind=resource, as in v1/ConfigMap=configmaps")
        return cls(match["api_version"], match["kind"], match["resource"])

    @property
    def group(self) -> str:
        """Empty for Kubernetes' core group."""
        return group_of(self.api_version)

    @property
    def version(self) -> str:
        """Of its group."""
        return self.api_version.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.kind} ({self.api_version})"


def group_of(api_version: str) -> str:
    """The group in an ``apiVersion``; empty for the core group."""
    return api_version.rpartition("/")[0]


def is_built_in(api_version: str) -> bool:
    """Whether the kinds of this group are Kubernetes' own."""
    return group_of(api_version) in _BUILT_IN_GROUPS


def is_never_allowed(api_version: str, kind: str, resource: str = "") -> bool:
    """Whether objects of this kind are made under no circumstances."""
    group = group_of(api_version)
    return group in NEVER_GROUPS or _is_in(NEVER, group, kind, resource)


def refusal(kind: OtherKind, *, dangerous_allowed: bool) -> str:
    """Why a kind cannot be allowed, and what could be done; empty if it can."""
    if is_never_allowed(kind.api_version, kind.kind, kind.resource):
        return f"{kind} is never allowed: it would give away rights, credentials or the operators' own objects"
    if not dangerous_allowed and _is_in(DANGEROUS, kind.group, kind.kind, kind.resource):
        return (
            f"{kind} runs pods, leads traffic or gives files past the rules for Templates; "
            "it takes otherResources.allowDangerousKinds (--allow-dangerous-kinds) as well"
        )
    return ""


def _is_in(kinds: Mapping[str, str], group: str, kind: str, resource: str) -> bool:
    suffix = f".{group}" if group else ""
    return any(
        name == f"{resource}{suffix}" or (known == kind and name.partition(".")[2] == group)
        for name, known in kinds.items()
    )
