"""All operators together, whatever the user does, whatever fails: in the end there is what was asked for (B26, B27).

Requests are refused, cut before and after they were carried out, and late; watches break and lag; operators die at any
step and come back with empty caches. The schedules come from hypothesis, the small accidents from a seed.
"""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.fakekube import CLAIMS, PODS, Refused, on
from tests.unit.operators.properties_world import ENTRIES, NAMESPACE, PREFIX, Wanted, World, two_pods
from tests.unit.runtime.properties_time import in_fake_time

SETTLED = 400.0  # seconds after which nothing is left to do: back-offs end at 30, a stalled watch at 90
QUIET = 200.0
WRITES_PER_ACTION = 30
"""Committed writes of all operators: two pods made and ended, their records, progress and conditions, each twice."""

NAMES = st.sampled_from(["a", "b"])
ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["start", "start", "start", "stop", "delete", "recreate", "end_pod"]), NAMES),
    st.tuples(st.just("kill_pod"), NAMES, st.sampled_from(ENTRIES)),
    st.tuples(st.just("restart"), st.sampled_from(["pvcs", "pods", "pod-status"])),
    st.tuples(st.sampled_from(["edit_template", "hold_watches", "release_watches", "cut_watches"])),
)
SCHEDULES = st.lists(st.tuples(st.sampled_from([0.0, 0.0, 0.02, 0.3, 1.0, 8.0, 30.0]), ACTIONS), max_size=14)
USER_ACTIONS = ("start", "stop", "delete", "recreate", "end_pod", "kill_pod", "edit_template")


pytestmark = pytest.mark.usefixtures("quiet_log")


async def live_through(schedule: list[tuple[float, tuple[str, ...]]], seed: int, rough: float) -> World:
    world = World(random.Random(seed), rough=rough)  # noqa: S311
    world.begin()
    for pause, (action, *arguments) in schedule:
        await asyncio.sleep(pause)
        world.actions += action in USER_ACTIONS
        if action == "cut_watches":
            world.kube.cut_watches()
        else:
            getattr(world, action)(*arguments)
    await asyncio.sleep(1)
    world.calm()
    await asyncio.sleep(SETTLED)
    before = len(world.calls(lambda call: call.verb != "watch"))
    await asyncio.sleep(QUIET)
    after = [str(call) for call in world.calls(lambda call: call.verb != "watch")][before:]
    assert after == [], "requests although nothing happens"
    assert [failure for life in world.lives.values() for failure in life.failures()] == []
    return world


def check(world: World) -> None:
    present = {instance["metadata"]["name"] for instance in world.objects(world.instances)}
    assert present == set(world.wanted)
    for name, wanted in world.wanted.items():
        spent = wanted.over or (wanted.unheard and condition(world, name, "PodsProvisioned") == "StartSpent")
        if wanted.running and not spent:
            check_running(world, name, wanted)
        else:
            assert world.pods(name) == [], f"{name} is stopped or over"
            assert world.secrets(name) == []
            check_stopped(world, name, wanted)
    assert {pod["metadata"]["labels"][f"{PREFIX}instance"] for pod in world.objects(PODS)} <= present
    check_counts(world)


def check_running(world: World, name: str, wanted: Wanted) -> None:
    status = world.status(name)
    made = {pod["metadata"]["labels"][f"{PREFIX}podName"]: pod for pod in world.pods(name)}
    assert sorted(made) == sorted(ENTRIES)
    assert len(world.pods(name)) == len(ENTRIES), "one pod for each entry"
    for entry, pod in made.items():
        assert pod["metadata"]["labels"][f"{PREFIX}startId"] == str(wanted.start)
        assert pod["metadata"]["ownerReferences"][0]["uid"] == wanted.uid
        record = status["pods"][entry]
        uid = pod["metadata"]["uid"]
        assert (record["state"], record["uid"], record["observedUid"]) == ("Running", uid, uid)
        assert record["startId"] == str(wanted.start)
        assert record["podAddress"] == "10.1.2.3"
        assert record["errorMessage"] == ""
    assert status["podsProvisioned"] == status["pvcsProvisioned"] == "Completed"
    assert condition(world, name, "PodsProvisioned") == "Provisioned"
    assert condition(world, name, "PvcsProvisioned") == "Provisioned"
    assert condition(world, name, "Ready") == "ServerReady"
    claim = status["pvcs"]["workspace"]["resourceName"]
    assert [claim] == [each["metadata"]["name"] for each in claims(world, name)]
    mounted = made["notebook"]["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]
    assert mounted == claim


def check_stopped(world: World, name: str, wanted: Wanted) -> None:
    if wanted.running:
        assert condition(world, name, "PodsProvisioned") == "StartSpent"
        assert world.status(name)["pods"]["notebook"]["state"] == "Stopped"
    else:
        assert condition(world, name, "PodsProvisioned") == "Suspended"
    assert condition(world, name, "Ready") != "ServerReady"


def check_counts(world: World) -> None:
    for identity, number in world.made.items():
        if identity[0] == "claim":
            assert number == 1, f"{identity} was made {number} times"
        else:
            assert number <= 1 + world.killed[identity], f"{identity} was made {number} times"
    writes = world.calls(lambda call: call.committed and call.agent.startswith("jupyternetes-"))
    assert len(writes) <= WRITES_PER_ACTION * world.actions + 5, [str(call) for call in writes]


def condition(world: World, name: str, kind: str) -> str:
    return next((each["reason"] for each in world.status(name).get("conditions", ()) if each["type"] == kind), "")


def claims(world: World, name: str) -> list[dict[str, dict[str, str]]]:
    found = world.registry.state.objects(CLAIMS, NAMESPACE)
    return [claim for claim in found if claim["metadata"]["labels"][f"{PREFIX}instance"] == name]


@pytest.mark.parametrize(
    ("then", "writes"),
    [([], 10), ([(8.0, ("stop", "a"))], 20), ([(8.0, ("end_pod", "a"))], 20), ([(8.0, ("restart", "pods"))], 10)],
    ids=["start", "start and stop", "start and end", "start and a new operator"],
)
def test_undisturbed_start_costs_few_writes(then: list[tuple[float, tuple[str, ...]]], writes: int) -> None:
    """Of a Template with two pods and a claim; what nothing changes is not written, also not by a new process."""
    world = in_fake_time(live_through([(0.3, ("start", "a")), *then], 0, 0.0))

    check(world)
    done = world.calls(lambda call: call.writes and call.agent.startswith("jupyternetes-"))
    assert len(done) <= writes, [str(call) for call in done]


@pytest.mark.parametrize("silent", ["pvcs", "pods", "nobody"])
def test_nothing_is_made_again_and_again_for_an_instance_of_which_nobody_has_heard_that_it_is_gone(silent: str) -> None:
    """Its objects go with it, and reports on it are answered with a 404: what was made may never come on record."""

    async def story() -> World:
        body = two_pods()
        body["spec"]["pvcs"][0]["reclaimPolicy"] = "Delete"
        world = World(random.Random(0), rough=0.0, body=body)  # noqa: S311
        world.begin()
        await asyncio.sleep(0.3)
        reports = on("patch", resource=f"{world.instances}/status", agent=f"jupyternetes-{silent}/")
        world.refuse(reports, Refused("InternalError", "not now"))
        world.start("a")
        await asyncio.sleep(1.0)
        world.hold(world.instances)
        world.delete("a")
        world.kube.faults.clear()
        await asyncio.sleep(60.0)
        return world

    world = in_fake_time(story())

    assert max(world.made.values()) == 1, world.made
    assert world.objects(PODS) == world.objects(CLAIMS) == []


def test_instance_that_was_made_anew_keeps_the_secret_of_its_first_start_though_nobody_has_heard_of_it() -> None:
    """The Pod operator winds up the stop of the one before, whose first start had a Secret of the same name."""

    async def story() -> World:
        world = await World.with_a_server()
        world.stop("a")
        await asyncio.sleep(0.1)
        world.hold(world.instances)
        world.delete("a")
        await asyncio.sleep(0.2)  # its Secret goes with it
        world.start("a")
        await asyncio.sleep(5.0)
        assert world.secrets("a") == ["jni-a-1"]
        world.release_watches()
        await asyncio.sleep(20.0)
        return world

    world = in_fake_time(story())

    check_running(world, "a", world.wanted["a"])


@given(SCHEDULES, st.integers(0, 2**16), st.sampled_from([0.0, 0.1, 0.3]))
@settings(max_examples=25)
def test_in_the_end_there_is_exactly_what_was_asked_for_B26_B27(
    schedule: list[tuple[float, tuple[str, ...]]], seed: int, rough: float
) -> None:
    check(in_fake_time(live_through(schedule, seed, rough)))


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(SCHEDULES, st.integers(0, 2**16), st.sampled_from([0.0, 0.1, 0.3]))
@settings(max_examples=1500)
def test_in_the_end_there_is_exactly_what_was_asked_for_deeper_B26_B27(
    schedule: list[tuple[float, tuple[str, ...]]], seed: int, rough: float
) -> None:
    check(in_fake_time(live_through(schedule, seed, rough)))
