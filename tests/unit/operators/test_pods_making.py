"""One start under way, against the few calls that it makes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pods import plan
from jupyternetes.operators.pods.making import Making
from jupyternetes.runtime.errors import ApiError, ServerError, Status, api_error
from tests.support.objects import ended, instance, pod

NOW = datetime(2026, 2, 1, tzinfo=UTC)
BODY = {"metadata": {"generateName": "notebook-"}}
QUOTA = api_error("create pods", Status(403, "Forbidden", 'pods "notebook-x8k2z" is forbidden: exceeded quota: q'))
NO_ACCOUNT = api_error("create pods", Status(403, "Forbidden", "error looking up service account lab/late: not found"))
BUSY = ServerError("create pods", Status(503, "ServiceUnavailable", "busy"))


class Actions:
    """Makes pods without a server; ``there`` is what a live look finds."""

    def __init__(self, *, refusal: ApiError | None = None, there: Pod | None = None) -> None:
        self.refusal = refusal
        self.there = there
        self.deleted: list[str] = []
        self.created = 0
        self.looks = 0

    async def find(self, namespace: str, name: str, uid: str) -> Pod | None:
        self.looks += 1
        return self.there

    async def create(self, instance: Instance, body: Mapping[str, object]) -> Pod:
        self.created += 1
        if self.refusal is not None:
            raise self.refusal
        return pod(f"made-{self.created}", start_id=instance.spec.start_id)

    async def delete(self, instance: Instance, pods: Iterable[Pod], *, grace_seconds: int | None = None) -> None:
        self.deleted += [each.metadata.name for each in pods]


def making(actions: Actions, *pods: Pod, start_id: str = "2", **record: Any) -> Making:
    status = {"pods": {"notebook": record}} if record else {}
    known = instance(startId=start_id, status=status)
    return Making(actions, known, plan.sort_pods(known, pods), NOW)  # type: ignore[arg-type]


RECORD = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}
SEEN_STOPPED = RECORD | {"state": "Stopped", "observedUid": "uid-notebook-1"}


@pytest.mark.parametrize(
    ("record", "pods", "there", "spent", "unproven", "looks"),
    [
        ({}, [], None, False, False, 0),
        (RECORD | {"startId": "1"}, [], None, False, False, 0),
        (RECORD, [pod(start_id="2")], None, False, False, 0),
        (RECORD, [], None, True, False, 1),
        (RECORD, [], pod(start_id="2"), False, True, 1),
        (SEEN_STOPPED, [], None, True, False, 0),
        (RECORD, [ended(start_id="2")], None, False, True, 0),
        (SEEN_STOPPED, [ended(start_id="2")], None, True, False, 0),
        (RECORD | {"state": "Stopped", "observedUid": "earlier"}, [], None, True, False, 1),
    ],
)
async def test_start_is_spent_only_beyond_doubt(
    record: Any, pods: list[Pod], there: Pod | None, spent: bool, unproven: bool, looks: int
) -> None:
    actions = Actions(there=there)
    start = making(actions, *pods, **record)

    assert await start.spent("notebook") is spent
    assert start.unproven is unproven
    assert actions.looks == looks


async def test_instance_without_start_id_has_nothing_to_spend_B22() -> None:
    start = making(Actions(), start_id="", resourceName="notebook-1", uid="uid-notebook-1")

    assert not await start.spent("notebook")


async def test_missing_pod_is_made_once() -> None:
    actions = Actions()
    start = making(actions)

    assert await start.ensure({"notebook": BODY})
    assert not await start.ensure({"notebook": BODY})

    assert actions.created == 1
    result = start.result(["notebook"])
    assert (result.provisioned, result.failure) == ("Completed", None)
    assert result.states["notebook"].uid == "uid-made-1"


async def test_recorded_pod_that_the_cache_lacks_is_looked_for_before_another_is_made_B27() -> None:
    actions = Actions(there=pod(start_id="2"))
    start = making(actions, **RECORD)

    assert not await start.ensure({"notebook": BODY})

    assert actions.created == 0
    assert start.result(["notebook"]).states["notebook"].resource_name == "notebook-1"


async def test_second_pod_of_an_entry_is_deleted_B27() -> None:
    actions = Actions()
    start = making(actions, pod(start_id="2"), pod("notebook-2", start_id="2"), **RECORD)

    await start.ensure({"notebook": BODY})

    assert actions.deleted == ["notebook-2"]


async def test_refused_pod_is_an_error_with_the_servers_text_and_tried_again_later_B33() -> None:
    actions = Actions(refusal=QUOTA)
    start = making(actions)

    await start.ensure({"notebook": BODY})
    await start.ensure({"notebook": BODY})

    assert actions.created == 1, "not again in the same pass"
    result = start.result(["notebook"])
    assert result.failure is not None
    assert result.failure[0].name == "QuotaExceeded"
    state = result.states["notebook"]
    assert (state.state, state.uid) == ("Error", "")
    assert "notebook-*" in state.error_message
    assert result.retry_after


@pytest.mark.parametrize("state", ["Running", "Stopped"])
async def test_error_waits_for_the_word_on_the_earlier_pod_to_be_taken_back(state: str) -> None:
    start = making(Actions(refusal=QUOTA), startId="1", state=state)

    await start.ensure({"notebook": BODY})

    told = start.result(["notebook"]).states["notebook"]
    assert told.state == "Processed"
    assert told.error_message


async def test_account_that_may_come_is_waited_for_less_patiently_than_a_quota() -> None:
    waits: list[float] = []
    for refusal in (NO_ACCOUNT, QUOTA):
        start = making(Actions(refusal=refusal))
        await start.ensure({"notebook": BODY})
        result = start.result(["notebook"])
        waits.append(result.retry_after or 0)

    assert 0 < waits[0] <= 5 < waits[1]


async def test_trouble_that_may_pass_by_itself_is_the_controllers_to_retry() -> None:
    with pytest.raises(ServerError):
        await making(Actions(refusal=BUSY)).ensure({"notebook": BODY})


@pytest.mark.parametrize(
    ("start_id", "made", "deleted"),
    [("", "2026-01-31T23:00:00Z", ["notebook-1"]), ("", "2026-01-31T23:59:55Z", []), ("2", "2026-01-01T00:00:00Z", [])],
)
async def test_ended_pod_is_replaced_for_old_clients_only_and_not_at_once_B22_B25(
    start_id: str, made: str, deleted: list[str]
) -> None:
    actions = Actions()
    start = making(actions, ended(start_id=start_id, creationTimestamp=made), start_id=start_id)

    await start.ensure({"notebook": BODY})

    assert actions.deleted == deleted
    assert (start.result(["notebook"]).retry_after or 0) == (5.0 if made.endswith("55Z") else 0)


async def test_some_of_several_pods_are_partially_processed() -> None:
    start = making(Actions())

    await start.ensure({"notebook": BODY})

    assert start.result(["notebook", "helper"]).provisioned == "Partially Processed"
    assert making(Actions()).result(["notebook"]).provisioned == "Pending"
    assert making(Actions()).result([]).provisioned == "Completed"
