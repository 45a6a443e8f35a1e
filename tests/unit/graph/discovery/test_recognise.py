"""Which part of a deployment a pod is, by its labels, name and ports."""

from typing import Any

import msgspec
import pytest

from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.discovery.recognise import recognise
from jupyternetes.graph.model.kinds import EvidenceKind

Labels = dict[str, str]

LABELLED, GUESSED = EvidenceKind.LABELLED, EvidenceKind.GUESSED


def pod(labels: Labels | None = None, name: str = "a", container: str = "c", ports: tuple[Any, ...] = ()) -> Pod:
    body = {
        "metadata": {"name": name, "labels": labels or {}},
        "spec": {"containers": [{"name": container, "ports": [{"name": n, "containerPort": p} for n, p in ports]}]},
    }
    return msgspec.convert(body, Pod)


def legacy(component: str) -> Labels:
    return {"app": "jupyterhub", "component": component, "release": "demo"}


def modern(component: str, name: str = "jupyterhub") -> Labels:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": component}


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (legacy("hub"), "hub"),
        (modern("hub"), "hub"),
        (legacy("proxy"), "proxy"),
        (legacy("autohttps"), "ingress"),
        (legacy("user-scheduler"), "user-scheduler"),
        (legacy("singleuser-server"), "server"),
        (modern("singleuser-server") | {"app.kubernetes.io/managed-by": "kubespawner"}, "server"),
        (legacy("user-placeholder"), None),
        (legacy("hook-image-puller"), None),
        (modern("continuous-image-puller"), None),
        (modern("pods", "jupyternetes"), "operator"),
        (modern("pod-status", "jupyternetes"), "operator"),
        (legacy("singleuser-server") | {"jupyternetes.kadense.io/instance": "a"}, None),
        ({"app": "jupyterhub", "deploymentconfig": "jupyterhub", "component": "web"}, "hub"),
        ({"app": "jupyterhub", "deploymentconfig": "jupyterhub-db"}, "database"),
        ({"app": "oauth-openshift"}, "oauth"),
        ({"k8s-app": "kube-dns"}, "dns"),
        ({"dns.operator.openshift.io/daemonset-dns": "default"}, "dns"),
    ],
)
def test_labels_tell_the_part(labels: Labels, kind: str | None) -> None:
    role = recognise(pod(labels))

    assert role is not None
    assert (role.kind.name if role.kind else None, role.evidence) == (kind, LABELLED)


@pytest.mark.parametrize(
    ("found", "kind", "evidence"),
    [
        (pod({"app": "jupyterhub"}, name="jupyterhub-nb-ada"), "server", LABELLED),
        (pod(ports=(("notebook-port", 8888),)), "server", LABELLED),
        (pod(container="hub", ports=(("http", 8081),)), "hub", GUESSED),
        (pod(ports=(("api", 8001), ("http", 8000))), "proxy", GUESSED),
        (pod(ports=(("", 5432),)), "database", GUESSED),
        (pod(ports=(("sql", 3306),)), "database", GUESSED),
    ],
)
def test_where_labels_do_not_tell_names_and_ports_do(found: Pod, kind: str, evidence: EvidenceKind) -> None:
    role = recognise(found)

    assert role is not None
    assert role.kind is not None
    assert (role.kind.name, role.evidence) == (kind, evidence)


@pytest.mark.parametrize(
    "found",
    [
        pod(),
        pod({"component": "hub", "app": "selenium"}),
        pod({"app": "spark"}, ports=(("", 8081),)),
        pod(modern("pods", "kubevirt")),
        pod({"openshift.io/deployer-pod-for.name": "jupyterhub-124"}, name="jupyterhub-124-deploy"),
    ],
)
def test_others_are_no_part(found: Pod) -> None:
    assert recognise(found) is None
