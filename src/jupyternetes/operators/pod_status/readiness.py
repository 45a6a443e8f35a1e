"""Whether a pod serves, and what keeps it from that. Pure.

The pod's own condition Ready stays false for ever once a container beside the server has done its work and ended, so we
count containers ourselves. Readiness gates and every container that still runs count as they do in Kubernetes.
https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-status
"""

from jupyternetes.api.core import ContainerState, Pod
from jupyternetes.operators.pod_status.containers import Member, Role, describe, members


def is_ready(pod: Pod) -> bool:
    """Whether it can be reached and serves: condition Ready, or only lacking it for containers that ended well."""
    return bool(pod.status.pod_ip) and ready_time(pod) is not None


def ready_time(pod: Pod) -> str | None:
    """Since when it has been ready (RFC 3339), as far as Kubernetes tells; None if it is not."""
    ready = next((condition for condition in pod.status.conditions if condition.type == "Ready"), None)
    if ready is not None and ready.status == "True":
        return ready.last_transition_time or ""
    if not _ready_but_for_ended(pod):
        return None
    return max(_last_change(status.state) for status in pod.status.container_statuses)


def hindrance(pod: Pod) -> str:
    """What keeps the pod from being ready, with the names of containers and readiness gates; empty if nothing known."""
    waiting = [_of_container(member) for member in members(pod) if not member.in_order]
    gates = [f"Readiness gate {gate} is not true." for gate in _closed_gates(pod)]
    return " ".join(waiting + gates)


def _ready_but_for_ended(pod: Pod) -> bool:
    found = members(pod)
    reported = {member.name for member in found}
    return (
        any(member.ended_well and member.role is Role.BESIDE for member in found)
        and any(member.status.ready and member.role is not Role.INIT for member in found)
        and all(member.in_order for member in found)
        and all(container.name in reported for container in (*pod.spec.init_containers, *pod.spec.containers))
        and not _closed_gates(pod)
    )


def _closed_gates(pod: Pod) -> list[str]:
    conditions = {condition.type: condition.status for condition in pod.status.conditions}
    gates = (gate.condition_type for gate in pod.spec.readiness_gates)
    return [gate for gate in gates if conditions.get(gate) != "True"]


def _of_container(member: Member) -> str:
    end = member.last_end
    if end is None or member.running:
        return f"Container {member.name} is not ready."
    again = "is not started again" if member.stays_ended else "is started again"
    return f"Container {member.name} ended, {describe(end)}, and {again}."


def _last_change(state: ContainerState) -> str:
    """When the container began to run, or ended; RFC 3339, so that texts sort as times."""
    began = state.running.started_at if state.running else None
    ended = state.terminated.finished_at if state.terminated else None
    return began or ended or ""
