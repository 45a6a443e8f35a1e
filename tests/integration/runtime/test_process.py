"""A whole operator process against a real API server (B65, B66)."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from tests.integration.runtime.gadgets import CRD, GADGETS, gadget
from tools.cluster import Cluster


class Operator:
    """The gadget operator as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port

    @classmethod
    async def start(cls, kubeconfig: Path, namespace: str) -> "Operator":
        arguments = [sys.executable, "-m", "tests.integration.runtime.gadget_operator", str(kubeconfig), namespace]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*arguments, stdout=pipe, stderr=pipe)
        assert process.stdout is not None
        return cls(process, int(await process.stdout.readline()))

    async def until_ready(self) -> None:
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.05)

    async def until_at_work(self) -> None:
        """Until it leads, and has found something to do."""
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            assert await self.process.stdout.readline() == b"at work\n"

    async def end(self) -> tuple[int, str]:
        """Wait for its end; its exit code and what it wrote to standard error."""
        _, text = await asyncio.wait_for(self.process.communicate(), 30)
        assert self.process.returncode is not None
        return self.process.returncode, text.decode()


@pytest.fixture
async def started() -> AsyncIterator[list[Operator]]:
    """Operators that a test started; none outlives it."""
    operators: list[Operator] = []
    yield operators
    for operator in operators:
        if operator.process.returncode is None:
            operator.process.kill()
            await operator.end()


async def test_sigterm_finishes_what_is_in_hand_with_exit_code_0_B65(
    client: Client, cluster: Cluster, namespace: str, started: list[Operator]
) -> None:
    await client.create(GADGETS, namespace, gadget("a", size=7))
    operator = await Operator.start(cluster.kubeconfig, namespace)
    started.append(operator)
    await operator.until_at_work()

    operator.process.send_signal(signal.SIGTERM)
    code, log = await operator.end()

    assert code == 0, log
    assert "finishing what is in hand" in log
    assert (await client.get(GADGETS, namespace, "a")).status.left == "7"


async def test_operator_heals_within_a_minute_after_the_api_server_returns(
    client: Client, cluster: Cluster, namespace: str, started: list[Operator]
) -> None:
    operator = await Operator.start(cluster.kubeconfig, namespace)
    started.append(operator)
    await operator.until_ready()
    await asyncio.to_thread(cluster.restart, "kube-apiserver")

    informer = Informer(client, GADGETS, namespaces=[namespace])
    done = asyncio.Event()
    informer.subscribe(lambda change: done.set() if change.new and change.new.status.left == "5" else None)
    following = asyncio.create_task(informer.run())
    await informer.wait_synced()
    await client.create(GADGETS, namespace, gadget("a", size=5))
    await asyncio.wait_for(done.wait(), 60)
    following.cancel()

    assert operator.process.returncode is None


async def test_missing_rights_end_the_start_with_one_line(
    cluster: Cluster, namespace: str, started: list[Operator]
) -> None:
    operator = await Operator.start(cluster.kubeconfig_for("nobody"), namespace)
    started.append(operator)

    code, log = await operator.end()

    assert code == 1
    last = log.splitlines()[-1]
    assert 'User "nobody" cannot list resource "gadgets"' in last
    assert last.endswith("this account needs get, list and watch on gadgets.runtime.example.org")


async def test_missing_crd_ends_the_start_with_the_way_out(
    cluster: Cluster, namespace: str, started: list[Operator]
) -> None:
    cluster.kubectl("delete", "crd", GADGETS.full_name)
    try:
        operator = await Operator.start(cluster.kubeconfig, namespace)
        started.append(operator)
        code, log = await operator.end()
    finally:
        cluster.kubectl("apply", "-f", "-", stdin=CRD)
        cluster.kubectl("wait", "--for=condition=Established", f"crd/{GADGETS.full_name}")

    assert code == 1
    assert "the API server does not know gadgets.runtime.example.org" in log.splitlines()[-1]
    assert log.splitlines()[-1].endswith("apply the CRD of gadgets")


async def test_unreachable_cluster_ends_the_start_with_one_line(
    cluster: Cluster, namespace: str, started: list[Operator], tmp_path: Path
) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(cluster.kubeconfig.read_text().replace(cluster.server, "https://127.0.0.1:1"))

    operator = await Operator.start(kubeconfig, namespace)
    started.append(operator)
    code, log = await operator.end()

    assert code == 1
    assert f"is https://127.0.0.1:1 (kubeconfig {kubeconfig}) right, and reachable from here?" in log.splitlines()[-1]
