"""One namespace as its administrator, its hub and its node see it, and waiting for what the operators make of it."""

from collections.abc import Callable

from tests.support.audit import AuditLog, Call
from tests.support.hub import INSTANCES, Hub
from tests.support.kube import Json, Kube
from tests.support.kubelet import Kubelet
from tests.support.templates import template
from tests.support.waiting import PATIENCE, eventually

TEMPLATES = "jupyternotebooktemplates"
_WRITES = ("create", "update", "patch", "delete", "deletecollection")


class Lab:
    """Looks with the administrator's rights, so that the accounts' calls are the operators' and the hub's alone."""

    def __init__(self, kube: Kube, hub: Kube, audit: AuditLog, namespace: str) -> None:
        self.kube = kube
        self.namespace = namespace
        self.hub = Hub(hub, namespace)
        self.kubelet = Kubelet(kube, namespace)
        self.audit = audit

    def add_template(self, body: Json | None = None) -> Json:
        return self.kube.create(TEMPLATES, self.namespace, body or template())

    def change_template(self, body: Json) -> Json:
        """Replace the spec of a Template."""
        name = body["metadata"]["name"]
        operations = [{"op": "replace", "path": "/spec", "value": body["spec"]}]
        return self.kube.json_patch(TEMPLATES, self.namespace, name, operations)

    def rehearsed(self, generation: int = 1) -> Json:
        """The Template's condition, once the Pod operator has tried this generation of it."""

        def said() -> Json:
            status = self.kube.get(TEMPLATES, self.namespace, "lab").get("status", {})
            return next((each for each in status.get("conditions", []) if each["type"] == "Rehearsed"), {})

        return eventually(said, until=lambda told: told.get("observedGeneration") == generation)

    def looked_at(self, template: Json) -> None:
        """Until the Pod operator has this version of the Template in its cache."""
        meta = template["metadata"]

        def is_current() -> bool:
            live = self.kube.get(TEMPLATES, self.namespace, meta["name"])
            said = live.get("status", {}).get("observedGeneration")
            return (live["metadata"]["uid"], said) == (meta["uid"], meta["generation"])

        eventually(is_current)

    def instance(self, name: str = "a") -> Json:
        return self.kube.get(INSTANCES, self.namespace, name)

    def until(self, holds: Callable[[Json], object], name: str = "a", *, seconds: float = PATIENCE) -> Json:
        """The Instance, once ``holds`` is true of it."""
        return eventually(lambda: self.instance(name), until=holds, seconds=seconds)

    def pods(self, entry: str = "") -> list[Json]:
        """All pods made for Instances, or those of one entry."""
        labels = f"jupyternetes.kadense.io/podName={entry}" if entry else "jupyternetes.kadense.io/podName"
        return self.kube.all("pods", self.namespace, labels=labels)

    def claims(self) -> list[Json]:
        return self.kube.all("persistentvolumeclaims", self.namespace)

    def secrets(self) -> list[str]:
        return [secret["metadata"]["name"] for secret in self.kube.all("secrets", self.namespace)]

    def events(self, reason: str) -> list[Json]:
        """Events on Instances, that say ``reason``."""
        return [
            event
            for event in self.kube.all("events", self.namespace)
            if event["reason"] == reason and event["involvedObject"]["kind"] == "JupyterNotebookInstance"
        ]

    def made_pod(self, name: str = "a", *, entry: str = "notebook", seconds: float = PATIENCE) -> str:
        """The name of the pod on record for the Instance's present start, once there is one."""
        made = self.until(lambda instance: has_pod(instance, entry), name, seconds=seconds)
        return made["status"]["pods"][entry]["resourceName"]

    def serving(self, name: str = "a") -> str:
        """Let the Instance's pod serve; its name, once the status says Running."""
        pod = self.made_pod(name)
        self.kubelet.bind(pod)
        self.kubelet.serve(pod)
        self.until(is_running, name)
        return pod

    def writes(self, since: int) -> list[Call]:
        """What the operators changed in this namespace, but for Events; a write that met another changed nothing."""
        return [
            call
            for call in self.audit.calls(since, namespace=self.namespace)
            if ":kadense:" in call.user and call.verb in _WRITES and call.resource != "events" and not call.met_another
        ]


def condition(instance: Json, kind: str) -> Json:
    """A condition; empty if it is not set."""
    return next((each for each in instance["status"].get("conditions", []) if each["type"] == kind), {})


def says(kind: str, reason: str) -> Callable[[Json], bool]:
    """Whether a condition says ``reason`` of the present generation."""

    def holds(instance: Json) -> bool:
        found = condition(instance, kind)
        return (found.get("reason"), found.get("observedGeneration")) == (reason, instance["metadata"]["generation"])

    return holds


def reads(kind: str, reason: str) -> Callable[[Json], bool]:
    """Whether a condition says ``reason``, of whatever generation: one that says that all is well is not renewed."""
    return lambda instance: condition(instance, kind).get("reason") == reason


def has_pod(instance: Json, entry: str = "notebook") -> bool:
    """Whether a pod is on record for its present start."""
    state = instance["status"]["pods"].get(entry, {})
    return bool(state.get("uid")) and state.get("startId") == instance["spec"].get("startId")


def goes(pod: Json | None) -> bool:
    """Whether a pod is being deleted, or gone by now."""
    return pod is None or "deletionTimestamp" in pod["metadata"]


def is_running(instance: Json) -> bool:
    """Whether the hub would send its user there."""
    state = instance["status"]["pods"].get("notebook", {})
    return state.get("state") == "Running" and state.get("uid") == state.get("observedUid")


def is_stopped(instance: Json) -> bool:
    """Whether the status has the end of the pod on record."""
    state = instance["status"]["pods"].get("notebook", {})
    return state.get("state") == "Stopped" and state.get("uid") == state.get("observedUid")


suspended = says("PodsProvisioned", "Suspended")
"""Whether a stop is over."""
