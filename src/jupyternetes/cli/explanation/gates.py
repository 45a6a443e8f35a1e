"""Who is asked before the server starts or stops, who would answer, and what was answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from jupyternetes.api import gate_reasons
from jupyternetes.api.gate import MAX_GATE_SECONDS, Gate
from jupyternetes.api.instance import GateState
from jupyternetes.cli.explanation.collect import Facts
from jupyternetes.cli.explanation.waiting import time_left
from jupyternetes.operators.pods.gates.answers import Answer, answer
from jupyternetes.operators.pods.gates.asking import standing
from jupyternetes.runtime.lease import LeaseRecord
from jupyternetes.templating import CompiledTemplate


class GateSaid(Struct, frozen=True, kw_only=True):
    """``status``, ``reason`` and ``message`` are the answer's; empty if there is none. ``lease``: how that fares."""

    name: str
    before: str
    asked_at: str
    status: str
    reason: str
    message: str
    words: str
    lease: str


def gates(known: Facts, compiled: CompiledTemplate | None) -> Iterator[GateSaid]:
    """Those of the Template in its order, then those that are asked without it."""
    of_template = {gate.name: gate for gate in compiled.gates} if compiled is not None else {}
    asked = standing(known.instance)
    for name in dict.fromkeys((*of_template, *asked)):
        gate, record = of_template.get(name), asked.get(name)
        yield _said(known, name, gate, record)


def _said(known: Facts, name: str, gate: Gate | None, asked: GateState | None) -> GateSaid:
    lease = gate.lease if gate is not None else ""
    told = answer(name, asked, known.instance.status.conditions) if asked is not None else Answer()
    return GateSaid(
        name=name,
        before=gate.before if gate is not None else asked.before if asked is not None else "",
        asked_at=asked.asked_at if asked is not None else "",
        status=told.status,
        reason=told.reason,
        message=told.message,
        words=_words(gate, asked, told, known.now),
        lease=_lease(lease, known.leases[lease], known.now) if lease in known.leases else "",
    )


def _words(gate: Gate | None, asked: GateState | None, told: Answer, now: datetime) -> str:
    if gate is None:
        return "the current Template has no such gate, so nobody waits for it"
    if asked is None:
        return f"not asked; it is at each {gate.before.lower()}"
    words = ": ".join(filter(None, (told.reason, told.message.rstrip("."))))
    said = f": {words}" if words else ""
    if told.status == "True":
        return f"it lets it go on{said}."
    if told.status == "False" and gate.before == "Stop":
        return f"it says that its work failed, and the stop goes on{said}."
    if told.status == "False":
        return f"it refuses it{said}. {gate_reasons.GATE_REFUSED.advice}"
    state = f"it is at work{said}" if told.status else "it has not answered"
    left = time_left(asked.asked_at, min(gate.timeout_seconds, MAX_GATE_SECONDS[gate.before]), now)
    if gate.before == "Stop" or gate.on_timeout == "Proceed":
        return f"{state}{left}, then the {gate.before.lower()} goes on."
    return f"{state}{left}, then the start comes to nothing. {gate_reasons.GATE_TIMEOUT.advice}"


def _lease(name: str, lease: LeaseRecord | None, now: datetime) -> str:
    """By the clock of whoever asks, which the operators do not go by: they watch whether it changes."""
    if lease is None:
        return f"there is no Lease {name}: its operator does not run"
    spec = lease.spec
    if not spec.holder_identity:
        return f"nobody holds Lease {name}: its operator does not run"
    lasts = timedelta(seconds=spec.lease_duration_seconds or 15)
    try:
        over = now - datetime.fromisoformat(spec.renew_time or "") > lasts
    except (TypeError, ValueError):
        return f"{spec.holder_identity} holds Lease {name}"
    state = "has run out" if over else "has not run out"
    return f"{spec.holder_identity} renewed Lease {name} at {spec.renew_time}, and it {state}"
