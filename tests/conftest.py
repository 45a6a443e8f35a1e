"""What every test shares: the order of the layers, how long a test may take, the settings of hypothesis, progress.

The layers run from the cheapest to the dearest, so that a mistake that a unit test finds costs no cluster. With several
processes (``--numprocesses``) what needs the node runs beside all that: it takes longest, and mostly waits.
"""

import asyncio
import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import hypothesis
import pytest
from rich.console import Console

from tools.cluster import Steps

if TYPE_CHECKING:
    from _pytest.capture import CaptureManager

TESTS = Path(__file__).parent
SECONDS_BY_LAYER = {"unit": 30, "contract": 120, "integration": 300, "e2e": 1200}
"""The layers in the order in which they run, and the seconds that one test may take unless it says otherwise."""

SKIPS_NODE = os.environ.get("SKIP_NODE") == "1"

# A shared machine may stop a process for a moment at any time, so the time of one example says nothing.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def layer_of(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    from tests.support.lanes import Lanes  # which pytest-xdist is needed for; not every environment has it

    return Lanes(config, log)


def is_one_of_several_processes(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure() -> None:
    # pytest-asyncio and looptime ask for the current event loop also where none runs. Python 3.11 then makes one that
    # nobody closes, unless it was said once that there is none.
    asyncio.set_event_loop(None)


def pytest_report_header() -> Iterator[str]:
    if seed := os.environ.get("PYTHONHASHSEED"):
        yield f"order of sets: PYTHONHASHSEED={seed}"
    if SKIPS_NODE:
        yield "e2e: deselected, because SKIP_NODE=1 is set and they need a node"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    order = list(SECONDS_BY_LAYER)
    if is_one_of_several_processes(config):  # the longest lane begins at once
        order.insert(0, order.pop())
    items.sort(key=lambda item: order.index(layer_of(item)))
    if SKIPS_NODE:
        deselect(config, items, [item for item in items if layer_of(item) == "e2e"])
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SECONDS_BY_LAYER[layer_of(item)]))


def deselect(config: pytest.Config, items: list[pytest.Item], unwanted: Iterable[pytest.Item]) -> None:
    gone = set(unwanted)
    items[:] = [item for item in items if item not in gone]
    config.hook.pytest_deselected(items=gone)


@pytest.fixture(scope="session")
def steps(pytestconfig: pytest.Config) -> Steps:
    """Shows what a fixture does that takes long, past pytest's capturing: cluster up, packages, images."""
    return Steps(Console(file=_Terminal(pytestconfig), highlight=False, soft_wrap=True))


class _Terminal(io.StringIO):
    """One of several processes has no reporter, and its standard error is that of all."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__()
        self._reporter = cast("pytest.TerminalReporter | None", config.pluginmanager.getplugin("terminalreporter"))
        self._capture = cast("CaptureManager", config.pluginmanager.getplugin("capturemanager"))

    def write(self, text: str, /) -> int:
        with self._capture.global_and_fixture_disabled():
            if self._reporter is None:
                print(f"\n{text}", end="", file=sys.stderr, flush=True)
            else:
                self._reporter.ensure_newline()
                self._reporter.write(text, flush=True)
        return len(text)
