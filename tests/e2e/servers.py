"""What there is of one user's server in the cluster."""

from typing import Any

from jupyternetes.api import labels
from jupyternetes.api.identity import instance_name
from tools.demo.kubectl import Kubectl


class Server:
    """The objects of a server, by the name of its Instance."""

    def __init__(self, kubectl: Kubectl, user: str, server: str = "", *, hub_id: str = "") -> None:
        self._kubectl = kubectl
        self.name = instance_name(user, server, hub_id=hub_id)

    def instance(self) -> dict[str, Any]:
        return self._kubectl.get("jupyternotebookinstance", self.name)

    def exists(self) -> bool:
        """Whether there is an Instance."""
        return self._kubectl.exists("jupyternotebookinstance", self.name)

    def pods(self) -> list[dict[str, Any]]:
        return self._kubectl.items("pods", self._selector)

    def claims(self) -> list[dict[str, Any]]:
        return self._kubectl.items("persistentvolumeclaims", self._selector)

    def start_secret(self) -> dict[str, Any]:
        """The Secret of the present start."""
        return self._kubectl.get("secret", f"jni-{self.name}-{self.instance()['spec']['startId']}")

    def the_pod(self) -> dict[str, Any]:
        """The one pod; fails if there is none or another one beside it."""
        (pod,) = self.pods()
        return pod

    def the_claim(self) -> str:
        """The uid of the one claim; fails if there is none or another one beside it."""
        (claim,) = self.claims()
        return claim["metadata"]["uid"]

    def forget(self) -> None:
        """Remove its Instance, and so its pod, and its volumes; what is not there is fine."""
        self._kubectl.run("delete", "jupyternotebookinstance", self.name, "--ignore-not-found")
        self._kubectl.run("delete", "persistentvolumeclaims", self._selector, "--wait=false")

    @property
    def _selector(self) -> str:
        return f"--selector={labels.INSTANCE}={self.name}"


def uid(item: dict[str, Any]) -> str:
    return item["metadata"]["uid"]


def is_ready(obj: dict[str, Any]) -> bool:
    """Whether a pod, a node or an Instance is Ready by its conditions."""
    conditions = obj["status"].get("conditions", ())
    return any((each["type"], each["status"]) == ("Ready", "True") for each in conditions)
