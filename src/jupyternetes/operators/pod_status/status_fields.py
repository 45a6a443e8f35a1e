"""The Pod status operator's part of an Instance's status."""

from jupyternetes.api.instance import InstanceStatus
from jupyternetes.operators.pod_status.plan import PodsStatus


def fields(status: PodsStatus) -> InstanceStatus:
    """The status as the Pod status operator wants its fields to read."""
    return InstanceStatus(
        pods=dict(status.pods),
        last_termination=dict(status.terminations),
        address=status.address,
        node_name=status.node_name,
        conditions=(status.ready,) if status.ready else (),
    )
