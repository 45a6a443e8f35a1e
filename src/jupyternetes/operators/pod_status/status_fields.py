"""The Pod status operator's part of an Instance's status."""

from jupyternetes.api.instance import Instance, PodState, ProgressEntry, Termination
from jupyternetes.operators.pod_status.plan import PodsStatus, current_status
from jupyternetes.operators.status.adopt_fields import Fields
from jupyternetes.operators.status.conditions import condition_fields
from jupyternetes.operators.status.writer import present

MANAGER = "jupyternetes-pod-status"


def own(instance: Instance) -> Fields:
    """The operator's fields as they stand."""
    return fields(current_status(instance))


def fields(status: PodsStatus) -> Fields:
    """The operator's fields as they are written; empty ones are left out, so that nothing stale stays."""
    entries = {name: entry for name, state in status.pods.items() if (entry := _entry(state))}
    ended = {name: _termination(termination) for name, termination in status.terminations.items()}
    return present(address=status.address, nodeName=status.node_name) | {
        key: value
        for key, value in (
            ("pods", entries),
            ("lastTermination", ended),
            ("conditions", [condition_fields(status.ready)] if status.ready else []),
        )
        if value
    }


def _entry(state: PodState) -> Fields:
    own_state = state.state if state.state in ("Running", "Stopped") else None
    return present(
        state=own_state,
        observedUid=state.observed_uid,
        podAddress=state.pod_address,
        portNumber=state.port_number,
        reason=state.reason,
        message=state.message,
        exitCode=state.exit_code,
        restarts=state.restarts or None,
        progress=[_step(step) for step in state.progress] or None,
    )


def _step(step: ProgressEntry) -> Fields:
    return present(time=step.time, reason=step.reason, message=step.message)


def _termination(termination: Termination) -> Fields:
    return present(
        time=termination.time,
        reason=termination.reason,
        exitCode=termination.exit_code,
        message=termination.message,
    )
