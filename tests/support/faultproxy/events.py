"""What can happen to the single events of a watch. A fault is begun once for each stream, and may remember things."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.faultproxy.ends import Broken, End

Json = dict[str, Any]
Strike = Callable[[bytes], list[bytes] | None]
"""From a line with its newline to the pieces to send in its place; None is for a line that is no concern of it."""


@dataclass(frozen=True)
class LineFault:
    """Strikes lines of a watch."""

    def begin(self) -> Strike:
        """What it does to the lines of one stream."""
        raise NotImplementedError


@dataclass(frozen=True)
class HoldBack:
    """Nothing reaches the client, bookmarks neither, until the rule is lifted; then everything does, in order."""


@dataclass(frozen=True)
class Slice(LineFault):
    """So many bytes at a time."""

    size: int = 1

    def begin(self) -> Strike:
        return lambda line: [line[i : i + self.size] for i in range(0, len(line), self.size)]


@dataclass(frozen=True)
class Join(LineFault):
    """Keep events until there are ``count`` of them, then send them as one piece."""

    count: int = 2

    def begin(self) -> Strike:
        waiting: list[bytes] = []

        def strike(line: bytes) -> list[bytes]:
            waiting.append(line)
            if len(waiting) < self.count:
                return []
            joined = b"".join(waiting)
            waiting.clear()
            return [joined]

        return strike


@dataclass(frozen=True)
class Duplicate(LineFault):
    """Each event comes ``copies`` times."""

    copies: int = 2

    def begin(self) -> Strike:
        return lambda line: [line] * self.copies


@dataclass(frozen=True)
class Replay(LineFault):
    """With each event all earlier ones of the stream come once more, before it."""

    def begin(self) -> Strike:
        past: list[bytes] = []

        def strike(line: bytes) -> list[bytes]:
            past.append(line)
            return list(past)

        return strike


@dataclass(frozen=True)
class Edit(LineFault):
    """Change events of one type; ``change`` gets the event as plain data and returns it, or None to lose it."""

    change: Callable[[Json], Json | None]
    type: str

    def begin(self) -> Strike:
        def strike(line: bytes) -> list[bytes] | None:
            event = json.loads(line)
            if event["type"] != self.type:
                return None
            changed = self.change(event)
            return [] if changed is None else [json.dumps(changed).encode() + b"\n"]

        return strike


@dataclass(frozen=True)
class CutLine(LineFault):
    """The stream ends right behind these bytes, be it in mid-line or in mid-character."""

    behind: bytes
    end: End = End.FIN

    def begin(self) -> Strike:
        def strike(line: bytes) -> list[bytes] | None:
            before, found, _ = line.partition(self.behind)
            if not found:
                return None
            raise Broken(self.end, before + found)

        return strike
