"""The Pod operator's part of an Instance's status."""

from collections.abc import Mapping

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance, PodState, Provisioned
from jupyternetes.operators.status.adopt_fields import Fields
from jupyternetes.operators.status.conditions import condition_fields
from jupyternetes.operators.status.writer import present

MANAGER = "jupyternetes-pods"


def own(instance: Instance) -> Fields:
    """The operator's fields as they stand."""
    return fields(
        {name: state for name, state in instance.status.pods.items() if is_recorded(state)},
        instance.status.pods_provisioned,
        conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED),
        instance.status.observed_generation,
    )


def fields(
    pods: Mapping[str, PodState], provisioned: Provisioned, condition: Condition | None, generation: int
) -> Fields:
    """The operator's fields as they are written; of a state only ``Error`` is the Pod operator's."""
    part: Fields = {
        "pods": {name: _entry(state) for name, state in pods.items()},
        "podsProvisioned": provisioned,
        "conditions": [condition_fields(condition)] if condition else [],
    }
    return part | {"observedGeneration": generation} if generation else part


def is_recorded(state: PodState) -> bool:
    """Whether anything in the entry is the Pod operator's."""
    return bool(state.resource_name or state.uid or state.start_id or state.error_message or state.state == "Error")


def _entry(state: PodState) -> Fields:
    entry = present(resourceName=state.resource_name, uid=state.uid, startId=state.start_id)
    entry |= {"errorMessage": state.error_message, "parameters": dict(state.parameters)}
    return entry | {"state": "Error"} if state.state == "Error" else entry
