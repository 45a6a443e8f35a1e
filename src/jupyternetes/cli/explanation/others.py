"""What there is of each entry of ``spec.otherResources``: its object, whether it is ready, and since when it is not."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from jupyternetes.api import reasons
from jupyternetes.api.instance import Instance, OtherState
from jupyternetes.cli.explanation.collect import Facts
from jupyternetes.cli.explanation.compare import Difference, differences
from jupyternetes.cli.explanation.parts import Now, Part, entries_of, now_words, own_metadata
from jupyternetes.cli.explanation.waiting import time_left
from jupyternetes.operators.templates.existing import COMPLETED
from jupyternetes.templating import CompiledTemplate
from jupyternetes.templating.jsontree import as_mapping
from jupyternetes.templating.problems import child_path
from jupyternetes.templating.references import OTHER_RESOURCES

_OF_EVERY_OBJECT = ("apiVersion", "kind", "metadata")


def other_parts(
    known: Facts, compiled: CompiledTemplate | None, now: Mapping[tuple[str, str], Now], *, readable: bool
) -> Iterator[Part]:
    """The entries of the Template in its order, then those that are on record without it."""
    entries = compiled.other_resources if compiled is not None else ()
    timeouts = {each.written.name: each.written.timeout_seconds for each in entries}
    for entry, wanted, state, name in entries_of(now, OTHER_RESOURCES, known.instance.status.other_resources):
        body = wanted.body if wanted is not None else None
        live = known.others.get(entry)
        yield Part(
            kind=str((body or {}).get("kind") or "") or (state.kind if state else "") or "other resource",
            entry=entry,
            name=name,
            state=_state(known.instance, entry, state, timeouts.get(entry), known.now)
            + (", and there is no such object" if name and entry in known.others and live is None else ""),
            now=now_words(wanted, name, readable=readable),
            differs=_differs(body, live),
        )


def _state(instance: Instance, entry: str, state: OtherState | None, timeout: int | None, now: datetime) -> str:
    if state is None:
        return "not made: it is made when a start begins" if instance.spec.suspend else "not made yet"
    if instance.spec.suspend:
        return "it stays as it is until the next start"
    if state.observed_generation != instance.metadata.generation:
        return "the other-resources operator has not looked at it since the Instance was changed last"
    how = instance.status.other_resources_provisioned.get(entry)
    if how == COMPLETED:
        return "ready"
    reason = reasons.lookup(state.reason)
    words = state.error_message or state.message or reason.sentence
    since = f" since {state.since}" if state.since else ""
    counts = how != "Error" and reason is not reasons.WAITING_FOR_ENTRIES
    left = time_left(state.since, timeout, now) if timeout is not None and counts else ""
    advice = "" if reason.advice in words else reason.advice
    return " ".join(filter(None, (f"not ready{since}{left}: {words}{'.' if advice else ''}", advice)))


def _differs(wanted: Mapping[str, object] | None, live: Mapping[str, object] | None) -> tuple[Difference, ...]:
    if wanted is None or live is None:
        return ()
    metadata = as_mapping(live.get("metadata")) or {}
    there = {field: metadata.get(field) for field in ("labels", "annotations")}
    found = [*differences(own_metadata(wanted), there, "$.metadata")]
    for field in wanted.keys() - {*_OF_EVERY_OBJECT}:
        found += differences(wanted[field], live.get(field), child_path("$", field))
    return tuple(found)
