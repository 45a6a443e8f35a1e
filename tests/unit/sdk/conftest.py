"""The strict API server in memory, with a kind of somebody else's."""

from collections.abc import AsyncIterator

import pytest

from tests.support.fakekube import FakeKube
from tests.unit.sdk.sdk_site import LAB, definition


@pytest.fixture
async def fake() -> AsyncIterator[FakeKube]:
    async with FakeKube([definition()], namespaces=[LAB]) as fake:
        yield fake
