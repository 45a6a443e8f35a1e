"""How full volumes are, by the word of a Prometheus: the API server does not know it.

https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries ·
https://kubernetes.io/docs/reference/instrumentation/metrics/ (``kubelet_volume_stats_used_bytes``)
"""

import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Final

import aiohttp
import msgspec
from msgspec import Struct, field

from jupyternetes.graph.model.graph import Gap, Graph, Node, Series
from jupyternetes.graph.model.kinds import CLAIM, MOUNTS, VOLUME
from jupyternetes.graph.observability.masking import mask
from jupyternetes.runtime.objects import ObjectKey

_METRIC: Final = "kubelet_volume_stats_used_bytes"
_LIMIT: Final = aiohttp.ClientTimeout(total=20, connect=5)
_WHAT: Final = "how full volumes are"


class _Sample(Struct, frozen=True):
    metric: dict[str, str]
    value: tuple[float, str]


class _Data(Struct, frozen=True, rename={"kind": "resultType"}):
    kind: str = ""
    result: list[_Sample] = field(default_factory=list[_Sample])


class _Answer(Struct, frozen=True):
    status: str
    data: _Data = _Data()
    error: str = ""


async def with_volume_usage(graph: Graph, url: str) -> Graph:
    """``graph`` with the bytes that are used of each claim, and of the claims of each server.

    ``url`` is where the Prometheus is, without ``/api``. One query, for the namespaces of the claims. It raises
    nothing: what stands in the way is a gap.
    """
    claims = [node for node in graph.nodes if node.kind in (CLAIM.name, VOLUME.name)]
    if not claims:
        return graph
    try:
        used = await _query(url, sorted({node.namespace for node in claims}))
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
        gap = Gap(what=_WHAT, why=mask(f"the Prometheus does not tell ({type(error).__name__}: {error})"[:300]))
        return _replaced(graph, {}, (gap,))
    return _replaced(graph, _usage(graph, claims, used), () if used else (_NOTHING,))


_NOTHING: Final = Gap(
    what=_WHAT,
    why=f"the Prometheus has no {_METRIC} of these namespaces",
    remedy="Let it scrape the kubelets' /metrics; volumes on a node's own disk have no such figure.",
)


async def _query(url: str, namespaces: Iterable[str]) -> dict[ObjectKey, int]:
    wanted = "|".join(map(re.escape, namespaces))
    query = {"query": f'{_METRIC}{{namespace=~"{wanted}"}}'.replace("\\", "\\\\")}
    async with (
        aiohttp.ClientSession(timeout=_LIMIT, trust_env=True) as session,
        session.get(f"{url.rstrip('/')}/api/v1/query", params=query) as response,
    ):
        body = await response.read()
        if response.status != 200:
            raise ValueError(f"HTTP status {response.status}")
    answer = msgspec.json.decode(body, type=_Answer)
    if answer.status != "success" or answer.data.kind != "vector":
        raise ValueError(answer.error or "the answer is no vector")
    return {
        ObjectKey(each.metric.get("namespace", ""), each.metric.get("persistentvolumeclaim", "")): int(amount)
        for each in answer.data.result
        if isfinite(amount := float(each.value[1]))
    }


def _usage(graph: Graph, claims: Iterable[Node], used: Mapping[ObjectKey, int]) -> dict[str, int]:
    """Bytes by node: of claims, and of everything that mounts them."""
    usage: dict[str, int] = {}
    for claim in claims:
        keys = (ObjectKey(each.namespace, each.name) for each in claim.objects)
        found = [used[key] for key in keys if key in used]
        if not found:
            continue
        usage[claim.id] = sum(found)
        for edge in graph.out_of.get(claim.id, ()):
            if edge.kind == MOUNTS.name:
                usage[edge.target] = usage.get(edge.target, 0) + sum(found)
    return usage


def _replaced(graph: Graph, usage: Mapping[str, int], gaps: tuple[Gap, ...]) -> Graph:
    def with_usage(node: Node) -> Node:
        series = msgspec.structs.replace(node.series or Series(), volume_used_bytes=usage[node.id])
        return msgspec.structs.replace(node, series=series)

    nodes = (with_usage(node) if node.id in usage else node for node in graph.nodes)
    return graph.replaced(nodes=nodes, gaps=(*graph.gaps, *gaps))
