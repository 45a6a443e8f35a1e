"""Rehearses Templates in the background, one after another: no start has a part in it, and none waits for it.

Once for each generation: what the status says of the present one stands, also over a restart.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import PODS
from jupyternetes.api.template import Template
from jupyternetes.api.times import rfc3339
from jupyternetes.operators.pods.rehearsal.bodies import NotFilled, SamplePod, sample_pods
from jupyternetes.operators.pods.rehearsal.namespaces import candidates
from jupyternetes.operators.pods.rehearsal.outcome import Answer, Outcome, is_gone, not_filled, nowhere, outcome_of
from jupyternetes.operators.templates.finder import TemplateCache, TemplateFinder
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, NotLeader, UnknownOutcome, Unreachable
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.queue import WorkQueue

log = logging.getLogger(__name__)

_MOST_NAMESPACES: Final = 5
"""So many are tried as long as each turns out to be gone."""
_RETRY_BASE: Final = 4.0  # seconds


class Instances(Protocol):
    """The cache of Instances."""

    def values(self) -> Iterable[Instance]:
        """All of them."""
        ...


class _Revision(NamedTuple):
    """Of a Template: its uid and generation."""

    uid: str
    generation: int

    @classmethod
    def of(cls, template: Template) -> "_Revision":
        return cls(template.metadata.uid, template.metadata.generation)


@dataclass(slots=True)
class Rehearsals:
    """``watched``: the namespaces that the operator looks after; none: all. ``serves``: whether it works in one now.

    ``news`` is called with a Template of which there is something to say. At most one pod is tried in ``pause``
    seconds. What passes by itself is tried ``attempts`` times.
    """

    client: Client
    templates: TemplateCache
    finder: TemplateFinder
    instances: Instances
    news: Callable[[ObjectKey], None]
    _: KW_ONLY
    watched: Sequence[str] = ()
    serves: Callable[[str], bool] = lambda _: True
    pause: float = 1.0
    attempts: int = 5
    _queue: WorkQueue[ObjectKey] = field(default_factory=WorkQueue[ObjectKey], init=False)
    _failures: dict[ObjectKey, tuple[_Revision, int]] = field(
        default_factory=dict[ObjectKey, tuple[_Revision, int]], init=False
    )
    _known: dict[ObjectKey, tuple[_Revision, Outcome]] = field(
        default_factory=dict[ObjectKey, tuple[_Revision, Outcome]], init=False
    )

    def condition(self, template: Template, *, accepted: bool, now: datetime) -> Condition | None:
        """What the Template's condition is to be, if it is to have one. If it is to be tried, that begins."""
        if not accepted:
            return None
        key, revision = key_of(template), _Revision.of(template)
        standing = conditions.find(template.status.conditions, conditions.REHEARSED)
        known, outcome = self._known.get(key, (None, None))
        if outcome is not None and known == revision:
            return conditions.updated(
                standing,
                conditions.REHEARSED,
                status=outcome.status,
                reason=outcome.reason.name,
                message=outcome.message,
                generation=revision.generation,
                now=rfc3339(now),
            )
        is_told = standing is not None and standing.observed_generation == revision.generation
        if not is_told and self._failed(key, revision) == 0:
            self._queue.add(key)
        return standing

    def forget(self, key: ObjectKey) -> None:
        """The Template is gone."""
        self._known.pop(key, None)
        self._failures.pop(key, None)

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            key = await self._queue.get()
            try:
                tried = await self._rehearse(key)
            except NotLeader:
                tried = 1
            except Exception:
                log.exception("the rehearsal of Template %s failed", key)
                tried = 1
            finally:
                self._queue.done(key)
            await asyncio.sleep(self.pause * tried)

    async def _rehearse(self, key: ObjectKey) -> int:
        """Try the Template as it is now; the answer is how many pods were tried."""
        template = self.templates.get(*key)
        if template is None:
            return 0
        revision = _Revision.of(template)
        if self._known.get(key, (None,))[0] == revision:
            return 0  # it was woken while it was tried
        outcome, tried = await self._outcome(template)
        failures = self._failed(key, revision) + 1
        if outcome.passes and failures < self.attempts:
            self._failures[key] = revision, failures
            self._queue.add_after(key, _RETRY_BASE * 2.0 ** (failures - 1))
            return tried
        self._failures.pop(key, None)
        self._known[key] = revision, outcome
        self.news(key)
        return tried

    def _failed(self, key: ObjectKey, revision: _Revision) -> int:
        """How many attempts were in vain, after which another one is due."""
        failed, number = self._failures.get(key, (None, 0))
        return number if failed == revision else 0

    async def _outcome(self, template: Template) -> tuple[Outcome, int]:
        compiled, tried = self.finder.compiled(template), 0
        if compiled.access is None or compiled.problems:
            return not_filled(compiled.problems), 0
        namespaces = candidates(
            key_of(template),
            compiled.access,
            shared=template.metadata.namespace in self.finder.namespaces,
            instances=self.instances.values(),
            watched=self.watched,
            serves=self.serves,
        )[:_MOST_NAMESPACES]
        for namespace in namespaces:
            try:
                pods = sample_pods(template, compiled, namespace)
            except NotFilled as fault:
                return not_filled(fault.problems), tried
            answers: list[Answer] = []
            for entry, pod in pods.items():
                answers.append(await self._try(entry, namespace, pod))
                tried += 1
                if is_gone(answers[-1]):
                    break
            else:
                return outcome_of(answers, namespace), tried
        return nowhere(namespaces), tried

    async def _try(self, entry: str, namespace: str, pod: SamplePod) -> Answer:
        error, warnings = None, ()
        try:
            warnings = await self.client.try_create(PODS, namespace, pod.body)
        except (ApiError, UnknownOutcome, Unreachable) as raised:
            error = raised
        return Answer(entry, pod.body, error, warnings, made_up=pod.made_up)
