"""What can be made to go wrong, and the record of what was asked.

A fault is for the next request that matches, unless ``times`` says otherwise; the first that matches is taken. Whatever
befalls a request, it obeys its ``timeout=``: a write whose time is over answers 504 and is never committed.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.fakekube.kinds import Kind
from tests.support.fakekube.refusals import Refused


@dataclass(slots=True)
class Call:
    """One request, as it came in. ``status`` is 0 until it is answered, and stays so if the connection was cut."""

    verb: str
    """As in RBAC: get, list, watch, create, update, patch, delete."""
    kind: Kind
    namespace: str
    name: str
    """Of a create with generateName, that and a star."""
    subresource: str
    agent: str
    """The User-Agent."""
    query: dict[str, str]
    content_type: str
    body: Any
    at: float
    """The event loop's time."""
    status: int = 0
    committed: bool = False
    """Whether the write was carried out, whatever the client has heard of it."""

    @property
    def resource(self) -> str:
        """``pods`` or ``plural.group``, with ``/subresource`` where there is one."""
        return f"{self.kind}/{self.subresource}" if self.subresource else str(self.kind)

    @property
    def writes(self) -> bool:
        return self.verb not in ("get", "list", "watch") and not self.is_dry_run

    @property
    def is_dry_run(self) -> bool:
        """Whether it is a create that makes nothing; the fake knows of no other dry runs."""
        return self.verb == "create" and self.query.get("dryRun") == "All"

    def __str__(self) -> str:
        what = f"{self.at:.3f} {self.agent} {self.verb} {self.resource} {self.namespace}/{self.name}"
        return f"{what}: {self.status or 'cut'}{' committed' if self.committed else ''}"


Matches = Callable[[Call], bool]


def on(*verbs: str, resource: str = "", namespace: str = "", name: str = "", agent: str = "") -> Matches:
    """Requests with one of these verbs (none: any) about this; ``agent`` is how the User-Agent begins."""

    def matches(call: Call) -> bool:
        return (
            (not verbs or call.verb in verbs)
            and resource in ("", call.resource)
            and namespace in ("", call.namespace)
            and name in ("", call.name)
            and call.agent.startswith(agent)
        )

    return matches


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls a request, in this order: ``delay``, ``gate``, then ``refusal`` or the act, then ``lost``."""

    delay: float = 0.0
    """Seconds until anything happens."""
    gate: asyncio.Event | None = None
    """Nothing happens until it is set."""
    refusal: Refused | None = None
    """Answer this, without doing what was asked."""
    lost: bool = False
    """Cut the connection instead of answering: with a refusal nothing was done, without one it was done."""


@dataclass(slots=True)
class _Planned:
    matches: Matches
    fault: Fault
    times: int


@dataclass(slots=True)
class Faults:
    """``decide`` is asked about each request for which nothing is planned: random schedules go there."""

    log: list[Call] = field(default_factory=list[Call])
    decide: Callable[[Call], Fault | None] = lambda _: None
    _planned: list[_Planned] = field(default_factory=list[_Planned])

    def plan(self, matches: Matches, fault: Fault, *, times: int = 1) -> None:
        """Let ``fault`` befall the next requests that match."""
        self._planned.append(_Planned(matches, fault, times))

    def answer(self, matches: Matches, reason: str, *, retry_after: int | None = None, times: int = 1) -> None:
        """Refuse with a reason of Kubernetes ("TooManyRequests", "Expired", "InternalError"); nothing is done."""
        self.plan(matches, Fault(refusal=Refused(reason, "as planned", retry_after=retry_after)), times=times)

    def lose_answer(self, matches: Matches, *, times: int = 1) -> None:
        """Do what is asked and cut the connection: the client cannot know."""
        self.plan(matches, Fault(lost=True), times=times)

    def lose_request(self, matches: Matches, *, times: int = 1) -> None:
        """Cut the connection and do nothing: to the client this looks the same."""
        self.plan(matches, Fault(refusal=Refused("InternalError"), lost=True), times=times)

    def delay(self, matches: Matches, seconds: float, *, times: int = 1) -> None:
        """Commit only after ``seconds``."""
        self.plan(matches, Fault(delay=seconds), times=times)

    def hold(self, matches: Matches, *, times: int = 1) -> asyncio.Event:
        """Commit only once the answered event is set."""
        gate = asyncio.Event()
        self.plan(matches, Fault(gate=gate), times=times)
        return gate

    def clear(self) -> None:
        """Plan nothing any more; what has begun goes on."""
        self._planned.clear()
        self.decide = lambda _: None

    def calls(self, matches: Matches) -> list[Call]:
        """The calls of the log that match."""
        return [call for call in self.log if matches(call)]

    def take(self, call: Call) -> Fault:
        """What befalls this request; part of what the server calls."""
        self.log.append(call)
        for planned in self._planned:
            if planned.matches(call):
                planned.times -= 1
                if planned.times == 0:
                    self._planned.remove(planned)
                return planned.fault
        return self.decide(call) or Fault()
