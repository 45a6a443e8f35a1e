"""Kubernetes Events about what people should see with ``kubectl describe``: best effort, never in anyone's way."""

import asyncio
import itertools
import logging
from datetime import UTC, datetime
from typing import Literal

import msgspec

from jupyternetes.runtime import backoff
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Partial
from jupyternetes.runtime.errors import ApiError, NotLeader, UnknownOutcome, Unreachable
from jupyternetes.runtime.resource import Resource

log = logging.getLogger(__name__)

EVENTS = Resource("", "v1", "events", "Event", Partial, late_harms=False)

_SAME_FOR = 600.0
_MESSAGE_LIMIT = 1024
_REASON_LIMIT = 128
_NAME_LIMIT = 200
_AT_ONCE = 25
_INTERVAL = 1.0


class ObjectReference(msgspec.Struct, frozen=True, rename="camel"):
    """Whom an Event is about."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str


class EventRecorder:
    """``component`` is shown as the source.

    In a burst of starts Events would be a quarter of all writes: 25 go at once, then one a second, warnings first. More
    than ``capacity`` that wait are dropped, of what went well more than half of that: after two minutes it is no news.
    """

    def __init__(self, client: Client, component: str, *, capacity: int = 240) -> None:
        self._client = client
        self._component = component
        self._capacity = capacity
        self._unsent: asyncio.PriorityQueue[tuple[bool, int, str, dict[str, object]]] = asyncio.PriorityQueue()
        self._number = itertools.count()
        self._seen: dict[tuple[str, str, str], float] = {}
        self._next = float("-inf")

    @property
    def unsent(self) -> int:
        """Events that wait to be sent."""
        return self._unsent.qsize()

    def record(
        self,
        regarding: ObjectReference,
        *,
        type: Literal["Normal", "Warning"],  # noqa: A002 (the field's name)
        reason: str,
        message: str,
        urgent: bool = True,
    ) -> None:
        """Queue an Event; at once, and nothing if the same was said of this object within ten minutes.

        A warning that is not ``urgent`` waits and is dropped like an Event about what went well.
        """
        message = message if len(message) <= _MESSAGE_LIMIT else message[: _MESSAGE_LIMIT - 1] + "…"
        first = type == "Warning" and urgent
        room = self._capacity if first else self._capacity // 2
        if self.unsent >= room or self._said((regarding.uid, reason, message)):
            return
        namespace = regarding.namespace or "default"
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        event: dict[str, object] = {
            "metadata": {"generateName": f"{regarding.name[:_NAME_LIMIT]}.", "namespace": namespace},
            "involvedObject": msgspec.to_builtins(regarding),
            "type": type,
            "reason": reason[:_REASON_LIMIT],
            "message": message,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }
        self._unsent.put_nowait((not first, next(self._number), namespace, event))

    async def run(self) -> None:
        """Send what is recorded until cancelled; what the API server refuses is dropped."""
        reported = ""
        while True:
            _, _, namespace, event = await self._unsent.get()
            await self._turn()
            try:
                await self._client.create(EVENTS, namespace, event)
                reported = ""
            except (ApiError, UnknownOutcome, Unreachable, NotLeader) as error:
                if str(error) != reported:
                    reported = str(error)
                    log.info("an Event was not written: %s", error)
                await asyncio.sleep(min(getattr(error, "retry_after", None) or 0.0, backoff.CAP))

    async def _turn(self) -> None:
        """Wait for as long as the rate demands; what was not used of it is saved up, for one burst."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self._next - now)
        self._next = max(self._next, now - (_AT_ONCE - 1) * _INTERVAL) + _INTERVAL

    def _said(self, what: tuple[str, str, str]) -> bool:
        now = asyncio.get_running_loop().time()
        if len(self._seen) >= self._capacity:
            self._seen = {key: until for key, until in self._seen.items() if until > now}
        if self._seen.get(what, float("-inf")) > now:
            return True
        self._seen[what] = now + _SAME_FOR
        return False
