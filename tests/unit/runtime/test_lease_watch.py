"""Whether holders of Leases are alive, by our own clock, on the fake API server in fake time (runtime/lease_watch)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jupyternetes.runtime.lease_watch import LeaseWatch
from jupyternetes.runtime.objects import ObjectKey
from tests.support.fakekube import LEASES, Call, Fault, Refused
from tests.unit.runtime.properties_memory import MemoryKube
from tests.unit.runtime.properties_time import in_fake_time

KEY = ObjectKey("lab", "operator")
NAME = "lab/operator"

pytestmark = pytest.mark.usefixtures("quiet_log")


class Scene:
    """One Lease that lasts 10 s, somebody who renews it every 2 s for as long as he lives, and our watch."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.kube = MemoryKube(self.loop)
        self.news: list[tuple[float, bool]] = []
        self.watch = LeaseWatch(self.kube.client("us/1"), [KEY], news=self._hear)
        self.alive = True
        self.tasks: list[asyncio.Task[None]] = []

    def _hear(self) -> None:
        self.news.append((self.loop.time(), NAME in self.watch.run_out))

    def begin(self) -> None:
        self.tasks.append(asyncio.create_task(self.watch.run()))

    def write(self, **spec: Any) -> None:
        body = {"holderIdentity": "them", "leaseDurationSeconds": 10, "renewTime": self.kube.now().isoformat()} | spec
        if self.kube.registry.state.objects(LEASES, "lab"):
            self.kube.registry.patch("merge", LEASES, "lab", "operator", {"spec": body})
        else:
            self.kube.registry.create(LEASES, "lab", {"metadata": {"name": "operator"}, "spec": body})

    def renew_for_ever(self) -> None:
        async def renew() -> None:
            while self.alive:
                self.write()
                await asyncio.sleep(2)

        self.tasks.append(asyncio.create_task(renew()))

    @property
    def run_out(self) -> bool:
        return NAME in self.watch.run_out


def play(story: Callable[[Scene], Any]) -> Scene:
    async def run() -> Scene:
        scene = Scene()
        await story(scene)
        assert [task.exception() for task in scene.tasks if task.done()] in ([], [None])
        return scene

    return in_fake_time(run())


def test_lease_that_is_renewed_has_not_run_out() -> None:
    async def story(scene: Scene) -> None:
        scene.renew_for_ever()
        scene.begin()
        await asyncio.sleep(1000)

    assert play(story).news == []


def test_lease_runs_out_its_duration_after_the_last_renewal_that_was_seen() -> None:
    async def story(scene: Scene) -> None:
        scene.renew_for_ever()
        scene.begin()
        await asyncio.sleep(99)  # the last renewal is at 98
        scene.alive = False
        await asyncio.sleep(100)
        assert scene.watch.run_out[NAME] == "2026-01-01T00:01:38+00:00"

    assert play(story).news == [(108.0, True)]


def test_holder_who_comes_back_is_noticed_at_once() -> None:
    async def story(scene: Scene) -> None:
        scene.write()
        scene.begin()
        await asyncio.sleep(50)
        assert scene.run_out
        scene.write()
        await asyncio.sleep(1)
        assert not scene.run_out

    assert play(story).news == [(10.0, True), (50.0, False)]


def test_nothing_is_known_after_our_own_start_until_the_lease_could_have_run_out() -> None:
    """However old the holder's own times are: his clock is not ours."""

    async def story(scene: Scene) -> None:
        scene.write(renewTime="2020-01-01T00:00:00Z")
        await asyncio.sleep(300)
        scene.begin()
        await asyncio.sleep(9.9)
        assert not scene.run_out
        await asyncio.sleep(0.2)
        assert scene.run_out

    play(story)


def test_lease_that_does_not_exist_counts_as_run_out_after_a_while() -> None:
    async def story(scene: Scene) -> None:
        scene.begin()
        await asyncio.sleep(14)
        assert not scene.run_out
        await asyncio.sleep(2)
        assert scene.watch.run_out == {NAME: ""}
        scene.write()
        await asyncio.sleep(0.1)
        assert not scene.run_out

    play(story)


@pytest.mark.parametrize("how", ["given up", "deleted"])
def test_operator_that_is_replaced_has_as_long_as_before(how: str) -> None:
    async def story(scene: Scene) -> None:
        scene.write()
        scene.begin()
        await asyncio.sleep(5)
        if how == "deleted":
            scene.kube.registry.delete(LEASES, "lab", "operator")
        else:
            scene.write(holderIdentity="", leaseDurationSeconds=1)
        await asyncio.sleep(9)
        assert not scene.run_out
        await asyncio.sleep(2)
        assert scene.run_out

    play(story)


def test_silent_watch_proves_nothing() -> None:
    async def story(scene: Scene) -> None:
        scene.renew_for_ever()
        scene.begin()
        await asyncio.sleep(5)
        for watch in scene.kube.watches:
            watch.held = True
        await asyncio.sleep(80)
        assert not scene.run_out

    assert play(story).news == []


@pytest.mark.parametrize("reason", ["Forbidden", "InternalError"])
def test_lease_that_cannot_be_read_has_not_run_out_and_nothing_ends_over_it(reason: str) -> None:
    def refuse(call: Call) -> Fault | None:
        return Fault(refusal=Refused(reason)) if call.kind is LEASES and call.verb in ("get", "list", "watch") else None

    async def story(scene: Scene) -> None:
        scene.write()
        scene.kube.faults.decide = refuse
        scene.begin()
        await asyncio.sleep(500)
        assert not scene.run_out
        scene.kube.faults.decide = lambda _: None
        await asyncio.sleep(60)
        assert scene.run_out

    play(story)


def test_only_the_named_lease_is_asked_for() -> None:
    async def story(scene: Scene) -> None:
        scene.write()
        scene.begin()
        await asyncio.sleep(30)
        calls = [call for call in scene.kube.faults.log if call.kind is LEASES]
        assert {call.verb for call in calls} == {"get", "list", "watch"}
        assert all(call.name == "operator" or call.query["fieldSelector"] == "metadata.name=operator" for call in calls)

    play(story)


def test_lease_lasts_some_time_whatever_its_holder_writes() -> None:
    async def story(scene: Scene) -> None:
        scene.write(leaseDurationSeconds=10**9)
        scene.begin()
        await asyncio.sleep(3599)
        assert not scene.run_out
        await asyncio.sleep(2)
        assert scene.run_out
        scene.write(leaseDurationSeconds=None)
        await asyncio.sleep(14)
        assert not scene.run_out
        await asyncio.sleep(2)
        assert scene.run_out

    play(story)
