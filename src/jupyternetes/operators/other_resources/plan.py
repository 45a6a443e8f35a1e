"""What to do about the other resources of one Instance: every decision. Nothing is sent from here.

An object is ours if the Instance is its controller and it carries the Instance's uid; it is found by its labels, and so
it can be removed when its Template is gone or can be filled in no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jupyternetes.api import conditions, labels, reasons
from jupyternetes.api.instance import Instance, OtherState
from jupyternetes.api.other_kinds import is_built_in
from jupyternetes.api.other_object import OtherObject
from jupyternetes.api.reason import Reason
from jupyternetes.api.template import OtherEntry
from jupyternetes.operators.other_resources.body import Json, object_body
from jupyternetes.operators.other_resources.drift import contains, written_part
from jupyternetes.operators.other_resources.report import EntryReport, began, status_of
from jupyternetes.operators.other_resources.steps import (
    Action,
    Apply,
    Create,
    Delete,
    KindKey,
    Observed,
    OthersStatus,
    Plan,
)
from jupyternetes.operators.templates.existing import existing_objects
from jupyternetes.operators.templates.objects import is_of_start, object_name
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate, facts
from jupyternetes.templating import Invalid, Rendering, Result, Waiting, render
from jupyternetes.templating.others.readiness import Readiness, readiness
from jupyternetes.templating.references import OTHER_RESOURCES

Own = Mapping[KindKey, Sequence[OtherObject]]
_NOTHING: Final = Plan()


def plan(instance: Instance, template: UsableTemplate | Refusal, observed: Observed) -> Plan:
    """What to do now, given the Instance, its Template and what there is."""
    own = {kind: [obj for obj in found if is_own(instance, obj)] for kind, found in observed.objects.items()}
    if instance.spec.suspend and _runs_on(instance, template):
        return _NOTHING
    if instance.spec.suspend or _pods_are_said(instance, reasons.START_SPENT):
        return _stop(instance, own)
    if isinstance(template, Refusal) or (not template.compiled.other_resources and not _has_any(instance, own)):
        return _NOTHING  # the other operators say what is wrong with a Template
    rendering, states = _render(instance, template, own)
    if rendering.problems:
        return _NOTHING
    return _provide(instance, rendering, states, own, observed)


def is_own(instance: Instance, obj: OtherObject) -> bool:
    """Whether the object was made for this very Instance: others may write labels, and others may own it."""
    meta = obj.metadata
    return meta.owned_by(instance.metadata.uid) and meta.labels.get(labels.INSTANCE_UID) == instance.metadata.uid


def _runs_on(instance: Instance, template: UsableTemplate | Refusal) -> bool:
    """Whether a gate before the stop may still keep the server running, with what belongs to its start."""
    gates = template.compiled.gates if isinstance(template, UsableTemplate) else ()
    return any(gate.before == "Stop" for gate in gates) and not _pods_are_said(instance, reasons.SUSPENDED)


def _pods_are_said(instance: Instance, reason: Reason) -> bool:
    """Whether the Pod operator says this of what the Instance asks for now: that the start has ended, say."""
    said = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    return said is not None and said.reason == reason.name and said.observed_generation == instance.metadata.generation


def _has_any(instance: Instance, own: Own) -> bool:
    """Whether there is anything to take back: objects, or words."""
    return bool(
        any(own.values())
        or instance.status.other_resources
        or conditions.find(instance.status.conditions, conditions.OTHER_RESOURCES_PROVISIONED)
    )


def _stop(instance: Instance, own: Own) -> Plan:
    """What belongs to a start goes; what belongs to the Instance stays as it is until the next start."""
    going = [(kind, obj) for kind, found in own.items() for obj in found if labels.START_ID in obj.metadata.labels]
    recorded = instance.status
    staying = {name for name, state in recorded.other_resources.items() if _is_of_instance(instance, name, state)}
    status = None
    if recorded.other_resources.keys() != staying:
        status = OthersStatus(
            {name: state for name, state in recorded.other_resources.items() if name in staying},
            {name: how for name, how in recorded.other_resources_provisioned.items() if name in staying},
            reasons.SUSPENDED,
        )
    return Plan(tuple(_deletions(going)), status)


def _is_of_instance(instance: Instance, entry: str, state: OtherState) -> bool:
    """Whether what is on record is about an object that outlasts the start, whichever start it is the record of."""
    return state.resource_name == object_name(instance, entry, of_start=False)


def _provide(
    instance: Instance, rendering: Rendering, states: Mapping[str, Readiness], own: Own, observed: Observed
) -> Plan:
    actions: list[Action] = []
    reports: dict[str, EntryReport] = {}
    wanted: set[tuple[KindKey, str]] = set()
    for result in rendering.other_resources:
        name, kind = result.name, _kind_of(result)
        wanted.add((kind, _name_of(instance, result)))
        obj = _object_of(instance, result, own)
        action, reports[name] = _see_to(instance, result, obj, states.get(name), observed)
        actions += () if action is None else (action,)
    unwanted = [(kind, obj) for kind, found in own.items() for obj in found if (kind, obj.metadata.name) not in wanted]
    actions += _deletions(reversed(unwanted))
    delays = [delay for report in reports.values() if (delay := report.again_in(observed.now)) is not None]
    return Plan(tuple(actions), status_of(instance, reports, observed.now), min(delays, default=None))


def _see_to(
    instance: Instance,
    result: Result[OtherEntry],
    obj: OtherObject | None,
    state: Readiness | None,
    observed: Observed,
) -> tuple[Action | None, EntryReport]:
    """What to do for one entry, and what to say of it; ``state`` is None unless its object is there to stay."""
    name, kind, entry = result.name, _kind_of(result), result.entry.written
    report = EntryReport(
        name=name,
        kind=kind,
        resource_name="" if obj is None else obj.metadata.name,
        since=began(instance, name, observed.now),
        timeout=entry.timeout_seconds,
    )
    if kind in observed.unlisted:
        return None, report.waiting(f"objects of kind {kind[1]} cannot be listed: {observed.unlisted[kind]}")
    if failure := observed.failed.get(name):
        return None, report.failing(failure)
    if isinstance(result, Waiting):
        return None, report.held(f"it waits for {', '.join(result.needs)}")
    if isinstance(result, Invalid):
        return None, report.held("")  # which is a problem of the rendering, and does not come here
    body = object_body(instance, result)
    if obj is None:
        return Create(name, kind, body), report.waiting("it is being made")
    if state is None:
        return None, report.waiting(f"its object {obj.metadata.name} is being deleted{_keepers(obj)}")
    action = Apply(name, kind, obj, body) if _has_drifted(obj, body, observed) else None
    if not state.ready:
        return action, report.waiting(f"{kind[1]} {obj.metadata.name}: {state.message}")
    return action, report.ready(state.outputs)


def _has_drifted(obj: OtherObject, body: Json, observed: Observed) -> bool:
    """Whether the object is neither what was written nor what the API server made of that."""
    if contains(obj.content, body):
        return False
    return observed.kept.get(obj.metadata.uid) != kept_of(obj, body)


def kept_of(obj: OtherObject, body: Mapping[str, object]) -> object:
    """What was written, and what became of it, to be told from what it becomes later."""
    return written_part(body, body), written_part(obj.content, body)


def _render(instance: Instance, template: UsableTemplate, own: Own) -> tuple[Rendering, dict[str, Readiness]]:
    """Everything filled in, and how each object fares that is not being deleted, by entry.

    What stands for an entry is there once its object is ready.
    """
    there = existing_objects(instance)
    known = facts(instance)
    names = render(template.compiled, known, {**there, OTHER_RESOURCES: {}})
    states = {
        result.name: _readiness(result, obj)
        for result in names.other_resources
        if (obj := _object_of(instance, result, own)) is not None and not obj.metadata.deleting
    }
    ready: dict[str, str] = {}
    for result in names.other_resources:
        if (state := states.get(result.name)) is not None and state.ready:
            ready[result.name] = _name_of(instance, result)
            ready |= {f"{result.name}.{output}": text for output, text in state.outputs.items()}
    return (render(template.compiled, known, {**there, OTHER_RESOURCES: ready}) if ready else names), states


def _name_of(instance: Instance, result: Result[OtherEntry]) -> str:
    """What the entry's object is called."""
    return object_name(instance, result.name, of_start=is_of_start(result.entry.written))


def _object_of(instance: Instance, result: Result[OtherEntry], own: Own) -> OtherObject | None:
    name = _name_of(instance, result)
    return next((each for each in own.get(_kind_of(result), ()) if each.metadata.name == name), None)


def _readiness(result: Result[OtherEntry], obj: OtherObject) -> Readiness:
    built_in = is_built_in(result.entry.written.api_version)
    return readiness(result.entry.contract, obj.content, built_in=built_in)


def _kind_of(result: Result[OtherEntry]) -> KindKey:
    return result.entry.written.api_version, result.entry.written.kind


def _keepers(obj: OtherObject) -> str:
    return f", and the finalizer {', '.join(obj.metadata.held_by)} keeps it" if obj.metadata.held_by else ""


def _deletions(
    objects: Iterator[tuple[KindKey, OtherObject]] | Sequence[tuple[KindKey, OtherObject]],
) -> Iterator[Delete]:
    return (Delete(kind, obj) for kind, obj in objects if not obj.metadata.deleting)
