"""The Template of every benchmark."""

from tests.support.kube import Json

TEMPLATE = "bench"


def template(namespace: str, *, volumes: bool = True) -> Json:
    """A notebook as most people have it: one container, one volume."""
    container: Json = {
        "name": "notebook",
        "image": "localhost/notebook:none",
        "args": "{jupyterhub.args}",
        "ports": [{"name": "http", "containerPort": 8888}],
    }
    pod: Json = {"containers": [container], "automountServiceAccountToken": False}
    spec: Json = {"pods": [{"name": "notebook", "spec": pod}]}
    if volumes:
        container["volumeMounts"] = [{"name": "home", "mountPath": "/home/jovyan"}]
        pod["volumes"] = [{"name": "home", "persistentVolumeClaim": {"claimName": "{jupyternetes.pvcs.workspace}"}}]
        claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        spec["pvcs"] = [{"name": "workspace", "spec": claim}]
    return {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookTemplate",
        "metadata": {"name": TEMPLATE, "namespace": namespace},
        "spec": spec,
    }
