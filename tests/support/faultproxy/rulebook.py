"""The rules in force, and the watches that are open. Belongs to the proxy's thread."""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from tests.support.faultproxy.events import HoldBack, LineFault
from tests.support.faultproxy.faults import RequestFault, WatchFault
from tests.support.faultproxy.rules import Rule
from tests.support.faultproxy.seen import Seen

Fault = RequestFault | WatchFault | LineFault | HoldBack


@dataclass
class OpenWatch:
    """A stream under way; what is put into ``sudden`` strikes it at once."""

    seen: Seen
    sudden: "asyncio.Queue[Rule[WatchFault]]" = field(default_factory=lambda: asyncio.Queue())


class Rulebook:
    """In the order in which the rules were made."""

    def __init__(self) -> None:
        self._rules: list[Rule[Any]] = []
        self._watches: list[OpenWatch] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, rule: Rule[Any]) -> None:
        self._rules.append(rule)
        if isinstance(rule.fault, WatchFault):
            for watch in self._watches:
                self._announce(rule, watch)

    def remove(self, rule: Rule[Any]) -> None:
        if rule in self._rules:
            self._rules.remove(rule)
        rule.lifted.set()

    def claim(self, seen: Seen) -> list[Rule[RequestFault]]:
        """The request faults that strike this request."""
        return [
            cast("Rule[RequestFault]", rule)
            for rule in self._rules
            if isinstance(rule.fault, RequestFault) and rule.applies_to(seen) and rule.claim()
        ]

    def holding(self, seen: Seen) -> Rule[HoldBack] | None:
        """A rule that keeps the events of a watch back."""
        return next(self._applying(HoldBack, seen), None)

    def of_lines(self, seen: Seen) -> list[Rule[LineFault]]:
        """The rules that may strike the events of a watch."""
        return list(self._applying(LineFault, seen))

    def open(self, seen: Seen) -> OpenWatch:
        """Note a watch that begins."""
        watch = OpenWatch(seen)
        self._watches.append(watch)
        for rule in self._rules:
            if isinstance(rule.fault, WatchFault):
                self._announce(rule, watch)
        return watch

    def close(self, watch: OpenWatch) -> None:
        self._watches.remove(watch)

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that outlives the request which caused it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _announce(self, rule: Rule[Any], watch: OpenWatch) -> None:
        if rule.applies_to(watch.seen) and rule.claim():
            watch.sudden.put_nowait(rule)

    def _applying(self, kind: type[Any], seen: Seen) -> Iterator[Rule[Any]]:
        return (rule for rule in self._rules if isinstance(rule.fault, kind) and rule.applies_to(seen))
