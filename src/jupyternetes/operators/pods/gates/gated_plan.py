"""Where gates hold up what was decided about the pods of an Instance. Pure.

They are asked as soon as nothing of an earlier start is left, while claims are made. Once a start has a pod they have
no say in it any more. Deleting the Instance passes no gate, nor does the end of a server by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from jupyternetes.api import gate_reasons, reasons
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pods.entries import as_recorded
from jupyternetes.operators.pods.gates.answers import GiveUp, GoOn, Wait, decide
from jupyternetes.operators.pods.gates.asking import asked, gates_ahead, standing
from jupyternetes.operators.pods.gates.facts import GateFacts
from jupyternetes.operators.pods.gates.installation import TURNED_OFF
from jupyternetes.operators.pods.own_pods import Own
from jupyternetes.operators.pods.recorded_pods import is_known_to_have_ended, record_of_start
from jupyternetes.operators.pods.start_secrets import is_spent
from jupyternetes.operators.pods.steps import Action, Create, Delete, DeleteSecrets, Observed, Plan
from jupyternetes.operators.status.failures import template_message
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate

_AT_ONCE: Final = 0.001  # seconds


def with_gates(
    decided: Plan, instance: Instance, template: UsableTemplate | Refusal, own: Own, observed: Observed
) -> Plan:
    """``decided``, but for pods that are not to be made or ended before the Template's gates are passed."""
    if not isinstance(template, UsableTemplate) or not template.compiled.gates:
        return decided
    if instance.unreadable or instance.metadata.deleting or observed.undeleted:
        return decided
    if instance.spec.suspend:
        held: Sequence[Action] = _deletes_of_running(decided, instance, own)
        if not held or not observed.gates.on:
            return decided
    elif not _is_beginning(decided, instance, own):
        return decided
    elif not observed.gates.on:
        message = template_message([TURNED_OFF], instance.template_key)
        return Plan(status=as_recorded(instance, reasons.TEMPLATE_ERROR, message))
    else:
        held = [action for action in decided.actions if isinstance(action, Create)]
    return _held_or_passed(decided, instance, template, held, observed.gates)


def _is_beginning(decided: Plan, instance: Instance, own: Own) -> bool:
    """Whether this start has no pod yet, and may still get one: claims (the plan is empty then) and more may be due."""
    if own.everything or any(record_of_start(instance, entry) for entry in instance.status.pods) or is_spent(instance):
        return False
    goes_on = decided.status is None or not decided.status.reason.final
    return goes_on or any(isinstance(action, Create) for action in decided.actions)


def _deletes_of_running(decided: Plan, instance: Instance, own: Own) -> Sequence[Action]:
    """The deletes that end a server: of pods of this start that run."""
    ended = {state.uid for state in instance.status.pods.values() if is_known_to_have_ended(state)}
    running = {
        pod.metadata.uid
        for pods in own.current.values()
        for pod in pods
        if not (pod.metadata.deleting or pod.ended or pod.metadata.uid in ended)
    }
    return [each for each in decided.actions if isinstance(each, Delete) and each.pod.metadata.uid in running]


def _held_or_passed(
    decided: Plan, instance: Instance, template: UsableTemplate, held: Sequence[Action], facts: GateFacts
) -> Plan:
    gates = gates_ahead(instance, template.compiled.gates)
    if not gates:
        return decided
    before, records = standing(instance), asked(instance, gates, facts.now)
    is_asking = records != before
    if not is_asking and not instance.spec.suspend:
        # The Secrets of earlier starts went with the asking; what is on record tells that, too.
        decided = replace(
            decided, actions=tuple(each for each in decided.actions if not isinstance(each, DeleteSecrets))
        )
    found = decide(gates, records, instance.status.conditions, waited=facts.waited, run_out=facts.run_out)
    if isinstance(found, GoOn) and not is_asking:
        return decided
    rest = replace(decided, actions=tuple(each for each in decided.actions if each not in held))
    if isinstance(found, GiveUp):
        status = as_recorded(instance, found.reason, found.message)
    elif decided.status is not None and not held:
        status = decided.status  # what else the start waits for
    else:
        names = ", ".join(found.gates if isinstance(found, Wait) else records)
        status = as_recorded(instance, gate_reasons.WAITING_FOR_GATE, f"Not answered yet: {names}")
    waiting = found if isinstance(found, Wait) else Wait((), 0.0)
    # Who was asked is written down before anything follows from the answers, so that nobody is asked twice.
    delays = [] if isinstance(found, GiveUp) else [waiting.seconds or _AT_ONCE]
    return replace(rest, status=replace(status, gates=records), waits_for=waiting.gates).again_within(delays)
