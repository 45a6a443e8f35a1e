"""A class that clicks in the same moment."""

import asyncio
from typing import Any

from jupyternetes.spawner.hub.ownership import Owner
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.obliging_operators import Obliging


async def test_fifty_users_start_without_seeing_each_other_L13(hubs: Hubs, client: FakeClient) -> None:
    names = [f"user-{number}" for number in range(50)]
    ports: dict[str, int] = {Owner(name).instance_name: 9000 + number for number, name in enumerate(names)}

    class Each(Obliging):
        def __call__(self, instance: dict[str, Any]) -> None:
            self.port = ports[instance["metadata"]["name"]]
            super().__call__(instance)

    client.operators = Each(client)

    urls = await asyncio.gather(*(hubs.spawner(name).start() for name in names))

    assert urls == [f"http://10.1.2.3:{9000 + number}" for number in range(50)]
    assert [call[0] for call in client.calls].count("list") == 1
    assert [call[0] for call in client.calls].count("watch") == 1
    assert len(client.writes) == 150


async def test_first_of_many_starts_is_under_way_before_the_last_has_asked_L13(
    hubs: Hubs, client: FakeClient, operators: Obliging
) -> None:
    names = [f"user-{number}" for number in range(50)]

    await asyncio.gather(*(hubs.spawner(name).start() for name in names))

    requests = [call[:2] for call in client.calls]
    first_started = requests.index(("patch", "JupyterNotebookInstance"))
    handed_over = requests[:first_started].count(("create", "Secret"))
    assert handed_over <= 17
