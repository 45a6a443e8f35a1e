"""What to do about the pods of one Instance: every decision, in the order in which it is taken.

A start id is spent once its primary pod ended or vanished: the hub may have reported the server dead already, so it
must not come back on its own. An Instance without a start id gets its pod back.

Nothing is sent from here. Where the API server has to be asked, the plan says so, and is made again from the answer.
"""

from collections.abc import Iterable, Mapping, Sequence

from jupyternetes.api import conditions, reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance, PodState
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.pods.body import Json, PortError, pods_of
from jupyternetes.operators.pods.entries import as_recorded, failed, progress, record
from jupyternetes.operators.pods.force_delete import may_force, waiting_for_nodes, with_forced_deletes
from jupyternetes.operators.pods.gates.gated_plan import with_gates
from jupyternetes.operators.pods.own_pods import Own, choose, lost_label, must_delete, sort_pods
from jupyternetes.operators.pods.recorded_pods import is_known_to_be_gone, is_known_to_have_ended, record_of_start
from jupyternetes.operators.pods.refused_delete import with_refused_deletes
from jupyternetes.operators.pods.start_secrets import is_spent, recorded_start, stale_secrets
from jupyternetes.operators.pods.steps import (
    Action,
    Create,
    Delete,
    DeleteSecrets,
    FindTemplate,
    Observed,
    Plan,
    PodsStatus,
    RepairStatus,
    Verify,
)
from jupyternetes.operators.pods.volumes_in_use import volume_in_use
from jupyternetes.operators.pods.wait_for_others import wait_for_others, with_bounded_wait
from jupyternetes.operators.status.failures import Failure, create_failure, template_message
from jupyternetes.operators.templates.existing import awaited_others, missing_others, ready_others
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate, facts
from jupyternetes.templating import PODS, PVCS, Rendering, render
from jupyternetes.templating.references import OTHER_RESOURCES

#: A pod that ends at once is not made again before it has been known for so long.
RESPAWN_AFTER_SECONDS = 10.0
_UNSEEN_SECONDS = 2.0
_UNLABELLED_SECONDS = 20.0


def plan(instance: Instance, template: UsableTemplate | Refusal, observed: Observed) -> Plan:
    """What to do now, given the Instance, its Template and what is known of its pods."""
    own = sort_pods(instance, observed.pods, observed.made)
    if instance.metadata.deleting and not instance.metadata.held_by:
        return Plan()  # pods and Secrets go with their owner
    decided = with_gates(_decide(instance, template, own, observed), instance, template, own, observed)
    stuck = () if instance.unreadable or _are_left(instance) else waiting_for_nodes(own.everything)
    if stuck and may_force(template):
        decided = with_forced_deletes(decided, stuck, _render(instance, template, own).pods, observed.leaving)
    return with_refused_deletes(decided, instance, observed.undeleted)


def _decide(instance: Instance, template: UsableTemplate | Refusal, own: Own, observed: Observed) -> Plan:
    """What to do as long as nodes and the API server do as they are told."""
    if instance.unreadable:
        return _repair(instance, own)
    if instance.spec.suspend:
        return _stop(instance, template, own, observed)
    if instance.metadata.deleting:
        return _end_held(instance, own)
    if own.leftover:
        return _clear_away(instance, own)
    if is_spent(instance):
        return _wind_up(instance, own)
    return _start(instance, template, own, observed)


def _repair(instance: Instance, own: Own) -> Plan:
    """Nothing is begun that rests on what cannot be read; a stop can be read or not."""
    stopped = _deletions(own.everything, instance.spec.grace_period_seconds) if instance.spec.suspend else ()
    return Plan((*stopped, RepairStatus()))


def _stop(instance: Instance, template: UsableTemplate | Refusal, own: Own, observed: Observed) -> Plan:
    """End all pods, then the Secrets, then say so."""
    grace = instance.spec.grace_period_seconds
    if own.everything:
        return Plan(_deletions(own.everything, grace))
    if is_reported(instance, reasons.SUSPENDED):
        return Plan()
    records = [
        state for state in instance.status.pods.values() if state.uid and not is_known_to_be_gone(state, observed)
    ]
    unproven = tuple(Verify(each.resource_name, each.uid) for each in records if each.uid not in observed.looked_up)
    if unproven:
        return Plan(unproven)
    unseen = sort_pods(instance, (pod for each in records if (pod := observed.looked_up[each.uid]) is not None))
    if unseen.everything:
        return _end_unseen(unseen.everything, grace)
    if not instance.was_started:
        return Plan()
    return Plan(
        _secret_deletions(stale_secrets(instance, through_current=True)),
        PodsStatus(_stopped_entries(instance, template, own), "Pending", reasons.SUSPENDED),
    )


def _end_unseen(pods: Iterable[Pod], grace_seconds: int | None = None) -> Plan:
    """What the cache never shows, for want of the label, cannot wake us when it is gone."""
    return Plan(_deletions(pods, grace_seconds), requeue_after=_UNSEEN_SECONDS)


def _stopped_entries(instance: Instance, template: UsableTemplate | Refusal, own: Own) -> dict[str, PodState]:
    """Of a start that was stopped its number stays on record, also where it had no pod yet: its Secret is gone."""
    if not instance.spec.start_id:
        return {}
    names = [*instance.status.pods]
    if not names and isinstance(template, UsableTemplate):
        names = [entry.name for entry in _render(instance, template, own).pods]
    return {name: PodState(start_id=instance.spec.start_id) for name in names}


def _end_held(instance: Instance, own: Own) -> Plan:
    """An Instance that another program keeps from being deleted serves nobody any more, and says who keeps it."""
    meta = instance.metadata
    message = f"Instance {meta.namespace}/{meta.name} has the finalizer {', '.join(meta.held_by)}"
    return Plan(
        () if _are_left(instance) else _deletions(own.everything, instance.spec.grace_period_seconds),
        as_recorded(instance, reasons.BEING_DELETED, f"{message}. {reasons.BEING_DELETED.advice}"),
    )


def _are_left(instance: Instance) -> bool:
    """Whether the Instance is being deleted without its pods (``--cascade=orphan``), and is not to be stopped."""
    meta = instance.metadata
    return meta.deleting and "orphan" in meta.finalizers and not instance.spec.suspend


def _clear_away(instance: Instance, own: Own) -> Plan:
    """Nothing is made before the pods of earlier starts are gone."""
    names = ", ".join(pod.metadata.name for pod in own.leftover)
    return Plan(
        _deletions(own.leftover, instance.spec.grace_period_seconds),
        as_recorded(instance, reasons.WAITING_FOR_OLD_PODS, f"{reasons.WAITING_FOR_OLD_PODS.sentence} ({names})"),
    )


def _start(instance: Instance, template: UsableTemplate | Refusal, own: Own, observed: Observed) -> Plan:
    """Delete the Secrets of earlier starts, and see to the pods of this one.

    Nothing is made while the API server refuses to delete one: once this start has a pod, nobody looks for it any more.
    """
    secrets = stale_secrets(instance, through_current=False)
    if any(name in observed.undeleted for name in secrets):
        return Plan(_secret_deletions(secrets))
    after = _pods_of_start(instance, template, own, observed)
    if not secrets or recorded_start(instance) == int(instance.spec.start_id):
        return after
    return Plan((*_secret_deletions(secrets), *after.actions), after.status, after.requeue_after)


def _pods_of_start(instance: Instance, template: UsableTemplate | Refusal, own: Own, observed: Observed) -> Plan:
    known = _with_unseen(instance, own, observed)
    if isinstance(template, Refusal):
        if not template.certain:
            return Plan((FindTemplate(),))
        over = _end_of_start(instance, instance.primary_entry, own, observed)
        return over or _without_template(instance, template, known)
    rendering = _render(instance, template, known)
    over = _end_of_start(instance, _primary_name(instance, template, rendering), own, observed)
    if over is not None:
        return over
    if rendering.problems:
        return _cannot_make(instance, rendering, known, template_message(rendering.problems, instance.template_key))
    if instance.spec.start_id and not rendering.pods:  # the hub would wait for a server until its time is up
        message = f"Template {'/'.join(instance.template_key)} has no pods. {reasons.TEMPLATE_ERROR.advice}"
        return _cannot_make(instance, rendering, known, message)
    if not claims_ready(instance, [entry.name for entry in rendering.pvcs]):
        return Plan()  # the PVC operator says why; its report wakes us
    if missing := missing_others(instance, rendering):
        names = [entry.name for entry in rendering.pods]
        if all(_has_running_pod(instance, name, known) for name in names):
            return Plan(status=_status(instance, names, known, {}))  # what they were started with is their own matter
        return wait_for_others(instance, missing, observed.waited)
    try:
        bodies = pods_of(instance, rendering, template.template, template.compiled)
    except PortError as error:
        return _cannot_make(instance, rendering, known, f"{error}. {reasons.TEMPLATE_ERROR.advice}")
    made = _make(instance, template, rendering, bodies, known, observed)
    return with_bounded_wait(instance, made, awaited_others(instance, rendering, known.current), observed.waited)


def _has_running_pod(instance: Instance, entry: str, own: Own) -> bool:
    """Whether the entry has a pod of this start, on record or not, which has not ended."""
    pod = choose(instance, entry, own.current.get(entry, []))[0]
    return pod is not None and not pod.ended


def _end_of_start(instance: Instance, primary: str | None, own: Own, observed: Observed) -> Plan | None:
    """What to do if the primary pod of this start id ended or vanished, or may have; None if neither."""
    known = record_of_start(instance, primary) if instance.spec.start_id else None
    if known is None:
        return None
    pod = own.by_uid(known.uid)
    ended = is_known_to_have_ended(known)
    if pod is None and not is_known_to_be_gone(known, observed):
        if known.uid not in observed.looked_up:
            return Plan((Verify(known.resource_name, known.uid),))
        there = observed.looked_up[known.uid]
        if there is not None and not ended:
            return _wait_for_unseen(instance, there)
        unseen = sort_pods(instance, () if there is None else (there,))
        if unseen.everything:
            return _end_unseen([*own.everything, *unseen.everything])
    if pod is None or ended:
        return _wind_up(instance, own)
    # How it ended is the Pod status operator's to write down before the pod goes; that wakes us.
    return Plan() if pod.ended else None


def _wait_for_unseen(instance: Instance, pod: Pod) -> Plan:
    """The primary pod is there, but the cache lacks it: it is behind, or will never show it."""
    lost = lost_label(instance, pod)
    if not lost:
        return Plan()  # its appearance in the cache, or what the Pod status operator writes of its end, wakes us
    # Nothing tells us of its end.
    return Plan(status=as_recorded(instance, reasons.POD_UNLABELLED, lost), requeue_after=_UNLABELLED_SECONDS)


def _wind_up(instance: Instance, own: Own) -> Plan:
    """A start that is spent: nothing of it stays but the record."""
    if own.everything:
        return Plan(_deletions(own.everything))
    if is_reported(instance, reasons.START_SPENT):
        return Plan()
    return Plan(
        _secret_deletions(stale_secrets(instance, through_current=True)),
        PodsStatus(instance.status.pods, "Pending", reasons.START_SPENT),
    )


def _without_template(instance: Instance, refusal: Refusal, own: Own) -> Plan:
    """Nothing can be made; a start of which all that is known is there goes on, and is reported so."""
    wanted = _wanted(instance, own)
    made = _status(instance, wanted, own, {})
    provisioned = made.provisioned if own.current else instance.status.pods_provisioned
    entries = {**instance.status.pods, **made.entries}
    return Plan(status=PodsStatus(entries, provisioned, refusal.reason, refusal.message))


def _cannot_make(instance: Instance, rendering: Rendering, own: Own, message: str) -> Plan:
    """Say what is wrong with the Template; pods that are there stay, and a start that has all of them goes on."""
    wanted = _wanted(instance, own, (entry.name for entry in rendering.pods))
    failures = {entry: Failure(reasons.TEMPLATE_ERROR, message) for entry in wanted if entry not in own.current}
    made = _status(instance, wanted, own, failures)
    return Plan(status=PodsStatus(made.entries, made.provisioned, reasons.TEMPLATE_ERROR, message))


def _make(
    instance: Instance,
    template: UsableTemplate,
    rendering: Rendering,
    bodies: Mapping[str, Json],
    own: Own,
    observed: Observed,
) -> Plan:
    """Make what is missing, and end what is too much.

    A pod that is made may be what another entry waits for: the plan is made again once it is there.
    """
    in_use = volume_in_use(instance, rendering, own)
    actions: list[Action] = []
    delays: list[float] = []
    failures: dict[str, Failure] = {}
    for entry, body in bodies.items():
        keep, extras = choose(instance, entry, own.current.get(entry, []))
        actions += _deletions(extras)
        known = record_of_start(instance, entry)
        if keep is not None:
            if _is_to_be_replaced(instance, keep):
                delay = respawn_delay(keep, observed.ages)
                actions += () if delay else _deletions([keep])
                delays += [delay] if delay else []
        elif known is not None and known.uid not in observed.looked_up:
            actions.append(Verify(known.resource_name, known.uid))
        elif in_use:
            failures[entry] = Failure(reasons.VOLUME_IN_USE, in_use)
        elif entry not in observed.failed:
            actions.append(Create(entry, body, template.template))
        elif (failure := _create_failure(observed, entry, body)) is not None:
            failures[entry] = failure
            delays.append(failure.retry_seconds)
    wanted = [entry.name for entry in rendering.pods]
    unlabelled = _unlabelled(instance, bodies, own, observed)
    return Plan(tuple(actions), _status(instance, wanted, own, failures, unlabelled), min(delays, default=None))


def _create_failure(observed: Observed, entry: str, body: Json) -> Failure | None:
    return create_failure(observed.failed[entry], body, refused_for=observed.refused_for)


def _status(
    instance: Instance, wanted: Sequence[str], own: Own, failures: Mapping[str, Failure], unlabelled: str = ""
) -> PodsStatus:
    """What to say of the pods that there are, given the names of all entries."""
    kept = {entry: choose(instance, entry, pods)[0] for entry, pods in own.current.items()}
    entries = {entry: record(instance, pod) for entry, pod in kept.items() if pod is not None}
    provisioned = progress(len(wanted), sum(name in entries for name in wanted))
    entries |= {entry: failed(instance, entry, failure.message) for entry, failure in failures.items()}
    if failures:
        reason, message, _ = next(iter(failures.values()))
    elif unlabelled:
        reason, message = reasons.POD_UNLABELLED, unlabelled
    else:
        reason = reasons.PROVISIONED if provisioned == "Completed" else reasons.WAITING_FOR_ENTRIES
        message = ""
    return PodsStatus(entries, provisioned, reason, message)


def _wanted(instance: Instance, own: Own, rendered: Iterable[str] = ()) -> list[str]:
    """The entries of a start whose Template may not tell them all: what is there and what is on record count too."""
    recorded = (name for name, state in instance.status.pods.items() if state.start_id == instance.spec.start_id)
    return [*dict.fromkeys([*rendered, *own.current, *recorded])]


def _deletions(pods: Iterable[Pod], grace_seconds: int | None = None) -> tuple[Delete, ...]:
    return tuple(Delete(pod, grace_seconds) for pod in pods if must_delete(pod, grace_seconds))


def _secret_deletions(names: Sequence[str]) -> tuple[DeleteSecrets, ...]:
    return (DeleteSecrets(tuple(names)),) if names else ()


def _with_unseen(instance: Instance, own: Own, observed: Observed) -> Own:
    """``own`` with the pods on record that the cache lacks and the API server has."""
    unseen = {
        entry: [pod]
        for entry in instance.status.pods
        if entry not in own.current
        and (known := record_of_start(instance, entry)) is not None
        and (pod := observed.looked_up.get(known.uid)) is not None
    }
    return Own(own.current | unseen, own.leftover) if unseen else own


def _unlabelled(instance: Instance, entries: Iterable[str], own: Own, observed: Observed) -> str:
    """What to say of the first pod that no cache shows since somebody took its label away; empty if there is none."""
    looked_up = {pod.metadata.uid for pod in observed.looked_up.values() if pod is not None}
    pods = (pod for entry in entries for pod in own.current.get(entry, ()) if pod.metadata.uid in looked_up)
    return next(filter(None, (lost_label(instance, pod) for pod in pods)), "")


def _is_to_be_replaced(instance: Instance, pod: Pod) -> bool:
    """Without a start id an Instance gets its pod back: the ended one goes, its deletion wakes us."""
    records = instance.status.pods.values()
    said = any(each.uid == pod.metadata.uid and is_known_to_have_ended(each) for each in records)
    return not instance.spec.start_id and (pod.ended or said) and not pod.metadata.deleting


def respawn_delay(pod: Pod, ages: Mapping[str, float]) -> float:
    """Seconds until a pod that ended may be replaced (Instances without start id get theirs back)."""
    return max(0.0, RESPAWN_AFTER_SECONDS - ages.get(pod.metadata.uid, 0.0))


def _render(instance: Instance, template: UsableTemplate, own: Own) -> Rendering:
    kept = {entry: choose(instance, entry, pods)[0] for entry, pods in own.current.items()}
    names = {entry: pod.metadata.name for entry, pod in kept.items() if pod is not None and pod.present}
    claims = {name: state.resource_name for name, state in instance.status.pvcs.items() if state.resource_name}
    others = ready_others(instance, template.compiled)
    return render(template.compiled, facts(instance), {PVCS: claims, PODS: names, OTHER_RESOURCES: others})


def _primary_name(instance: Instance, template: UsableTemplate, rendering: Rendering) -> str | None:
    names = (entry.name for entry in rendering.pods if entry.entry is template.compiled.primary)
    return next(names, instance.primary_entry)


def is_reported(instance: Instance, reason: Reason) -> bool:
    """Whether the Pod operator's condition already says ``reason`` of the present generation."""
    condition = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    return (
        condition is not None
        and condition.reason == reason.name
        and condition.observed_generation == instance.metadata.generation
    )


def claims_ready(instance: Instance, wanted: Iterable[str]) -> bool:
    """Whether every claim that the Template renders is there."""
    claims = instance.status.pvcs
    return instance.status.pvcs_provisioned == "Completed" and all(
        name in claims and claims[name].state == "Processed" and claims[name].resource_name for name in wanted
    )
