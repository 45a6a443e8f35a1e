"""What a start waits for beside its own volumes and pod: other resources, and the answers of other operators."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from jupyternetes.api import conditions, reasons
from jupyternetes.api.bounds import one_line
from jupyternetes.api.instance import Instance
from jupyternetes.spawner.status.note import Note

_LENGTH: Final = 512  # characters of what other operators say


def notes_of_others(instance: Instance) -> Iterator[tuple[object, Note]]:
    """Each other resource that is not ready, with its kind, since when it is waited for, and what it says of itself."""
    status, generation = instance.status, instance.metadata.generation
    for name, state in status.other_resources.items():
        waits = status.other_resources_provisioned.get(name) == "Pending" and state.observed_generation >= generation
        if waits and state.reason == reasons.WAITING_FOR_OTHER_RESOURCE.name:
            what = " ".join(filter(None, (state.kind, name)))
            words = one_line(state.message, _LENGTH)
            text = f"Waiting for {what}{_since(state.since)}{f': {words}' if words else ''}"
            yield (name, state.start_id, state.message), Note(None, text)


def notes_of_gates(instance: Instance) -> Iterator[tuple[object, Note]]:
    """Who is asked whether the server may start, since when, and what they say until they have decided."""
    for name, asked in instance.status.gates.items():
        if asked.before != "Start" or asked.start_id != instance.spec.start_id:
            continue
        said = conditions.find(instance.status.conditions, name)
        answer = said if said is not None and said.observed_generation >= asked.generation else None
        if answer is not None and answer.status != "Unknown":
            continue
        if asked.asked_at:
            yield (name, asked.generation), Note(None, f"Waiting for the answer of {name}{_since(asked.asked_at)}")
        if answer is not None and (words := one_line(answer.message, _LENGTH)):
            yield (name, asked.generation, words), Note(None, f"{name}: {words}")


def _since(text: str) -> str:
    """The time of day, in UTC as the cluster's own times are; empty for what is no time."""
    try:
        return f" since {datetime.fromisoformat(text).astimezone(UTC):%H:%M:%S} UTC"
    except ValueError:
        return ""
