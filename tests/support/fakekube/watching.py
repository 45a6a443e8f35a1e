"""One watch: which commits a client hears of, and as what."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.fakekube.faults import Call
from tests.support.fakekube.kinds import Kind
from tests.support.fakekube.refusals import Refused, too_large
from tests.support.fakekube.selectors import Selects
from tests.support.fakekube.state import Change, Json, State

_INITIAL_END = {"k8s.io/initial-events-end": "true"}


@dataclass(slots=True, eq=False)
class Watch:
    """Put into ``lines`` what the client is to get; None ends the stream. While ``held``, commits wait."""

    call: Call
    kind: Kind
    namespace: str
    selects: Selects
    bookmarks: bool
    cut: Callable[[], None]
    """Breaks the connection."""
    lines: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue[bytes | None])
    held: bool = False
    _after: int = 0
    _waiting: list[Change] = field(default_factory=list[Change])

    def begin(self, state: State, version: str, *, initial: bool) -> None:
        """Catch up: from ``version``, or with all objects if that is asked for by flag or by giving no version.

        A version that is too old is an ERROR event: this is how the API server tells it. One of the future is none: the
        stream is silent until the state gets there.
        """
        self._after = int(version or 0)
        try:
            if initial and self._after > state.version:
                raise too_large(self._after, state.version)
            missed = [] if initial or not self._after else state.since(self._after)
        except Refused as refused:
            self.fail(refused)
            return
        for change in missed:
            self.hear(change)
        if initial or not self._after:
            for obj in filter(self.selects, state.objects(self.kind, self.namespace)):
                self._send("ADDED", obj)
            self.bookmark(state, _INITIAL_END)

    def hear(self, change: Change) -> None:
        """Take in a commit."""
        if self.held:
            self._waiting.append(change)
        elif (
            change.version > self._after
            and change.key.kind is self.kind
            and self.namespace in ("", change.key.namespace)
        ):
            before = change.old is not None and self.selects(change.old)
            after = change.new is not None and self.selects(change.new)
            if after and change.new is not None:
                self._send("MODIFIED" if before else "ADDED", change.new)
            elif before and change.old is not None:
                version = {"resourceVersion": str(change.version)}
                self._send("DELETED", {**change.old, "metadata": {**change.old["metadata"], **version}})

    def release(self) -> None:
        """Hear of what was held back."""
        self.held = False
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            self.hear(change)

    def bookmark(self, state: State, annotations: dict[str, str] | None = None) -> None:
        """Tell the version up to which the client has heard everything; of some kinds only after the initial ones."""
        told = self.kind.bookmarks or annotations
        if self.bookmarks and told and not self.held and state.version >= self._after:
            metadata = {"resourceVersion": str(state.version)} | ({"annotations": annotations} if annotations else {})
            self._send("BOOKMARK", {"apiVersion": self.kind.api_version, "kind": self.kind.kind, "metadata": metadata})

    def fail(self, refused: Refused) -> None:
        """An ERROR event, and the end."""
        self._send("ERROR", refused.status())
        self.end()

    def end(self) -> None:
        """A regular end of the stream."""
        self.lines.put_nowait(None)

    def _send(self, event: str, obj: Json) -> None:
        self.lines.put_nowait(json.dumps({"type": event, "object": obj}).encode() + b"\n")
