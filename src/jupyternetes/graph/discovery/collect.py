"""Reading a deployment's objects from the cluster: each kind once a namespace, all at the same time."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final

from jupyternetes.api.fields import INDISPENSABLE_OPERATORS
from jupyternetes.api.identity import lease_name
from jupyternetes.api.labels import INSTANCE
from jupyternetes.api.resources import TEMPLATES
from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.graph.discovery.objects.cluster import CLAIMS, CLUSTER_NODES, EVENTS, QUOTAS, Lease
from jupyternetes.graph.discovery.objects.gateway import HTTP_ROUTES
from jupyternetes.graph.discovery.objects.instances import INSTANCES
from jupyternetes.graph.discovery.objects.openshift import ROUTES
from jupyternetes.graph.discovery.objects.pod import PODS, Pod
from jupyternetes.graph.discovery.objects.services import ENDPOINT_SLICES, INGRESSES, SERVICES
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.reader import Reader
from jupyternetes.graph.discovery.recent_events import RecentEvents
from jupyternetes.graph.discovery.recognise import COMPONENT, recognise
from jupyternetes.graph.discovery.servers.gate_leases import gate_leases
from jupyternetes.graph.discovery.servers.operators import lease_of
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Gap
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.objects import ObjectKey, T
from jupyternetes.runtime.resource import Resource

#: Pods of Instances are many, and their Instances say all about them.
NOT_OF_INSTANCES: Final = f"!{INSTANCE}"
WARNINGS: Final = "type=Warning"
#: How far back Events are read: about as long as the API server keeps them.
EVENTS_FOR: Final = timedelta(hours=1)

_NODES_NOT_ASKED: Final = Gap(
    what="nodes of the cluster",
    why="they were not asked for",
    remedy="Ask for them with --cluster; that takes the right to list nodes in the whole cluster.",
)


async def collect(client: Client, namespaces: Sequence[str], *, cluster: bool = False) -> Observed:
    """What the graph needs of everything in ``namespaces``, as far as the account of ``client`` may read it.

    It raises nothing for what is refused or does not answer: that is among the gaps, each with the right that is
    missing. With ``cluster`` the cluster's nodes and OpenShift's ClusterOperators are read as well. Secrets and
    ConfigMaps never are. What a hub tells is not known here; ``dataclasses.replace`` adds it.
    """
    return await collect_from(Reader(client), namespaces, cluster=cluster)


async def collect_from(reader: Reader, namespaces: Sequence[str], *, cluster: bool = False) -> Observed:
    """The same of what ``reader`` gives, which has read nothing yet."""
    now = utc_now()
    events = RecentEvents(rfc3339(now - EVENTS_FOR))
    async with asyncio.TaskGroup() as tasks:

        def each(
            resource: Resource[T], labels: str = "", fields: str = "", keep: Callable[[T], bool] | None = None
        ) -> asyncio.Task[list[T]]:
            reading = reader.list_in(resource, namespaces, label_selector=labels, field_selector=fields, keep=keep)
            return tasks.create_task(reading)

        tasks.create_task(reader.read_version())
        instances, templates, pods = each(INSTANCES), each(TEMPLATES), each(PODS, labels=NOT_OF_INSTANCES)
        services, slices, ingresses = each(SERVICES), each(ENDPOINT_SLICES), each(INGRESSES)
        routes = tasks.create_task(reader.list_if_served(ROUTES, namespaces))
        http_routes = tasks.create_task(reader.list_if_served(HTTP_ROUTES, namespaces))
        claims, quotas = each(CLAIMS), each(QUOTAS)
        each(EVENTS, fields=WARNINGS, keep=events.offer)
        nodes = tasks.create_task(reader.list_in(CLUSTER_NODES, [None])) if cluster else None
        operators = tasks.create_task(reader.cluster_operators()) if cluster else None
    of_gates = [lease for _, lease in gate_leases(templates.result())]
    leases = await _leases(reader, namespaces, pods.result(), of_gates, expected=bool(instances.result()))
    knows_nodes = nodes is not None and (CLUSTER_NODES.plural, "") not in reader.unread
    return Observed(
        taken=rfc3339(now),
        namespaces=tuple(namespaces),
        api=reader.api,
        instances=instances.result(),
        templates=templates.result(),
        pods=pods.result(),
        claims=claims.result(),
        services=services.result(),
        endpoint_slices=slices.result(),
        ingresses=ingresses.result(),
        routes=routes.result(),
        http_routes=http_routes.result(),
        quotas=quotas.result(),
        leases=leases,
        events=events.newest_first(),
        cluster_nodes=nodes.result() if nodes is not None and knows_nodes else None,
        cluster_operators=operators.result() if operators is not None else (),
        unread=frozenset(reader.unread),
        gaps=[*reader.gaps, *([] if cluster else [_NODES_NOT_ASKED])],
    )


async def _leases(
    reader: Reader, namespaces: Sequence[str], pods: Iterable[Pod], of_gates: Iterable[ObjectKey], *, expected: bool
) -> list[Lease]:
    """The Leases that operators name; where an operator that is ``expected`` has no pod, one of the usual name.

    Those of gates are somebody else's, so that one which may not be read is no gap.
    """
    operators = [pod for pod in pods if (role := recognise(pod)) and role.kind is kinds.OPERATOR]
    missing = (
        set(INDISPENSABLE_OPERATORS) - {pod.metadata.labels.get(COMPONENT, "") for pod in operators}
        if expected
        else set[str]()
    )
    usual = [ObjectKey(namespace, lease_name(account)) for namespace in namespaces for account in missing]
    return await reader.leases(map(lease_of, operators), [*usual, *of_gates])
