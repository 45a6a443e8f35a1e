"""Objects as the API server sends them, and what our structs make of them: for tests that need no server."""

from collections.abc import Mapping
from typing import Any

import msgspec

from jupyternetes.api.core import Claim, Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template
from jupyternetes.templating import InstanceFacts, Ready, compile_template, render

NAMESPACE = "lab"
INSTANCE_UID = "instance-uid"
GENERATION = 3
MADE = "2026-01-01T00:00:00Z"

_PREFIX = "jupyternetes.kadense.io"


def instance(
    *, uid: str = INSTANCE_UID, generation: int = GENERATION, status: Mapping[str, Any] | None = None, **spec: Any
) -> Instance:
    """An Instance called ``a``; keywords are fields of its spec, spelled as in JSON."""
    metadata = {"name": "a", "namespace": NAMESPACE, "uid": uid, "resourceVersion": "7", "generation": generation}
    body = {"metadata": metadata, "spec": {"template": {"name": "lab"}} | spec, "status": dict(status or {})}
    return msgspec.convert(body, Instance)


def owned_by(uid: str = INSTANCE_UID, *, controller: bool = True, name: str = "a") -> list[dict[str, Any]]:
    """An ownerReference to an Instance."""
    return [{"kind": "JupyterNotebookInstance", "name": name, "uid": uid, "controller": controller}]


def pod(name: str = "notebook-1", *, start_id: str = "", entry: str = "notebook", **fields: Any) -> Pod:
    """A pod of the Instance; ``fields`` are metadata, and ``status`` and ``spec`` as in JSON. Its uid is uid-NAME."""
    labels = {f"{_PREFIX}/instance": "a", f"{_PREFIX}/podName": entry, f"{_PREFIX}/port": "8888"}
    if start_id:
        labels[f"{_PREFIX}/startId"] = start_id
    spec = {"containers": [{"name": "notebook"}], **fields.pop("spec", {})}
    status = fields.pop("status", {})
    metadata = {
        "name": name,
        "namespace": NAMESPACE,
        "uid": f"uid-{name}",
        "creationTimestamp": MADE,
        "labels": labels,
        "ownerReferences": owned_by(),
    }
    return msgspec.convert({"metadata": metadata | fields, "spec": spec, "status": status}, Pod)


def serving(name: str = "notebook-1", *, address: str = "10.1.2.3", **fields: Any) -> Pod:
    """A pod that is Ready."""
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:09Z"}
    container = {"name": "notebook", "ready": True, "state": {"running": {}}}
    status = {"phase": "Running", "podIP": address, "conditions": [ready], "containerStatuses": [container]}
    return pod(name, status=status, spec={"nodeName": "node-1"}, **fields)


def ended(name: str = "notebook-1", *, exit_code: int = 0, reason: str = "Completed", **fields: Any) -> Pod:
    """A pod whose containers ended for good."""
    terminated = {"exitCode": exit_code, "reason": reason, "finishedAt": "2026-01-01T01:00:00Z"}
    container = {"name": "notebook", "state": {"terminated": terminated}}
    phase = "Failed" if exit_code else "Succeeded"
    return pod(name, status={"phase": phase, "containerStatuses": [container]}, **fields)


def claim(name: str, *, entry: str = "workspace", template: str = "lab", **metadata: Any) -> Claim:
    """A claim of the Instance's name; ``spec``, ``status`` and further fields of its metadata as in JSON."""
    rest = {"spec": {"accessModes": ["ReadWriteOnce"]}}
    rest |= {field: metadata.pop(field) for field in ("spec", "status") if field in metadata}
    labels = {
        f"{_PREFIX}/instance": "a",
        f"{_PREFIX}/pvcName": entry,
        f"{_PREFIX}/template": template,
        f"{_PREFIX}/templateNamespace": NAMESPACE,
    }
    body = {"name": name, "namespace": NAMESPACE, "uid": f"uid-{name}", "creationTimestamp": MADE, "labels": labels}
    return msgspec.convert({"metadata": body | metadata, **rest}, Claim)


def template(*, name: str = "lab", namespace: str = NAMESPACE, generation: int = 1, **spec: Any) -> Template:
    """A Template; keywords are fields of its spec."""
    metadata = {"name": name, "namespace": namespace, "uid": f"uid-{name}", "generation": generation}
    return msgspec.convert({"metadata": metadata, "spec": spec}, Template)


def rendered(kind: str, spec: Mapping[str, Any], **fields: Any) -> Ready:
    """The one entry of a Template that has only this one, rendered; it is called notebook or workspace."""
    name = {"pods": "notebook", "pvcs": "workspace"}[kind]
    compiled = compile_template({kind: [{"name": name, "spec": dict(spec), **fields}]})
    facts = InstanceFacts(
        name="a", namespace=NAMESPACE, uid=INSTANCE_UID, template_name="lab", template_namespace=NAMESPACE
    )
    rendering = render(compiled, facts, {})
    assert rendering.problems == ()
    [entry] = rendering.pods if kind == "pods" else rendering.pvcs
    assert isinstance(entry, Ready)
    return entry
