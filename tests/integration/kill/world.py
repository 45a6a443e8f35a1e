"""Where the kill test takes place: namespaces, Templates, and who starts which servers there."""

from dataclasses import dataclass
from typing import Any

from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.start.bodies import StartRequest
from tests.support.installation import make_namespace
from tests.support.kube import Json, Kube
from tests.support.templates import CLAIM, pod_spec, template

NAMESPACES = ("red", "blue")
ENTRIES = {
    "single": (("workspace",), ("notebook",)),
    "double": (("workspace", "data"), ("notebook", "helper")),
}
"""Claims and pods of each Template."""
PRIMARY = "notebook"


@dataclass(frozen=True, slots=True)
class Server:
    """A user's server; one of an ``old_client`` has no start id, and is only ever created and deleted.

    When it is deleted for good the user comes back with the next ``number``, for whom there are no claims yet.
    """

    namespace: str
    user: str
    template: str
    old_client: bool
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.user}-{self.number}"

    @property
    def key(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def order(self) -> StartRequest:
        """What a start asks for."""
        owner = Owner(self.name)
        return StartRequest(
            owner=owner,
            name=self.name,
            namespace=self.namespace,
            template_name=self.template,
            template_namespace="",
            variables={"jupyterhub.user.name": self.name},
            environment={"JUPYTERHUB_API_TOKEN": "not-a-token", "JUPYTERHUB_USER": self.name},
        )


SERVERS = tuple(
    Server(namespace, user, template_name, old_client)
    for namespace in NAMESPACES
    for user, template_name, old_client in (
        ("ada", "single", False),
        ("bea", "double", False),
        ("cyd", "single", False),
        ("dan", "double", False),
        ("eve", "single", True),
        ("fay", "double", True),
    )
)
"""The same names in both namespaces: they are different people's."""


def furnish(kube: Kube) -> None:
    """Make namespaces and Templates."""
    for namespace in NAMESPACES:
        make_namespace(kube, namespace)
        for name, (claims, pods) in ENTRIES.items():
            kube.create("jupyternotebooktemplates", namespace, _template(name, claims, pods))


def _template(name: str, claims: tuple[str, ...], pods: tuple[str, ...]) -> Json:
    volumes: list[Any] = [
        {"name": claim, "persistentVolumeClaim": {"claimName": f"{{jupyternetes.pvcs.{claim}}}"}} for claim in claims
    ]
    mounts = [{"name": claim, "mountPath": f"/home/{claim}"} for claim in claims]
    container = {**pod_spec()["containers"][0], "volumeMounts": mounts}
    entry = pod_spec(volumes=volumes, containers=[container])
    return template(
        name,
        pvcs=[{"name": claim, "spec": CLAIM} for claim in claims],
        pods=[{"name": pod, "spec": entry} for pod in pods],
    )
