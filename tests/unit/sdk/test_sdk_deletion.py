"""What becomes of an object that is to be deleted, and of finalizers."""

from jupyternetes.sdk import Cluster, Json, NotYet, Object
from tests.support.fakekube import FakeKube
from tests.unit.sdk.sdk_site import (
    GROUP,
    LAB,
    change,
    condition_of,
    database,
    find,
    host,
    is_ready,
    make,
    operating,
    status_of,
    until,
)


async def test_what_was_made_goes_before_the_object_does(fake: FakeKube) -> None:
    dropped = list[str]()
    operator = database(host)

    @operator.deleted
    async def drop(obj: Object, cluster: Cluster) -> None:
        dropped.append(obj.metadata.name)
        if len(dropped) == 1:
            raise NotYet("connections are open", again_after=1)

    make(fake)
    async with operating(fake, operator):
        await until(lambda: is_ready(fake))
        assert find(fake)["metadata"]["finalizers"] == [f"{GROUP}/databases"]
        fake.registry.delete(fake.registry.kinds[f"{GROUP}/v1", "databases"], LAB, "db")
        await until(lambda: condition_of(status_of(fake))["message"] == "connections are open")
        await until(lambda: not fake.registry.state.objects(fake.registry.kinds[f"{GROUP}/v1", "databases"]))

    assert dropped == ["db", "db"]


async def test_own_writes_and_finalizers_of_others_call_nobody(fake: FakeKube) -> None:
    calls = list[str]()

    def answer(wanted: Object) -> Json:
        calls.append(wanted.metadata.name)
        return host(wanted)

    operator = database(answer)

    @operator.deleted
    async def drop(obj: Object, cluster: Cluster) -> None:
        return

    make(fake)
    async with operating(fake, operator):
        await until(lambda: is_ready(fake))
        change(fake, {"metadata": {"finalizers": [*find(fake)["metadata"]["finalizers"], "other.example.org/x"]}})
        make(fake, "other")
        await until(lambda: is_ready(fake, "other"))
        assert calls == ["db", "other"]
        change(fake, {"metadata": {"finalizers": ["other.example.org/x"]}})
        await until(lambda: f"{GROUP}/databases" in find(fake)["metadata"]["finalizers"])


async def test_finalizer_of_others_stays(fake: FakeKube) -> None:
    operator = database(host)

    @operator.deleted
    async def drop(obj: Object, cluster: Cluster) -> None:
        return

    make(fake)
    change(fake, {"metadata": {"finalizers": ["other.example.org/x"]}})
    async with operating(fake, operator):
        await until(lambda: is_ready(fake))
        fake.registry.delete(fake.registry.kinds[f"{GROUP}/v1", "databases"], LAB, "db")
        await until(lambda: find(fake)["metadata"]["finalizers"] == ["other.example.org/x"])


async def test_operator_without_a_function_for_it_has_no_part_in_a_deletion(fake: FakeKube) -> None:
    make(fake)
    change(fake, {"metadata": {"finalizers": ["other.example.org/x"]}})
    async with operating(fake, database(host)):
        await until(lambda: is_ready(fake))
        fake.registry.delete(fake.registry.kinds[f"{GROUP}/v1", "databases"], LAB, "db")
        make(fake, "other")
        await until(lambda: is_ready(fake, "other"))

    assert find(fake)["metadata"]["finalizers"] == ["other.example.org/x"]
