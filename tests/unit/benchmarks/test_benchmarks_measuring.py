"""What is measured: stalls of an event loop, processes from outside, requests in the audit log."""

import asyncio
import gc
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import Agent, cpu_seconds, memory_mb
from benchmarks.stalls import LIMIT, Stalls
from benchmarks.traffic import Mark, Traffic


@pytest.fixture(autouse=True)
def callbacks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[str, object], None]]:
    """What Python is told to call around collections of garbage, if it asked us."""
    called: list[Callable[[str, object], None]] = []
    monkeypatch.setattr(gc, "callbacks", called)
    return called


def burn(seconds: float) -> None:
    """Use the processor for so long."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_stall_is_noted_with_what_the_process_itself_did_in_it() -> None:
    stalls = Stalls()
    stalls.start()
    await asyncio.sleep(0.04)

    burn(2 * LIMIT)
    await asyncio.sleep(0.04)

    figures = stalls.figures()
    assert figures["longest_own_ms"] >= 1000 * LIMIT
    assert figures["longest_ms"] >= 1000 * LIMIT
    assert figures["own_over_50_ms"] == 1


async def test_waiting_for_the_machine_is_no_work_of_the_process() -> None:
    stalls = Stalls()
    stalls.start()
    await asyncio.sleep(0.04)

    time.sleep(2 * LIMIT)  # noqa: ASYNC251 - the loop is to stall without working
    await asyncio.sleep(0.04)

    figures = stalls.figures()
    assert figures["longest_ms"] >= 1000 * LIMIT
    assert figures["own_over_50_ms"] == 0


async def test_collection_of_garbage_is_counted_apart(callbacks: list[Callable[[str, object], None]]) -> None:
    stalls = Stalls()
    stalls.start()
    await asyncio.sleep(0.04)
    (collection,) = callbacks

    collection("start", {})
    burn(2 * LIMIT)
    collection("stop", {})
    await asyncio.sleep(0.04)

    figures = stalls.figures()
    assert figures["longest_ms"] >= 1000 * LIMIT
    assert figures["longest_collection_ms"] >= 2000 * LIMIT
    assert figures["own_over_50_ms"] == 0


async def test_reset_forgets() -> None:
    stalls = Stalls()
    stalls.start()
    burn(2 * LIMIT)
    await asyncio.sleep(0.04)

    stalls.reset()

    assert set(stalls.figures().values()) == {0}


def test_process_is_seen_from_outside() -> None:
    before = cpu_seconds(os.getpid())
    burn(0.05)

    assert cpu_seconds(os.getpid()) - before >= 0.03
    memory = memory_mb(os.getpid())
    assert 1 < memory["rss_mb"] <= memory["peak_mb"]


def test_agent_does_what_it_is_told_and_says_what_that_cost(tmp_path: Path) -> None:
    module = tmp_path / "sample_agent.py"
    module.write_text(
        "import asyncio\n"
        "from benchmarks.agent import serve\n"
        "async def double(number):\n"
        "    print('noise on stdout')\n"
        "    return 2 * number\n"
        "asyncio.run(serve({'double': double}))\n"
    )
    search = os.pathsep.join([str(tmp_path), str(Path.cwd())])

    with Agent(["sample_agent"], tmp_path / "agent.log", {"PYTHONPATH": search}) as agent:
        answer = agent.call("double", number=21)

    assert answer["result"] == 42
    assert answer["seconds"] > 0
    assert answer["peak_mb"] > 1
    assert "noise" in (tmp_path / "agent.log").read_text()


def entry(verb: str, user: str, resource: str, *, stage: str = "ResponseComplete", code: int = 200) -> dict[str, Any]:
    about = {"resource": resource, "namespace": "bench"}
    answer = {"metadata": {}, "code": code}
    return {"stage": stage, "verb": verb, "user": {"username": user}, "objectRef": about, "responseStatus": answer}


def test_traffic_counts_requests_by_account_and_each_watch_once(tmp_path: Path) -> None:
    hub = "system:serviceaccount:kadense:hub"
    log = tmp_path / "audit.log"
    lines = [
        entry("create", hub, "pods", stage="RequestReceived"),
        entry("create", hub, "pods"),
        entry("create", hub, "pods"),
        entry("create", hub, "pods", code=409),
        entry("watch", hub, "pods", stage="ResponseStarted"),
        entry("watch", hub, "pods"),
        entry("get", "system:kube-scheduler", "pods"),
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    metrics = 'apiserver_response_sizes_sum{verb="POST",resource="pods"} 3e+06\nother_sum{verb="POST"} 5\n'
    traffic = Traffic(log, lambda: log.stat().st_size, lambda: metrics)

    seen = traffic.since(Mark(0, Counter({("answers", "POST pods"): 1_000_000})))

    assert seen["requests"] == {
        "hub": {"create pods": 2, "create pods (409)": 1, "watch pods": 1},
        "kube-scheduler": {"get pods": 1},
    }
    assert seen["cluster_megabytes"] == {"answers: POST pods": 2.0}
