"""Starts one after another, as the spawner makes them; the test plays the kubelet and nobody counts its calls."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import quantiles

from benchmarks.bench import NAMESPACE, Bench
from benchmarks.objects import TEMPLATE
from jupyternetes.api.conditions import READY, find
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import SUSPENDED
from jupyternetes.api.resources import INSTANCES
from jupyternetes.runtime.client import Client
from jupyternetes.spawner.cluster.connection import Cluster
from jupyternetes.spawner.cluster.watch import InstanceWatch
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.start import bodies
from jupyternetes.spawner.start.bodies import StartRequest
from jupyternetes.spawner.start.launcher import Attempt, Launcher
from jupyternetes.spawner.status.instance_status import Running, is_suspended, server_state
from tests.support.audit import Call, count
from tests.support.kube import Kube

_KINDS = ("first", "later")
_SPANS = {
    "first start: Instance → claim": ("first", "create jupyternotebookinstances", "create persistentvolumeclaims"),
    "first start: Instance → pod": ("first", "create jupyternotebookinstances", "create pods"),
    "first start: patch that starts → pod": ("first", "patch jupyternotebookinstances", "create pods"),
    "later start: patch that starts → pod": ("later", "patch jupyternotebookinstances", "create pods"),
}


@dataclass(slots=True)
class Figures:
    """Calls and times of all starts."""

    starts: dict[str, list[list[Call]]] = field(default_factory=lambda: {kind: [] for kind in _KINDS})

    def call_rows(self) -> Iterator[tuple[tuple[str, str], float, float]]:
        """Account and call, with the mean number of each kind of start."""
        counted = {kind: self._mean_calls(kind) for kind in _KINDS}
        for row in sorted(set(counted["first"]) | set(counted["later"])):
            yield row, counted["first"].get(row, 0.0), counted["later"].get(row, 0.0)

    def totals(self) -> tuple[float, float]:
        """Calls of a first and of a later start."""
        first, later = (sum(self._mean_calls(kind).values()) for kind in _KINDS)
        return first, later

    def time_rows(self) -> Iterator[tuple[str, float, float]]:
        """A span, its median and its 95th percentile, in milliseconds."""
        for name, (kind, begin, end) in _SPANS.items():
            spans = [1000 * (_at(calls, end) - _at(calls, begin)) for calls in self.starts[kind]]
            cuts = quantiles(spans, n=20, method="inclusive")
            yield name, cuts[9], cuts[18]

    def as_json(self) -> dict[str, object]:
        """Everything, for a file."""
        rows = {f"{account}: {call}": (first, later) for (account, call), first, later in self.call_rows()}
        times = {name: {"p50_ms": p50, "p95_ms": p95} for name, p50, p95 in self.time_rows()}
        return {"calls_first_later": rows, "calls_total_first_later": self.totals(), "times": times}

    def _mean_calls(self, kind: str) -> dict[tuple[str, str], float]:
        starts = self.starts[kind]
        total = sum((count(calls) for calls in starts), Counter[tuple[str, str]]())
        return {row: number / len(starts) for row, number in total.items()}


async def measure(bench: Bench, starts: int) -> Figures:
    """A first start, a stop and a later start of so many users."""
    figures = Figures()
    async with await Client.connect(bench.accounts["hub"], user_agent="bench-hub") as client:
        cluster, watch = Cluster(client), InstanceWatch(client, NAMESPACE, "")
        await watch.wait_synced()
        for number in range(starts):
            owner = Owner(f"user-{number}")
            for kind in _KINDS:
                mark = await asyncio.to_thread(bench.audit.mark)
                await _start(bench.kube, cluster, watch, owner)
                calls = await asyncio.to_thread(bench.audit.calls, mark, namespace=NAMESPACE)
                figures.starts[kind].append([call for call in calls if _is_counted(call, owner)])
                await _stop(client, watch, owner)
    return figures


async def _start(kube: Kube, cluster: Cluster, watch: InstanceWatch, owner: Owner) -> None:
    order = StartRequest(
        owner=owner,
        name=owner.instance_name,
        namespace=NAMESPACE,
        template_name=TEMPLATE,
        template_namespace="",
        variables={"jupyterhub.user.name": owner.user, "jupyterhub.args": "[]"},
        environment={"JUPYTERHUB_API_TOKEN": "not-a-token", "JUPYTERHUB_USER": owner.user},
    )
    started = await Launcher(cluster, watch, order, Attempt()).launch()

    def newest() -> Instance:
        return watch.newest(started) or started

    def pod_name() -> str | None:
        state = newest().status.pods.get("notebook")
        return state.resource_name if state and state.start_id == started.spec.start_id and state.uid else None

    name = await watch.until(order.name, pod_name)
    await asyncio.to_thread(_become_ready, kube, name)
    await watch.until(order.name, lambda: isinstance(server_state(newest()), Running) or None)


async def _stop(client: Client, watch: InstanceWatch, owner: Owner) -> None:
    instance = watch.get(owner.instance_name)
    assert instance is not None
    operations = bodies.stop_patch(owner, instance, now=True)
    stopping = await client.json_patch(INSTANCES, NAMESPACE, owner.instance_name, operations)

    def at_rest() -> bool | None:
        """Stopped, and everything about it written: nothing of the stop is to count for the next start."""
        newest = watch.newest(stopping) or stopping
        ready = find(newest.status.conditions, READY)
        told = ready is not None and ready.reason == SUSPENDED.name
        return (told and is_suspended(newest, stopping.metadata.generation)) or None

    await watch.until(owner.instance_name, at_rest)


def _become_ready(kube: Kube, pod: str) -> None:
    """What a kubelet reports of a pod that serves; one write, so that the operator has one thing to report."""
    condition = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    started = {"state": {"running": {}}, "ready": True, "name": "notebook", "restartCount": 0}
    status = {
        "phase": "Running",
        "podIP": "10.1.2.3",
        "conditions": [condition],
        "containerStatuses": [started | {"image": "", "imageID": ""}],
    }
    kube.merge_patch("pods/status", NAMESPACE, pod, {"status": status})


def _is_counted(call: Call, owner: Owner) -> bool:
    """Calls of ours for this start: not Kubernetes' own controllers', not the administrator's, no Events."""
    of_another = call.resource.startswith("jupyternotebookinstances") and call.name not in ("", owner.instance_name)
    return call.user.startswith("system:serviceaccount:kadense:") and call.resource != "events" and not of_another


def _at(calls: list[Call], what: str) -> float:
    return next(call.received for call in calls if f"{call.verb} {call.resource}" == what)
