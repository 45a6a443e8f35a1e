"""What functions do in the cluster themselves, and what they look at beside their own object."""

import msgspec

from jupyternetes.sdk import Cluster, Json, Kind, Metadata, NotYet, Object, Related, resource
from tests.support.fakekube import FakeKube
from tests.unit.sdk.sdk_site import (
    GROUP,
    LAB,
    find,
    is_ready,
    make,
    operating,
    status_of,
    until,
    writes,
)

CONFIG_MAPS = Kind("v1", "ConfigMap", "configmaps")


async def test_function_makes_objects_of_its_own_and_follows_others(fake: FakeKube) -> None:
    followed = Related(CONFIG_MAPS, Object, settle_seconds=0.01)

    @resource(f"{GROUP}/v1", "Database", "databases", related=[followed])
    async def database(wanted: Object, cluster: Cluster) -> Json:
        name = f"{wanted.metadata.name}-app"
        if await cluster.get(CONFIG_MAPS, LAB, name) is None:
            metadata = {"name": name, "ownerReferences": [wanted.owner_reference]}
            await cluster.create(CONFIG_MAPS, LAB, {"metadata": metadata, "data": {"a": "1"}})
        return {"maps": sorted(each.metadata.name for each in cluster.related(followed))}

    make(fake)
    async with operating(fake, database):
        await until(lambda: status_of(fake).get("maps") == ["db-app"])
        [made] = fake.registry.state.objects(fake.registry.kinds["v1", "configmaps"])
        fake.registry.delete(fake.registry.kinds["v1", "configmaps"], LAB, "db-app")
        await until(lambda: writes(fake, "configmaps")[1:])

    assert made["metadata"]["ownerReferences"][0]["uid"] == find(fake)["metadata"]["uid"]


class Slim(msgspec.Struct, frozen=True):
    """What is read of a ConfigMap."""

    metadata: Metadata
    data: dict[str, str] = {}


async def test_change_of_a_related_object_that_is_not_read_calls_nobody(fake: FakeKube) -> None:
    calls, followed = list[str](), Related(CONFIG_MAPS, Slim, settle_seconds=0.01)

    @resource(f"{GROUP}/v1", "Database", "databases", related=[followed])
    async def database(wanted: Object, cluster: Cluster) -> Json:
        calls.append(wanted.metadata.name)
        if calls.count("slow") == 1:
            raise NotYet("takes longer than changes take to settle", again_after=1)
        return {}

    make(fake)
    maps = fake.registry.kinds["v1", "configmaps"]
    fake.registry.create(maps, LAB, {"metadata": {"name": "m"}, "data": {"a": "1"}})
    async with operating(fake, database):
        await until(lambda: is_ready(fake))
        fake.registry.patch("merge", maps, LAB, "m", {"immutable": False})
        make(fake, "slow")
        await until(lambda: is_ready(fake, "slow"))

    assert calls == ["db", "slow", "slow"]


async def test_many_changes_of_related_objects_call_once(fake: FakeKube) -> None:
    calls, followed = list[str](), Related(CONFIG_MAPS, Slim, settle_seconds=0.5)

    @resource(f"{GROUP}/v1", "Database", "databases", related=[followed])
    async def database(wanted: Object, cluster: Cluster) -> Json:
        calls.append(wanted.metadata.name)
        return {"data": [each.data for each in cluster.related(followed)]}

    make(fake)
    maps = fake.registry.kinds["v1", "configmaps"]
    fake.registry.create(maps, LAB, {"metadata": {"name": "m"}, "data": {"a": "1"}})
    async with operating(fake, database):
        await until(lambda: is_ready(fake))
        for value in "234":
            fake.registry.patch("merge", maps, LAB, "m", {"data": {"a": value}})
        await until(lambda: status_of(fake)["data"] == [{"a": "4"}])

    assert calls == ["db", "db"]
