"""The story of one start, as JupyterHub's progress page tells it.

Every page that is opened or reloaded reads it from the beginning, at its own pace, so it is kept, not queued.
https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html#spawner-progress
"""

from collections.abc import AsyncGenerator, Iterator
from html import escape
from typing import Final

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.spawner.cluster.wakeup import Wakeup
from jupyternetes.spawner.status.beside import notes_of_gates, notes_of_others
from jupyternetes.spawner.status.instance_status import is_provisioned, serving_pod
from jupyternetes.spawner.status.note import Note

Event = dict[str, int | str]


REQUESTED: Final = Note(5, "Asking the cluster for a server.")

_PERCENT: Final = {
    reasons.SCHEDULED.name: 40,
    reasons.PULLING.name: 50,
    reasons.PULLED.name: 70,
    reasons.CREATED.name: 75,
    reasons.STARTED.name: 80,
    reasons.CONTAINERS_STARTED.name: 80,
    reasons.NOT_READY.name: 85,
    reasons.SERVER_READY.name: 95,
}
_PROVISIONED: Final = {
    conditions.PVCS_PROVISIONED: Note(20, "The server's volumes are there."),
    conditions.OTHER_RESOURCES_PROVISIONED: Note(25, "What the server needs beside its pod is ready."),
    conditions.PODS_PROVISIONED: Note(30, "The server's pod was made."),
}
_MOST: Final = 99  # 100 is JupyterHub's, for the end


class Progress:
    """Notes in the order in which they were made. Percentages never go back, and nothing is told twice in a row."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._told: set[object] = set()
        self._percent = 0
        self._ended = False
        self._more = Wakeup()

    def add(self, note: Note, *, once: object = None) -> None:
        """Tell ``note``; with ``once`` only if nothing was told under that key yet."""
        if once is not None:
            if once in self._told:
                return
            self._told.add(once)
        self._percent = min(max(self._percent, note.percent or 0), _MOST)
        message = f"{note.message} {note.advice}".strip()
        event: Event = {"progress": self._percent, "message": message}
        if note.advice:
            # The page shows html_message as it is: what comes from a cluster or a user must not become markup.
            event["html_message"] = f"{escape(note.message)}<br><em>{escape(note.advice)}</em>"
        if not self._events or self._events[-1]["message"] != message:
            self._events.append(event)
            self._more.fire()

    def add_status(self, instance: Instance) -> None:
        """Tell what is new in an Instance's status about its present start."""
        for key, note in _notes(instance):
            self.add(note, once=key)

    def end(self) -> None:
        """The start is over, one way or the other."""
        self._ended = True
        self._more.fire()

    @property
    def ended(self) -> bool:
        """Whether the start is over."""
        return self._ended

    async def read(self) -> AsyncGenerator[Event]:
        """All events from the first on, until the start is over."""
        position = 0
        while True:
            while position < len(self._events):
                yield dict(self._events[position])
                position += 1
            if self._ended:
                return
            await self._more.wait()


def outcome(reason: Reason, detail: str = "") -> Note:
    """A note on what keeps a server from starting, with the way out."""
    detail = "" if detail == reason.sentence else detail
    return Note(None, f"{reason.sentence} {detail}".strip(), "" if reason.advice in detail else reason.advice)


def _notes(instance: Instance) -> Iterator[tuple[object, Note]]:
    waited_for = [*notes_of_others(instance)]
    for condition in instance.status.conditions:
        if condition.type in _PROVISIONED and condition.observed_generation >= instance.metadata.generation:
            if condition.status != "True" and is_provisioned(instance):
                continue  # such as a Template that was deleted meanwhile
            if waited_for and condition.reason == reasons.WAITING_FOR_OTHER_RESOURCE.name:
                yield from waited_for  # each by itself, where the condition names one
            else:
                yield (condition.type, condition.reason, condition.message), _on_condition(condition)
    yield from notes_of_gates(instance)
    pod = serving_pod(instance)
    if pod is None:
        return
    for entry in pod.progress:
        # Its own text says more than the reason's sentence: an image's name, a node's.
        text = entry.message or reasons.lookup(entry.reason).sentence
        yield (pod.uid, entry.time, entry.reason, entry.message), Note(_PERCENT.get(entry.reason), text)
    if pod.reason and pod.state != "Running" and not any(entry.reason == pod.reason for entry in pod.progress):
        yield (pod.uid, pod.reason, pod.message), outcome(reasons.lookup(pod.reason), pod.message)


def _on_condition(condition: Condition) -> Note:
    if condition.status == "True":
        return _PROVISIONED[condition.type]
    return outcome(reasons.lookup(condition.reason), condition.message)
