"""What do pods use, by the samples of metrics-server?

https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/#metrics-api
"""

from dataclasses import dataclass

import msgspec
from msgspec import Struct, field

from jupyternetes.graph.observability.quantities import amount
from jupyternetes.runtime.client import Client


class _Usage(Struct, frozen=True):
    cpu: str = ""
    memory: str = ""


class _Container(Struct, frozen=True):
    usage: _Usage = _Usage()


class _Metadata(Struct, frozen=True):
    name: str = ""


class _Sample(Struct, frozen=True):
    metadata: _Metadata = _Metadata()
    containers: list[_Container] = field(default_factory=list[_Container])


class _Samples(Struct, frozen=True):
    items: list[_Sample] = field(default_factory=list[_Sample])


@dataclass(frozen=True, slots=True)
class Used:
    """What the containers of a pod use together: bytes of memory, and cores."""

    memory: int
    cores: float


async def read_usage(client: Client, namespace: str, label_selector: str = "") -> dict[str, Used]:
    """By the names of the pods. Raises the kinds of errors of ``Client``, and msgspec.DecodeError."""
    path = f"/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods"
    query = {"labelSelector": label_selector} if label_selector else {}
    body = await client.read("pods.metrics.k8s.io", path, query)
    return {each.metadata.name: _sum(each) for each in msgspec.json.decode(body, type=_Samples).items}


def _sum(sample: _Sample) -> Used:
    memory = sum(amount(container.usage.memory) or 0 for container in sample.containers)
    cores = sum(amount(container.usage.cpu) or 0 for container in sample.containers)
    return Used(round(memory), round(cores, 6))
