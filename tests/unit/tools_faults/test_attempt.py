"""Is a run followed from the fault to its end, and kept whatever happens? Against an API server that is fake."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jupyternetes.graph.model import kinds
from tests.support.fakekube import FakeKube
from tests.unit.graph.discovery.test_collect import serve, without_optional_kinds
from tools.faults.catalogue import Case, Group, part
from tools.faults.errors import FaultError
from tools.faults.replay import replay, story
from tools.faults.results import Run
from tools.faults.score import is_right
from tools.faults.site import Site
from tools.faults.sitting import Attempt

HUBS = "jupyter"
WELL = {"type": "Ready", "status": "True"}
RUNS = {"name": "main", "ready": True, "restartCount": 0, "image": "", "imageID": "", "state": {"running": {}}}
KILLED = RUNS | {"ready": False, "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}


def pod(component: str) -> dict[str, Any]:
    """Without an address: nobody asks it."""
    labels = {"app": "jupyterhub", "component": component, "release": "jh"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": component, "namespace": HUBS, "labels": labels},
        "spec": {"containers": [{"name": "main", "image": "i", "ports": [{"containerPort": 8000}]}]},
        "status": {"phase": "Running", "conditions": [WELL], "containerStatuses": [RUNS]},
    }


@pytest.fixture
async def fake() -> AsyncIterator[FakeKube]:
    async with without_optional_kinds(serve([pod("hub"), pod("proxy")], [HUBS])) as fake:
        yield fake


def site(fake: FakeKube) -> Site:
    return cast("Site", SimpleNamespace(kubeconfig=fake.kubeconfig, namespaces=(HUBS,)))


def killed(fake: FakeKube) -> Callable[[Site], AbstractContextManager[float]]:
    """The proxy is out of memory, until the end of the block."""
    pods = next(kind for kind in fake.registry.kinds.values() if kind.kind == "Pod")
    loop = asyncio.get_running_loop()

    async def set_status(condition: str, container: dict[str, Any]) -> None:
        status = {"conditions": [WELL | {"status": condition}], "containerStatuses": [container]}
        fake.registry.patch("merge", pods, HUBS, "proxy", {"status": status}, subresource="status")

    @contextmanager
    def make(_: Site) -> Generator[float]:
        made = time.monotonic()
        asyncio.run_coroutine_threadsafe(set_status("False", KILLED), loop).result()
        try:
            yield made
        finally:
            asyncio.run_coroutine_threadsafe(set_status("True", RUNS), loop).result()

    return make


async def made(fake: FakeKube, case: Case, folder: Path) -> Run:
    run = Run(fault=case.name, repeat=1, commit="", seed=7, sitting="", started="", recording="run.jsonl.gz")
    attempt = Attempt(site(fake), case, run, folder / run.recording, chance=0, stands=0.5)
    await asyncio.to_thread(attempt.make)
    return attempt.run


@pytest.mark.timeout(120)  # what was noticed is remembered for ten seconds, and looks are seconds apart
async def test_a_run_is_followed_until_all_is_well_and_its_recording_says_the_same(
    fake: FakeKube, tmp_path: Path
) -> None:
    case = Case("proxy", "", Group.FAULT, killed(fake), (part(kinds.PROXY),), limit=20)

    run = await made(fake, case, tmp_path)
    again = replay(run, tmp_path)

    assert (run.problem, run.headline) == ("", "The cause is the proxy.")
    times = [run.made, run.first_sign, run.first_verdict, run.right, run.healed, run.quiet]
    assert times == sorted(time for time in times if time is not None)
    assert is_right(again.last[1], run.expected)
    assert again.seconds == pytest.approx((run.right or 0) - (run.made or 0), abs=0.2)
    assert again.evidence == (1, 1)
    assert any("The cause is the proxy" in line for line in story(tmp_path / run.recording))


async def test_a_run_in_which_the_fault_cannot_be_made_says_why_and_keeps_its_recording(
    fake: FakeKube, tmp_path: Path
) -> None:
    @contextmanager
    def make(_: Site) -> Generator[float]:
        raise FaultError("there is no proxy")
        yield 0.0

    run = await made(fake, Case("proxy", "", Group.FAULT, make), tmp_path)

    assert (run.problem, run.counts) == ("there is no proxy", False)
    assert len(list(story(tmp_path / run.recording))) == 1


async def test_a_run_that_is_broken_off_says_so(fake: FakeKube, tmp_path: Path) -> None:
    @contextmanager
    def make(_: Site) -> Generator[float]:
        raise KeyError("a mistake of the suite")
        yield 0.0

    run = Run(fault="", repeat=1, commit="", seed=7, sitting="", started="", recording="run.jsonl.gz")
    attempt = Attempt(site(fake), Case("proxy", "", Group.FAULT, make), run, tmp_path / run.recording, chance=0)

    with pytest.raises(KeyError):
        await asyncio.to_thread(attempt.make)

    assert attempt.run.problem == "it was broken off"
