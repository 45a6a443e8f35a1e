"""Hubs that die at any of their requests (R05), and an API server (S08) or a Template (R07) that goes in mid-life."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from tests.integration.spawner.conftest import admin, cluster, database, db, hub, hubs, kubelet, namespace
from tests.integration.spawner.kubelet import Kubelet
from tests.support.faultproxy import Answer, FaultProxy, Hold, Match
from tests.support.hub import INSTANCES
from tests.support.kube import Json, Kube
from tests.support.lab import TEMPLATES, says
from tests.support.waiting import eventually
from tests.unit.spawner.hubs import Hubs
from tools.cluster import Cluster

__all__ = ["admin", "cluster", "database", "db", "hub", "hubs", "kubelet", "namespace"]

CLAIMS = "persistentvolumeclaims"
FIRST_START = (Match(verb="create", resource=INSTANCES), Match(verb="create", resource="secrets"), Match(verb="patch"))
LATER_START = FIRST_START[1:]
STOP = FIRST_START[2:]
ADDRESS = "http://10.20.30.40:8888"

Deed = Callable[[JupyternetesSpawner], Awaitable[None]]


@dataclass
class World:
    """What there is of each user in the namespace; ``direct`` is the kubeconfig of a hub that no fault reaches."""

    kube: Kube
    namespace: str
    direct: Path

    def of(self, user: str, resource: str) -> list[Json]:
        """The user's pods or claims."""
        labels = f"jupyternetes.kadense.io/instance={Owner(user).instance_name}"
        return self.kube.all(resource, self.namespace, labels=labels)

    def uids(self, user: str, resource: str) -> list[str]:
        return sorted(each["metadata"]["uid"] for each in self.of(user, resource))

    def instance(self, user: str) -> Json:
        return self.kube.get(INSTANCES, self.namespace, Owner(user).instance_name)

    def secrets(self, user: str) -> list[str]:
        names = (secret["metadata"]["name"] for secret in self.kube.all("secrets", self.namespace))
        return [name for name in names if name.startswith(f"jni-{Owner(user).instance_name}-")]


@pytest.fixture
def world(cluster: Cluster, kube: Kube, namespace: str, hubs: Hubs) -> World:
    return World(kube, namespace, Path(hubs.config.JupyternetesSpawner.kubeconfig))


def new_hub(hubs: Hubs, kubeconfig: Path, user: str, state: dict[str, Any] | None = None) -> JupyternetesSpawner:
    """The user's spawner in a hub process that has just begun, with what its database knows."""
    hubs.hub = type(hubs.hub)(ip="10.0.0.1", port=8081, base_url="/jh/hub/")
    hubs.config.JupyternetesSpawner.kubeconfig = str(kubeconfig)
    spawner = hubs.spawner(user)
    spawner.load_state(json.loads(json.dumps(state or {})))
    return spawner


async def nothing(spawner: JupyternetesSpawner) -> None:
    """A user who was never here."""


async def start(spawner: JupyternetesSpawner) -> None:
    await spawner.start()


async def stop(spawner: JupyternetesSpawner) -> None:
    await spawner.stop()
    spawner.clear_state()


async def start_and_stop(spawner: JupyternetesSpawner) -> None:
    await start(spawner)
    await stop(spawner)


@dataclass
class Deaths:
    """Hubs that die at a request, before the API server hears of it or ``after`` it has done it."""

    proxy: FaultProxy
    hubs: Hubs
    world: World
    after: bool
    claims: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Uids of each user's claims before it died."""

    async def at(self, requests: Sequence[Match], doing: Deed, *, before: Deed) -> list[JupyternetesSpawner]:
        """For each request a user whose hub has done ``before``, and dies there; the spawners of the hubs that follow.

        They have looked at what there is, as a hub does first.
        """
        users = [f"user-{number}" for number in range(len(requests))]
        alive = [new_hub(self.hubs, self.world.direct, user) for user in users]
        await asyncio.gather(*map(before, alive))
        self.claims |= {user: self.world.uids(user, CLAIMS) for user in users}
        states = [spawner.get_state() for spawner in alive]
        await asyncio.gather(*map(self._die, users, states, requests, [doing] * len(users)))
        again = [new_hub(self.hubs, self.world.direct, *each) for each in zip(users, states, strict=True)]
        await asyncio.gather(*(spawner.poll() for spawner in again))
        return again

    async def _die(self, user: str, state: Json, request: Match, doing: Deed) -> None:
        line = self.proxy.line(user, self.world.direct)
        spawner = new_hub(self.hubs, line.kubeconfig, user, state)
        await spawner.poll()
        here = Match(client=line.name, verb=request.verb, resource=request.resource)
        rule = self.proxy.fault(Hold(after=self.after), here, times=1)
        task = asyncio.ensure_future(doing(spawner))
        await asyncio.to_thread(rule.wait)
        line.cut_off()  # not a byte of it gets out any more
        rule.lift()
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture(params=[False, True], ids=["not heard", "done"])
def deaths(request: pytest.FixtureRequest, proxy: FaultProxy, hubs: Hubs, world: World, kubelet: Kubelet) -> Deaths:
    return Deaths(proxy, hubs, world, request.param)


@pytest.mark.parametrize(
    ("before", "requests"),
    [
        pytest.param(nothing, FIRST_START, id="first start"),
        pytest.param(start_and_stop, LATER_START, id="later start"),
    ],
)
async def test_hub_killed_at_each_request_of_a_start_leaves_what_the_next_one_heals_R05(
    deaths: Deaths, world: World, before: Deed, requests: Sequence[Match]
) -> None:
    again = await deaths.at(requests, start, before=before)

    assert await asyncio.gather(*(spawner.start() for spawner in again)) == [ADDRESS] * len(again)
    for user, claims in deaths.claims.items():
        assert len(world.of(user, "pods")) == 1
        there = world.uids(user, CLAIMS)
        assert there == claims or (not claims and len(there) == 1)
    await asyncio.gather(*map(stop, again))
    for user in deaths.claims:
        assert (world.of(user, "pods"), world.secrets(user)) == ([], [])
        assert len(world.of(user, CLAIMS)) == 1


async def test_hub_killed_at_each_request_of_a_stop_leaves_what_the_next_one_heals_R05(
    deaths: Deaths, world: World
) -> None:
    again = await deaths.at(STOP, stop, before=start)

    await asyncio.gather(*map(stop, again))
    for user in deaths.claims:
        assert (world.of(user, "pods"), world.secrets(user)) == ([], [])
    await asyncio.gather(*map(start, again))
    for user, claims in deaths.claims.items():
        assert len(world.of(user, "pods")) == 1
        assert world.uids(user, CLAIMS) == claims


@pytest.mark.parametrize(
    ("how", "seconds"),
    [("refused", 2), *(pytest.param(how, 120, marks=pytest.mark.long) for how in ("refused", "silent", "503"))],
)
async def test_poll_tells_the_truth_after_the_api_server_was_away_S08(
    proxy: FaultProxy,
    hubs: Hubs,
    world: World,
    kubelet: Kubelet,
    how: str,
    seconds: int,
) -> None:
    line = proxy.line("hub", world.direct)
    gone, stays = (new_hub(hubs, line.kubeconfig, user) for user in ("gone", "stays"))
    await asyncio.gather(gone.start(), stays.start())

    failing = proxy.fault(Answer(503), Match(client="hub")) if how == "503" else None
    line.cut_off(hang=how == "silent") if failing is None else line.drop_connections()
    [pod] = world.of("gone", "pods")
    world.kube.delete("pods", world.namespace, pod["metadata"]["name"], grace_seconds=0)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert await gone.poll() is None, "nobody can tell"
        assert await stays.poll() is None
        await asyncio.sleep(0.2)
    if failing is not None:
        failing.lift()
    line.restore()

    async with asyncio.timeout(60):
        while await gone.poll() is None:
            assert await stays.poll() is None
            await asyncio.sleep(0.2)
    assert await stays.poll() is None


async def test_changed_and_deleted_template_leaves_running_servers_alone_R07(
    hubs: Hubs, world: World, kubelet: Kubelet
) -> None:
    spawner, another = (new_hub(hubs, world.direct, user) for user in ("before", "after"))
    await spawner.start()
    [pod] = world.of("before", "pods")
    [template] = [each["metadata"]["name"] for each in world.kube.all(TEMPLATES, world.namespace)]
    change = [{"op": "replace", "path": "/spec/pods/0/spec/containers/0/image", "value": "another"}]

    generation = world.kube.json_patch(TEMPLATES, world.namespace, template, change)["metadata"]["generation"]
    await asyncio.to_thread(
        eventually,
        lambda: world.kube.get(TEMPLATES, world.namespace, template),
        until=lambda seen: seen.get("status", {}).get("observedGeneration") == generation,
    )
    await another.start()
    [made] = world.of("after", "pods")
    assert made["spec"]["containers"][0]["image"] == "another", "the operators know of the change"
    assert await spawner.poll() is None

    world.kube.delete(TEMPLATES, world.namespace, template)
    await asyncio.to_thread(
        eventually, lambda: world.instance("before"), until=says("PvcsProvisioned", "TemplateNotFound")
    )
    await asyncio.to_thread(
        eventually, lambda: world.instance("before"), until=says("PodsProvisioned", "TemplateNotFound")
    )
    assert await spawner.poll() is None
    assert [each["metadata"]["uid"] for each in world.of("before", "pods")] == [pod["metadata"]["uid"]]

    await asyncio.gather(spawner.stop(), another.stop())
    assert world.of("before", "pods") == world.of("after", "pods") == []
    assert len(world.of("before", CLAIMS)) == 1
