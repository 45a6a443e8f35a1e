"""The Pod status operator's part of an Instance's status."""

from collections.abc import Mapping

import msgspec

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance, PodState, ProgressEntry, Termination
from jupyternetes.operators.shared.status import Fields, condition_fields, present

MANAGER = "jupyternetes-pod-status"


def own(instance: Instance) -> Fields:
    """The operator's fields as they stand."""
    status = instance.status
    ready = conditions.find(status.conditions, conditions.READY)
    return fields(status.pods, status.last_termination, ready, address=status.address, node_name=status.node_name)


def fields(
    pods: Mapping[str, PodState],
    terminations: Mapping[str, Termination],
    ready: Condition | None,
    *,
    address: str = "",
    node_name: str = "",
) -> Fields:
    """The operator's fields as they are written; empty ones are left out, so that nothing stale stays."""
    entries = {name: entry for name, state in pods.items() if (entry := _entry(state))}
    ended = {name: _termination(termination) for name, termination in terminations.items()}
    return present(address=address, nodeName=node_name) | {
        key: value
        for key, value in (
            ("pods", entries),
            ("lastTermination", ended),
            ("conditions", [condition_fields(ready)] if ready else []),
        )
        if value
    }


def without_progress(part: Fields) -> Fields:
    """The fields that somebody waits for; progress is only looked at."""
    pods = part.get("pods")
    if not isinstance(pods, dict):
        return part
    trimmed = {
        name: {key: value for key, value in entry.items() if key != "progress"}
        for name, entry in msgspec.convert(pods, dict[str, Fields]).items()
    }
    return part | {"pods": trimmed}


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
