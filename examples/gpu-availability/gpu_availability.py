"""Says in Templates how many GPUs of each kind are free, so that the form shows it beside the choices.

A Template's label ``gpus.example.org/variable`` names the variable by which people choose a kind of GPU; nodes have the
kind in the label ``gpus.example.org/kind``. Kinds that no node has are not mentioned.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from jupyternetes.sdk import Cluster, Json, Kind, Metadata, Object, Related, resource, run

GPU = "nvidia.com/gpu"
KIND, VARIABLE = "gpus.example.org/kind", "gpus.example.org/variable"
REFRESH = timedelta(minutes=5)  # the form says how old a number is


class NodeSpec(Struct, frozen=True):
    unschedulable: bool = False


class NodeStatus(Struct, frozen=True):
    allocatable: dict[str, str] = field(default_factory=dict[str, str])


class Node(Struct, frozen=True):
    """What is read of a node."""

    metadata: Metadata
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()


class Resources(Struct, frozen=True):
    limits: dict[str, str] = field(default_factory=dict[str, str])


class Container(Struct, frozen=True):
    resources: Resources = Resources()


class PodSpec(Struct, frozen=True):
    node: str = field(default="", name="nodeName")
    containers: tuple[Container, ...] = ()


class PodStatus(Struct, frozen=True):
    phase: str = ""


class Pod(Struct, frozen=True):
    """What is read of a pod, whosever it is."""

    metadata: Metadata
    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


NODES = Related(Kind("v1", "Node", "nodes", namespaced=False), Node, label_selector=KIND)
PODS = Related(Kind("v1", "Pod", "pods"), Pod, everywhere=True)


def free_by_kind(nodes: list[Node], pods: list[Pod]) -> dict[str, int]:
    """The GPUs that nobody has, on nodes that take pods."""
    used = Counter[str]()
    for pod in pods:
        if pod.status.phase not in ("Succeeded", "Failed"):
            used[pod.spec.node] += sum(int(each.resources.limits.get(GPU, 0)) for each in pod.spec.containers)
    free = Counter[str]()
    for node in nodes:
        left = int(node.status.allocatable.get(GPU, 0)) - used[node.metadata.name]
        free[node.metadata.labels[KIND]] += 0 if node.spec.unschedulable else max(0, left)
    return dict(free)


@resource(
    *("kadense.io/v1", "JupyterNotebookTemplate", "jupyternotebooktemplates"),
    label_selector=VARIABLE,
    owns=["availability"],
    related=[NODES, PODS],
    again_after=REFRESH.total_seconds(),
)
async def availability(template: Object, cluster: Cluster) -> Json:
    """Its part of a Template's status; a number that has not changed is written again when it has become old."""
    variable, now = template.metadata.labels[VARIABLE], datetime.now(UTC)
    told = {(each["variable"], each["value"]): each for each in template.status.get("availability", [])}
    entries: list[Json] = []
    for kind, free in sorted(free_by_kind(cluster.related(NODES), cluster.related(PODS)).items()):
        before = told.get((variable, kind))
        if before and before["free"] == free and now - datetime.fromisoformat(before["observed"]) < REFRESH:
            entries.append(before)
        else:
            observed = now.strftime("%Y-%m-%dT%H:%M:%SZ")
            entries.append({"variable": variable, "value": kind, "free": free, "observed": observed})
    return {"availability": entries}


if __name__ == "__main__":
    run(availability, name="gpu-availability")
