"""What the chart makes to serve the graph: nothing unless it is asked for, and then a pod that tells no names."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.chart.helm import CHART, Helm
from tools.cluster import ClusterError

Json = dict[str, Any]
EVERYTHING = {
    "enabled": True,
    "podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
    "dashboard": {"enabled": True, "annotations": {"grafana_folder": "Hubs"}},
}
NAME = "one-jupyternetes-graph"


def made(render, *, serve: Json, **values: Any) -> dict[str, Json]:
    """The objects beside account and roles, by kind."""
    graph = {"enabled": True, **values.pop("graph", {}), "serve": serve}
    manifests = (each for each in render(graph=graph, **values) if each["metadata"]["name"].startswith(NAME))
    rights = ("ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
    return {each["kind"]: each for each in manifests if each["kind"] not in rights}


def container(objects: dict[str, Json]) -> Json:
    (found,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    return found


@pytest.mark.parametrize("serve", [{}, {"podMonitor": {"enabled": True}, "dashboard": {"enabled": True}}])
def test_nothing_is_made_unless_it_is_to_be_served(render, serve: Json) -> None:
    assert made(render, serve=serve) == {}


def test_each_further_part_is_asked_for_by_itself(render) -> None:
    assert set(made(render, serve={"enabled": True})) == {"Deployment"}
    assert set(made(render, serve=EVERYTHING)) == {"Deployment", "PodMonitor", "PrometheusRule", "ConfigMap"}


def test_it_needs_an_account_and_says_so(helm: Helm) -> None:
    with pytest.raises(ClusterError, match=r"graph\.serve\.enabled needs .*: set graph\.enabled to true"):
        helm.template("one", "kadense", "--set=graph.serve.enabled=true")


def test_it_looks_where_its_account_may_look(render) -> None:
    hub = {"serviceAccounts": [{"name": "hub", "namespace": "z2jh"}]}
    values = {"hub": hub, "instanceNamespaces": ["users", "guests"], "templateNamespaces": ["templates"]}
    arguments = container(made(render, serve={"enabled": True}, **values))["args"]

    looked = {each.partition("=")[2] for each in arguments if each.startswith("--namespace=")}
    roles = (each for each in render(graph={"enabled": True}, **values) if each["kind"] == "Role")
    may_list_pods = {
        role["metadata"]["namespace"]
        for role in roles
        if role["metadata"]["name"] == NAME and any("pods" in rule["resources"] for rule in role["rules"])
    }
    assert looked == may_list_pods == {"users", "guests", "kadense", "z2jh"}
    assert "--cluster" not in arguments
    assert "--cluster" in container(made(render, serve={"enabled": True}, graph={"cluster": True}))["args"]


def test_names_of_people_do_not_leave_the_pod(render) -> None:
    plain, with_pages = (
        container(made(render, serve={"enabled": True, **more})) for more in ({}, {"loopbackPort": 8090})
    )

    assert "--in-cluster" in plain["args"]
    assert not [each for each in plain["args"] if each.startswith(("--host", "--loopback-port"))]
    assert "--loopback-port=8090" in with_pages["args"]
    assert [each["ports"] for each in (plain, with_pages)] == [[{"name": "health", "containerPort": 8080}]] * 2


def test_it_is_probed_confined_and_small(render) -> None:
    deployment = made(render, serve={"enabled": True})["Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    (only,) = pod["containers"]

    assert pod["serviceAccountName"] == NAME
    assert only["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "health"}
    assert only["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "health"}
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "runAsGroup": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert only["resources"] == {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}
    assert only["image"].endswith(":0.1.0")


def test_its_pod_goes_where_the_operators_may_go(render) -> None:
    site = {
        "nodeSelector": {"a": "b"},
        "tolerations": [{"key": "c", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "priorityClassName": "high",
        "imagePullSecrets": [{"name": "registry"}],
    }
    pods = {
        name: each["spec"]["template"]["spec"]
        for each in render(graph={"enabled": True, "serve": {"enabled": True}}, **site)
        if each["kind"] == "Deployment" and (name := each["metadata"]["name"])
    }

    for name in (NAME, "one-jupyternetes-pods"):
        assert {key: pods[name][key] for key in site} == site


def test_prometheus_finds_its_pod_and_no_other(render) -> None:
    objects = made(render, serve=EVERYTHING)
    monitor, deployment = objects["PodMonitor"], objects["Deployment"]

    assert monitor["spec"]["selector"] == deployment["spec"]["selector"]
    assert monitor["spec"]["podMetricsEndpoints"] == [{"port": "health", "path": "/metrics", "interval": "15s"}]
    assert monitor["metadata"]["labels"]["release"] == "prometheus"


def test_alerts_are_those_of_the_file_and_lead_to_the_runbook_of_the_site(render) -> None:
    mine = {**EVERYTHING, "prometheusRule": {"enabled": True, "runbookUrl": "https://wiki/hubs"}}
    plain, moved = (made(render, serve=serve)["PrometheusRule"]["spec"] for serve in (EVERYTHING, mine))

    assert plain == yaml.safe_load((CHART / "files/graph-rules.yaml").read_text())
    urls = [rule["annotations"]["runbook_url"] for rule in moved["groups"][0]["rules"]]
    assert urls[0] == "https://wiki/hubs#jupyternetescausefound"
    assert len(set(urls)) == len(urls)


def test_the_dashboard_is_that_of_the_file_and_grafana_finds_it(render) -> None:
    config = made(render, serve=EVERYTHING)["ConfigMap"]

    assert json.loads(config["data"]["jupyternetes-graph.json"]) == json.loads(
        (CHART / "files/graph-dashboard.json").read_text()
    )
    assert config["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert config["metadata"]["annotations"] == {"grafana_folder": "Hubs"}


def test_tests_are_no_part_of_the_chart(helm: Helm, tmp_path: Path) -> None:
    helm.run("package", str(CHART), f"--destination={tmp_path}")
    (archive,) = tmp_path.iterdir()

    with tarfile.open(archive) as packed:
        names = {Path(name).name for name in packed.getnames()}
    assert "graph-rules.yaml" in names
    assert "graph-rules.test.yaml" not in names
