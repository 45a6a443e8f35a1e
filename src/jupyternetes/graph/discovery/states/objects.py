"""How do claims, quotas, Templates, Leases and nodes fare?"""

from datetime import datetime, timedelta
from typing import Final

from jupyternetes.api import claim_reasons, conditions, reasons
from jupyternetes.api.template import Template
from jupyternetes.graph.discovery.objects.cluster import Claim, ClusterNode, Lease, Quota
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health, since
from jupyternetes.graph.model.graph_reasons import LEASE_NOT_RENEWED, NO_LEADER, QUOTA_USED_UP
from jupyternetes.graph.model.kinds import State
from jupyternetes.graph.observability.quantities import amount


def of_claim(claim: Claim) -> Health:
    """https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase"""
    if claim.metadata.deletion_timestamp is not None:
        return Health(State.STOPPING, "Terminating")
    match claim.status.phase:
        case "Bound":
            return Health(State.OK)
        case "Lost":
            return Health(State.FAILING, claim_reasons.CLAIM_LOST.name, "The volume of the claim is gone.")
        case _:
            return Health(State.STARTING, "Pending", "The claim is not bound to a volume yet.")


#: What pods, claims, Instances and start Secrets take of a quota. One on anything else keeps no server from starting.
_QUOTA_RESOURCES: Final = frozenset(
    {
        *("pods", "cpu", "memory", "ephemeral-storage", "persistentvolumeclaims", "secrets"),
        *("count/pods", "count/persistentvolumeclaims", "count/secrets", "count/jupyternotebookinstances.kadense.io"),
    }
)
_QUOTA_PREFIXES: Final = ("requests.", "limits.")


def of_quota(quota: Quota) -> Health:
    """Fails once anything that a server needs is used up.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    hard, used = quota.status.hard, quota.status.used
    full = [name for name in sorted(hard) if _limits_servers(name) and _is_used_up(hard[name], used.get(name, "0"))]
    if not full:
        return Health(State.OK if hard else State.UNKNOWN)
    amounts = ", ".join(f"{name}: {used[name]} of {hard[name]}" for name in full)
    return Health(State.FAILING, QUOTA_USED_UP.name, f"The quota is used up: {amounts}.")


def of_template(template: Template) -> Health:
    """By the Pod operator's condition Accepted."""
    accepted = conditions.find(template.status.conditions, conditions.ACCEPTED)
    if template.metadata.deleting:
        return Health(State.STOPPING, "Terminating")
    if accepted is None:
        return Health(State.UNKNOWN, message="No operator has checked it yet.")
    state = {"True": State.OK, "False": State.FAILING}.get(accepted.status, State.UNKNOWN)
    shown = accepted.message if state is not State.OK else ""
    return Health(state, accepted.reason, shown, accepted.last_transition_time)


#: Seconds by which the clocks of the operator and of whoever looks may differ.
_CLOCKS: Final = 15


def of_lease(lease: Lease, now: str) -> Health:
    """Whether a replica holds the Lease of an operator and renewed it in time. ``now`` is RFC 3339."""
    spec = lease.spec
    if not spec.holder_identity:
        return Health(State.STARTING, NO_LEADER.name, NO_LEADER.sentence)
    try:
        renewed, read = datetime.fromisoformat(spec.renew_time or ""), datetime.fromisoformat(now)
        late = read - renewed > timedelta(seconds=(spec.lease_duration_seconds or 0) + _CLOCKS)
    except (ValueError, TypeError, OverflowError):
        return UNKNOWN
    if late:
        message = f"{spec.holder_identity} has not renewed the Lease {lease.metadata.name} in time."
        return Health(State.FAILING, LEASE_NOT_RENEWED.name, message, spec.renew_time or "")
    return Health(State.OK)


_PRESSURES: Final = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")


def of_cluster_node(node: ClusterNode) -> Health:
    """https://kubernetes.io/docs/reference/node/node-status/#condition"""
    found = {condition.type: condition for condition in node.status.conditions}
    ready = found.pop("Ready", None)
    if ready is None:
        return UNKNOWN
    if ready.status != "True":
        return Health(State.FAILING, reasons.NODE_NOT_READY.name, ready.message, since(ready))
    # Others add conditions of their own, some of which are True while all is well.
    if pressure := next((each for kind in _PRESSURES if (each := found.get(kind)) and each.status == "True"), None):
        return Health(State.FAILING, pressure.type, pressure.message, since(pressure))
    return Health(State.OK, "SchedulingDisabled" if node.spec.unschedulable else "", since=since(ready))


def _limits_servers(resource: str) -> bool:
    of_storage_class = ".storageclass." in resource
    return resource in _QUOTA_RESOURCES or resource.startswith(_QUOTA_PREFIXES) or of_storage_class


def _is_used_up(hard: str, used: str) -> bool:
    limit, taken = amount(hard), amount(used)
    return limit is not None and taken is not None and 0 < limit <= taken
