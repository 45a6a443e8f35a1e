"""Which reasons does the graph itself give? Those of parts and arrows for which nobody else has a word."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jupyternetes.api.reasons import Reason

NO_PODS: Final = Reason("NoPods", "There is no pod of it.")
UNAVAILABLE: Final = Reason("Unavailable", "This part of the cluster is not available.")
DEGRADED: Final = Reason("Degraded", "This part of the cluster works only in part.")
QUOTA_USED_UP: Final = Reason("QuotaUsedUp", "The quota is used up.")
NO_LEADER: Final = Reason("NoLeader", "No replica of the operator leads.")
LEASE_NOT_RENEWED: Final = Reason("LeaseNotRenewed", "The operator has not renewed its Lease in time.")

#: All of them by name.
GRAPH_REASONS: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        each.name: each
        for each in (
            NO_PODS,
            UNAVAILABLE,
            DEGRADED,
            QUOTA_USED_UP,
            NO_LEADER,
            LEASE_NOT_RENEWED,
        )
    }
)
