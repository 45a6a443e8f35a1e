"""Gates under random answers, restarts and edits, in fake time: no pod too soon, no waiting too long.

The operators run as they are wired. Who answers has no order, may be wrong about the generation, and may die.
"""

import asyncio
import functools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyternetes.operators.assembly.assembly import Settings
from jupyternetes.operators.pods import wiring
from jupyternetes.operators.pods.reconciler import PodReconciler
from tests.support.fakekube import LEASES, PODS, Change
from tests.support.templates import CLAIM, pod_spec, template
from tests.unit.operators.properties_world import LEASE_SECONDS, NAMESPACE, World
from tests.unit.runtime.properties_time import in_fake_time

LICENCE, QUOTA, AUDIT = "licence.example.org/granted", "quota.example.org/checked", "audit.example.org/done"
SECONDS = {LICENCE: 9, QUOTA: 4, AUDIT: 6}
LASTS = 5  # seconds, the Lease of who answers LICENCE
SLACK = 1.0
STEP = 0.2

Json = dict[str, Any]

ANSWERS = st.tuples(
    st.just("answer"),
    st.sampled_from([LICENCE, LICENCE, QUOTA, QUOTA, AUDIT]),
    st.sampled_from(["True", "True", "Unknown", "False"]),
    st.sampled_from([0, 0, 0, -1, -2]),
)
ACTIONS = st.one_of(
    ANSWERS, ANSWERS, st.tuples(st.sampled_from(["start", "start", "stop", "edit", "restart", "die", "delete"]))
)
PAUSES = st.sampled_from([0.0, 0.0, 0.3, 1.0, 3.0, 8.0])
SCHEDULES = st.lists(st.tuples(PAUSES, ACTIONS), max_size=16)

pytestmark = pytest.mark.usefixtures("quiet_log")


def gated(way: str) -> Json:
    return template(
        pvcs=[{"name": "workspace", "spec": CLAIM}],
        pods=[{"name": "notebook", "spec": pod_spec()}],
        gates=[
            {"name": LICENCE, "timeoutSeconds": SECONDS[LICENCE], "lease": f"{NAMESPACE}/licence"},
            {"name": QUOTA, "timeoutSeconds": SECONDS[QUOTA], "onTimeout": way},
            {"name": AUDIT, "before": "Stop", "timeoutSeconds": SECONDS[AUDIT]},
        ],
    )


@dataclass
class Told:
    """When a gate was asked first for a start, and what was answered to that."""

    generation: int
    at: float
    status: str = ""
    answered: float = 0.0


@dataclass
class Scene:
    """One Instance, and who answers for it. ``way`` is what becomes of QUOTA without an answer."""

    way: str
    world: World = field(init=False)
    asked: dict[tuple[str, str, str], Told] = field(default_factory=dict)
    """By uid of the Instance, start and gate."""
    skewed: bool = False
    up_since: float = 0.0
    dies_at: float = float("inf")
    wrong: list[str] = field(default_factory=list)
    pods: int = 0

    def __post_init__(self) -> None:
        heeded = Settings(gates=True, gate_leases=(f"{NAMESPACE}/licence",))
        self.world = World(random.Random(0), rough=0.0, body=gated(self.way), settings=heeded)  # noqa: S311
        self.world.registry.state.listen(self._heard)

    @property
    def now(self) -> float:
        return self.world.loop.time()

    async def live(self, schedule: list[tuple[float, tuple[Any, ...]]]) -> None:
        self.world.begin()
        watching, renewing = asyncio.create_task(self._watch()), asyncio.create_task(self._renew())
        await asyncio.sleep(1)
        for pause, (action, *arguments) in schedule:
            await asyncio.sleep(pause)
            getattr(self, action)(*arguments)
        await asyncio.sleep(60)
        for task in (watching, renewing):
            task.cancel()
        assert self.wrong == []
        assert [failure for life in self.world.lives.values() for failure in life.failures()] == []

    # what happens

    def start(self) -> None:
        known = self.world.wanted.get("a")
        if known is None or not known.running:
            self.world.start("a")

    def stop(self) -> None:
        self.world.stop("a")

    def delete(self) -> None:
        self.world.delete("a")

    def edit(self) -> None:
        """Of the spec, in a way that concerns nobody."""
        if "a" in self.world.wanted:
            patch = {"spec": {"gracePeriodSeconds": int(self.now * 10) % 1000}}
            self.world.registry.patch("merge", self.world.instances, NAMESPACE, "a", patch)

    def restart(self) -> None:
        self.world.restart("pods")
        self.up_since = self.now + LEASE_SECONDS

    def die(self) -> None:
        self.dies_at = min(self.dies_at, self.now)

    def answer(self, gate: str, status: str, late: int) -> None:
        """As often as anybody likes, but what was decided of an asking stays so."""
        if "a" not in self.world.wanted or (gate == LICENCE and self.dies_at <= self.now):
            return
        live = self.world.registry.get(self.world.instances, NAMESPACE, "a")
        asked = live["status"].get("gates", {}).get(gate)
        told = asked and self._told(live, gate)
        if not asked or not told or told.status in ("True", "False"):
            return
        about = max(1, told.generation + late)
        if about == told.generation:
            told.status, told.answered = status, self.now
        conditions = [each for each in live["status"].get("conditions", []) if each["type"] != gate]
        said = {"type": gate, "status": status, "reason": "R", "message": "", "observedGeneration": about}
        said["lastTransitionTime"] = "2026-01-01T00:00:00Z"
        patch = {"status": {"conditions": [*conditions, said]}}
        self.world.registry.patch("merge", self.world.instances, NAMESPACE, "a", patch, subresource="status")

    async def _renew(self) -> None:
        self.world.registry.create(LEASES, NAMESPACE, {"metadata": {"name": "licence"}, "spec": self._lease()})
        while self.now < self.dies_at:
            self.world.registry.patch("merge", LEASES, NAMESPACE, "licence", {"spec": self._lease()})
            await asyncio.sleep(1)

    def _lease(self) -> Json:
        when = self.world.kube.now().isoformat()
        return {"holderIdentity": "them", "leaseDurationSeconds": LASTS, "renewTime": when}

    # what must be so

    def _told(self, live: Json, gate: str) -> Told:
        return self.asked[live["metadata"]["uid"], live["status"]["gates"][gate]["startId"], gate]

    def _heard(self, change: Change) -> None:
        if change.new is None:
            return
        if change.key.kind is self.world.instances:
            for gate, asked in change.new.get("status", {}).get("gates", {}).items():
                key = change.new["metadata"]["uid"], asked["startId"], gate
                told = self.asked.setdefault(key, Told(asked["generation"], self.now))
                if told.generation != asked["generation"]:
                    self.wrong.append(f"{gate} was asked twice for start {asked['startId']}")
        if change.key.kind is PODS and change.old is None:
            self.pods += 1
            self._check_pod(change.new["metadata"]["labels"])

    def _check_pod(self, labels: Json) -> None:
        start = labels["jupyternetes.kadense.io/instanceUid"], labels["jupyternetes.kadense.io/startId"]
        for gate in (LICENCE, QUOTA):
            told = self.asked.get((*start, gate))
            over = told is not None and self.now >= told.at + SECONDS[gate] - 0.01
            # What is answered at the very moment at which the time is up may meet a pod that is on its way.
            refused = told is not None and told.status == "False" and told.answered < self.now - 0.01
            passed = told is not None and (
                told.status == "True" or (gate == QUOTA and self.way == "Proceed" and over and not refused)
            )
            if not passed:
                self.wrong.append(f"a pod at {self.now}, with {gate} at {told}")

    async def _watch(self) -> None:
        """Nothing waits longer than it may, once the Pod operator had a moment to act."""
        while True:
            await asyncio.sleep(STEP)
            if "a" not in self.world.wanted or self.now < self.up_since + SLACK:
                continue
            live = self.world.registry.get(self.world.instances, NAMESPACE, "a")
            said = [each for each in live["status"].get("conditions", []) if each["type"] == "PodsProvisioned"]
            if not said or (said[0]["reason"], said[0]["observedGeneration"]) != (
                "WaitingForGate",
                live["metadata"]["generation"],
            ):
                continue
            self._check_waiting(live, said[0]["message"].removeprefix("Not answered yet: ").split(", "))

    def _check_waiting(self, live: Json, gates: list[str]) -> None:
        for gate in gates:
            told = self._told(live, gate)
            end = (max(told.at, self.up_since) if self.skewed else told.at) + SECONDS[gate]
            if gate == LICENCE and self.dies_at < self.now:
                # Of a Lease that our own process has not watched for as long as it lasts it knows nothing.
                known = max(self.up_since, self.dies_at) + LASTS
                end = min(end, max(known, told.at))
            if told.status == "False" and gate != AUDIT:
                end = min(end, told.at)
            if told.status not in ("True", "False") and self.now > end + SLACK + STEP:
                self.wrong.append(f"{gate} is still waited for at {self.now}, asked at {told.at}")


@contextmanager
def clock(scene: Scene, skew: float) -> Iterator[None]:
    """The time of day of each new life of the Pod operator is that of the world, and so much later."""
    lives = iter([0.0, *[skew] * 1000])

    def made(**parts: Any) -> PodReconciler:
        ahead = timedelta(seconds=next(lives))

        def now() -> datetime:
            return scene.world.kube.now() + ahead

        return PodReconciler(**parts, now=now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "PodReconciler", functools.partial(made))
        yield


def play(schedule: list[tuple[float, tuple[Any, ...]]], way: str, *, skew: float = 0.0) -> Scene:
    async def story() -> Scene:
        scene = Scene(way, skewed=skew != 0)
        with clock(scene, skew):
            await scene.live(schedule)
        return scene

    return in_fake_time(story())


YES = [(0.3, ("answer", LICENCE, "True", 0)), (0.3, ("answer", QUOTA, "True", 0))]


def test_the_scene_lets_servers_start_and_stop() -> None:
    """A world in which nothing ever happens would prove nothing."""
    scene = play([(0.0, ("start",)), *YES, (3.0, ("stop",)), (20.0, ("start",)), *YES], "Fail")

    assert scene.pods == 2
    assert {gate for _, _, gate in scene.asked} == {LICENCE, QUOTA, AUDIT}


@given(SCHEDULES, st.sampled_from(["Fail", "Proceed"]))
@example([(1.0, YES[0][1]), (3.0, YES[0][1]), (0.0, ("answer", QUOTA, "False", 0))], "Proceed")
@settings(max_examples=25)
def test_no_pod_before_all_say_so_and_nobody_waits_too_long(
    schedule: list[tuple[float, tuple[Any, ...]]], way: str
) -> None:
    play([(0.0, ("start",)), *schedule], way)


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(SCHEDULES, st.sampled_from(["Fail", "Proceed"]))
@settings(max_examples=3000)
def test_no_pod_before_all_say_so_and_nobody_waits_too_long_deeper(
    schedule: list[tuple[float, tuple[Any, ...]]], way: str
) -> None:
    play([(0.0, ("start",)), *schedule], way)


@pytest.mark.parametrize("skew", [-3600.0, 3600.0])
def test_clock_that_is_an_hour_off_makes_nobody_wait_twice_as_long_and_starts_nothing(skew: float) -> None:
    """Of a replica that takes over. It may end the waiting too soon, or begin it anew, once."""
    scene = play([(0.0, ("start",)), (1.0, ("restart",)), (40.0, ("edit",))], "Fail", skew=skew)

    assert scene.pods == 0
    reasons = {each["type"]: each["reason"] for each in scene.world.status("a")["conditions"]}
    assert reasons["PodsProvisioned"] == "GateTimeout"
