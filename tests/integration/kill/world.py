"""Where the kill test takes place: namespaces, Templates, and who starts which servers there."""

from dataclasses import dataclass
from typing import Any

from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.start.bodies import StartRequest
from tests.support.installation import make_namespace
from tests.support.kube import Json, Kube
from tests.support.templates import CLAIM, pod_spec, template

NAMESPACES = ("red", "blue")
START_GATE, STOP_GATE = "licence.example.org/granted", "audit.example.org/done"
GATES: list[Json] = [
    {"name": START_GATE, "timeoutSeconds": 600},
    {"name": STOP_GATE, "before": "Stop", "timeoutSeconds": 120},
]
OTHER_KIND = "--other-resource=v1/ConfigMap=configmaps"
PRIMARY = "notebook"


@dataclass(frozen=True, slots=True)
class Entries:
    """The names of a Template's entries; its other resources belong to the Instance, or to each start."""

    claims: tuple[str, ...]
    pods: tuple[str, ...]
    of_instance: tuple[str, ...] = ()
    of_start: tuple[str, ...] = ()
    gates: bool = False
    """Whether each start and each stop waits for somebody's word."""


ENTRIES = {
    "single": Entries(("workspace",), ("notebook",)),
    "double": Entries(("workspace", "data"), ("notebook", "helper")),
    "joined": Entries(("workspace",), ("notebook",), of_instance=("config",), of_start=("seat",), gates=True),
}


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
        ("cyd", "joined", False),
        ("dan", "joined", False),
        ("eve", "joined", True),
        ("fay", "double", True),
    )
)
"""The same names in both namespaces: they are different people's."""


def furnish(kube: Kube) -> None:
    """Make namespaces and Templates."""
    for namespace in NAMESPACES:
        make_namespace(kube, namespace)
        for name, entries in ENTRIES.items():
            kube.create("jupyternotebooktemplates", namespace, _template(name, entries))


def _template(name: str, entries: Entries) -> Json:
    volumes: list[Any] = [
        {"name": claim, "persistentVolumeClaim": {"claimName": f"{{jupyternetes.pvcs.{claim}}}"}}
        for claim in entries.claims
    ]
    mounts = [{"name": claim, "mountPath": f"/home/{claim}"} for claim in entries.claims]
    container = {**pod_spec()["containers"][0], "volumeMounts": mounts}
    spec = pod_spec(volumes=volumes, containers=[container])
    lifetimes = dict.fromkeys(entries.of_instance, "Instance") | dict.fromkeys(entries.of_start, "Start")
    return template(
        name,
        pvcs=[{"name": claim, "spec": CLAIM} for claim in entries.claims],
        pods=[{"name": pod, "spec": spec} for pod in entries.pods],
        otherResources=[_config(other, lifetime) for other, lifetime in lifetimes.items()],
        gates=GATES if entries.gates else [],
    )


def _config(name: str, lifetime: str) -> Json:
    """An entry that asks for a ConfigMap, and waits for it for longer than any disturbance lasts."""
    kind = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"user": "{jupyterhub.user.name}"}}
    return {"name": name, "lifetime": lifetime, "timeoutSeconds": 600} | kind
