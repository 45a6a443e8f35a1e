"""Operators of kinds: an object asks, the function's answer becomes its status."""

import asyncio

import pytest

from jupyternetes.sdk import Cluster, Json, NotYet, Object, Refused, resource
from tests.support.fakekube import FakeKube, on
from tests.unit.sdk.sdk_site import (
    GROUP,
    LAB,
    change,
    condition_of,
    database,
    definition,
    host,
    is_ready,
    make,
    operating,
    status_of,
    until,
    writes,
)

STATUS = f"databases.{GROUP}/status"


async def test_what_the_function_returns_is_the_status_and_makes_it_ready(fake: FakeKube) -> None:
    make(fake, size=1)
    async with operating(fake, database(host)):
        await until(lambda: is_ready(fake))

    assert status_of(fake)["host"] == "db-1.example.org"
    assert status_of(fake)["observedGeneration"] == 1
    assert condition_of(status_of(fake))["reason"] == "Ready"


async def test_change_of_the_spec_is_answered_and_one_of_an_annotation_writes_nothing(fake: FakeKube) -> None:
    make(fake, size=1)
    async with operating(fake, database(host)):
        await until(lambda: is_ready(fake))
        change(fake, {"metadata": {"annotations": {"a": "b"}}})
        since = condition_of(status_of(fake))["lastTransitionTime"]
        change(fake, {"spec": {"size": 2}})
        await until(lambda: is_ready(fake))

    assert status_of(fake)["host"] == "db-2.example.org"
    assert condition_of(status_of(fake))["lastTransitionTime"] == since
    assert len(writes(fake, STATUS)) == 2


async def test_field_that_is_returned_no_more_goes(fake: FakeKube) -> None:
    make(fake, port=1)
    async with operating(fake, database(lambda wanted: {"nested": dict(wanted.spec)})):
        await until(lambda: is_ready(fake))
        assert status_of(fake)["nested"] == {"port": 1}
        change(fake, {"spec": {"port": None, "socket": 2}})
        await until(lambda: is_ready(fake))

    assert status_of(fake)["nested"] == {"socket": 2}


async def test_not_yet_is_said_and_the_function_called_again_without_a_further_write(fake: FakeKube) -> None:
    calls = 0

    def answer(wanted: Object) -> Json:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise NotYet("disk 3 of 5", reason="Creating", again_after=1)
        return host(wanted)

    make(fake)
    async with operating(fake, database(answer)):
        await until(lambda: condition_of(status_of(fake)))
        assert condition_of(status_of(fake))["message"] == "disk 3 of 5"
        assert (condition_of(status_of(fake))["status"], condition_of(status_of(fake))["reason"]) == (
            "False",
            "Creating",
        )
        await until(lambda: is_ready(fake))

    assert len(writes(fake, STATUS)) == 2


async def test_not_yet_keeps_what_stood_in_the_status(fake: FakeKube) -> None:
    def answer(wanted: Object) -> Json:
        if wanted.spec.get("moving"):
            raise NotYet("moves")
        return host(wanted)

    make(fake)
    async with operating(fake, database(answer)):
        await until(lambda: is_ready(fake))
        change(fake, {"spec": {"moving": True}})
        await until(lambda: condition_of(status_of(fake))["status"] == "False")

    assert status_of(fake)["host"] == "db-0.example.org"
    assert condition_of(status_of(fake))["observedGeneration"] == 2


async def test_refusal_is_said_once_and_waits_for_a_change(fake: FakeKube) -> None:
    calls = list[str]()

    def answer(wanted: Object) -> Json:
        calls.append(wanted.metadata.name)
        if wanted.spec.get("size", 0) > 5:
            raise Refused("TooLarge", "at most 5")
        return host(wanted)

    make(fake, size=6)
    async with operating(fake, database(answer)):
        await until(lambda: condition_of(status_of(fake)))
        make(fake, "other")
        await until(lambda: is_ready(fake, "other"))
        assert condition_of(status_of(fake))["reason"] == "TooLarge"
        assert calls == ["db", "other"]
        change(fake, {"spec": {"size": 5}})
        await until(lambda: is_ready(fake))


async def test_exception_is_said_by_its_type_alone_and_tried_again(fake: FakeKube) -> None:
    calls = 0

    def answer(wanted: Object) -> Json:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionError("password=secret")
        return host(wanted)

    seen = list[str]()
    make(fake)
    async with operating(fake, database(answer)):
        await until(lambda: seen.append(str(status_of(fake))) or is_ready(fake))

    assert any("ConnectionError" in each for each in seen)
    assert not any("secret" in each for each in seen)


@pytest.mark.parametrize(
    "answer",
    [{"conditions": [{"type": "Synced"}]}, {"host": "a", "further": 1}, None],
    ids=["condition without its parts", "field of others", "nothing"],
)
async def test_answer_that_is_none_is_said_to_be_a_failure(
    fake: FakeKube, answer: Json, caplog: pytest.LogCaptureFixture
) -> None:
    make(fake)
    owns = ["host"] if answer and "further" in answer else []
    async with operating(fake, database(lambda _: answer, owns=owns)):
        await until(lambda: "failed" in caplog.text)
        if not owns:
            assert condition_of(status_of(fake))["reason"] == "OperatorFailed"

    assert "further" not in status_of(fake)


async def test_function_that_hangs_is_given_up(fake: FakeKube) -> None:
    @resource(f"{GROUP}/v1", "Database", "databases", timeout=0.05)
    async def database(wanted: Object, cluster: Cluster) -> Json:
        await asyncio.Event().wait()
        return {}

    make(fake)
    async with operating(fake, database):
        await until(lambda: condition_of(status_of(fake)))

    assert "TimeoutError" in condition_of(status_of(fake))["message"]


async def test_conditions_of_the_function_are_completed(fake: FakeKube) -> None:
    synced = {"type": "Synced", "status": "True", "reason": "Done", "message": ""}
    make(fake)
    async with operating(fake, database(lambda _: {"conditions": [synced]})):
        await until(lambda: is_ready(fake))

    condition = condition_of(status_of(fake), "Synced")
    assert condition["observedGeneration"] == 1
    assert condition["lastTransitionTime"]


async def test_own_word_about_ready_counts(fake: FakeKube) -> None:
    ready = {"type": "Ready", "status": "False", "reason": "Slow", "message": "warming up"}
    make(fake)
    async with operating(fake, database(lambda _: {"conditions": [ready]})):
        await until(lambda: condition_of(status_of(fake)))

    assert [each["reason"] for each in status_of(fake)["conditions"]] == ["Slow"]


async def test_owner_of_one_field_leaves_the_others(fake: FakeKube) -> None:
    make(fake)
    theirs = {"status": {"conditions": [], "note": "theirs", "free": [1]}}
    fake.registry.patch(
        "merge", fake.registry.kinds[f"{GROUP}/v1", "databases"], LAB, "db", theirs, subresource="status"
    )
    async with operating(fake, database(lambda _: {"free": [2]}, owns=["free"])):
        await until(lambda: status_of(fake)["free"] == [2])

    assert status_of(fake) == theirs["status"] | {"free": [2]}


async def test_write_over_a_newer_object_is_decided_anew(fake: FakeKube) -> None:
    """Given: the spec changes while the function is at work. Then: its answer to the old spec is never written."""

    def answer(wanted: Object) -> Json:
        if wanted.metadata.generation == 1:
            change(fake, {"spec": {"size": 9}})
        return host(wanted)

    make(fake, size=1)
    async with operating(fake, database(answer)):
        await until(lambda: is_ready(fake))

    assert status_of(fake)["host"] == "db-9.example.org"
    assert [call.status for call in fake.faults.log if call.resource == STATUS] == [409, 200]


async def test_field_that_the_definition_drops_is_written_once() -> None:
    async with FakeKube([definition(loses=True)], namespaces=[LAB]) as fake:
        make(fake)
        async with operating(fake, database(host)):
            await until(lambda: is_ready(fake))
            change(fake, {"metadata": {"annotations": {"a": "b"}}})
            make(fake, "other")
            await until(lambda: is_ready(fake, "other"))

        assert len(writes(fake, STATUS)) == 2


async def test_kind_without_a_status_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with FakeKube([definition(status=False)], namespaces=[LAB]) as fake:
        make(fake)
        async with operating(fake, database(host)):
            await until(lambda: "has no status subresource" in caplog.text)


async def test_objects_that_are_not_selected_are_somebody_elses(fake: FakeKube) -> None:
    make(fake, "theirs")
    make(fake)
    change(fake, {"metadata": {"labels": {"mine": "yes"}}})
    async with operating(fake, database(host, label_selector="mine")):
        await until(lambda: is_ready(fake))

    assert status_of(fake, "theirs") == {}


async def test_own_write_that_the_cache_has_not_seen_is_built_upon(fake: FakeKube) -> None:
    """Given: the watch brings nothing any more. Then: the next write rests on our last one, and is no conflict."""
    calls = 0

    def answer(wanted: Object) -> Json:
        nonlocal calls
        calls += 1
        if calls == 1:
            fake.hold_watches(on("watch", resource=f"databases.{GROUP}"))
            raise NotYet("disk 3 of 5", again_after=1)
        return host(wanted)

    make(fake)
    async with operating(fake, database(answer)):
        await until(lambda: is_ready(fake))
        fake.release_watches()

    assert [call.status for call in fake.faults.log if call.resource == STATUS] == [200, 200]


async def test_status_that_somebody_spoils_is_put_right(fake: FakeKube) -> None:
    make(fake)
    async with operating(fake, database(host)):
        await until(lambda: is_ready(fake))
        kind = fake.registry.kinds[f"{GROUP}/v1", "databases"]
        fake.registry.patch("merge", kind, LAB, "db", {"status": {"host": "evil"}}, subresource="status")
        await until(lambda: status_of(fake)["host"] == "db-0.example.org")


async def test_lost_answers_and_refusals_of_the_api_server_are_got_over(fake: FakeKube) -> None:
    make(fake)
    fake.faults.lose_answer(on("patch", resource=STATUS))
    fake.faults.answer(on("patch", resource=STATUS), "ServiceUnavailable", times=2)
    async with operating(fake, database(host)):
        await until(lambda: is_ready(fake))


@pytest.mark.parametrize("known", [False, True], ids=["new", "left by a release before"])
async def test_lease_says_by_which_contract(fake: FakeKube, known: bool) -> None:
    if known:
        body: Json = {"metadata": {"name": "third"}, "spec": {"holderIdentity": "", "leaseDurationSeconds": 15}}
        fake.registry.create(fake.registry.kinds["coordination.k8s.io/v1", "leases"], LAB, body)
    async with operating(fake, database(host)):
        await until(lambda: writes(fake, "leases"))

    [lease] = fake.registry.state.objects(fake.registry.kinds["coordination.k8s.io/v1", "leases"])
    assert lease["metadata"]["labels"] == {"jupyternetes.kadense.io/contract": "v1"}
