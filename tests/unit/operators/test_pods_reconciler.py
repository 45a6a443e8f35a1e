"""Carrying out a plan: each action once, each answer known to the next plan, and a report of the last one."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance, InstanceStatus
from jupyternetes.api.times import rfc3339
from jupyternetes.operators.pods import plan as plan_module
from jupyternetes.operators.pods.gates.waiting import GateWaiting
from jupyternetes.operators.pods.metrics import StartFailures
from jupyternetes.operators.pods.reconciler import PodReconciler
from jupyternetes.operators.templates.usable import UsableTemplate
from jupyternetes.runtime.errors import Status, TooManyRequests, UnknownOutcome, api_error
from jupyternetes.runtime.lease_watch import LeaseWatch
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import compile_template
from tests.support.objects import NAMESPACE, ended, instance, pod, template

KEY = ObjectKey(NAMESPACE, "a")
SPEC = {"containers": [{"name": "notebook", "image": "i", "ports": [{"name": "notebook", "containerPort": 8888}]}]}
READY = {"podsProvisioned": "Completed", "pvcsProvisioned": "Completed"}
QUOTA = api_error("create pods", Status(403, "Forbidden", 'pods "notebook-x8k2z" is forbidden: exceeded quota: q'))
BUSY = TooManyRequests("create pods", Status(429, "TooManyRequests", "busy"))
NO_LEASES = LeaseWatch(cast("Any", None), (), news=lambda: None)
LOST = UnknownOutcome("create pods: the connection broke", settled_at=5.0)
WEBHOOK = UnknownOutcome(
    "create pods",
    settled_at=5.0,
    refusal=api_error("create pods", Status(500, "InternalError", 'failed calling webhook "guard.example.org"')),
)


class World:
    """One Instance, one Template with one pod, and whatever pods there are."""

    def __init__(self, known: Instance, *pods: Pod, refusal: Exception | None = None, there: Pod | None = None) -> None:
        self.instance = known
        self.pods = list(pods)
        self.refusal = refusal
        self.there = there
        self.delete_refusal: Exception | None = None
        self.template: dict[str, Any] = {"pods": [{"name": "notebook", "spec": SPEC}]}
        self.calls: list[str] = []
        self.written: list[InstanceStatus] = []

    def get(self, *_: str) -> Instance:
        return self.instance

    def find_template(self) -> UsableTemplate:
        return UsableTemplate(template(**self.template), compile_template(self.template))

    async def known(self, _: ObjectKey) -> list[Pod]:
        return self.pods

    async def find(self, _: str, name: str, __: str) -> Pod | None:
        self.calls.append(f"find {name}")
        return self.there

    async def create(self, known: Instance, _: object) -> Pod:
        self.calls.append("create")
        if self.refusal is not None:
            raise self.refusal
        return pod("made", start_id=known.spec.start_id)

    async def delete(self, _: Instance, each: Pod, **__: object) -> None:
        self.calls.append(f"delete {each.metadata.name}")
        if self.delete_refusal is not None:
            raise self.delete_refusal

    async def force_delete(self, _: Instance, each: Pod) -> None:
        self.calls.append(f"force {each.metadata.name}")

    async def delete_secret(self, *_: object) -> None:
        self.calls.append("delete secrets")

    def latest(self, cached: Instance) -> Instance:
        return cached

    def forget(self, _: ObjectKey) -> None:
        return None

    async def write(self, _: Instance, status: InstanceStatus) -> bool:
        self.written.append(status)
        return False


class Api:
    """The API server, where the Instance is as in the cache."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def get(self, *_: object) -> Instance:
        return self.world.instance


class Templates:
    """Where the Template is found in the cache."""

    def __init__(self, world: World) -> None:
        self.world = world

    def find(self, _: Instance) -> UsableTemplate:
        return self.world.find_template()


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The names that each rendering was made with."""
    seen: list[Any] = []
    real = plan_module.render

    def noting(compiled: Any, known: Any, names: Any) -> Any:
        seen.append(names["pods"])
        return real(compiled, known, names)

    monkeypatch.setattr(plan_module, "render", noting)
    return seen


def passing(world: Any) -> PodReconciler:
    return PodReconciler(
        client=Api(world),  # type: ignore[arg-type]
        instances=world,
        templates=Templates(world),  # type: ignore[arg-type]
        actions=world,
        status=world,
        announcer=world,
        gates=GateWaiting(on=False, leases=NO_LEASES, registry=CollectorRegistry()),
        failures=StartFailures(CollectorRegistry()),
    )


async def test_pass_that_makes_nothing_renders_once_and_with_the_pod_that_it_keeps(renderings: list[Any]) -> None:
    record = {"resourceName": "notebook-2", "uid": "uid-notebook-2", "startId": "2"}
    world = World(
        instance(startId="2", status=READY | {"pods": {"notebook": record}}),
        pod("notebook-1", start_id="2"),
        pod("notebook-2", start_id="2"),
    )

    await passing(world).reconcile(KEY)

    assert renderings == [{"notebook": "notebook-2"}]
    assert world.calls == ["delete notebook-1"]
    assert world.written[-1].pods["notebook"].resource_name == "notebook-2"


async def test_each_action_is_carried_out_once_a_pass() -> None:
    world = World(instance(startId="2", status=READY))

    await passing(world).reconcile(KEY)

    assert world.calls == ["delete secrets", "create"]
    assert world.written[-1].pods["notebook"].resource_name == "made"


async def test_pod_is_made_again_only_after_proof_that_the_recorded_one_is_gone() -> None:
    record = {"resourceName": "notebook-1", "uid": "uid-notebook-1"}
    world = World(instance(status=READY | {"pods": {"notebook": record}}))

    await passing(world).reconcile(KEY)

    assert world.calls == ["find notebook-1", "create"]


async def test_refusal_is_reported_and_tried_again_later_not_in_the_same_pass() -> None:
    world = World(instance(startId="1", status=READY), refusal=QUOTA)

    result = await passing(world).reconcile(KEY)

    assert world.calls == ["create"]
    assert world.written[-1].conditions[0].reason == "WaitingForQuota"
    assert result is not None
    assert result.requeue_after == 2.0


@pytest.mark.looptime
async def test_time_that_a_quota_is_waited_for_counts_from_its_first_refusal_and_ends_with_it_C07() -> None:
    world = World(instance(startId="1", status=READY), refusal=QUOTA)
    passes = passing(world)

    for refusal, reason in ((QUOTA, "WaitingForQuota"), (QUOTA, "QuotaExceeded"), (None, "Provisioned")):
        world.refusal = refusal
        await passes.reconcile(KEY)
        assert world.written[-1].conditions[0].reason == reason
        await asyncio.sleep(31)
    world.refusal = QUOTA
    await passes.reconcile(KEY)
    assert world.written[-1].conditions[0].reason == "WaitingForQuota"


async def test_create_that_failed_at_the_server_is_reported_C10() -> None:
    world = World(instance(startId="1", status=READY), refusal=WEBHOOK)

    result = await passing(world).reconcile(KEY)

    assert world.calls == ["create"]
    assert world.written[-1].conditions[0].reason == "FailedCreate"
    assert result is not None


@pytest.mark.parametrize("error", [BUSY, LOST], ids=str)
async def test_trouble_that_may_pass_by_itself_is_the_controllers_to_retry(error: Exception) -> None:
    world = World(instance(startId="1", status=READY), refusal=error)

    with pytest.raises(type(error)):
        await passing(world).reconcile(KEY)

    assert world.written == []


@pytest.mark.parametrize(
    ("finalizers", "calls"), [(("example.org/audit",), ["delete notebook-1"]), (("foregroundDeletion",), []), ((), [])]
)
async def test_instance_that_somebody_keeps_from_being_deleted_is_looked_after_and_no_other_C16(
    finalizers: tuple[str, ...], calls: list[str]
) -> None:
    known = instance(startId="1", status=READY)
    going = replace(known.metadata, deletion_timestamp="2026-01-02T00:00:00Z", finalizers=finalizers)
    world = World(replace(known, metadata=going), pod(start_id="1"))

    await passing(world).reconcile(KEY)

    assert world.calls == calls
    assert [each.conditions[0].reason for each in world.written] == (["BeingDeleted"] if calls else [])


@pytest.mark.looptime
@pytest.mark.parametrize("clock", [0, 3600, -3600])
async def test_ended_pod_of_an_old_client_is_replaced_ten_seconds_after_it_was_first_seen_C17(clock: int) -> None:
    made = rfc3339(datetime.now(UTC) + timedelta(seconds=clock))
    world = World(instance(status=READY), ended(creationTimestamp=made))
    passes = passing(world)

    first = await passes.reconcile(KEY)
    assert first is not None
    assert (first.requeue_after, world.calls) == (10.0, [])
    await asyncio.sleep(10)
    await passes.reconcile(KEY)

    assert world.calls == ["delete notebook-1"]


RECORD = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}
SEEN_STOPPED = RECORD | {"state": "Stopped", "observedUid": "uid-notebook-1"}
DENIED = api_error("delete pods lab/notebook-1", Status(403, "Forbidden", "the policy says no"))
WEBHOOK_OF_DELETES = UnknownOutcome("delete pods", settled_at=5.0, refusal=WEBHOOK.refusal)
LEAVING = {"deletionTimestamp": rfc3339(datetime.now(UTC)), "deletionGracePeriodSeconds": 30}


@pytest.mark.looptime
@pytest.mark.parametrize("clock", [0, 3600, -3600])
async def test_pod_on_a_lost_node_is_forced_by_the_operators_own_clock_and_its_successor_counts_anew_C17_C27(
    clock: int,
) -> None:
    asked = rfc3339(datetime.now(UTC) + timedelta(seconds=clock))
    stuck = pod(start_id="2", **LEAVING | {"deletionTimestamp": asked}, spec={"nodeName": "node-1"})
    world = World(instance(startId="2", suspend=True, status=READY | {"pods": {"notebook": RECORD}}), stuck)
    world.template["pods"][0] |= {"forceDeleteAfterSeconds": 60}
    passes = passing(world)

    for remaining in (90.0, 60.0):
        result = await passes.reconcile(KEY)
        assert result is not None
        assert (result.requeue_after, world.calls) == (remaining, [])
        await asyncio.sleep(30)
    successor = await passing(world).reconcile(KEY)
    assert successor is not None
    assert successor.requeue_after == 90.0
    await asyncio.sleep(30)
    await passes.reconcile(KEY)

    assert world.calls == ["force notebook-1"]


async def test_stop_asks_for_no_pod_that_was_seen_to_go_C01() -> None:
    stopping = instance(startId="2", suspend=True, status=READY | {"pods": {"notebook": RECORD}})
    world = World(stopping, pod(start_id="2"))
    passes = passing(world)

    await passes.reconcile(KEY)  # deletes it
    world.pods = []
    world.instance = instance(startId="2", suspend=True, status=READY | {"pods": {"notebook": SEEN_STOPPED}})
    await passes.reconcile(KEY)

    assert world.calls == ["delete notebook-1", "delete secrets"]
    assert world.written[-1].conditions[0].reason == "Suspended"


async def test_start_asks_for_no_pod_that_was_seen_to_go_C01() -> None:
    world = World(instance(startId="2", status=READY | {"pods": {"notebook": RECORD}}), pod(start_id="2", **LEAVING))
    passes = passing(world)

    await passes.reconcile(KEY)  # sees that somebody deletes it
    world.pods = []
    world.instance = instance(startId="2", status=READY | {"pods": {"notebook": SEEN_STOPPED}})
    await passes.reconcile(KEY)

    assert world.calls == ["delete secrets"]
    assert world.written[-1].conditions[0].reason == "StartSpent"


@pytest.mark.parametrize("suspend", [True, False])
async def test_ended_pod_that_lost_its_label_is_found_and_deleted_until_it_is_gone_C01(suspend: bool) -> None:
    lost = pod(start_id="2", labels={})
    known = instance(startId="2", suspend=suspend, status=READY | {"pods": {"notebook": SEEN_STOPPED}})
    world = World(known, there=lost)
    passes = passing(world)

    result = await passes.reconcile(KEY)

    assert world.calls == ["find notebook-1", "delete notebook-1"]
    assert (result and result.requeue_after, world.written) == (2.0, [])
    world.there = pod(start_id="2", labels={}, **LEAVING)
    await passes.reconcile(KEY)
    assert world.calls[2:] == ["find notebook-1"]
    world.there = None
    await passes.reconcile(KEY)
    assert world.calls[3:] == ["find notebook-1", "delete secrets"]
    assert world.written[-1].conditions[0].reason == ("Suspended" if suspend else "StartSpent")


@pytest.mark.parametrize("error", [DENIED, WEBHOOK_OF_DELETES], ids=str)
async def test_refused_delete_is_reported_and_tried_again_in_the_next_pass_C10(error: Exception) -> None:
    world = World(instance(startId="2", suspend=True, status=READY), pod(start_id="2"))
    world.delete_refusal = error

    result = await passing(world).reconcile(KEY)

    assert world.calls == ["delete notebook-1"]
    assert world.written[-1].conditions[0].reason == "FailedDelete"
    assert (result and result.requeue_after) == 2.0


@pytest.mark.parametrize("error", [BUSY, LOST], ids=str)
async def test_delete_that_may_pass_by_itself_is_the_controllers_to_retry_C10(error: Exception) -> None:
    world = World(instance(startId="2", suspend=True, status=READY), pod(start_id="2"))
    world.delete_refusal = error

    with pytest.raises(type(error)):
        await passing(world).reconcile(KEY)

    assert world.written == []
