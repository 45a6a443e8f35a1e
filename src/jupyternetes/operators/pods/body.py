"""The pod to create for one entry of a Template: its identity, safer defaults, and the hub's environment.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from collections.abc import Mapping
from typing import cast

from jupyternetes.api import labels
from jupyternetes.api.identity import start_secret_name
from jupyternetes.api.instance import Instance
from jupyternetes.operators.shared.objects import identity_labels, naming, owner
from jupyternetes.templating import Ready

Json = dict[str, object]

#: Names of the container port that serves, in order of preference: KubeSpawner's, then the published Template's.
_PORT_NAMES = ("notebook-port", "http")
_DEFAULT_PORT = 8888
_ESCALATING = frozenset({"SYS_ADMIN", "CAP_SYS_ADMIN"})


def pod_body(instance: Instance, entry: Ready, *, primary: bool, stable_names: bool) -> Json:
    """The pod of ``entry``; the ``primary`` one serves and gets the environment of the start."""
    start_id = instance.spec.start_id
    uid = instance.metadata.uid
    identity = identity_labels(instance, labels.POD_NAME, entry.name) | {labels.INSTANCE_UID: uid}
    if start_id:
        identity[labels.START_ID] = start_id
    spec = with_defaults(entry.spec, started_by_hub=bool(start_id))
    if primary:
        identity[labels.PORT] = str(serving_port(entry))
        mode = str(entry.fields.get("hubEnvironment") or "Inject")
        if start_id and mode != "None":
            spec = with_hub_environment(spec, instance, template_wins=mode == "Keep")
    metadata: Json = {
        **naming(entry.name, uid, start_id, stable=stable_names),
        "namespace": instance.metadata.namespace,
        "labels": entry.labels | identity,
        "ownerReferences": [owner(instance, controller=True)],
    }
    if entry.annotations:
        metadata["annotations"] = entry.annotations
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def with_defaults(spec: Mapping[str, object], *, started_by_hub: bool) -> Json:
    """``spec`` with what is safer where the Template is silent.

    A service account's token is mounted only if an account is named; no container may gain privileges; no variables
    of unrelated Services; and a server that ended well by itself is not started again behind the hub's back.
    """
    defaults: Json = {"enableServiceLinks": False}
    if not (spec.get("serviceAccountName") or spec.get("serviceAccount")):
        defaults["automountServiceAccountToken"] = False
    if started_by_hub:
        defaults["restartPolicy"] = "OnFailure"
    completed = defaults | dict(spec)
    for field in ("initContainers", "containers"):
        containers = completed.get(field)
        if isinstance(containers, list):
            completed[field] = [_without_escalation(c) for c in cast("list[object]", containers)]
    return completed


def with_hub_environment(spec: Mapping[str, object], instance: Instance, *, template_wins: bool) -> Json:
    """``spec`` with one variable a name in ``hubEnvironment``, from the start Secret, in the first container.

    They come first, so that the Template's own may refer to them as ``$(NAME)``.
    """
    containers = cast("list[object]", spec.get("containers") or [])
    if not containers or not isinstance(containers[0], dict):
        return dict(spec)  # the API server says what is wrong with it
    first = cast("Json", containers[0])
    own = [cast("Json", entry) for entry in cast("list[object]", first.get("env") or []) if isinstance(entry, dict)]
    own_names = {entry.get("name") for entry in own}
    given = [name for name in instance.spec.hub_environment if not (template_wins and name in own_names)]
    secret = start_secret_name(instance.metadata.name, instance.spec.start_id)
    injected: list[Json] = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}} for name in given
    ]
    kept = [entry for entry in own if entry.get("name") not in set(given)]
    return dict(spec) | {"containers": [first | {"env": injected + kept}, *containers[1:]]}


def serving_port(entry: Ready) -> int:
    """The port that the pod serves on: ``port`` of the entry, else one by its usual name, else the first, else 8888."""
    ports = _container_ports(entry.spec)
    wanted = entry.fields.get("port")
    if isinstance(wanted, int):
        return wanted
    if isinstance(wanted, str) and wanted:
        return int(wanted) if wanted.isdecimal() else ports.get(wanted, _DEFAULT_PORT)
    named = (ports[name] for name in _PORT_NAMES if name in ports)
    return next(named, next(iter(ports.values()), _DEFAULT_PORT))


def _container_ports(spec: Mapping[str, object]) -> dict[str, int]:
    ports: dict[str, int] = {}
    for container in _records(spec.get("containers")):
        for port in _records(container.get("ports")):
            number = port.get("containerPort")
            if isinstance(number, int):
                ports.setdefault(str(port.get("name") or number), number)
    return ports


def _records(value: object) -> list[Json]:
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Json", item) for item in items if isinstance(item, dict)]


def _without_escalation(container: object) -> object:
    if not isinstance(container, dict):
        return container
    known = cast("Json", container)
    context = cast("Json", known.get("securityContext") or {})
    capabilities = cast("Json", context.get("capabilities") or {})
    added = cast("list[object]", capabilities.get("add") or [])
    # The API server refuses the combination with these two: they are privileges already.
    if (
        "allowPrivilegeEscalation" in context
        or context.get("privileged")
        or not _ESCALATING.isdisjoint(map(str, added))
    ):
        return known
    return known | {"securityContext": context | {"allowPrivilegeEscalation": False}}
