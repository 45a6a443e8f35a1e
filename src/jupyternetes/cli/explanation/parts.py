"""What there is of each entry of a Template, what the current Template makes of it, and where the two differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from msgspec import Struct, structs

from jupyternetes.api import labels
from jupyternetes.api.instance import ClaimState, Instance, OtherState, PodState, State, host_and_port
from jupyternetes.api.reasons import lookup
from jupyternetes.api.template import ClaimEntry, OtherEntry, PodEntry, Template
from jupyternetes.cli.explanation.collect import Facts, Live
from jupyternetes.cli.explanation.compare import Difference, differences
from jupyternetes.operators.other_resources.body import object_body
from jupyternetes.operators.pods.body import PortError, pod_of
from jupyternetes.operators.pvcs.plan import claim_body
from jupyternetes.operators.templates.existing import missing_others, ready_others
from jupyternetes.operators.templates.usable import facts as facts_of
from jupyternetes.templating import PODS, PVCS, CompiledTemplate, Ready, Rendering, Waiting, render
from jupyternetes.templating.jsontree import as_mapping
from jupyternetes.templating.others.kinds import kinds_as_told
from jupyternetes.templating.references import OTHER_RESOURCES

S = TypeVar("S", ClaimState, PodState, OtherState)


_STATES: Final[Mapping[State, str]] = {
    "Processed": "made",
    "Running": "running",
    "Stopped": "ended",
    "Error": "could not be made",
}
_NOT_ACTED_ON: Final = "nothing is made of it: the chart's otherResources.kinds is empty"


class Part(Struct, frozen=True, kw_only=True):
    """One entry of the Template, or what is there of one that it no longer has.

    ``kind``: of the object, as Kubernetes calls it. ``name``: of the object, empty if there is none. ``state``: how it
    fares. ``revision``: what it was made from.
    ``now``: what the current Template makes of the entry; ``differs``: where the object is another than that.
    """

    kind: str
    entry: str
    name: str
    state: str
    revision: str = ""
    now: str = ""
    differs: tuple[Difference, ...] = ()


class Now(Struct, frozen=True, kw_only=True):
    """What the current Template makes of an entry: the body, or in words why there is none.

    ``after``: what has to be ready before it is made. ``adopts``: it uses a claim that is there. ``fault``: why nothing
    can be made of any entry.
    """

    body: dict[str, object] | None = None
    words: str = ""
    after: tuple[str, ...] = ()
    adopts: bool = False
    fault: str = ""


def rendered(compiled: CompiledTemplate, instance: Instance) -> Rendering:
    """What the Template gives for the Instance as it is, with the names of what is on record."""
    status = instance.status
    claims = {name: state.resource_name for name, state in status.pvcs.items() if state.resource_name}
    pods = {name: state.resource_name for name, state in status.pods.items() if state.resource_name}
    others = ready_others(instance, compiled)
    return render(compiled, facts_of(instance), {PVCS: claims, PODS: pods, OTHER_RESOURCES: others})


def what_would_be(
    instance: Instance, template: Template, compiled: CompiledTemplate, rendering: Rendering
) -> dict[tuple[str, str], Now]:
    """By kind and name of each entry."""
    if rendering.problems:
        return {}
    found: dict[tuple[str, str], Now] = {}
    acted_on = bool(kinds_as_told(template))
    after = tuple(each.name for each in missing_others(instance, rendering)) if acted_on else ()
    for result in (*rendering.pvcs, *rendering.pods, *rendering.other_resources):
        key = result.entry.kind, result.name
        match result:
            case Ready(_, ClaimEntry(existing_claim=adopted, makes_named_claim=False)) if adopted:
                found[key] = Now(words=f"the Template uses the claim {adopted} as it is", adopts=True)
            case Ready(_, OtherEntry()):
                found[key] = Now(body=object_body(instance, result))
            case Ready(_, ClaimEntry()):
                found[key] = Now(body=claim_body(instance, result, stable_names=compiled.stable_names))
            case Ready():
                found[key] = structs.replace(_pod(instance, template, compiled, result), after=after)
            case Waiting():
                found[key] = Now(words=f"it waits for {', '.join(result.needs)}")
            case _:
                pass
    if not acted_on:
        found |= {key: Now(words=_NOT_ACTED_ON) for key in found if key[0] == OTHER_RESOURCES}
    for left_out in rendering.omitted:
        expression = left_out.entry.written.condition
        found[left_out.entry.kind, left_out.name] = Now(words=f"it is not wanted: its condition is false: {expression}")
    return found


def _pod(instance: Instance, template: Template, compiled: CompiledTemplate, entry: Ready[PodEntry]) -> Now:
    try:
        return Now(body=pod_of(instance, entry, template, compiled))
    except PortError as error:
        return Now(fault=str(error))


def parts(known: Facts, now: Mapping[tuple[str, str], Now], *, readable: bool) -> Iterator[Part]:
    """What is not on record, then claims, then pods: those of the Template in its order, then those without it.

    ``now``: by kind and name of the entry; ``readable``: whether it tells of all entries that the Template has.
    """
    status = known.instance.status
    yield from _off_record(known)
    for entry, wanted, state, name in entries_of(now, PVCS, status.pvcs):
        live = _named(known.claims, name)
        yield Part(
            kind="PersistentVolumeClaim",
            entry=entry,
            name=name,
            state=_claim_state(state, live, seen=known.claims is not None and not (wanted and wanted.adopts)),
            now=now_words(wanted, name, readable=readable),
            differs=_differs(wanted, live),
        )
    for entry, wanted, state, name in entries_of(now, PODS, status.pods):
        live = _named(known.pods, name)
        yield Part(
            kind="Pod",
            entry=entry,
            name=name,
            state=_pod_state(known.instance, entry, live, seen=known.pods is not None),
            revision=_revision(state, known.template) if state and name and (live or known.pods is None) else "",
            now=now_words(wanted, name if live is not None or known.pods is None else "", readable=readable),
            differs=_differs(wanted, live),
        )


def entries_of(
    now: Mapping[tuple[str, str], Now], kind: str, recorded: Mapping[str, S]
) -> Iterator[tuple[str, Now | None, S | None, str]]:
    """Of each entry of a kind, in the order of ``parts``: its name, what is made of it now, and what is on record.

    Last comes the name of its object, empty if there is none on record.
    """
    for entry in dict.fromkeys((*(name for each, name in now if each == kind), *recorded)):
        state = recorded.get(entry)
        yield entry, now.get((kind, entry)), state, state.resource_name if state else ""


def _off_record(known: Facts) -> Iterator[Part]:
    """What is labelled with the Instance and is not on record: of an earlier start, say, or of an earlier user."""
    status = known.instance.status
    kinds: tuple[tuple[str, str, Sequence[Live] | None, Mapping[str, PodState] | Mapping[str, ClaimState]], ...] = (
        ("PersistentVolumeClaim", labels.PVC_NAME, known.claims, status.pvcs),
        ("Pod", labels.POD_NAME, known.pods, status.pods),
    )
    for kind, label, objects, recorded in kinds:
        names = {state.resource_name for state in recorded.values()}
        for each in objects or ():
            meta = each.metadata
            if meta.name not in names:
                ending = ", being deleted" if meta.deleting else ""
                state = f"{each.status.phase}{ending}, and not on record for this server"
                yield Part(kind=kind, entry=meta.labels.get(label, ""), name=meta.name, state=state)


def _named(objects: Sequence[Live] | None, name: str) -> Live | None:
    return next((each for each in objects or () if each.metadata.name == name), None)


def _claim_state(state: ClaimState | None, live: Live | None, *, seen: bool) -> str:
    if state is None or not state.resource_name:
        return state.error_message if state and state.error_message else "not made yet"
    stays = "is deleted with the Instance" if state.reclaim_policy == "Delete" else "stays when the Instance is deleted"
    if live is None:
        return f"it is gone, or is not labelled as this Instance's; {stays}" if seen else stays
    return f"{live.status.phase}, {stays}"


def _pod_state(instance: Instance, entry: str, live: Live | None, *, seen: bool) -> str:
    state = instance.status.pods.get(entry)
    if state is None:
        return "stopped" if instance.spec.suspend else "not made yet"
    told = state.error_message or state.message or (lookup(state.reason).sentence if state.reason else "")
    words = [_STATES[state.state]]
    if live is not None:
        words.append(f"phase {live.status.phase}")
    elif seen:
        words = ["stopped" if instance.spec.suspend else f"{_STATES[state.state]}, and there is no such pod"]
    if state.pod_address and state.port_number:
        words.append(f"at {host_and_port(state.pod_address, state.port_number)}")
    if state.restarts:
        words.append(f"restarted {state.restarts} times")
    return ": ".join(filter(None, (", ".join(words), told)))


def _revision(state: PodState, template: Template | None) -> str:
    if not state.template_generation:
        return "an earlier version of Jupyternetes made it: from which revision of the Template is not known"
    made = f"made from generation {state.template_generation} of the Template"
    if template is None:
        return made
    if state.template_uid != template.metadata.uid:
        return f"{made}, which was deleted since; there is another one of its name"
    generation = template.metadata.generation
    same = generation == state.template_generation
    return f"{made}, which is the current one" if same else f"{made}, which is at generation {generation} now"


def now_words(wanted: Now | None, name: str, *, readable: bool) -> str:
    if wanted is None:
        return "the current Template has no such entry" if readable else ""
    if wanted.words:
        return wanted.words
    once = f" once this is ready: {', '.join(wanted.after)}" if wanted.after else ""
    return "" if name else f"it would be made{once}"


def own_metadata(body: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Labels and annotations of a body that the Template says, and not the operators."""
    metadata = as_mapping(body["metadata"]) or {}
    return {
        field: {
            key: text
            for key, text in (as_mapping(metadata.get(field)) or {}).items()
            if key not in (*labels.RESERVED, labels.APPLIED)
        }
        for field in ("labels", "annotations")
    }


def _differs(wanted: Now | None, live: Live | None) -> tuple[Difference, ...]:
    if wanted is None or wanted.body is None or live is None:
        return ()
    as_found = {"labels": live.metadata.labels, "annotations": live.metadata.annotations}
    return (
        *differences(own_metadata(wanted.body), as_found, "$.metadata"),
        *differences(wanted.body["spec"], live.spec, "$.spec"),
    )
