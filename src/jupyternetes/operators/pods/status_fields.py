"""The Pod operator's part of an Instance's status."""

from collections.abc import Mapping

from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import GateState, InstanceStatus, PodState, Provisioned


def fields(
    pods: Mapping[str, PodState],
    provisioned: Provisioned,
    condition: Condition,
    generation: int,
    gates: Mapping[str, GateState],
) -> InstanceStatus:
    """The status as the Pod operator wants its fields to read."""
    return InstanceStatus(
        observed_generation=generation,
        pods=dict(pods),
        pods_provisioned=provisioned,
        gates=dict(gates),
        conditions=(condition,),
    )
