"""A start that meets an Instance which another program keeps from being deleted."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.obliging_operators import Obliging
from tests.unit.spawner.test_start import HOME, NAME, instance


async def until_told(spawner: JupyternetesSpawner, word: str) -> AsyncGenerator[dict[str, Any]]:
    """What the progress page is told, up to the first message with ``word``."""
    async for event in spawner.progress():
        yield event
        if word in str(event["message"]):
            return


async def test_instance_that_a_finalizer_keeps_is_waited_out_with_a_word_who_keeps_it_C16(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyternetes.spawner.start.launcher._DELETION_PAUSE", 0.01)
    going = instance(annotations=Owner("jovyan").annotations, deletionTimestamp="2026-01-01T00:00:00Z")
    going["metadata"]["finalizers"] = ["example.org/audit"]
    client.add(going)
    start = asyncio.ensure_future(spawner.start())
    told = [event["message"] async for event in until_told(spawner, "example.org/audit")]

    client.remove(HOME, NAME)
    await start

    assert "kubectl edit jni" in str(told[-1])
