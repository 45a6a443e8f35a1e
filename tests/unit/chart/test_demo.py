"""The objects of the demonstration's hub, and what its users are told."""

from typing import Any

import pytest

from tools.demo import hub, release
from tools.demo.errors import DemoError
from tools.demo.images import published
from tools.demo.settings import HubSettings

IMAGES = published("registry.example/jupyternetes/", "7")
UNDER_A_PATH = HubSettings(namespace="elsewhere", base_url="/jh/")


@pytest.fixture
def manifests() -> dict[tuple[str, str], dict[str, Any]]:
    made: list[Any] = hub.manifests(UNDER_A_PATH, IMAGES)
    return {(m["kind"], m["metadata"]["name"]): m for m in made}


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    return only


def test_everything_is_in_the_hubs_namespace(manifests) -> None:
    assert {m["metadata"]["namespace"] for m in manifests.values()} == {"elsewhere"}


def test_the_hub_runs_under_the_account_that_the_chart_gives_rights_to(manifests) -> None:
    pod = manifests["Deployment", "hub"]["spec"]["template"]["spec"]
    accounts: Any = release.values(IMAGES, [UNDER_A_PATH])["hub"]
    assert accounts["serviceAccounts"] == [{"name": pod["serviceAccountName"], "namespace": "elsewhere"}]
    assert ("ServiceAccount", pod["serviceAccountName"]) in manifests


def test_the_base_url_is_everywhere(manifests) -> None:
    served = container(manifests["Deployment", "hub"])
    assert {"name": "BASE_URL", "value": "/jh/"} in served["env"]
    assert served["readinessProbe"]["httpGet"]["path"] == "/jh/hub/health"
    assert "--error-target=http://hub:8081/jh/hub/error" in container(manifests["Deployment", "proxy"])["args"]


def test_images_are_those_of_the_registry(manifests) -> None:
    images = {container(manifests["Deployment", name])["image"] for name in ("hub", "proxy")}
    assert images == {"registry.example/jupyternetes/hub:7"}


def test_no_secret_is_written_down(manifests) -> None:
    assert not [kind for kind, _ in manifests if kind == "Secret"]
    for deployment in ("hub", "proxy"):
        for entry in container(manifests["Deployment", deployment])["env"]:
            assert "value" not in entry or entry["name"] not in ("PASSWORD", "CONFIGPROXY_AUTH_TOKEN")


def test_the_chart_takes_the_values_of_the_demonstration(render) -> None:
    made = render(release="jupyternetes", **release.values(IMAGES, [HubSettings(), UNDER_A_PATH]))
    images = {container(m)["image"] for m in made if m["kind"] == "Deployment"}
    assert images == {"registry.example/jupyternetes/operators:7"}
    roles = {m["metadata"]["namespace"] for m in made if m["kind"] == "Role"}
    assert roles == {"kadense", "elsewhere"}


@pytest.mark.parametrize("base_url", ["", "jh/", "/jh", "http://x/"])
def test_a_base_url_without_its_slashes_is_refused(base_url: str) -> None:
    with pytest.raises(DemoError, match="as in /jh/"):
        HubSettings(base_url=base_url)
