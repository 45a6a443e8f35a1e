"""The status writer: one apply where something differs, a take-over once, and never a loop."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.api.fields import PVC_OPERATOR
from jupyternetes.api.instance import ClaimState, Instance, InstanceStatus
from jupyternetes.operators.status.adopt_fields import DEFAULTED, clearing
from jupyternetes.operators.status.writer import StatusWriter
from jupyternetes.runtime.errors import Conflict, FieldManagerConflict, Status
from jupyternetes.runtime.objects import key_of
from tests.support.fakekube.patches import merged
from tests.support.objects import instance

Json = dict[str, Any]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CONFLICT = FieldManagerConflict("patch", Status(409, "Conflict", "conflict with someone"))


class Server:
    """Keeps one Instance; the first ``conflicts`` applies meet another owner, fields in ``loses`` are not kept."""

    def __init__(self, status: Json, *, conflicts: int = 0, loses: str = "") -> None:
        self.object: Json = {**as_json(instance()), "status": status}
        self.calls: list[tuple[str, Json]] = []
        self._conflicts = conflicts
        self._loses = loses

    async def apply(self, _: Any, namespace: str, name: str, body: Json, **options: Any) -> Instance:
        self.calls.append(("apply", body))
        assert options == {"field_manager": "jupyternetes-pvcs", "subresource": "status"}
        if self._conflicts:
            self._conflicts -= 1
            raise CONFLICT
        return self._store(body, {**self.object["status"], **body["status"]})

    async def merge_patch(self, _: Any, namespace: str, name: str, body: Json, **options: Any) -> Instance:
        self.calls.append(("merge", body))
        return self._store(body, merged(self.object["status"], body["status"]))

    async def get(self, _: Any, namespace: str, name: str) -> Instance:
        return self.read()

    def read(self) -> Instance:
        try:
            return msgspec.convert(self.object, Instance)
        except msgspec.ValidationError:
            return Instance.partial_decode(self.object)

    def _store(self, body: Json, status: Json) -> Instance:
        version = self.object["metadata"]["resourceVersion"]
        if body["metadata"]["resourceVersion"] != version:
            raise Conflict("patch", Status(409, "Conflict", "modified"))
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


async def test_status_is_written_once_with_the_version_that_was_read() -> None:
    server = Server({})
    status = writer(server)

    assert await status.write(server.read(), WANTED)

    assert [verb for verb, _ in server.calls] == ["apply"]
    assert server.calls[0][1]["metadata"]["resourceVersion"] == "7"
    assert not await status.write(server.read(), WANTED)
    assert len(server.calls) == 1


async def test_stale_instance_is_a_conflict_and_nothing_is_written() -> None:
    server = Server({})
    old = server.read()
    server.object["metadata"]["resourceVersion"] = "8"

    with pytest.raises(Conflict):
        await writer(server).write(old, WANTED)

    assert server.object["status"] == {}


async def test_after_a_conflict_nothing_is_forgotten_that_the_cache_does_not_show() -> None:
    """Or a pod that is on record would be unknown again, and made again."""
    server = Server({})
    status = writer(server)
    cached = server.read()
    await status.write(cached, WANTED)
    server.object["metadata"]["resourceVersion"] = "9"

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

    assert not status.is_own_write(before)
    assert status.is_own_write(after)
    assert not status.is_own_write(after), "once: what a watch that began anew says again may follow on something else"
    assert status.latest(before) == before, "what the cache has shown is not remembered"


async def test_what_others_changed_is_news_even_under_the_version_of_an_own_write() -> None:
    """As after etcd was restored to an older state, when versions are used again."""
    server = Server({})
    status = writer(server)
    await status.write(server.read(), WANTED)

    server.object["spec"]["suspend"] = True

    assert not status.is_own_write(server.read())


async def test_what_was_mended_is_news() -> None:
    server = Server({"pods": 7})
    status = writer(server)
    cached = server.read()
    assert cached.unreadable
    await status.repair(cached, now=NOW)

    assert not status.is_own_write(server.read()), "the pass stopped at what it could not read"


async def test_what_was_written_before_etcd_was_restored_is_forgotten_at_the_first_conflict() -> None:
    server = Server({})
    status, before = writer(server), server.read()
    await status.write(before, WANTED)
    written = status.latest(before)
    server.object = {**as_json(before), "status": {}}

    with pytest.raises(Conflict):
        await status.write(written, PENDING)

    assert status.latest(server.read()) == server.read()


async def test_write_on_an_instance_that_is_gone_is_not_taken_for_one_on_its_successor() -> None:
    server = Server({})
    status = writer(server)
    await status.write(server.read(), WANTED)
    successor = instance(uid="successor")

    assert status.latest(successor) == successor


async def test_what_others_left_is_cleared_in_one_take_over_B36() -> None:
    left = {"pvcs": {"workspace": {"resourceName": "old", "errorMessage": "old"}, "gone": {"resourceName": "g"}}}
    server = Server({**left, "pvcsProvisioned": "Pending"}, conflicts=1)
    status = writer(server)

    assert await status.write(server.read(), WANTED)

    assert [verb for verb, _ in server.calls] == ["apply", "merge", "apply"]
    patch = server.calls[1][1]["status"]
    assert patch["pvcs"]["gone"] is None
    assert patch["pvcs"]["workspace"]["resourceName"] is None
    assert patch["pvcs"]["workspace"]["errorMessage"] is None
    assert patch["pvcsProvisioned"] == "Completed"
    assert not await status.write(server.read(), WANTED)


async def test_leftovers_that_meet_no_conflict_are_cleared_too_B36() -> None:
    class Merging(Server):
        async def apply(self, _: Any, namespace: str, name: str, body: Json, **options: Any) -> Instance:
            self.calls.append(("apply", body))
            return self._store(body, merged(self.object["status"], body["status"]))

    server = Merging({"pvcs": {"gone": {"resourceName": "g"}}})

    await writer(server).write(server.read(), WANTED)

    assert server.object["status"]["pvcs"].keys() == {"workspace"}
    assert [verb for verb, _ in server.calls] == ["apply", "merge", "apply"]


async def test_server_with_an_older_schema_is_not_written_to_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    server = Server({}, loses="pvcs")
    status = writer(server)

    with caplog.at_level(logging.WARNING):
        assert await status.write(server.read(), WANTED)
    calls = len(server.calls)
    for _ in range(3):
        assert not await status.write(server.read(), WANTED)

    assert len(server.calls) == calls
    assert "jupyternetes crds | kubectl apply" in caplog.text
    assert "pvcs" in caplog.text
    status.forget(key_of(server.read()))
    assert await status.write(server.read(), WANTED), "a forgotten Instance is tried again"


leaves = st.sampled_from(["a", "b", "Processed"])
entries = st.dictionaries(st.sampled_from(["state", "resourceName", "errorMessage"]), leaves)
parts = st.fixed_dictionaries(
    {},
    optional={
        "pvcs": st.dictionaries(st.sampled_from("xyz"), entries),
        "pvcsProvisioned": st.sampled_from(["Pending", "Completed"]),
    },
)


@given(parts, parts)
def test_after_clearing_nothing_stands_in_the_way_of_the_apply(current: Json, wanted: Json) -> None:
    cleared = merged(current, clearing(current, wanted))

    assert_no_conflict(cleared, wanted)
    assert_nothing_else(cleared, wanted)


def assert_no_conflict(cleared: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name, value in wanted.items():
        if isinstance(value, dict):
            assert_no_conflict(cleared.get(name, {}), value)
        else:
            assert cleared.get(name, value) == value


def assert_nothing_else(cleared: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name, value in cleared.items():
        assert name in wanted
        if isinstance(value, dict):
            assert_nothing_else(value, wanted[name])


def test_fields_that_the_definition_fills_in_are_known_to_the_take_over() -> None:
    [definition] = [d for d in custom_resource_definitions() if "instances" in d["metadata"]["name"]]  # type: ignore[index]
    [version] = definition["spec"]["versions"]  # type: ignore[index]
    status = version["schema"]["openAPIV3Schema"]["properties"]["status"]

    assert {name for name, default in defaults(status) if isinstance(default, str)} == DEFAULTED


def defaults(schema: Json) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, inner in schema.get("properties", {}).items():
        found += [(name, inner["default"])] if "default" in inner else []
        found += defaults(inner)
    values = schema.get("additionalProperties")
    return found + (defaults(values) if isinstance(values, dict) else [])
