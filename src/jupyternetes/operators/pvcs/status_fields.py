"""The PVC operator's part of an Instance's status."""

from collections.abc import Mapping

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import ClaimState, Instance, Provisioned
from jupyternetes.operators.status.adopt_fields import Fields
from jupyternetes.operators.status.conditions import condition_fields
from jupyternetes.operators.status.writer import present

MANAGER = "jupyternetes-pvcs"


def own(instance: Instance) -> Fields:
    """The operator's fields as they stand."""
    condition = conditions.find(instance.status.conditions, conditions.PVCS_PROVISIONED)
    return fields(instance.status.pvcs, instance.status.pvcs_provisioned, condition)


def fields(claims: Mapping[str, ClaimState], provisioned: Provisioned, condition: Condition | None) -> Fields:
    """The operator's fields as they are written."""
    return {
        "pvcs": {name: _claim(state) for name, state in claims.items()},
        "pvcsProvisioned": provisioned,
        "conditions": [condition_fields(condition)] if condition else [],
    }


def progress(wanted: int, claims: Mapping[str, ClaimState]) -> Provisioned:
    """How far it got: ``wanted`` is the number of claims that the Template asks for."""
    done = sum(state.state == "Processed" for state in claims.values())
    if done >= wanted:
        return "Completed"
    return "Partially Processed" if done else "Pending"


def _claim(state: ClaimState) -> Fields:
    return present(
        resourceName=state.resource_name,
        state=state.state,
        errorMessage=state.error_message,
        reclaimPolicy=state.reclaim_policy,
    ) | {"parameters": dict(state.parameters)}
