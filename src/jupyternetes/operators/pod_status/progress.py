"""What happened on the way to a running server, from the pod and its Events: the last 20 steps, oldest first."""

from collections.abc import Iterable

from jupyternetes.api import reasons
from jupyternetes.api.bounds import bounded
from jupyternetes.api.core import Event, Pod
from jupyternetes.api.instance import ProgressEntry
from jupyternetes.operators.pod_status.observe import Observation
from jupyternetes.operators.pod_status.readiness import ready_time

LIMIT = 20


def steps(
    known: Iterable[ProgressEntry], pod: Pod, observation: Observation, events: Iterable[Event]
) -> tuple[ProgressEntry, ...]:
    """The steps of one pod: those ``known``, since Events expire, and what was added."""
    entries = [*known]
    entries += [
        bounded(
            ProgressEntry(
                time=event.last_seen,
                reason=event.reason,
                message=event.message,
            )
        )
        for event in events
        if event.involved_object.uid == pod.metadata.uid
    ]
    ready_since = ready_time(pod)
    if observation.state == "Running" and ready_since:
        reason = reasons.SERVER_READY
        entries.append(ProgressEntry(time=ready_since, reason=reason.name, message=reason.sentence))
    return tuple(_newest(_without_repeats(entries)))


def _newest(entries: list[ProgressEntry]) -> list[ProgressEntry]:
    """As many as there is room for, and that the server was ready once: what fails after that ends no start."""
    kept = entries[-LIMIT:]
    ready = [entry for entry in entries[:-LIMIT] if entry.reason == reasons.SERVER_READY.name]
    return [ready[-1], *kept[1:]] if ready else kept


def _without_repeats(entries: Iterable[ProgressEntry]) -> list[ProgressEntry]:
    """In order of time; of entries that say the same the last one. Times come with and without fractions."""
    last = {(entry.reason, entry.message): entry for entry in entries}
    return sorted(last.values(), key=lambda entry: entry.time[:19])
