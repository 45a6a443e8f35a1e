"""The Pod status operator's part of an Instance's status."""

from jupyternetes.api.instance import Instance, PodState, ProgressEntry, Termination
from jupyternetes.operators.pod_status.plan import Verdict, standing
from jupyternetes.operators.shared.conditions import condition_fields
from jupyternetes.operators.shared.status import present
from jupyternetes.operators.shared.takeover import Fields

MANAGER = "jupyternetes-pod-status"


def own(instance: Instance) -> Fields:
    """The operator's fields as they stand."""
    return fields(standing(instance))


def fields(verdict: Verdict) -> Fields:
    """The operator's fields as they are written; empty ones are left out, so that nothing stale stays."""
    entries = {name: entry for name, state in verdict.pods.items() if (entry := _entry(state))}
    ended = {name: _termination(termination) for name, termination in verdict.terminations.items()}
    return present(address=verdict.address, nodeName=verdict.node_name) | {
        key: value
        for key, value in (
            ("pods", entries),
            ("lastTermination", ended),
            ("conditions", [condition_fields(verdict.ready)] if verdict.ready else []),
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
