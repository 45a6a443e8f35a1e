"""Other resources among everything else that happens: in the end there is exactly what was asked for (B26, B27).

Requests are refused, cut and late, watches break and lag, all operators die at any step, the foreign operator answers
when it likes. An object is made once, goes with what it belongs to, and a pod has what the foreign operator said.
"""

import asyncio
import random
from collections import Counter
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.operators.assembly.assembly import Settings
from jupyternetes.operators.other_resources import wiring as other_resources
from tests.support.fakekube import CONFIG_MAPS, EVENTS, Change, Refused, on
from tests.support.fakekube.kinds import Kind
from tests.unit.operators.properties_world import BUILD, NAMESPACE, PREFIX, Build, Json, World, two_pods
from tests.unit.operators.test_reconcilers_properties import (
    QUIET,
    SETTLED,
    USER_ACTIONS,
    check_running,
    check_stopped,
    condition,
)
from tests.unit.runtime.properties_memory import DATABASES
from tests.unit.runtime.properties_time import in_fake_time

pytestmark = pytest.mark.usefixtures("quiet_log")

KINDS = ("v1/ConfigMap=configmaps", "databases.example.org/v1/Database=databases", "ghosts.example.org/v1/Ghost=ghosts")
OTHERS: list[Json] = [
    {
        "name": "db",
        "apiVersion": "databases.example.org/v1",
        "kind": "Database",
        "outputs": [{"name": "host", "path": "status.host", "pattern": "[a-z0-9.-]+"}],
    },
    {"name": "fixed", "apiVersion": "v1", "kind": "ConfigMap", "data": {"at": "{jupyternetes.otherResources.db.host}"}},
    {"name": "start", "apiVersion": "v1", "kind": "ConfigMap", "lifetime": "Start", "data": {"a": "b"}},
    {
        "name": "after",
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "lifetime": "Start",
        "data": {"pod": "{jupyternetes.pods.helper}"},
    },
]
_ANSWERS_AFTER = (0.0, 0.3, 3.0)

NAMES = st.sampled_from(["a", "b"])
ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["start", "start", "start", "stop", "delete", "recreate", "end_pod"]), NAMES),
    st.tuples(
        st.just("restart"), st.sampled_from(["other-resources", "other-resources", "pvcs", "pods", "pod-status"])
    ),
    st.tuples(st.just("take_away"), st.sampled_from(["db", "fixed", "start"])),
    st.tuples(st.sampled_from(["edit_template", "hold_watches", "release_watches", "cut_watches"])),
)
SCHEDULES = st.lists(st.tuples(st.sampled_from([0.0, 0.0, 0.02, 0.3, 1.0, 8.0, 30.0]), ACTIONS), max_size=14)


class OthersWorld(World):
    """With an operator of databases, which somebody else runs."""

    builds: ClassVar[dict[str, Build]] = {**BUILD, "other-resources": other_resources.build}

    def __init__(self, chance: random.Random, *, rough: float) -> None:
        super().__init__(chance, rough=rough, settings=Settings(other_kinds=tuple(map(OtherKind.read, KINDS))))
        self.counted, self.taken = Counter[str](), Counter[str]()
        self.registry.state.listen(self._answer)

    def template(self, image: str = "localhost/notebook:none") -> Json:
        body = two_pods(image)
        container = body["spec"]["pods"][1]["spec"]["containers"][0]
        container["env"] = [{"name": "DB", "value": "{jupyternetes.otherResources.db.host}"}]
        return body | {"spec": body["spec"] | {"otherResources": OTHERS}}

    def take_away(self, entry: str) -> None:
        """Somebody deletes the objects of an entry."""
        for kind in (CONFIG_MAPS, DATABASES):
            for obj in self.made_for(kind, entry):
                self.taken[obj["metadata"]["name"]] += 1
                self.registry.delete(kind, NAMESPACE, obj["metadata"]["name"])

    def made_for(self, kind: Kind, entry: str, uid: str = "") -> list[Json]:
        return [
            obj
            for obj in self.objects(kind)
            if obj["metadata"]["labels"].get(f"{PREFIX}resourceName") == entry
            and uid in ("", obj["metadata"]["labels"][f"{PREFIX}instanceUid"])
        ]

    def _answer(self, change: Change) -> None:
        if change.key.kind not in (CONFIG_MAPS, DATABASES) or change.old is not None or change.new is None:
            return
        self.counted[change.key.name] += 1
        if change.key.kind is DATABASES:
            uid = change.new["metadata"]["uid"]
            self.loop.call_later(self.chance.choice(_ANSWERS_AFTER), self._create_database, change.key.name, uid)

    def _create_database(self, name: str, uid: str) -> None:
        found = [obj for obj in self.objects(DATABASES) if obj["metadata"]["uid"] == uid]
        if found:
            said = {"type": "Ready", "status": "True"}
            status = {"status": {"conditions": [said], "host": f"{name}.example"}}
            self.registry.patch("merge", DATABASES, NAMESPACE, name, status, subresource="status")


async def live_through(schedule: list[tuple[float, tuple[str, ...]]], seed: int, rough: float) -> OthersWorld:
    world = OthersWorld(random.Random(seed), rough=rough)  # noqa: S311
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
    quiet = len(calls(world))
    await asyncio.sleep(QUIET)
    assert [str(call) for call in calls(world)][quiet:] == [], "requests although nothing happens"
    assert [failure for life in world.lives.values() for failure in life.failures()] == []
    return world


def calls(world: World) -> list[Any]:
    return world.calls(lambda call: call.verb != "watch")


def check(world: OthersWorld) -> None:
    uids = {wanted.uid for wanted in world.wanted.values()}
    for kind in (CONFIG_MAPS, DATABASES):
        assert {obj["metadata"]["labels"][f"{PREFIX}instanceUid"] for obj in world.objects(kind)} <= uids
    for name, wanted in world.wanted.items():
        spent = wanted.over or (wanted.unheard and condition(world, name, "PodsProvisioned") == "StartSpent")
        of_start = world.made_for(CONFIG_MAPS, "start", wanted.uid)
        if not wanted.running or spent:
            assert of_start + world.made_for(CONFIG_MAPS, "after", wanted.uid) == []
            check_nothing_is_said_of_a_start(world, name)
            check_stopped(world, name, wanted)
            continue
        check_running(world, name, wanted)
        (database,) = world.made_for(DATABASES, "db", wanted.uid)
        (fixed,) = world.made_for(CONFIG_MAPS, "fixed", wanted.uid)
        (after,) = world.made_for(CONFIG_MAPS, "after", wanted.uid)
        (begun,) = of_start
        assert begun["metadata"]["labels"][f"{PREFIX}startId"] == str(wanted.start)
        assert fixed["data"] == {"at": f"{database['metadata']['name']}.example"}
        helpers = [pod for pod in world.pods(name) if pod["metadata"]["labels"][f"{PREFIX}podName"] == "helper"]
        assert after["data"] == {"pod": helpers[0]["metadata"]["name"]}
        assert {"name": "DB", "value": fixed["data"]["at"]} in helpers[0]["spec"]["containers"][0]["env"]
        assert condition(world, name, "OtherResourcesProvisioned") == "Provisioned"
        assert world.status(name)["otherResourcesProvisioned"] == dict.fromkeys(
            (other["name"] for other in OTHERS), "Completed"
        )
    present = {obj["metadata"]["name"] for kind in (CONFIG_MAPS, DATABASES) for obj in world.objects(kind)}
    for name, number in world.counted.items():
        # A create that is on its way when the Instance or its start goes comes after the object that went with it.
        late = name not in present
        assert number <= 1 + world.taken[name] + late, f"{name} was made {number} times"


def check_nothing_is_said_of_a_start(world: OthersWorld, name: str) -> None:
    for said in (world.status(name).get(field, {}) for field in ("otherResources", "otherResourcesProvisioned")):
        assert said.keys() <= {"db", "fixed"}


def test_an_undisturbed_start_and_stop() -> None:
    world = in_fake_time(live_through([(0.3, ("start", "a")), (8.0, ("stop", "a")), (8.0, ("start", "a"))], 0, 0.0))

    check(world)
    ours = world.calls(lambda call: call.writes and call.agent.startswith("jupyternetes-other-resources"))
    status = [call for call in ours if call.subresource == "status"]
    assert len(ours) - len(status) == 8, "four objects, of which two go and come again"
    assert len(status) <= 7, [str(call) for call in status]


@given(SCHEDULES, st.integers(0, 2**16), st.sampled_from([0.0, 0.1, 0.3]))
@settings(max_examples=15)
def test_in_the_end_there_is_exactly_what_was_asked_for_B26_B27(
    schedule: list[tuple[float, tuple[str, ...]]], seed: int, rough: float
) -> None:
    check(in_fake_time(live_through(schedule, seed, rough)))


@pytest.mark.long
@pytest.mark.timeout(3600)
@given(SCHEDULES, st.integers(0, 2**16), st.sampled_from([0.0, 0.1, 0.3]))
@settings(max_examples=1000)
def test_in_the_end_there_is_exactly_what_was_asked_for_deeper_B26_B27(
    schedule: list[tuple[float, tuple[str, ...]]], seed: int, rough: float
) -> None:
    check(in_fake_time(live_through(schedule, seed, rough)))


def test_a_start_that_came_and_went_while_the_operator_was_away_leaves_nothing_of_the_one_before() -> None:
    async def story() -> OthersWorld:
        world = await OthersWorld.with_a_server()
        world.refuse(on(agent="jupyternetes-other-resources"), Refused("InternalError", "away"))
        world.restart("other-resources")
        world.start("a")
        await asyncio.sleep(2.0)
        world.stop("a")
        await asyncio.sleep(2.0)
        world.calm()
        await asyncio.sleep(SETTLED)
        return world

    check(in_fake_time(story()))


def test_a_kind_whose_list_fails_holds_up_its_own_entries_alone() -> None:
    async def story() -> OthersWorld:
        world = OthersWorld(random.Random(0), rough=0.0)  # noqa: S311
        world.refuse(on("list", resource=str(DATABASES)), Refused("InternalError", "conversion webhook"))
        world.begin()
        await asyncio.sleep(0.3)
        world.start("a")
        await asyncio.sleep(12.0)
        return world

    world = in_fake_time(story())

    assert len(world.made_for(CONFIG_MAPS, "start")) == 1
    assert world.objects(DATABASES) == []
    said = next(each for each in world.status("a")["conditions"] if each["type"] == "OtherResourcesProvisioned")
    assert "objects of kind Database cannot be listed" in said["message"]
    assert "conversion webhook" in said["message"]


def test_a_delete_that_is_refused_is_told_and_tried_again_and_holds_up_nothing_else() -> None:
    async def story() -> OthersWorld:
        world = await OthersWorld.with_a_server()
        world.refuse(on("delete", resource=str(CONFIG_MAPS)), Refused("Forbidden", "no right"))
        world.start("a")
        await asyncio.sleep(8.0)
        return world

    world = in_fake_time(story())

    assert condition(world, "a", "OtherResourcesProvisioned") == "Provisioned", "the next start has all it needs"
    assert len(world.made_for(CONFIG_MAPS, "start")) == 2
    told = [event for event in world.objects(EVENTS) if event["reason"] == "FailedDelete"]
    assert any("ConfigMap start-" in event["message"] and "no right" in event["message"] for event in told)
    refused = world.calls(lambda call: call.verb == "delete" and call.kind is CONFIG_MAPS)
    assert 4 <= len(refused) <= 30, "two objects, every two seconds, and when something happens"


def test_what_somebody_deletes_as_soon_as_it_is_made_is_not_made_in_a_loop() -> None:
    async def story() -> OthersWorld:
        world = OthersWorld(random.Random(0), rough=0.0)  # noqa: S311

        def delete(change: Change) -> None:
            if change.key.kind is DATABASES and change.old is None:
                world.loop.call_soon(world.take_away, "db")

        world.registry.state.listen(delete)
        world.begin()
        await asyncio.sleep(0.3)
        world.start("a")
        await asyncio.sleep(20.0)
        return world

    world = in_fake_time(story())

    (number,) = world.taken.values()
    assert 5 <= number <= 11, "every two seconds"
    said = next(each for each in world.status("a")["conditions"] if each["type"] == "OtherResourcesProvisioned")
    assert "somebody deletes it as soon as it is made" in said["message"]


def test_nothing_is_made_again_and_again_for_an_instance_of_which_nobody_has_heard_that_it_is_gone() -> None:
    async def story() -> OthersWorld:
        world = await OthersWorld.with_a_server()
        world.hold(world.instances)
        world.delete("a")
        await asyncio.sleep(60.0)
        return world

    world = in_fake_time(story())

    assert max(world.counted.values()) == 1, world.counted
    assert world.objects(CONFIG_MAPS) == world.objects(DATABASES) == []
