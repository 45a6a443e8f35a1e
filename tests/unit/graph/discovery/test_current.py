"""A graph is made anew only if something has changed, in the cluster or in what was asked for."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.current import Current
from jupyternetes.graph.discovery.follow import Follower
from jupyternetes.graph.discovery.observed import Observed, Place
from jupyternetes.graph.discovery.seldom import CLOSE, Seldom
from jupyternetes.graph.model.graph import Gap, Graph
from tests.support.fakekube import FakeKube
from tests.unit.graph.discovery.recordings import HUB, JUPYTERNETES, NAMESPACES
from tests.unit.graph.discovery.test_collect import fake

__all__ = ["fake"]

PLACES = NAMESPACES[JUPYTERNETES]
UP = HubDependency(kind="database", host="postgres.data", port=5432, up=True, seconds=0.004, lasted=1.0)
SLOW = msgspec.structs.replace(UP, up=False, seconds=4.1, reason="SlowAnswer")


@dataclass
class Site:
    """A cluster that is followed, and what is asked for beside it, as a test likes."""

    fake: FakeKube
    follower: Follower
    answers: dict[str, Any] = field(default_factory=lambda: {"told": {HUB: (UP,)}})
    made: int = 0

    def __post_init__(self) -> None:
        self.current = Current(self.follower, self._ask, self._make)

    async def _ask(self, observed: Observed) -> Observed:
        return replace(observed, **self.answers)

    def _make(self, observed: Observed) -> Graph:
        self.made += 1
        return build(observed)


@pytest.fixture
async def site(fake: FakeKube) -> AsyncIterator[Site]:
    async with await fake.client() as client, Follower(client, PLACES) as follower:
        found = Site(fake, follower)
        await found.current.look()
        await follower.wait(least=0, most=0.05)  # what the first lists say late
        await found.current.look()
        found.made = 0
        yield found


async def test_a_graph_is_kept_as_long_as_nothing_changes(site: Site) -> None:
    looks = [await site.current.look() for _ in range(3)]

    assert site.made == 0
    assert {id(look.graph) for look in looks} == {id(looks[0].graph)}
    assert all(look.taken >= look.graph.taken for look in looks)


async def test_a_change_in_the_cluster_makes_another(site: Site) -> None:
    pods = next(kind for kind in site.fake.registry.kinds.values() if kind.kind == "Pod")
    site.fake.registry.create(pods, "lab", {"metadata": {"name": "new"}, "spec": {"containers": [{"name": "c"}]}})
    assert await site.follower.wait(least=0, most=60)

    await site.current.look()

    assert site.made == 1


@pytest.mark.parametrize(
    "answers",
    [
        {"told": {HUB: (SLOW,)}},
        {"told": {HUB: (msgspec.structs.replace(UP, up=False, reason="Refused"),)}},
        {"told": {}},
        {"told": {HUB: (UP,)}, "gaps": [Gap(what="the hub", why="it does not answer")]},
        {"told": {HUB: (UP,)}, "reached": {Place("lab", "postgres.data", 5432): True}},
    ],
)
async def test_another_answer_makes_another(site: Site, answers: dict[str, Any]) -> None:
    site.answers = answers

    await site.current.look()
    await site.current.look()

    assert site.made == 1


async def test_how_long_an_answer_took_makes_no_other(site: Site) -> None:
    site.answers = {"told": {HUB: (msgspec.structs.replace(UP, seconds=0.9, lasted=70.0),)}}

    await site.current.look()

    assert site.made == 0


async def test_a_lease_that_is_released_makes_another_when_it_is_read_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.follower, "seldom", Seldom(site.follower.client, site.follower.apis, CLOSE))
    leases = next(kind for kind in site.fake.registry.kinds.values() if kind.kind == "Lease")
    name = "lab-jupyternetes-pods"
    lease = {"spec": {"holderIdentity": ""}}
    site.fake.registry.patch("merge", leases, "jupyternetes-system", name, lease)

    await site.current.look()

    assert site.made == 1
