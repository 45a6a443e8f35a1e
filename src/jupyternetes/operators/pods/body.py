"""The pod to create for one entry of a Template: its identity, safer defaults, and the hub's environment.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

import re
from collections.abc import Mapping
from typing import TypeGuard, cast

from jupyternetes.api import labels
from jupyternetes.api.identity import start_secret_name
from jupyternetes.api.instance import Instance
from jupyternetes.api.metadata import Metadata
from jupyternetes.api.slugs import is_dns_label
from jupyternetes.api.template import PodEntry, Template
from jupyternetes.operators.templates.objects import identity_labels, naming, owner
from jupyternetes.templating import CompiledTemplate, Problem, Ready, Rendering

Json = dict[str, object]

#: Names of the container port that serves, in order of preference: KubeSpawner's, then the published Template's.
_PORT_NAMES = ("notebook-port", "http")
_DEFAULT_PORT = 8888
_ESCALATING = ("SYS_ADMIN", "CAP_SYS_ADMIN")

#: Kubernetes writes the token of a service account into any Secret that asks for it, under this key. Should a hub that
#: was broken into make such a Secret under the name of a start, the pod sees an empty text: docs/decisions/0019.
_NO_TOKEN: Json = {"name": "token", "value": ""}


class PortError(ValueError):
    """The Template names a port that the pod does not have; ``problem`` says where and what there is."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def pods_of(
    instance: Instance, rendering: Rendering, template: Template, compiled: CompiledTemplate
) -> dict[str, Json]:
    """The pods of all entries that are ready, by entry. Raises PortError."""
    return {
        entry.name: pod_of(instance, entry, template, compiled) for entry in rendering.pods if isinstance(entry, Ready)
    }


def pod_of(instance: Instance, entry: Ready[PodEntry], template: Template, compiled: CompiledTemplate) -> Json:
    """The pod of one entry of the ``template``, which is ``compiled``. Raises PortError."""
    primary = entry.entry is compiled.primary
    return pod_body(instance, entry, template.metadata, primary=primary, stable_names=compiled.stable_names)


def pod_body(
    instance: Instance, entry: Ready[PodEntry], template: Metadata, *, primary: bool, stable_names: bool
) -> Json:
    """The pod of ``entry``; the ``primary`` one serves and gets the environment of the start. Raises PortError.

    ``template``: of the Template that the entry was rendered from.
    """
    start_id = instance.spec.start_id
    uid = instance.metadata.uid
    identity = identity_labels(instance, labels.POD_NAME, entry.name) | {
        labels.INSTANCE_UID: uid,
        labels.TEMPLATE_UID: template.uid,
        labels.TEMPLATE_GENERATION: str(template.generation),
    }
    if start_id:
        identity[labels.START_ID] = start_id
    if container := main_container(entry.spec):
        identity[labels.CONTAINER] = container
    spec = with_defaults(entry.spec, started_by_hub=bool(start_id))
    if primary:
        identity[labels.PORT] = str(serving_port(entry))
        mode = entry.filled.hub_environment
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
    for field in () if _runs_windows(spec) else ("initContainers", "containers"):
        containers = completed.get(field)
        if are_records(containers):
            completed[field] = [_without_escalation(container) for container in containers]
    return completed


def with_hub_environment(spec: Mapping[str, object], instance: Instance, *, template_wins: bool) -> Json:
    """``spec`` whose first container has the start Secret as environment, as a whole.

    Whoever wins comes last; a container's ``env`` wins over all ``envFrom``, so what the Template's sets of the hub's
    names goes, unless ``template_wins``. A spec that is no pod spec stays as it is: the API server says what is wrong
    with it. https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
    """
    containers, names = spec.get("containers"), instance.spec.hub_environment
    if not names or not are_records(containers) or not containers:
        return dict(spec)
    first, *others = containers
    variables: object = first.get("env") or []
    sources: object = first.get("envFrom") or []
    if not are_records(variables) or not are_records(sources):
        return dict(spec)
    hub: Json = {"secretRef": {"name": start_secret_name(instance.metadata.name, instance.spec.start_id)}}
    if template_wins:
        environment: Json = {"envFrom": [hub, *sources], "env": [_NO_TOKEN, *variables]}
    else:
        kept = [variable for variable in variables if variable.get("name") not in names]
        environment = {"envFrom": [*sources, hub], "env": [_NO_TOKEN, *kept]}
    return dict(spec) | {"containers": [first | environment, *others]}


def main_container(spec: Mapping[str, object]) -> str:
    """The container of the Template that serves, which is its first; empty if it has no name that the API takes."""
    containers = spec.get("containers")
    name = containers[0].get("name") if are_records(containers) and containers else None
    return name if isinstance(name, str) and is_dns_label(name) else ""


def serving_port(entry: Ready[PodEntry]) -> int:
    """The port that the pod serves on: ``port`` of the entry, else one by its usual name, else the first, else 8888.

    Raises PortError for a ``port`` that no server of this pod can have: it would be waited for in vain.
    """
    ports = _container_ports(entry.spec)
    wanted = entry.filled.port
    if wanted is None or wanted == "":
        named = (ports[name] for name in _PORT_NAMES if name in ports)
        return next(named, next(iter(ports.values()), _DEFAULT_PORT))
    number = int(wanted) if isinstance(wanted, str) and re.fullmatch("[0-9]{1,9}", wanted) else wanted
    if isinstance(number, str) and number in ports:
        return ports[number]
    if _is_port(number):
        return number
    known = ", ".join(ports) or "none"
    message = f"{wanted!r} is neither a number from 1 to 65535 nor the name of a container port; named ones: {known}"
    raise PortError(Problem(entry.entry.path_of(PodEntry.port), message))


def _container_ports(spec: Mapping[str, object]) -> dict[str, int]:
    ports: dict[str, int] = {}
    containers = spec.get("containers")
    for container in containers if are_records(containers) else ():
        entries = container.get("ports")
        for port in entries if are_records(entries) else ():
            number = port.get("containerPort")
            if _is_port(number):
                ports.setdefault(str(port.get("name") or number), number)
    return ports


def _runs_windows(spec: Mapping[str, object]) -> bool:
    """Whether the pod is one for Windows, where the API server refuses what only Linux knows."""
    system = spec.get("os")
    return isinstance(system, dict) and cast("Json", system).get("name") == "windows"


def _without_escalation(container: Json) -> Json:
    context: object = container.get("securityContext") or {}
    if not isinstance(context, dict):
        return container
    settings = cast("Json", context)
    # The API server refuses the combination with these two: they are privileges already.
    if "allowPrivilegeEscalation" in settings or settings.get("privileged") or _adds_privileges(settings):
        return container
    return container | {"securityContext": settings | {"allowPrivilegeEscalation": False}}


def _adds_privileges(context: Json) -> bool:
    capabilities = context.get("capabilities")
    added = cast("Json", capabilities).get("add") if isinstance(capabilities, dict) else None
    return isinstance(added, list) and any(capability in _ESCALATING for capability in cast("list[object]", added))


def are_records(value: object) -> TypeGuard[list[Json]]:
    """Whether it is a list of objects, as containers are."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in cast("list[object]", value))


def _is_port(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535
