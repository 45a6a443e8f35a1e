"""What the tests of choosing share: two Templates, and hubs that offer them."""

import pytest

from jupyternetes.spawner import JupyternetesSpawner
from tests.unit.options.options_support import DATASET, HUB, SIZE, template
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.hubs import Hubs
from tests.unit.spawner.whole_hub import WholeHub, whole_hub

__all__ = ["whole_hub"]

KEY = f"{HUB}/lab"
PLAIN = f"{HUB}/plain"
MEDIUM = {"template": KEY, f"{KEY}/size": "medium", f"{KEY}/dataset": "stars"}
CHOSEN = {"template": KEY, "variables": {"size": "medium", "dataset": "stars"}}
LABORATORY = template(SIZE, DATASET, displayName="Laboratory")


@pytest.fixture
def laboratory(whole_hub: WholeHub, client: FakeClient) -> WholeHub:
    """A hub that offers a Template with sizes and data sets, and another one."""
    client.apply(LABORATORY)
    client.apply(template(name="plain"))
    whole_hub.config.templates = ["lab", PLAIN]
    return whole_hub


@pytest.fixture
def offering(hubs: Hubs, client: FakeClient) -> Hubs:
    """The same without a whole hub around it."""
    client.apply(LABORATORY)
    client.apply(template(name="plain"))
    hubs.config.JupyternetesSpawner.templates = ["lab", PLAIN]
    return hubs


def started(client: FakeClient) -> dict[str, str]:
    """The Template, and the variables beside those of the hub, that the one Instance asks for."""
    spec = client.only()["spec"]
    assert spec["suspend"] is False
    variables = {name: text for name, text in spec["variables"].items() if not name.startswith("jupyterhub.")}
    return {"template": f"{spec['template']['namespace']}/{spec['template']['name']}", **variables}


async def told(spawner: JupyternetesSpawner) -> list[str]:
    """What the progress page of the last start says."""
    return [str(event["message"]) async for event in spawner.progress()]
