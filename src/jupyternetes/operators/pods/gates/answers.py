"""What follows from the answers of other operators: go on, wait, or give up. Pure.

An answer is a condition of the gate's type that is about the generation of the asking, or a later one: each start is a
new generation, so an answer of an earlier start never counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from jupyternetes.api import gate_reasons
from jupyternetes.api.bounds import one_line
from jupyternetes.api.conditions import Condition, find
from jupyternetes.api.gate import MAX_GATE_SECONDS, Gate
from jupyternetes.api.instance import GateState, Instance
from jupyternetes.api.reason import Reason

_WORD: Final = 128
_SENTENCE: Final = 1024


@dataclass(frozen=True, slots=True)
class GoOn:
    """Nothing waits any more."""


@dataclass(frozen=True, slots=True)
class Wait:
    """For the answers of these gates, ``seconds`` more at most."""

    gates: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The start comes to nothing."""

    reason: Reason
    message: str


class Answer(NamedTuple):
    """What one gate's operator says; ``status`` is empty if it does not answer."""

    status: str = ""
    reason: str = ""
    message: str = ""


def answer(name: str, asked: GateState, conditions: Iterable[Condition]) -> Answer:
    """The answer of a gate, its words fit to be shown."""
    condition = find(conditions, name)
    if condition is None or condition.observed_generation < asked.generation:
        return Answer()
    return Answer(condition.status, one_line(condition.reason, _WORD), one_line(condition.message, _SENTENCE))


def decide(
    gates: Iterable[Gate],
    asked: Mapping[str, GateState],
    conditions: Iterable[Condition],
    *,
    waited: Mapping[str, float],
    run_out: Mapping[str, str],
) -> GoOn | Wait | GiveUp:
    """What follows for a start or a stop from its ``gates``, all of which were ``asked``.

    ``waited``: the seconds since then, by gate. ``run_out``: Leases whose holders show no sign of life, with when they
    did last. A refusal counts at once, whatever other gates are still waited for. A stop is never given up.
    """
    conditions = tuple(conditions)
    failures: list[GiveUp] = []
    waiting: dict[str, float] = {}
    for gate in gates:
        said = answer(gate.name, asked[gate.name], conditions)
        left = min(gate.timeout_seconds, MAX_GATE_SECONDS[gate.before]) - waited.get(gate.name, 0.0)
        if said.status == "True":
            continue
        if said.status == "False":
            failures += [_refused(gate, said)] if gate.before == "Start" else []
        elif left > 0 and gate.lease not in run_out:
            waiting[gate.name] = left
        elif gate.before == "Start" and gate.on_timeout == "Fail":
            failures.append(_silent(gate, said, run_out))
    if failures:
        return min(failures, key=lambda failure: failure.reason is not gate_reasons.GATE_REFUSED)
    return Wait(tuple(waiting), min(waiting.values())) if waiting else GoOn()


def answers_view(instance: Instance) -> object:
    """What a pass depends on of other programs' conditions: the answers of the gates that are asked."""
    said = ((name, answer(name, asked, instance.status.conditions)) for name, asked in instance.status.gates.items())
    return [(name, each if each.status == "False" else each.status) for name, each in said]


def _refused(gate: Gate, said: Answer) -> GiveUp:
    return _give_up(gate_reasons.GATE_REFUSED, f"Gate {gate.name} refuses the start", said)


def _silent(gate: Gate, said: Answer, run_out: Mapping[str, str]) -> GiveUp:
    if gate.lease not in run_out:
        what = f"Gate {gate.name} did not answer within {gate.timeout_seconds} s"
        return _give_up(gate_reasons.GATE_TIMEOUT, what, said)
    seen = run_out[gate.lease]
    lease = f"its operator last renewed Lease {gate.lease} at {seen}" if seen else f"there is no Lease {gate.lease}"
    return _give_up(gate_reasons.GATE_OPERATOR_ABSENT, f"Gate {gate.name} does not answer: {lease}", said)


def _give_up(reason: Reason, what: str, said: Answer) -> GiveUp:
    words = ": ".join(filter(None, (said.reason, said.message.rstrip("."))))
    last = f", and said last: {words}" if said.status == "Unknown" else f": {words}"
    return GiveUp(reason, f"{what}{last if words else ''}. {reason.advice}")
