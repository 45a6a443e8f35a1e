"""A Template that leaves a hub more than a hub may choose makes nothing, whatever the hub then asks for."""

from typing import Any

import pytest

from tests.support.kube import Json
from tests.support.lab import TEMPLATES, Lab, condition, is_running, says
from tests.support.templates import CLAIM, container, order, pod_spec, template

pytestmark = pytest.mark.usefixtures("operators")


def of(**spec: Any) -> Json:
    return template(pods=[{"name": "notebook", "spec": pod_spec(**spec)}])


def with_container(**fields: Any) -> Json:
    return of(containers=[container(**fields)])


def volume(**source: Any) -> Json:
    return of(volumes=[{"name": "home", **source}])


JSON = [{"name": "x", "type": "json"}]
#: What each Template leaves open, and what the hub would like to have there.
REACHING: dict[str, tuple[Json, str]] = {
    "privileged": (with_container(securityContext={"privileged": "{x}"}), "true"),
    "whole security context": (with_container(securityContext="{x}"), '{"privileged":true}'),
    "network of the host": (of(hostNetwork="{x}"), "true"),
    "host path": (volume(hostPath={"path": "/home/{x}"}), "../etc"),
    "foreign Secret": (volume(secret={"secretName": "{x}"}), "jni-other-1"),
    "foreign ConfigMap": (with_container(envFrom=[{"configMapRef": {"name": "{x}"}}]), "hub"),
    "foreign claim": (volume(persistentVolumeClaim={"claimName": "{x}"}), "claim-other"),
    "adopted foreign claim": (template(pvcs=[{"name": "workspace", "spec": CLAIM, "claimName": "{x}"}]), "claim-other"),
    "foreign volume": (template(pvcs=[{"name": "workspace", "spec": CLAIM | {"volumeName": "{x}"}}]), "pv-other"),
    "service account": (of(serviceAccountName="{x}"), "operator"),
    "service account through a filter": (of(serviceAccountName="{x:dns}"), "operator"),
    "service account by the name of the Instance": (of(serviceAccountName="{instance.name}"), "operator"),
    "bigger limits": (with_container(resources={"limits": {"memory": "{x}"}}), "999Gi"),
    "image": (with_container(image="{x}"), "docker.io/evil/miner"),
    "node": (of(nodeSelector={"kubernetes.io/hostname": "{x}"}), "control-plane"),
    "priority": (of(priorityClassName="{x}"), "system-node-critical"),
    "key of a label": (template(pods=[{"name": "notebook", "labels": {"{x}": "1"}, "spec": pod_spec()}]), "app"),
    "network by annotation": (
        template(pods=[{"name": "n", "annotations": {"k8s.v1.cni.cncf.io/networks": "{x}"}, "spec": pod_spec()}]),
        "admin",
    ),
    "sub-path of a shared volume": (
        with_container(
            volumeMounts=[{"name": "home", "mountPath": "/home/jovyan", "subPath": "{jupyterhub.user.name}"}]
        ),
        "",
    ),
    "shell": (with_container(command=["sh", "-c", "echo {x}"]), "$(reboot)"),
    "shell, apart": (with_container(command=["sh", "-c"], args=["echo {x}"]), "$(reboot)"),
    "shell, as a whole list": (with_container(command=["sh", "-c"], args="{jupyterhub.args}"), "reboot"),
    "arguments of root": (with_container(args=["{x}"], securityContext={"runAsUser": 0}), "--allow-root"),
    "containers as JSON": (of(containers="{x}"), "[]"),
    "pattern for anything": (
        template(
            variables=[{"name": "x", "pattern": ".*"}],
            pods=[{"name": "notebook", "spec": pod_spec(containers=[container(image="{x}")])}],
        ),
        "docker.io/evil/miner",
    ),
}
for name in ("whole security context", "containers as JSON"):
    REACHING[name][0]["spec"]["variables"] = JSON


@pytest.mark.parametrize(("reaching", "wanted"), REACHING.values(), ids=REACHING)
def test_a_template_that_reaches_too_far_is_refused_and_makes_nothing_X02(
    lab: Lab, reaching: Json, wanted: str
) -> None:
    lab.add_template(reaching)

    lab.hub.first_start("a", order(**({"x": wanted} if wanted else {})))
    told = lab.until(says("PodsProvisioned", "TemplateError"))
    lab.until(says("PvcsProvisioned", "TemplateError"))

    assert (lab.pods(), lab.claims()) == ([], [])
    message = condition(told, "PodsProvisioned")["message"]
    assert "Template $.spec." in message
    assert len(wanted) < len("control-plane") or wanted not in message


def test_nobody_makes_a_template_accepted_by_saying_so_X02(lab: Lab) -> None:
    # given a Template that is refused, and somebody who may write its status
    lab.add_template(REACHING["privileged"][0])
    said = {"type": "Accepted", "status": "True", "reason": "Valid", "message": "", "observedGeneration": 1}
    said["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    lab.kube.merge_patch(f"{TEMPLATES}/status", lab.namespace, "lab", {"status": {"conditions": [said]}})

    # when the hub asks for a server
    lab.hub.first_start("a", order(x="true"))

    # then every operator goes by what it has seen itself
    lab.until(says("PodsProvisioned", "TemplateError"))
    lab.until(says("PvcsProvisioned", "TemplateError"))
    assert (lab.pods(), lab.claims()) == ([], [])


def test_a_running_server_lives_on_when_its_template_begins_to_reach_too_far(lab: Lab) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    pod = lab.serving()

    lab.change_template(with_container(image="{x}"))

    lab.until(says("PodsProvisioned", "TemplateError"))
    assert is_running(lab.instance())
    assert [each["metadata"]["name"] for each in lab.pods()] == [pod]
