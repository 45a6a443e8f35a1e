"""Structured logs: each line carries the controller, the object and the pass it belongs to, without being told.

Nobody logs bodies of requests or values of variables; what is the same as before is not logged again by its source.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

log = logging.getLogger(__name__)

_fields: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default={})  # noqa: B039 (never changed, only replaced)


@contextmanager
def fields(**values: str) -> Generator[None]:
    """Add fields to every line logged inside, by whatever module."""
    token = _fields.set({**_fields.get(), **values})
    try:
        yield
    finally:
        _fields.reset(token)


def configure(level: str = "INFO", format: Literal["json", "text"] = "json") -> None:  # noqa: A002 (the option's name)
    """Send all logs of this process to standard error. Raises ValueError for an unknown level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if format == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # One line for each probe would drown the rest.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def loop_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what failed with nobody waiting for it, as an event loop's exception handler.

    Not uvloop's complaint, with a traceback, that there are bytes to read from a connection that was just broken off.
    """
    error = context.get("exception")
    if isinstance(error, RuntimeError) and str(error).endswith("the handler is closed"):
        log.debug("%s: %s", context.get("message"), error)
        return
    loop.default_exception_handler(context)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """As logging.Formatter; times are UTC."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields.get(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """For people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """As logging.Formatter; times are UTC."""
        context = "".join(f" {name}={value}" for name, value in _fields.get().items())
        line = f"{_time(record)} {record.levelname:<7} {record.getMessage()}{context}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
