"""What unit tests of several packages need."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """For tests that configure the logging of the process: what they set does not reach the next test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.getLogger("aiohttp.access").setLevel(logging.NOTSET)


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """For tests in which things fail on purpose, thousands of times."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
