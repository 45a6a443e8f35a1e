"""A pass over one Instance for a ``@gate``: is there an answer to give, and is it given?"""

from dataclasses import dataclass, field
from typing import cast

import msgspec

from jupyternetes.api import conditions
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import GateState, Instance
from jupyternetes.api.resources import INSTANCES
from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Result
from jupyternetes.runtime.errors import Invalid, NotFound, TooLarge
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.store import Change
from jupyternetes.sdk.answers import Answer, progress, refuse
from jupyternetes.sdk.cluster import Cluster
from jupyternetes.sdk.gates import Asking, GateOperator
from jupyternetes.sdk.kinds import Json
from jupyternetes.sdk.work.calls import OURS, failure_message, within
from jupyternetes.sdk.work.latest import Latest


@dataclass(slots=True)
class GateReconciler:
    """Reconciles the Instances that ``cache`` holds, by key."""

    operator: GateOperator
    client: Client
    cache: Informer[Instance]
    cluster: Cluster
    _latest: Latest[Instance] = field(default_factory=Latest[Instance], init=False)
    _said: dict[ObjectKey, Condition] = field(default_factory=dict[ObjectKey, Condition], init=False)

    def is_news(self, change: Change[Instance]) -> bool:
        """Whether a change of the cache asks for a pass; our own answer does not, confirmed by then or not."""
        if change.old is None or change.new is None:
            return True
        if self._asking(change.old) != self._asking(change.new):
            return True
        before, now = (conditions.find(each.status.conditions, self.operator.name) for each in (change.old, change.new))
        return before != now and self._said.get(key_of(change.new)) != now

    async def reconcile(self, key: ObjectKey) -> Result | None:
        """One pass. Raises what the function or the API server failed with."""
        cached = self.cache.get(*key)
        if cached is None:
            self._latest.forget(key)
            self._said.pop(key, None)
            return None
        instance = self._latest.of(cached)
        asked = instance.status.gates.get(self.operator.name)
        if asked is None or instance.metadata.deleting or self._is_answered(instance, asked):
            return None
        try:
            answer = await self._decide(instance, asked)
        except OURS:
            raise
        except Exception as error:
            await self._say(instance, asked, progress(failure_message(error), reason="OperatorFailed"))
            raise
        await self._say(instance, asked, answer)
        return Result(requeue_after=answer.again_after)

    def _asking(self, instance: Instance) -> object:
        return instance.metadata.uid, instance.metadata.deleting, instance.status.gates.get(self.operator.name)

    def _is_answered(self, instance: Instance, asked: GateState) -> bool:
        said = conditions.find(instance.status.conditions, self.operator.name)
        return said is not None and said.observed_generation >= asked.generation and said.status != "Unknown"

    async def _decide(self, instance: Instance, asked: GateState) -> Answer:
        if asked.before != self.operator.before:
            mine = self.operator.before.lower()
            return refuse("WrongGate", f"This operator has a say before a {mine}, and the Template asks it otherwise")
        asking = Asking(instance, asked.before, asked.generation, asked.start_id, asked.asked_at)
        return await within(self.operator.timeout, self.operator.decide(asking, self.cluster))

    async def _say(self, instance: Instance, asked: GateState, answer: Answer) -> None:
        before = conditions.find(instance.status.conditions, self.operator.name)
        said = conditions.updated(
            before,
            self.operator.name,
            status=answer.status,
            reason=answer.reason,
            message=answer.message,
            generation=asked.generation,
            now=rfc3339(utc_now()),
        )
        if said == before:
            return
        self._said[key_of(instance)] = said
        try:
            await self._write(instance, said)
        except NotFound:
            return  # the Instance went meanwhile

    async def _write(self, instance: Instance, said: Condition) -> None:
        """Others write their conditions in the same moment, so the patch rests on the place of ours alone."""
        try:
            await self._patch(instance, said)
        except TooLarge:
            raise
        except Invalid:
            live = await self.client.get(INSTANCES, *key_of(instance))
            if _steps(live, said) == _steps(instance, said):
                raise  # it is our words that are refused
            await self._patch(live, said)

    async def _patch(self, instance: Instance, said: Condition) -> None:
        steps = _steps(instance, said)
        answer = await self.client.json_patch(INSTANCES, *key_of(instance), steps, subresource="status")
        self._latest.wrote(answer)


def _steps(instance: Instance, said: Condition) -> list[Json]:
    """A JSON Patch (RFC 6902) of one condition in the list of all; it fails if another stands in its place.

    What is asked stands in the status together with a condition of the Pod operator, so there is a list.
    """
    types = [each.type for each in instance.status.conditions]
    value = cast("Json", msgspec.to_builtins(said))
    same = {"op": "test", "path": "/metadata/uid", "value": instance.metadata.uid}
    if said.type not in types:
        return [same, {"op": "add", "path": "/status/conditions/-", "value": value}]
    place = f"/status/conditions/{types.index(said.type)}"
    return [
        same,
        {"op": "test", "path": f"{place}/type", "value": said.type},
        {"op": "replace", "path": place, "value": value},
    ]
