"""The other-resources operator's part of an Instance's status."""

from collections.abc import Mapping

from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import InstanceStatus, OtherState


def fields(
    entries: Mapping[str, OtherState], provisioned: Mapping[str, str], condition: Condition | None
) -> InstanceStatus:
    """The status as the operator wants its fields to read; no condition if there is nothing to speak of."""
    return InstanceStatus(
        other_resources=dict(entries),
        other_resources_provisioned=dict(provisioned),
        conditions=() if condition is None else (condition,),
    )
