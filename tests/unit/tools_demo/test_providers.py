"""A hub with database and login in pods of their own: the same hub, with a few settings that lead to them."""

from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import pytest
from traitlets.config import Config

from jupyternetes import hub_dependencies
from jupyternetes.api.hub_dependencies import PORT
from jupyternetes.graph.discovery.hub.ask_hub import PORT_NAME
from tools.demo import hub, providers
from tools.demo.graph import HUB
from tools.demo.settings import CHECKOUT, HubSettings, ImageNames

IMAGES = ImageNames(operators="i/operators:1", hub="i/hub:1", notebook="i/n:1", database="i/database:1", login="i/l:1")
LOGIN = "http://10.96.1.2:9400"
ALONE = HubSettings(namespace=HUB.namespace)

Json = dict[str, Any]


def of_hub(settings: HubSettings, login: str = "") -> list[Any]:
    return hub.manifests(settings, IMAGES, login)


def of_providers() -> dict[tuple[str, str], Json]:
    made: list[Any] = providers.manifests(HUB.namespace, IMAGES)
    return {(each["kind"], each["metadata"]["name"]): each for each in made}


def pod_of(deployment: Json) -> Json:
    return deployment["spec"]["template"]["spec"]


def container_of(manifests: list[Any]) -> Json:
    """The container of the hub."""
    (found,) = [each for each in manifests if (each["kind"], each["metadata"]["name"]) == ("Deployment", "hub")]
    (container,) = pod_of(found)["containers"]
    return container


def environment(manifests: list[Any]) -> Json:
    """The variables of the hub: their values, or where they come from."""
    container = container_of(manifests)
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def configured(monkeypatch: pytest.MonkeyPatch, settings: HubSettings, login: str = "") -> Config:
    """What the configuration file sets, with the variables that the pod of this hub has; `Told` holds who tells."""
    monkeypatch.setattr(hub_dependencies, "tell", lambda config: config.Told.update(by="the hub"))
    for name, value in environment(of_hub(settings, login)).items():
        monkeypatch.setenv(name, value if isinstance(value, str) else "from a secret")
    file, config = CHECKOUT / "tools/demo/jupyterhub_config.py", Config()
    exec(compile(file.read_text(), file, "exec"), {"get_config": lambda: config})  # noqa: S102 - as JupyterHub does
    return config


def test_the_demonstration_has_a_file_as_database_and_one_password(monkeypatch) -> None:
    config = configured(monkeypatch, ALONE)

    assert config.JupyterHub.db_url == "sqlite:////srv/jupyterhub/data/jupyterhub.sqlite"
    assert config.JupyterHub.authenticator_class == "dummy"
    assert "GenericOAuthenticator" not in config


def test_with_providers_people_log_in_by_oauth(monkeypatch) -> None:
    config = configured(monkeypatch, HUB, LOGIN)

    assert config.JupyterHub.authenticator_class == "generic-oauth"
    oauth = config.GenericOAuthenticator
    assert urlsplit(oauth.authorize_url).netloc == "10.96.1.2:9400", "browsers know no names of the cluster"
    assert {urlsplit(url).netloc for url in (oauth.token_url, oauth.userdata_url)} == {"login:9400"}


def test_nothing_but_where_database_and_login_are_differs() -> None:
    alone, with_providers = environment(of_hub(ALONE)), environment(of_hub(HUB, LOGIN))

    assert alone.keys() == with_providers.keys()
    assert {name for name in alone if alone[name] != with_providers[name]} == {"DATABASE_URL", "LOGIN_ADDRESS"}


def test_the_hub_finds_the_database_by_its_service() -> None:
    url = urlsplit(environment(of_hub(HUB, LOGIN))["DATABASE_URL"])
    made = of_providers()
    service, pod = made["Service", "postgres"], made["Deployment", "postgres"]["spec"]["template"]

    assert (url.hostname, url.port) == ("postgres", service["spec"]["ports"][0]["port"])
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()


def test_the_password_of_the_database_is_only_in_the_secret() -> None:
    key = {"name": "hub", "key": "database-password"}
    (database,) = pod_of(of_providers()["Deployment", "postgres"])["containers"]

    assert urlsplit(environment(of_hub(HUB))["DATABASE_URL"]).password is None
    assert environment(of_hub(HUB))["PGPASSWORD"] == {"secretKeyRef": key | {"optional": True}}
    assert {"name": "PASSWORD", "valueFrom": {"secretKeyRef": key}} in database["env"]


def test_providers_have_no_more_rights_than_they_need() -> None:
    pods = [pod_of(each) for (kind, _), each in of_providers().items() if kind == "Deployment"]

    assert [pod["securityContext"]["runAsNonRoot"] for pod in pods] == [True, True]
    assert [pod["automountServiceAccountToken"] for pod in pods] == [False, False]
    for container in chain.from_iterable(pod["containers"] for pod in pods):
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["image"] in (IMAGES.database, IMAGES.login)


def test_database_and_its_claim_have_names_of_their_own_in_the_graph() -> None:
    made = of_providers()
    (volume,) = pod_of(made["Deployment", "postgres"])["volumes"]

    assert {name for kind, name in made if kind == "PersistentVolumeClaim"} == {"postgres-data"}
    assert volume["persistentVolumeClaim"] == {"claimName": "postgres-data"}


def test_all_that_a_removal_selects_is_labelled() -> None:
    deployments_and_services = [each for (kind, _), each in of_providers().items() if kind in ("Deployment", "Service")]

    assert {each["metadata"]["labels"]["app"] for each in deployments_and_services} == {"jupyterhub"}


def test_the_hub_tells_what_it_depends_on_at_the_port_that_it_names(monkeypatch) -> None:
    assert configured(monkeypatch, ALONE).Told == {"by": "the hub"}
    assert {"name": PORT_NAME, "containerPort": PORT} in container_of(of_hub(ALONE))["ports"]
