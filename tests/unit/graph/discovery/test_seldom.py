"""What is read by its name is not read at each look, and nothing is said of it that is out of date."""

from datetime import timedelta

import pytest

from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.graph.discovery import seldom
from jupyternetes.graph.discovery.follow import Follower
from tests.support.fakekube import FakeKube, on
from tests.unit.graph.discovery.recordings import JUPYTERNETES, NAMESPACES
from tests.unit.graph.discovery.test_collect import OPERATORS, fake

__all__ = ["fake"]

PLACES = NAMESPACES[JUPYTERNETES]
LEASES = "leases.coordination.k8s.io"
NAMES = [f"lab-jupyternetes-{account}" for account in ("pvcs", "pods", "pod-status")]


def renew(fake: FakeKube, *, seconds_ago: float = 0) -> None:
    """Have all Leases renewed."""
    kind = next(kind for kind in fake.registry.kinds.values() if kind.kind == "Lease")
    patch = {"spec": {"renewTime": rfc3339(utc_now() - timedelta(seconds=seconds_ago))}}
    for name in NAMES:
        fake.registry.patch("merge", kind, "jupyternetes-system", name, patch)


def reads_of_leases(fake: FakeKube) -> int:
    return len(fake.faults.calls(on("get", resource=LEASES)))


async def test_version_and_leases_are_not_read_at_each_look(fake: FakeKube) -> None:
    renew(fake)
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        looks = [await follower.look() for _ in range(5)]

        assert sum(count for (_, what, _), count in client.calls.items() if what == "version") == 1
    assert reads_of_leases(fake) == len(NAMES)
    assert [look.api.reachable for look in looks] == [True] * 5
    assert [len(look.leases) for look in looks] == [len(NAMES)] * 5


async def test_who_looks_closely_asks_at_each_look_whether_the_api_server_answers(fake: FakeKube) -> None:
    renew(fake)
    async with await fake.client() as client, Follower(client, PLACES, closely=True) as follower:
        for _ in range(3):
            await follower.look()

        assert sum(count for (_, what, _), count in client.calls.items() if what == "version") == 3
    assert reads_of_leases(fake) == len(NAMES)


async def test_an_api_server_that_leaves_leases_without_an_answer_is_asked_at_the_next_look(
    fake: FakeKube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seldom, "_SOON", 0.05)
    renew(fake)
    gate = fake.faults.hold(on("get", resource=LEASES), times=99)
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        await follower.look()
        await follower.look()
        gate.set()

        assert sum(count for (_, what, _), count in client.calls.items() if what == "version") == 2


async def test_a_lease_is_read_again_before_it_is_said_to_be_overdue(
    fake: FakeKube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seldom, "_DOUBTED", 0.0)
    renew(fake, seconds_ago=3600)
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        await follower.look()
        renew(fake)
        looks = [await follower.look() for _ in range(3)]

    assert reads_of_leases(fake) == 2 * len(NAMES)
    assert {lease.spec.renew_time for look in looks for lease in look.leases} == {
        lease.spec.renew_time for lease in looks[0].leases
    }


async def test_a_lease_that_may_not_be_read_is_the_same_gap_at_each_look(fake: FakeKube) -> None:
    renew(fake)
    fake.faults.answer(on("get", resource=LEASES, name=NAMES[0]), "Forbidden", times=99)
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        looks = [await follower.look() for _ in range(3)]

    assert reads_of_leases(fake) == len(NAMES)
    assert [[gap.what for gap in look.gaps] for look in looks] == [[gap.what for gap in looks[0].gaps]] * 3
    assert f"leases {NAMES[0]} in jupyternetes-system" in {gap.what for gap in looks[0].gaps}


async def test_operators_of_openshift_are_not_read_at_each_look(fake: FakeKube) -> None:
    kind = next(kind for kind in fake.registry.kinds.values() if kind.kind == "ClusterOperator")
    fake.registry.create(kind, "", {"metadata": {"name": "dns"}})
    fake.faults.answer(on("get", resource=OPERATORS, name="etcd"), "Forbidden", times=99)
    async with await fake.client() as client, Follower(client, PLACES, cluster=True) as follower:
        looks = [await follower.look() for _ in range(3)]

    assert len(fake.faults.calls(on("get", resource=OPERATORS, name="dns"))) == 1
    assert {tuple(each.metadata.name for each in look.cluster_operators) for look in looks} == {("dns",)}
    assert {tuple(gap.what for gap in look.gaps) for look in looks} == {("clusteroperators etcd of the cluster",)}


async def test_operators_that_were_read_stay_while_the_api_server_is_silent(
    fake: FakeKube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seldom, "_OPERATORS_FOR", 0.0)
    monkeypatch.setattr(seldom, "_OPERATORS_AGAIN", 0.0)
    kind = next(kind for kind in fake.registry.kinds.values() if kind.kind == "ClusterOperator")
    fake.registry.create(kind, "", {"metadata": {"name": "dns"}})
    async with await fake.client() as client, Follower(client, PLACES, cluster=True) as follower:
        await follower.look()
        fake.faults.lose_answer(on("get", resource=OPERATORS, name="dns"), times=99)
        look = await follower.look()

    assert [each.metadata.name for each in look.cluster_operators] == ["dns"]
