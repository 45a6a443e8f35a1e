"""Which fields of claims, quotas, Events, Leases and nodes does the graph read?

https://kubernetes.io/docs/reference/kubernetes-api/
"""

from typing import Final

from msgspec import field

from jupyternetes.api import core
from jupyternetes.api.metadata import Slim
from jupyternetes.api.shared import share
from jupyternetes.runtime.decoding import Identity
from jupyternetes.runtime.lease import LeaseSpec
from jupyternetes.runtime.resource import Resource


class ClaimSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of a PersistentVolumeClaim; ``volume_name``, of what it is bound to, is empty before that."""

    storage_class_name: str | None = None
    volume_name: str = ""


class Claim(Slim, frozen=True, kw_only=True):
    """A PersistentVolumeClaim, without its labels: there may be one for every user."""

    metadata: Identity = Identity()
    spec: ClaimSpec = ClaimSpec()
    status: core.ClaimStatus = core.ClaimStatus()

    def __post_init__(self) -> None:
        share(self.metadata, "namespace")
        share(self.status, "phase")
        if self.spec.storage_class_name is not None:
            share(self.spec, "storage_class_name")


class QuotaStatus(Slim, frozen=True, kw_only=True):
    """``status`` of a ResourceQuota: amounts by resource."""

    hard: dict[str, str] = field(default_factory=dict[str, str])
    used: dict[str, str] = field(default_factory=dict[str, str])


class Quota(Slim, frozen=True, kw_only=True):
    """A ResourceQuota."""

    metadata: Identity = Identity()
    status: QuotaStatus = QuotaStatus()


class EventSeries(Slim, frozen=True, kw_only=True):
    """How an Event that happens again and again went on."""

    last_observed_time: str = ""


class Event(core.Event, frozen=True, kw_only=True):
    """An Event, with its series, which is where newer reporters such as the scheduler say when it happened last."""

    series: EventSeries | None = None

    @property
    def last_seen(self) -> str:
        """When it happened last, RFC 3339; of a series, when that went on last."""
        series = self.series.last_observed_time if self.series else ""
        return series or super().last_seen


class HeldLease(LeaseSpec, frozen=True, rename="camel"):
    """``spec`` of a Lease, with when its holder renewed it last."""

    renew_time: str | None = None


class Lease(Slim, frozen=True, kw_only=True):
    """The Lease that the replicas of an operator share."""

    metadata: Identity = Identity()
    spec: HeldLease = HeldLease()


class NodeSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of a Node."""

    unschedulable: bool = False


class NodeStatus(Slim, frozen=True, kw_only=True):
    """``status`` of a Node; its conditions look like those of a Pod."""

    conditions: tuple[core.PodCondition, ...] = ()


class ClusterNode(Slim, frozen=True, kw_only=True):
    """A Node of the cluster."""

    metadata: Identity = Identity()
    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()


CLAIMS: Final = Resource("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", Claim)
QUOTAS: Final = Resource("", "v1", "resourcequotas", "ResourceQuota", Quota)
EVENTS: Final = Resource("", "v1", "events", "Event", Event, bookmarks=False)
CLUSTER_NODES: Final = Resource("", "v1", "nodes", "Node", ClusterNode)
LEASES: Final = Resource("coordination.k8s.io", "v1", "leases", "Lease", Lease)
