"""An operator that is made with the SDK, in the process of the test, against the strict API server in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from jupyternetes.sdk import Cluster, Object, ResourceOperator, resource
from jupyternetes.sdk.operator import Part, Settings, operate
from tests.support.fakekube import FakeKube, Kind
from tests.support.fakekube.kinds import Json

GROUP = "databases.example.org"
LAB = "lab"
GATE = "licence.example.org/granted"


def definition(*, loses: bool = False, status: bool = True) -> Json:
    """The definition of Database; ``loses``: of its status only conditions are kept."""
    anything: Json = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    narrow: Json = {"type": "object", "properties": {"conditions": {"type": "array", "items": anything}}}
    schema = {"type": "object", "properties": {"spec": anything, "status": narrow if loses else anything}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    version |= {"subresources": {"status": {}}} if status else {}
    names = {"plural": "databases", "singular": "database", "kind": "Database"}
    spec = {"group": GROUP, "names": names, "scope": "Namespaced", "versions": [version]}
    return {"metadata": {"name": f"databases.{GROUP}"}, "spec": spec}


def settings(fake: FakeKube, **changes: Any) -> Settings:
    options: dict[str, Any] = {
        "name": "third",
        "kubeconfig": fake.kubeconfig,
        "namespaces": (LAB,),
        "lease_namespace": LAB,
        "health_host": "127.0.0.1",
        "health_port": 0,
    }
    return Settings(**options | changes)


@asynccontextmanager
async def operating(fake: FakeKube, *parts: Part, **changes: Any) -> AsyncIterator[None]:
    """The operator at work, until the block ends; fails if it ends before."""
    with fake.few_authorities():
        running = asyncio.create_task(operate(parts, settings(fake, **changes)))
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


def change(fake: FakeKube, body: Json, name: str = "db") -> Json:
    return fake.registry.patch("merge", kind_of(fake), LAB, name, body)


def status_of(fake: FakeKube, name: str = "db") -> Json:
    return find(fake, name).get("status", {})


def condition_of(status: Json, kind: str = "Ready") -> Json:
    """The condition of this type; empty if there is none."""
    return next((each for each in status.get("conditions", []) if each["type"] == kind), {})


def is_ready(fake: FakeKube, name: str = "db") -> bool:
    """Whether it is, at its present generation."""
    said, generation = condition_of(status_of(fake, name)), find(fake, name)["metadata"]["generation"]
    return (said.get("status"), said.get("observedGeneration")) == ("True", generation)


def instances(fake: FakeKube) -> Kind:
    return fake.registry.kinds["kadense.io/v1", "jupyternotebookinstances"]


def ask(fake: FakeKube, start: int = 1, *, before: str = "Start", name: str = "a") -> int:
    """As the Pod operator does, of an Instance, which is made if need be; the generation that is asked of."""
    kind, spec = instances(fake), {"template": {"name": "t"}, "startId": str(start), "suspend": before == "Stop"}
    if start == 1:
        body: Json = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "metadata": {"name": name}}
        fake.registry.create(kind, LAB, body | {"spec": spec})
    generation = fake.registry.patch("merge", kind, LAB, name, {"spec": spec})["metadata"]["generation"]
    now = datetime.now(UTC).isoformat()
    asked = {"before": before, "generation": generation, "startId": str(start), "askedAt": now}
    ours = {"type": "PodsProvisioned", "status": "False", "reason": "WaitingForGate", "message": ""}
    standing = fake.registry.get(kind, LAB, name)["status"].get("conditions")
    status = {"gates": {GATE: asked}, "conditions": standing or [ours | {"lastTransitionTime": now}]}
    fake.registry.patch("merge", kind, LAB, name, {"status": status}, subresource="status")
    return generation


def said(fake: FakeKube, name: str = "a") -> Json:
    """The answer of the gate about an Instance; empty if there is none."""
    return condition_of(fake.registry.get(instances(fake), LAB, name)["status"], GATE)


def writes(fake: FakeKube, resource: str) -> list[str]:
    """The writes of a resource so far, in short."""
    return [str(call) for call in fake.faults.log if call.writes and call.resource.startswith(resource)]


async def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    """Until it is so; fails after so long."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def database(answer: Callable[[Object], Json], **options: object) -> ResourceOperator:
    """An operator of databases whose function answers so."""

    @resource(f"{GROUP}/v1", "Database", "databases", **options)  # type: ignore[arg-type]
    async def database(wanted: Object, cluster: Cluster) -> Json:
        return answer(wanted)

    return database


def host(wanted: Object) -> Json:
    return {"host": f"{wanted.metadata.name}-{wanted.spec.get('size', 0)}.example.org"}
