"""Who is asked before the server starts or stops, who would answer, and what was answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from jupyternetes.api import gate_reasons
from jupyternetes.api.gate import MAX_GATE_SECONDS, Gate
from jupyternetes.api.instance import GateState
from jupyternetes.cli.explanation.collect import Facts
from jupyternetes.cli.explanation.waiting import time_left
from jupyternetes.operators.pods.gates.answers import answer
from jupyternetes.operators.pods.gates.asking import standing
from jupyternetes.runtime.lease import LeaseRecord
from jupyternetes.templating import CompiledTemplate

_ANSWERS: Final = {"True": "it lets it go on", "False": "it refuses it", "Unknown": "it is at work"}


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
    before = gate.before if gate is not None else asked.before if asked is not None else "Start"
    lease = gate.lease if gate is not None else ""
    told = answer(name, asked, known.instance.status.conditions) if asked is not None else None
    return GateSaid(
        name=name,
        before=before,
        asked_at=asked.asked_at if asked is not None else "",
        status=told.status if told is not None else "",
        reason=told.reason if told is not None else "",
        message=told.message if told is not None else "",
        words=_words(known, gate, before, asked),
        lease=_lease(lease, known.leases[lease], known.now) if lease in known.leases else "",
    )


def _words(known: Facts, gate: Gate | None, before: str, asked: GateState | None) -> str:
    if asked is None:
        return f"not asked; it is at each {before.lower()}" if gate is not None else ""
    name = gate.name if gate is not None else ""
    told = answer(name, asked, known.instance.status.conditions) if name else None
    if gate is None:
        return "the current Template has no such gate, so nobody waits for it"
    if told is None or told.status not in ("True", "False"):
        left = time_left(asked.asked_at, min(gate.timeout_seconds, MAX_GATE_SECONDS[before]), known.now)
        goes_on = before == "Stop" or gate.on_timeout == "Proceed"
        then = f"then the {before.lower()} {'goes on' if goes_on else 'comes to nothing'}"
        state = _ANSWERS["Unknown"] if told is not None and told.status else "it has not answered"
        advice = "" if goes_on else f" {gate_reasons.GATE_REFUSED.advice}"
        words = ": ".join(filter(None, (told.reason, told.message))) if told is not None else ""
        return f"{state}{f' ({words})' if words else ''}{left}, {then}.{advice}"
    if told.status == "False" and before == "Stop":
        return _with_words("it says that its work failed; the stop goes on", told.reason, told.message)
    advice = f" {gate_reasons.GATE_REFUSED.advice}" if told.status == "False" else ""
    return _with_words(_ANSWERS[told.status], told.reason, told.message) + advice


def _with_words(what: str, reason: str, message: str) -> str:
    words = ": ".join(filter(None, (reason, message.rstrip("."))))
    return f"{what}{f': {words}' if words else ''}."


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
