"""The PVC operator's part of an Instance's status."""

from collections.abc import Mapping

from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import ClaimState, InstanceStatus, Provisioned


def fields(claims: Mapping[str, ClaimState], provisioned: Provisioned, condition: Condition) -> InstanceStatus:
    """The status as the PVC operator wants its fields to read."""
    return InstanceStatus(pvcs=dict(claims), pvcs_provisioned=provisioned, conditions=(condition,))


def progress(wanted: int, claims: Mapping[str, ClaimState]) -> Provisioned:
    """How far it got: ``wanted`` is the number of claims that the Template asks for."""
    done = sum(state.state == "Processed" for state in claims.values())
    if done >= wanted:
        return "Completed"
    return "Partially Processed" if done else "Pending"
