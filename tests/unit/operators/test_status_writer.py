"""The status writer: one patch of what differs, of its own fields only, and never a loop."""

import logging
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from jupyternetes.api.conditions import PVCS_PROVISIONED, Condition
from jupyternetes.api.fields import PVC_OPERATOR
from jupyternetes.api.instance import ClaimState, Instance, InstanceStatus
from jupyternetes.operators.status.owned_fields import condition_fields
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.runtime.errors import Conflict, Invalid, Status
from jupyternetes.runtime.objects import key_of
from tests.support.fakekube.patches import merged, patched
from tests.support.fakekube.refusals import Refused
from tests.support.objects import instance

Json = dict[str, Any]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TIME = "2026-01-01T00:00:00Z"


#: What the API server fills in.
FILLED: Json = {"pods": {}, "pvcs": {}, "pvcsProvisioned": "Pending", "podsProvisioned": "Pending"}


class Server:
    """Keeps one Instance; of its status it does not keep the field ``loses``. Steps it takes only if told so."""

    def __init__(self, status: Json, *, loses: str = "", takes_steps: bool = True) -> None:
        self.object: Json = {**as_json(instance()), "status": FILLED | status}
        self.patches: list[Json] = []
        self.steps: list[list[Json]] = []
        self._loses = loses
        self._takes_steps = takes_steps

    async def merge_patch(self, _: Any, namespace: str, name: str, body: Json, **options: Any) -> Instance:
        assert options == {"subresource": "status"}
        self.patches.append(body)
        if body["metadata"]["resourceVersion"] != self.object["metadata"]["resourceVersion"]:
            raise Conflict("patch", Status(409, "Conflict", "modified"))
        return self._store(merged(self.object["status"], body["status"]))

    async def json_patch(self, _: Any, namespace: str, name: str, steps: list[Json], **options: Any) -> Instance:
        assert options == {"subresource": "status"}
        self.steps.append(steps)
        try:
            changed = patched(self.object, steps)
        except Refused:
            raise Invalid("patch", Status(422, "Invalid", "a test failed")) from None
        if not self._takes_steps:
            raise Invalid("patch", Status(422, "Invalid", "a test failed"))
        return self._store(changed["status"])

    async def get(self, _: Any, namespace: str, name: str) -> Instance:
        return self.read()

    def read(self) -> Instance:
        try:
            return msgspec.convert(self.object, Instance)
        except msgspec.ValidationError:
            return Instance.partial_decode(self.object)

    def _store(self, status: Json) -> Instance:
        version = self.object["metadata"]["resourceVersion"]
        status.pop(self._loses, None)
        self.object["status"] = status
        self.object["metadata"]["resourceVersion"] = str(int(version) + 1)
        return self.read()


def as_json(obj: Instance) -> Json:
    return msgspec.to_builtins(obj)


def writer(server: Server) -> StatusWriter:
    return StatusWriter(server, PVC_OPERATOR)  # type: ignore[arg-type]


WANTED = InstanceStatus(pvcs={"workspace": ClaimState(resource_name="w-1")}, pvcs_provisioned="Completed")
PENDING = msgspec.structs.replace(WANTED, pvcs_provisioned="Pending")


async def test_status_is_written_once() -> None:
    server = Server({})
    status = writer(server)

    assert await status.write(server.read(), WANTED)

    assert not await status.write(server.read(), WANTED)
    assert (len(server.steps), server.patches) == (1, [])


@pytest.mark.parametrize("others", [{"podsProvisioned": "Completed"}, {"pods": {"notebook": {}}, "address": "a:1"}])
async def test_what_others_wrote_meanwhile_is_no_conflict_and_stays_B40(others: Json) -> None:
    server = Server({})
    old = server.read()
    server.object["status"] |= others
    server.object["metadata"]["resourceVersion"] = "8"

    assert await writer(server).write(old, WANTED)

    assert server.read().status.pvcs == WANTED.pvcs
    assert others.items() <= server.object["status"].items()
    assert server.patches == []


@pytest.mark.parametrize(
    "changed",
    [{"status": FILLED | {"pvcsProvisioned": "Partially Processed"}}, {"metadata": {"uid": "successor"}}],
    ids=["own words", "made anew"],
)
async def test_stale_words_of_ones_own_are_a_conflict_and_nothing_is_written_B40(changed: Json) -> None:
    server = Server({})
    old = server.read()
    server.object = merged(server.object, {"metadata": {"resourceVersion": "8"}})
    server.object = merged(server.object, changed)
    before = server.read()

    with pytest.raises(Conflict):
        await writer(server).write(old, WANTED)

    assert server.read() == before


def ours(reason: str) -> Condition:
    return Condition(type=PVCS_PROVISIONED, status="True", reason=reason, last_transition_time=TIME)


def theirs(kind: str, **fields: object) -> Json:
    return {"type": kind, "status": "True", "reason": "R", "message": "", "lastTransitionTime": TIME, **fields}


CHANGES: dict[str, tuple[list[Json], tuple[Condition, ...]]] = {
    "first of all": ([], (ours("Provisioned"),)),
    "first of ours": ([theirs("Theirs")], (ours("Provisioned"),)),
    "changed": ([theirs("Theirs"), condition_fields(ours("Waiting")), theirs("More")], (ours("Provisioned"),)),
    "removed": ([theirs("Theirs"), condition_fields(ours("Waiting")), theirs("More")], ()),
}
"""What stands in the list of conditions, and what of it is to be ours."""


@pytest.mark.parametrize("place", [0, None], ids=["in front", "at the end"])
@pytest.mark.parametrize("change", CHANGES)
async def test_condition_that_a_third_adds_between_read_and_write_stays_and_ours_is_there_B40(
    change: str, place: int | None
) -> None:
    standing, wanted = CHANGES[change]
    server = Server({"conditions": standing} if standing else {})
    seen = server.read()
    status = writer(server)
    listed = [*standing]
    listed.insert(len(listed) if place is None else place, theirs("example.org/gate"))
    server.object["status"] = server.object["status"] | {"conditions": listed}
    server.object["metadata"]["resourceVersion"] = "8"

    try:
        await status.write(seen, InstanceStatus(conditions=wanted))
    except Conflict:
        assert server.object["status"]["conditions"] == listed
        await status.write(server.read(), InstanceStatus(conditions=wanted))

    of_others, own = by_owner(server)
    assert of_others == [each for each in listed if each["type"] != PVCS_PROVISIONED]
    assert own == [*map(condition_fields, wanted)]


def by_owner(server: Server) -> tuple[list[Json], list[Json]]:
    """The conditions of others, in order, and ours."""
    listed = server.object["status"]["conditions"]
    own = [each for each in listed if each["type"] == PVCS_PROVISIONED]
    return [each for each in listed if each not in own], own


@pytest.mark.parametrize("guarded", [True, False], ids=["in steps", "as a whole"])
@pytest.mark.parametrize("change", CHANGES)
async def test_condition_of_another_program_that_does_not_fit_stays_as_it_stands_B40(
    change: str, *, guarded: bool
) -> None:
    standing, wanted = CHANGES[change]
    odd = {"type": "Odd", "status": True, "since": {"days": [1, 2.5]}}
    old = {"type": "Old", "status": "False", "message": "From before a reason and a time were asked for"}
    listed = [odd, *standing, old, {"type": "Older", "status": "False"}]
    server = Server({"conditions": listed}, takes_steps=guarded)
    assert not server.read().unreadable, "what others say stops no pass"

    assert await writer(server).write(server.read(), InstanceStatus(conditions=wanted))

    of_others, own = by_owner(server)
    assert of_others == [each for each in listed if each["type"] != PVCS_PROVISIONED]
    assert own == [*map(condition_fields, wanted)]


async def test_definition_that_fills_nothing_in_gets_the_status_as_a_whole() -> None:
    server = Server({})
    server.object["status"] = {}

    assert await writer(server).write(server.read(), WANTED)

    assert [patch["metadata"] for patch in server.patches] == [{"resourceVersion": "7"}]
    assert server.read().status.pvcs == WANTED.pvcs


async def test_after_a_conflict_nothing_is_forgotten_that_the_cache_does_not_show() -> None:
    """Or a pod that is on record would be unknown again, and made again."""
    server = Server({})
    status = writer(server)
    cached = server.read()
    await status.write(cached, WANTED)
    server.object["metadata"]["resourceVersion"] = "9"
    server.object["status"]["pvcsProvisioned"] = "Partially Processed"

    with pytest.raises(Conflict):
        await status.write(status.latest(cached), PENDING)

    assert status.latest(cached) == server.read()


async def test_own_write_is_seen_before_the_cache_shows_it() -> None:
    server = Server({})
    status = writer(server)
    cached = server.read()
    await status.write(cached, WANTED)

    assert status.latest(cached) == server.read()
    assert status.latest(server.read()) == server.read()
    assert status.latest(cached) == cached, "once the cache has shown it, the cache counts"


async def test_own_write_is_no_news_when_the_cache_shows_it() -> None:
    server = Server({})
    status = writer(server)
    before = server.read()
    await status.write(before, WANTED)
    after = server.read()

    assert not status.is_own_write(before, before)
    assert status.is_own_write(before, after)
    assert not status.is_own_write(before, after), (
        "once: what a watch that began anew says again may follow on something else"
    )
    assert status.latest(before) == before, "what the cache has shown is not remembered"


async def test_what_others_changed_is_news_even_under_the_version_of_an_own_write() -> None:
    """As after etcd was restored to an older state, when versions are used again."""
    server = Server({})
    status = writer(server)
    before = server.read()
    await status.write(before, WANTED)

    server.object["spec"]["suspend"] = True

    assert not status.is_own_write(before, server.read())


@pytest.mark.parametrize(
    "change",
    [{"spec": {"suspend": True}}, {"status": {"pods": {"notebook": {"uid": "u-2", "resourceName": "notebook-2"}}}}],
    ids=["hub", "other operator"],
)
async def test_what_others_wrote_before_an_own_write_is_news_if_both_are_seen_at_once_B26(change: Json) -> None:
    """The watch had ended, and the list that begins the next one shows both."""
    server = Server({})
    status, before = writer(server), server.read()
    server.object = merged(server.object, change)

    await status.write(before, WANTED)

    assert server.steps, "a write that tests only what it replaces"
    assert not status.is_own_write(before, server.read())


async def test_what_others_wrote_before_an_own_write_is_no_news_once_the_cache_has_shown_it() -> None:
    server = Server({})
    status, before = writer(server), server.read()
    server.object["spec"]["suspend"] = True
    with_theirs = server.read()

    await status.write(before, WANTED)

    assert status.is_own_write(with_theirs, server.read())


async def test_what_was_mended_is_news() -> None:
    server = Server({"pods": 7})
    status = writer(server)
    cached = server.read()
    assert cached.unreadable
    await status.repair(cached, now=NOW)

    assert not status.is_own_write(cached, server.read()), "the pass stopped at what it could not read"


async def test_what_was_written_before_etcd_was_restored_is_forgotten_at_the_first_conflict() -> None:
    server = Server({})
    status, before = writer(server), server.read()
    await status.write(before, WANTED)
    written = status.latest(before)
    server.object = {**as_json(before), "status": FILLED}

    with pytest.raises(Conflict):
        await status.write(written, PENDING)

    assert status.latest(server.read()) == server.read()


async def test_write_on_an_instance_that_is_gone_is_not_taken_for_one_on_its_successor() -> None:
    server = Server({})
    status = writer(server)
    await status.write(server.read(), WANTED)
    successor = instance(uid="successor")

    assert status.latest(successor) == successor


async def test_what_others_left_in_our_fields_is_cleared_B36() -> None:
    left = {"pvcs": {"workspace": {"resourceName": "old", "errorMessage": "old"}, "gone": {"resourceName": "g"}}}
    server = Server({**left, "pvcsProvisioned": "Pending"})
    status = writer(server)

    assert await status.write(server.read(), WANTED)

    assert server.read().status.pvcs == WANTED.pvcs
    assert not await status.write(server.read(), WANTED)


async def test_server_with_an_older_schema_is_not_written_to_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    server = Server({}, loses="pvcs")
    status = writer(server)

    with caplog.at_level(logging.WARNING):
        assert await status.write(server.read(), WANTED)
    calls = len(server.steps)
    for _ in range(3):
        assert not await status.write(server.read(), WANTED)

    assert len(server.steps) == calls
    assert "jupyternetes crds | kubectl apply" in caplog.text
    assert "pvcs" in caplog.text
    status.forget(key_of(server.read()))
    assert await status.write(server.read(), WANTED), "a forgotten Instance is tried again"
