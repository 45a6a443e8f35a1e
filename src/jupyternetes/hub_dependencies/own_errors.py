"""What do the hub's own statements meet in its database, of which the question to it sees nothing?

A database whose disk is full still answers ``SELECT 1``, on new connections too: only who writes notices.
"""

from contextlib import suppress
from time import monotonic
from typing import Any, Final

from sqlalchemy import event

from jupyternetes.api.dependency_reasons import DISK_ERROR, DISK_FULL, FILE_DAMAGED, FILE_LOCKED, READ_ONLY
from jupyternetes.api.reasons import Reason
from jupyternetes.hub_dependencies.failures import explain

_OF_WRITING: Final = (DISK_FULL, DISK_ERROR, READ_ONLY, FILE_LOCKED, FILE_DAMAGED)
#: Seconds for which an error counts. It comes again when the hub writes again; an idle hub writes seldom, and on a disk
#: that is full some of what it writes still finds room, so a success says nothing.
_COUNTS_FOR: Final = 120.0


class OwnErrors:
    """Listens to the hub's engine; the last error about writing, if any. The hub's statements wait for nothing."""

    def __init__(self) -> None:
        self._last: tuple[float, Reason] | None = None

    def listen(self, engine: Any) -> None:
        """Begin, at a SQLAlchemy ``Engine``.

        https://docs.sqlalchemy.org/en/20/core/events.html#sqlalchemy.events.DialectEvents.handle_error
        """
        event.listen(engine, "handle_error", self._note)

    def recent(self) -> Reason | None:
        """What the hub met last, if that was a short time ago."""
        if self._last is None or monotonic() - self._last[0] > _COUNTS_FOR:
            return None
        return self._last[1]

    def _note(self, context: Any) -> None:
        """Called by SQLAlchemy, in the hub's thread, where nothing of ours may raise."""
        with suppress(Exception):
            reason = explain(context.original_exception)
            if reason in _OF_WRITING:
                self._last = monotonic(), reason
