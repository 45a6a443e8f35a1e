"""An operator that is made with the SDK, in the process of the test, against the strict API server in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from jupyternetes.sdk.operator import Part, Settings, operate
from tests.support.fakekube import FakeKube, Kind
from tests.support.fakekube.kinds import Json

GROUP = "databases.example.org"
LAB = "lab"


def definition(*, loses: bool = False) -> Json:
    """The definition of Database; ``loses``: of its status only conditions are kept."""
    open_ended: Json = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    condition: Json = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    narrow: Json = {"type": "object", "properties": {"conditions": {"type": "array", "items": condition}}}
    schema = {"type": "object", "properties": {"spec": open_ended, "status": narrow if loses else open_ended}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"plural": "databases", "singular": "database", "kind": "Database"}
    spec = {
        "group": GROUP,
        "names": names,
        "scope": "Namespaced",
        "versions": [version | {"subresources": {"status": {}}}],
    }
    return {"metadata": {"name": f"databases.{GROUP}"}, "spec": spec}


@asynccontextmanager
async def operating(fake: FakeKube, *parts: Part, name: str = "third", seconds: float = 15.0) -> AsyncIterator[None]:
    """The operator at work, until the block ends; fails if it ends before."""
    settings = Settings(
        name=name,
        kubeconfig=fake.kubeconfig,
        namespaces=(LAB,),
        lease_namespace=LAB,
        lease_seconds=seconds,
        health_host="127.0.0.1",
        health_port=0,
    )
    with fake.few_authorities():
        running = asyncio.create_task(operate(parts, settings))
        try:
            yield
        finally:
            running.cancel()
            [outcome] = await asyncio.gather(running, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError), f"the operator ended: {outcome!r}"


def make(fake: FakeKube, name: str = "db", **spec: Any) -> Json:
    body = {"apiVersion": f"{GROUP}/v1", "kind": "Database", "metadata": {"name": name}, "spec": spec}
    return fake.registry.create(kind_of(fake), LAB, body)


def kind_of(fake: FakeKube) -> Kind:
    return fake.registry.kinds[f"{GROUP}/v1", "databases"]


def find(fake: FakeKube, name: str = "db") -> Json:
    return fake.registry.get(kind_of(fake), LAB, name)


def status_of(fake: FakeKube, name: str = "db") -> Json:
    return find(fake, name).get("status", {})


def condition_of(status: Json, kind: str = "Ready") -> Json:
    """The condition of this type; empty if there is none."""
    return next((each for each in status.get("conditions", []) if each["type"] == kind), {})


async def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Until it is so; fails after so long."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
