"""A hub of the demonstration: its objects, made from hub.yaml and jupyterhub_config.py beside this file."""

import hashlib
import secrets
from pathlib import Path
from string import Template

import yaml

from jupyternetes.api import labels
from jupyternetes.api.identity import instance_name
from tools.cluster import Steps
from tools.demo import providers
from tools.demo.kubectl import Kubectl
from tools.demo.release import wait_ready
from tools.demo.settings import NAMESPACE, PASSWORD, HubSettings, ImageNames

_FOLDER = Path(__file__).parent
_SELECTOR = "app=jupyterhub"
_SQLITE_URL = "sqlite:////srv/jupyterhub/data/jupyterhub.sqlite"

Manifest = dict[str, object]


def deploy(kubectl: Kubectl, settings: HubSettings, images: ImageNames, steps: Steps) -> str:
    """Make the hub, or bring it up to date, and wait until it serves; returns the address of its proxy's Service.

    Raises DemoError if it does not get ready.
    """
    with steps.step(f"starting the hub in namespace {settings.namespace}"):
        if not kubectl.exists("secret", "hub"):
            kubectl.apply([_secret(settings)])
        login = providers.deploy(kubectl, images) if settings.providers else ""
        kubectl.apply(manifests(settings, images, login))
        wait_ready(kubectl, _SELECTOR)
    address = kubectl.get("service", "proxy-public")["spec"]["clusterIP"]
    return f"http://{address}{settings.base_url}"


def served_below(kubectl: Kubectl) -> str:
    """The base URL of the hub that is there; "/" if there is none."""
    if not kubectl.exists("deployment", "hub"):
        return "/"
    (container,) = kubectl.get("deployment", "hub")["spec"]["template"]["spec"]["containers"]
    return next(entry["value"] for entry in container["env"] if entry["name"] == "BASE_URL")


def remove(kubectl: Kubectl, steps: Steps) -> None:
    """Remove the servers, with their volumes, and the hub."""
    with steps.step(f"removing the hub of namespace {kubectl.namespace}"):
        kubectl.run("delete", "deployment,service", f"--selector={_SELECTOR}", "--ignore-not-found")
        if kubectl.exists("customresourcedefinition", "jupyternotebookinstances.kadense.io"):
            kubectl.run("delete", "jupyternotebookinstances", "--all")
        kubectl.run("delete", "persistentvolumeclaims", f"--selector={labels.INSTANCE}")
        for kind, name in (
            ("persistentvolumeclaim", "hub-db"),
            ("secret", "hub"),
            ("configmap", "hub"),
            ("serviceaccount", "hub"),
        ):
            kubectl.run("delete", kind, name, "--ignore-not-found")


def forget(kubectl: Kubectl, user: str) -> None:
    """Remove the default server of a user, its volume included; nothing to remove is fine."""
    instance = instance_name(user)
    kubectl.run("delete", "jupyternotebookinstance", instance, "--ignore-not-found")
    kubectl.run("delete", "persistentvolumeclaims", f"--selector={labels.INSTANCE}={instance}")


def manifests(settings: HubSettings, images: ImageNames, login_address: str = "") -> list[Manifest]:
    """Everything but the Secret, which is made only once. `login_address`: of the OAuth provider, if there is one."""
    configuration = (_FOLDER / "jupyterhub_config.py").read_text()
    text = Template((_FOLDER / "hub.yaml").read_text()).substitute(
        namespace=settings.namespace,
        template_namespace=NAMESPACE,
        base_url=settings.base_url,
        database_url=providers.DATABASE_URL if settings.providers else _SQLITE_URL,
        login_address=login_address,
        hub_image=images.hub,
        configuration_hash=hashlib.sha256(configuration.encode()).hexdigest(),
    )
    config_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "hub", "namespace": settings.namespace},
        "data": {"jupyterhub_config.py": configuration},
    }
    return [config_map, *yaml.safe_load_all(text)]


def _secret(settings: HubSettings) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "hub", "namespace": settings.namespace},
        "stringData": {
            "password": PASSWORD,
            "proxy-token": secrets.token_hex(32),
            "database-password": secrets.token_hex(32),
        },
    }
