"""Templates for tests: a notebook pod on one claim, and what a test wants otherwise."""

from typing import Any

from tests.support.kube import Json

CLAIM: Json = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
CONTAINER: Json = {
    "name": "notebook",
    "image": "localhost/notebook:none",
    "env": [{"name": "OWN", "value": "{jupyterhub.user.name}"}],
    "ports": [{"name": "http", "containerPort": 8888}],
    "volumeMounts": [{"name": "home", "mountPath": "/home/jovyan"}],
}
SPEC: Json = {
    "containers": [CONTAINER],
    "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": "{jupyternetes.pvcs.workspace}"}}],
}


def template(name: str = "lab", **spec: Any) -> Json:
    """A Template; each of ``spec``'s fields stands in place of ours."""
    entries = {"pvcs": [{"name": "workspace", "spec": CLAIM}], "pods": [{"name": "notebook", "spec": SPEC}]}
    return {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookTemplate",
        "metadata": {"name": name},
        "spec": entries | spec,
    }


def order(name: str = "lab", *, namespace: str = "", **variables: str) -> Json:
    """The spec of an Instance that asks for a Template."""
    reference = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"template": reference, "variables": {"jupyterhub.user.name": "jovyan"} | variables}


def container(**fields: Any) -> Json:
    """The notebook's container with other fields; None removes one."""
    return {key: value for key, value in (CONTAINER | fields).items() if value is not None}


def pod_spec(**fields: Any) -> Json:
    """The notebook's pod spec with other fields; None removes one."""
    return {key: value for key, value in (SPEC | fields).items() if value is not None}
