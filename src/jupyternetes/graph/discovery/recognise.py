"""Which part of a JupyterHub deployment is this pod? By labels first, then by name, then by ports.

Labels of Zero to JupyterHub (https://z2jh.jupyter.org), of KubeSpawner
(https://jupyterhub-kubespawner.readthedocs.io), of Open Data Hub's DeploymentConfigs
(https://github.com/opendatahub-io/jupyterhub-quickstart), and of our chart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.api.fields import OPERATORS
from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.kinds import EvidenceKind, NodeKind

COMPONENT: Final = "app.kubernetes.io/component"
_NAME: Final = "app.kubernetes.io/name"
DEPLOYMENT_CONFIG: Final = "deploymentconfig"

#: Ports by which the program behind them is known, where no label tells.
HUB_PORT: Final = 8081
PROXY_API_PORT: Final = 8001
DATABASE_PORTS: Final = (5432, 3306)


@dataclass(frozen=True, slots=True)
class Role:
    """What a pod is there for, and from what that is known; ``kind`` is None for one that the graph leaves out."""

    kind: NodeKind | None
    evidence: EvidenceKind
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A pod that has all ``labels`` and whose name begins with ``prefix`` is of ``kind``."""

    kind: NodeKind | None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    prefix: str = ""

    def matches(self, labels: Mapping[str, str], name: str) -> bool:
        """Whether it is about such a pod."""
        return name.startswith(self.prefix) and all(labels.get(key) == value for key, value in self.labels.items())

    def __str__(self) -> str:
        labels = ", ".join(f"{key}={value}" for key, value in self.labels.items())
        name = f", and a name that begins with {self.prefix}" if self.prefix else ""
        return f"labels {labels}{name}" if len(self.labels) > 1 else f"label {labels}{name}"


_COMPONENTS: Final[Mapping[str, NodeKind | None]] = {
    "singleuser-server": kinds.SERVER,
    "hub": kinds.HUB,
    "proxy": kinds.PROXY,
    "autohttps": kinds.INGRESS,
    "user-scheduler": kinds.USER_SCHEDULER,
    "user-placeholder": None,
    "image-puller": None,
    "hook-image-puller": None,
    "continuous-image-puller": None,
    "hook-image-awaiter": None,
}

#: The first that matches counts.
RULES: Final = (
    *(
        Rule(kind, {name: "jupyterhub", component: value})
        for value, kind in _COMPONENTS.items()
        for name, component in ((_NAME, COMPONENT), ("app", "component"))
    ),
    *(Rule(kinds.OPERATOR, {_NAME: "jupyternetes", COMPONENT: account}) for account in OPERATORS),
    Rule(kinds.HUB, {"app": "jupyterhub", DEPLOYMENT_CONFIG: "jupyterhub"}),
    Rule(kinds.DATABASE, {"app": "jupyterhub", DEPLOYMENT_CONFIG: "jupyterhub-db"}),
    Rule(kinds.SERVER, {"app": "jupyterhub"}, prefix="jupyterhub-nb-"),
    Rule(kinds.OAUTH, {"app": "oauth-openshift"}),
    Rule(kinds.DNS, {"k8s-app": "kube-dns"}),
    Rule(kinds.DNS, {"dns.operator.openshift.io/daemonset-dns": "default"}),
)


def recognise(pod: Pod) -> Role | None:
    """What a pod is there for, or None if nothing tells that it belongs to a JupyterHub."""
    if pod.of_instance:
        return Role(None, EvidenceKind.LABELLED, "it belongs to an Instance")
    return by_labels(pod.metadata.labels, pod.metadata.name) or _by_ports(pod)


def release_of(labels: Mapping[str, str]) -> str:
    """The release of a Helm chart that an object belongs to; empty if no label tells."""
    return labels.get("release") or labels.get("app.kubernetes.io/instance", "")


def by_labels(labels: Mapping[str, str], name: str = "") -> Role | None:
    """The same for labels alone, such as those by which a Service selects its pods."""
    found = next((rule for rule in RULES if rule.matches(labels, name)), None)
    return Role(found.kind, EvidenceKind.LABELLED, str(found)) if found else None


def _by_ports(pod: Pod) -> Role | None:
    names = {port.name for each in pod.spec.containers for port in each.ports}
    containers = {each.name for each in pod.spec.containers}
    if "notebook-port" in names:
        return Role(kinds.SERVER, EvidenceKind.LABELLED, "a port called notebook-port, as KubeSpawner calls it")
    if containers & {"hub", "jupyterhub"} and pod.listens_on(HUB_PORT):
        return Role(kinds.HUB, EvidenceKind.GUESSED, f"a container called like a hub, with port {HUB_PORT}")
    if "api" in names and pod.listens_on(PROXY_API_PORT):
        return Role(kinds.PROXY, EvidenceKind.GUESSED, f"a port called api, {PROXY_API_PORT}")
    if pod.listens_on(*DATABASE_PORTS):
        return Role(kinds.DATABASE, EvidenceKind.GUESSED, "a port of PostgreSQL or MySQL")
    return None
