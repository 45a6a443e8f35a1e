"""Operators of kinds: an object asks, the function's answer becomes its status."""

from collections.abc import AsyncIterator

import pytest

from jupyternetes.sdk import Cluster, Json, Object, resource
from tests.support.fakekube import FakeKube
from tests.unit.sdk.sdk_site import GROUP, LAB, condition_of, definition, make, operating, status_of, until


@pytest.fixture
async def fake() -> AsyncIterator[FakeKube]:
    async with FakeKube([definition()], namespaces=[LAB]) as fake:
        yield fake


@resource(f"{GROUP}/v1", "Database", "databases")
async def database(wanted: Object, cluster: Cluster) -> Json:
    return {"host": f"{wanted.metadata.name}.example.org"}


async def test_what_the_function_returns_is_the_status_and_makes_it_ready(fake: FakeKube) -> None:
    make(fake, size="1Gi")
    async with operating(fake, database):
        await until(lambda: status_of(fake))

    status = status_of(fake)
    assert status["host"] == "db.example.org"
    assert status["observedGeneration"] == 1
    assert (condition_of(status)["status"], condition_of(status)["observedGeneration"]) == ("True", 1)
