"""Writing the part of an Instance's status that one operator owns, only when it differs.

Most writes test what they replace and nothing else (``guarded_patch``). One that cannot be made so, or whose tests did
not hold, is a merge patch of what differs (``owned_fields.status_patch``) with the resourceVersion that the decision
rests on. Either keeps off an Instance that was made anew under the same name: the status subresource does not.
"""

import logging
from datetime import datetime
from typing import NamedTuple

from msgspec import structs

from jupyternetes.api import conditions
from jupyternetes.api.bounds import bounded
from jupyternetes.api.conditions import Condition
from jupyternetes.api.fields import OPERATORS
from jupyternetes.api.instance import Instance, InstanceStatus
from jupyternetes.api.resources import INSTANCES
from jupyternetes.operators.status import repair
from jupyternetes.operators.status.guarded_patch import guarded_patch
from jupyternetes.operators.status.owned_fields import Fields, owned_fields, status_patch
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Conflict, Invalid, NotFound, TooLarge
from jupyternetes.runtime.objects import ObjectKey, key_of

log = logging.getLogger(__name__)


class _Written(NamedTuple):
    """``decided``: what it says is what a pass made of it, so another one would find nothing to do."""

    instance: Instance
    decided: bool


class Change(NamedTuple):
    """Of the operator's fields, as they stand in JSON, to those of ``wanted``."""

    wanted: InstanceStatus
    before: Fields
    after: Fields


class StatusWriter:
    """Writes the fields of a status that are ``operator``'s and remembers what it wrote until the cache shows it."""

    def __init__(self, client: Client, operator: str) -> None:
        self._client = client
        self._operator = operator
        self._condition = next(kind for kind, owner in conditions.OWNERS.items() if owner == operator)
        self._written: dict[ObjectKey, _Written] = {}
        self._not_kept: dict[ObjectKey, tuple[Fields, Fields]] = {}  # what was asked for, and what came of it

    def latest(self, cached: Instance) -> Instance:
        """The newer of the cached Instance and the answer to our last write, so that we never act on our own past."""
        written = self._written.get(key_of(cached))
        if written is None:
            return cached
        newest = written.instance
        if newest.metadata.uid != cached.metadata.uid or _version(cached) >= _version(newest):
            del self._written[key_of(cached)]
            return cached
        return newest

    def is_own_write(self, before: Instance | None, now: Instance) -> bool:
        """Whether all that is new in the cache is the answer to our last write, and thus no news to who made it.

        ``before`` is what the cache showed until now, None if nothing. A write that tests only what it replaces may
        follow one of others that the pass did not know. Where a list shows both at once, nothing else tells of theirs.
        """
        if self._written.get(key_of(now)) != (now, True):
            return False
        del self._written[key_of(now)]
        return before is not None and self._of_others(before) == self._of_others(now)

    def forget(self, key: ObjectKey) -> None:
        """Drop what is remembered of an Instance that is gone."""
        self._written.pop(key, None)
        self._not_kept.pop(key, None)

    def change(self, instance: Instance, status: InstanceStatus) -> Change | None:
        """What is to be written for the operator's fields to read as in ``status``, cut to their bounds; None: nothing.

        That is also what the API server did not keep when it was written.
        """
        wanted = bounded(status)
        before, after = self._own(instance.status), self._own(wanted)
        if before == after or self._not_kept.get(key_of(instance)) == (after, before):
            return None
        return Change(wanted, before, after)

    async def write(self, instance: Instance, status: InstanceStatus) -> bool:
        """Make the operator's fields read as in ``status``; returns whether a write was needed. Raises as ``make``."""
        change = self.change(instance, status)
        if change is not None:
            await self.make(instance, change)
        return change is not None

    async def make(self, instance: Instance, change: Change) -> None:
        """Write a change of ``instance``.

        Raises ``Conflict`` when ``instance`` is not the newest: decide again from the newer one.
        """
        key, (wanted, before, after) = key_of(instance), change
        try:
            answer = await self._guarded(instance, before, after)
            if answer is None:
                answer = await self._patch(instance, status_patch(instance.status, wanted, self._operator))
        except Conflict:
            # Somebody else was quicker, or etcd was restored and what we remember never was. The cache may be older
            # than what we remember: by it alone a pod that is on record would be unknown again.
            if key in self._written:
                try:
                    self._written[key] = _Written(await self._client.get(INSTANCES, *key), decided=False)
                except NotFound:
                    del self._written[key]
            raise
        self._written[key] = _Written(answer, decided=True)
        self._check(answer, after)

    async def repair(self, instance: Instance, *, now: datetime) -> Condition | None:
        """Clear what is unreadable in the status, and say in the operator's condition what is so in the spec.

        The answer is that condition if it is news. Raises ``Conflict`` when ``instance`` is not the newest.
        """
        condition = repair.spec_condition(instance, self._condition, now=now)
        patch = repair.repair_patch(instance, condition)
        if not patch:
            return None
        answer = await self._patch(instance, patch["status"])
        self._written[key_of(instance)] = _Written(answer, decided=False)  # it can be read now, and wants another pass
        return condition

    def _own(self, status: InstanceStatus) -> Fields:
        return owned_fields(status, self._operator)

    def _of_others(self, instance: Instance) -> object:
        """All that a pass may look at and that is not its own to write."""
        metadata = structs.replace(instance.metadata, resource_version="")
        theirs = [owned_fields(instance.status, other) for other in OPERATORS if other != self._operator]
        return metadata, instance.spec, instance.unreadable, theirs

    def _check(self, answer: Instance, fields: Fields) -> None:
        """Notice a server that does not keep what it is sent: writing it again at each pass would never end."""
        kept = self._own(answer.status)
        if kept == fields:
            self._not_kept.pop(key_of(answer), None)
            return
        self._not_kept[key_of(answer)] = (fields, kept)
        lost = sorted(name for name in fields.keys() | kept.keys() if fields.get(name) != kept.get(name))
        log.warning(
            "the API server did not keep %s of status as written; is its CustomResourceDefinition that of this version?"
            " Install it with: jupyternetes crds | kubectl apply --server-side -f -",
            ", ".join(lost),
        )

    async def _guarded(self, instance: Instance, before: Fields, after: Fields) -> Instance | None:
        """The answer to a write that others' words do not disturb; None if it was not made."""
        steps = guarded_patch(instance, before, after)
        if steps is None:
            return None
        try:
            return await self._client.json_patch(INSTANCES, *key_of(instance), steps, subresource="status")
        except TooLarge:
            raise
        except Invalid:
            return None  # a test failed, or it is our words that the API server refuses: the merge patch tells

    async def _patch(self, instance: Instance, status: object) -> Instance:
        body: Fields = {"metadata": {"resourceVersion": instance.metadata.resource_version}, "status": status}
        return await self._client.merge_patch(INSTANCES, *key_of(instance), body, subresource="status")


def _version(instance: Instance) -> int:
    return int(instance.metadata.resource_version or 0)
