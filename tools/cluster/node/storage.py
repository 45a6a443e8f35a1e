"""Volumes: the local-path provisioner as a process of the machine, with the default StorageClass `standard`.

Volumes are folders in the cluster's own, of mode 0777, so that a notebook's user can write.
See https://github.com/rancher/local-path-provisioner
"""

import json

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.files import write_file
from tools.cluster.layout import Layout
from tools.cluster.node.images import SHELL_IMAGE
from tools.cluster.node.kubernetes_objects import Manifest, Rule, cluster_role, cluster_role_binding

_NAMESPACE = "local-path-storage"
_NAME = "local-path-provisioner"
_SCRIPTS = "local-path-scripts"
_PROVISIONER = "rancher.io/local-path"


def component(layout: Layout) -> Component:
    """The provisioner as a component."""
    arguments = (
        "start",
        f"--config={layout.configuration('local-path.json')}",
        f"--kubeconfig={layout.component_kubeconfig(_NAME)}",
        f"--namespace={_NAMESPACE}",
        f"--provisioner-name={_PROVISIONER}",
        f"--helper-image={SHELL_IMAGE}",
        f"--helper-pod-file={layout.configuration('local-path-helper.json')}",
        f"--configmap-name={_SCRIPTS}",
        "--service-account-name=default",
    )
    return Component(name=_NAME, program=_NAME, arguments=arguments)


def prepare(layout: Layout, authority: Authority, server: str) -> None:
    """Write the provisioner's configuration and kubeconfig, and make the folder of volumes."""
    volumes = layout.folder / "volumes"
    volumes.mkdir(exist_ok=True)
    paths = [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": [str(volumes)]}]
    write_file(layout.configuration("local-path.json"), json.dumps({"nodePathMap": paths}))
    write_file(layout.configuration("local-path-helper.json"), json.dumps(_helper_pod()))
    write_file(layout.component_kubeconfig(_NAME), authority.kubeconfig(server, _NAME))


def manifests() -> list[Manifest]:
    """Namespace, rights, the scripts of the helper pods, and the StorageClass."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _NAMESPACE}},
        cluster_role(_NAME, _rules()),
        cluster_role_binding(_NAME, _NAME, _NAME),
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": _SCRIPTS, "namespace": _NAMESPACE},
            "data": {
                "setup": '#!/bin/sh\nset -eu\nmkdir -p -m 0777 "$VOL_DIR"\n',
                "teardown": '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
            },
        },
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": "standard",
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": _PROVISIONER,
            "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Delete",
        },
    ]


def _rules() -> list[Rule]:
    read = ["get", "list", "watch"]
    return [
        {"apiGroups": [""], "resources": ["nodes", "persistentvolumeclaims", "configmaps", "pods/log"], "verbs": read},
        {"apiGroups": [""], "resources": ["pods"], "verbs": [*read, "create", "delete"]},
        {
            "apiGroups": [""],
            "resources": ["persistentvolumes"],
            "verbs": [*read, "create", "patch", "update", "delete"],
        },
        {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch", "update"]},
        {"apiGroups": ["storage.k8s.io"], "resources": ["storageclasses"], "verbs": read},
    ]


def _helper_pod() -> Manifest:
    container = {"name": "helper", "image": SHELL_IMAGE, "imagePullPolicy": "Never"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "volume"},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "containers": [container],
        },
    }
