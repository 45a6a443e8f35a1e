"""When the PVC operator reports on a new Instance: not just when the hub is about to set it going."""

import asyncio
from typing import Any

import msgspec
import pytest

from jupyternetes.api.core import Claim
from jupyternetes.api.instance import Instance, InstanceStatus
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.operators.pvcs.growth import Growth
from jupyternetes.operators.pvcs.reconciler import PvcReconciler
from jupyternetes.operators.templates.usable import UsableTemplate
from jupyternetes.runtime.errors import AlreadyExists, Status, UnknownOutcome, api_error
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import compile_template
from tests.support.objects import NAMESPACE, claim, instance, template
from tests.unit.operators.checked import unchecked

KEY = ObjectKey(NAMESPACE, "a")
SPEC: dict[str, Any] = {"pvcs": [{"name": "workspace", "spec": {"accessModes": ["ReadWriteOnce"]}}]}


class World:
    """One Instance that is made for its first start, and the claim that is there for it."""

    client: Any = None

    def __init__(self) -> None:
        self.instance = instance(suspend=True)
        self.written: list[InstanceStatus] = []

    def get(self, *_: str) -> Instance:
        return self.instance

    def latest(self, cached: Instance) -> Instance:
        return cached

    async def find_for_certain(self, *_: object) -> UsableTemplate:
        return UsableTemplate(template(**SPEC), compile_template(SPEC))

    async def settle(self, _: ObjectKey) -> None:
        return None

    def find(self, _: ObjectKey) -> list[Claim]:
        return [claim("workspace-1")]

    async def write(self, _: Instance, status: InstanceStatus) -> bool:
        self.written.append(status)
        return True


class There:
    """The API server, which has the Instance."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def get(self, *_: object) -> Instance:
        return self._world.instance


def passing(world: Any) -> PvcReconciler:
    return PvcReconciler(
        client=world,
        instances=world,
        claims=world,
        made_once=MadeOnce(There(world)),
        lists=world,
        templates=world,
        check=unchecked(world),
        growth=Growth(world, world),
        status=world,
        announcer=world,
    )


@pytest.mark.looptime
async def test_new_instance_is_reported_on_once_the_hub_has_set_it_going() -> None:
    world = World()
    passes = passing(world)
    result = await passes.reconcile(KEY)
    assert result is not None
    assert result.requeue_after == pytest.approx(1.0)
    assert world.written == []

    world.instance = instance(startId="1")
    await passes.reconcile(KEY)

    assert [each.pvcs_provisioned for each in world.written] == ["Completed"]


@pytest.mark.looptime
async def test_instance_that_nobody_sets_going_is_reported_on_after_a_second() -> None:
    world = World()
    passes = passing(world)
    await passes.reconcile(KEY)

    await asyncio.sleep(1)

    assert await passes.reconcile(KEY) is None
    assert [each.pvcs_provisioned for each in world.written] == ["Completed"]


@pytest.mark.looptime
async def test_instance_that_was_reported_on_is_again_at_once() -> None:
    world = World()
    said = {"type": "PvcsProvisioned", "status": "False", "reason": "ClaimLost"}
    world.instance = instance(suspend=True, status={"conditions": [said]})

    assert await passing(world).reconcile(KEY) is None
    assert len(world.written) == 1


class NoClaim(World):
    """Nothing is there yet, and whatever is made meets ``error``."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.instance = instance(startId="1")
        self.error = error

    def find(self, _: ObjectKey) -> list[Claim]:
        return []

    async def claims_of(self, _: ObjectKey) -> list[Claim]:
        return []

    async def create(self, *_: object, **__: object) -> Claim:
        raise self.error

    def failure(self, *_: object) -> None:
        return None


NAMED: dict[str, Any] = {
    "pvcs": [
        {
            "name": "workspace",
            "claimName": "shared",
            "create": "IfMissing",
            "spec": {"accessModes": ["ReadWriteOnce"]},
        }
    ]
}


class Named(NoClaim):
    """The Template names a claim, and somebody else makes it just before the operator does."""

    def __init__(self, *found: Claim | None) -> None:
        super().__init__(api_error("create", Status(409, "AlreadyExists", 'persistentvolumeclaims "shared"')))
        self.client = self
        self.found = list(found)

    async def find_for_certain(self, *_: object) -> UsableTemplate:
        return UsableTemplate(template(**NAMED), compile_template(NAMED))

    def get(self, *key: Any) -> Any:
        return self.instance if len(key) == 2 else self.look()

    async def look(self) -> Claim:
        found = self.found.pop(0)
        if found is None:
            raise api_error("get", Status(404, "NotFound", 'persistentvolumeclaims "shared" not found'))
        return found


@pytest.mark.looptime
async def test_claim_that_appears_while_it_is_made_is_the_one_to_use_V08() -> None:
    world = Named(None, claim("shared"))

    await passing(world).reconcile(KEY)

    assert world.written[-1].pvcs["workspace"].resource_name == "shared"
    assert world.written[-1].pvcs_provisioned == "Completed"


@pytest.mark.looptime
async def test_claim_that_appears_and_is_being_deleted_is_told_V08() -> None:
    world = Named(None, claim("shared", deletionTimestamp="2026-01-01T00:00:00Z"))

    result = await passing(world).reconcile(KEY)

    assert world.written[-1].conditions[0].reason == "ClaimBeingDeleted"
    assert result is not None  # once it is gone, one is made


@pytest.mark.looptime
async def test_claim_that_appears_and_is_gone_again_is_tried_again_V08() -> None:
    world = Named(None, None)

    with pytest.raises(AlreadyExists):
        await passing(world).reconcile(KEY)

    assert world.written == []


class Grown(World):
    """The claim that is there is smaller than the Template says by now."""

    def __init__(self) -> None:
        super().__init__()
        self.client = self
        self.instance = instance(startId="1")
        self.patched: list[str] = []

    def find(self, _: ObjectKey) -> list[Claim]:
        small = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        return [claim("workspace-1", spec=small, status={"phase": "Bound"})]

    async def find_for_certain(self, *_: object) -> UsableTemplate:
        wants = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}
        spec: dict[str, Any] = {"pvcs": [{"name": "workspace", "spec": wants}]}
        return UsableTemplate(template(**spec), compile_template(spec))

    async def write(self, of: Instance, status: InstanceStatus) -> bool:
        self.instance = msgspec.structs.replace(of, status=status)
        return await World.write(self, of, status)

    async def merge_patch(self, _: object, __: str, name: str, ___: object) -> None:
        self.patched.append(name)

    def normal(self, *_: object) -> None:
        return None


@pytest.mark.looptime
async def test_start_is_told_of_its_volume_before_that_grows_B29() -> None:
    world = Grown()
    passes = passing(world)

    first = await passes.reconcile(KEY)
    assert [each.pvcs_provisioned for each in world.written] == ["Completed"]
    assert world.patched == []
    assert first is not None
    assert first.requeue_after is not None
    await asyncio.sleep(first.requeue_after)
    await passes.reconcile(KEY)

    assert world.patched == ["workspace-1"]


WEBHOOK = UnknownOutcome(
    "create persistentvolumeclaims",
    settled_at=5.0,
    refusal=api_error("create", Status(500, "InternalError", 'failed calling webhook "guard.example.org"')),
)


@pytest.mark.looptime
async def test_create_that_failed_at_the_server_is_told_and_tried_again_soon_C10() -> None:
    world = NoClaim(WEBHOOK)

    result = await passing(world).reconcile(KEY)

    [told] = world.written[-1].conditions
    assert told.reason == "FailedCreate"
    assert "failed calling webhook" in told.message
    assert result is not None
    assert 0 < (result.requeue_after or 0) <= 2


@pytest.mark.looptime
async def test_create_without_an_answer_is_the_controllers_to_retry() -> None:
    world = NoClaim(UnknownOutcome("create persistentvolumeclaims: the connection broke", settled_at=5.0))

    with pytest.raises(UnknownOutcome):
        await passing(world).reconcile(KEY)

    assert world.written == []


@pytest.mark.looptime
async def test_quota_that_somebody_may_free_is_waited_for_C07() -> None:
    refusal = api_error("create", Status(403, "Forbidden", "exceeded quota: q"))
    world = NoClaim(refusal)
    passes = passing(world)
    first = await passes.reconcile(KEY)
    await asyncio.sleep(31)

    await passes.reconcile(KEY)

    assert first is not None
    assert first.requeue_after == 2.0
    assert [each.conditions[0].reason for each in world.written] == ["WaitingForQuota", "QuotaExceeded"]
