"""The Pod operator's part of an Instance's status."""

from collections.abc import Mapping

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.core import Pod
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


def record(instance: Instance, pod: Pod) -> PodState:
    """The entry of a pod that exists."""
    return PodState(resource_name=pod.metadata.name, uid=pod.metadata.uid, start_id=instance.spec.start_id)


def failed(instance: Instance, entry: str, message: str) -> PodState:
    """The entry of a pod that could not be made.

    Where the Pod status operator's word on an earlier pod still stands, it takes that back first, now that there is an
    error to see: two managers with different words for one field are a conflict that neither could ever resolve.
    """
    before = instance.status.pods.get(entry)
    taken = before is not None and before.state in ("Running", "Stopped")
    state = "Processed" if taken else "Error"
    return PodState(start_id=instance.spec.start_id, state=state, error_message=message)


def progress(wanted: int, made: int) -> Provisioned:
    """How far it got."""
    if made >= wanted:
        return "Completed"
    return "Partially Processed" if made else "Pending"


def is_recorded(state: PodState) -> bool:
    """Whether anything in the entry is the Pod operator's."""
    return bool(state.resource_name or state.uid or state.start_id or state.error_message or state.state == "Error")


def _entry(state: PodState) -> Fields:
    entry = present(resourceName=state.resource_name, uid=state.uid, startId=state.start_id)
    entry |= {"errorMessage": state.error_message, "parameters": dict(state.parameters)}
    return entry | {"state": "Error"} if state.state == "Error" else entry
