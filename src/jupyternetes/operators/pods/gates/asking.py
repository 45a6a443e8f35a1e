"""Who is asked, and of which generation: what is on record of that in the status, which outlives this process. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from jupyternetes.api import reasons
from jupyternetes.api.gate import Gate
from jupyternetes.api.instance import GateState, Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.api.times import rfc3339_micro


def gates_ahead(instance: Instance, gates: Iterable[Gate]) -> list[Gate]:
    """Those of a Template's ``gates`` that are before what the Instance is to do."""
    before = _step(instance)
    return [gate for gate in gates if gate.before == before]


def standing(instance: Instance) -> dict[str, GateState]:
    """What is on record of the present start or stop; a later edit of the spec asks nobody again."""
    before, start_id = _step(instance), instance.spec.start_id
    records = instance.status.gates.items()
    return {name: each for name, each in records if (each.before, each.start_id) == (before, start_id)}


def asked(instance: Instance, gates: Iterable[Gate], now: datetime) -> dict[str, GateState]:
    """The record with all of ``gates``: those that are not on it are asked now, of the present generation."""
    records = standing(instance)
    for gate in gates:
        if gate.name not in records:
            records[gate.name] = GateState(
                before=gate.before,
                generation=instance.metadata.generation,
                start_id=instance.spec.start_id,
                asked_at=rfc3339_micro(now),
            )
    return records


def to_keep(instance: Instance, reason: Reason) -> Mapping[str, GateState]:
    """What stays on record with a report of ``reason``: nothing of a start that is wound up."""
    return {} if reason in (reasons.SUSPENDED, reasons.START_SPENT) else standing(instance)


def _step(instance: Instance) -> str:
    return "Stop" if instance.spec.suspend else "Start"
