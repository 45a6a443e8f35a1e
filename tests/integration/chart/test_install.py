"""Installing, upgrading and removing releases on a real API server."""

import json
from typing import Any

import pytest
import yaml

from tools.chart.helm import Helm
from tools.cluster import Cluster


def get(cluster: Cluster, *arguments: str) -> dict[str, Any]:
    return json.loads(cluster.kubectl("get", "-o", "json", *arguments))


def names(cluster: Cluster, *arguments: str) -> list[str]:
    return [item["metadata"]["name"] for item in get(cluster, *arguments)["items"]]


def test_notes_tell_how_to_configure_the_hub(notes: str) -> None:
    assert 'c.JupyterHub.spawner_class = "jupyternetes"' in notes
    assert 'c.JupyternetesSpawner.template_name = "default-template"' in notes
    assert "ServiceAccount hub of kadense or the ServiceAccount hub-with-finalizers of kadense" in notes


def test_the_api_server_finds_no_fault_with_the_policies(cluster: Cluster, notes: str) -> None:
    policies = names(cluster, "validatingadmissionpolicies")
    assert len(policies) == 5
    for policy in policies:
        checked = "--for=jsonpath={.status.observedGeneration}=1"
        cluster.kubectl("wait", f"validatingadmissionpolicy/{policy}", checked, "--timeout=60s")
        assert get(cluster, "validatingadmissionpolicy", policy)["status"]["typeChecking"] == {}


def test_operators_are_admitted_by_the_strictest_pod_security_level(cluster: Cluster, notes: str) -> None:
    cluster.kubectl("create", "namespace", "strict")
    cluster.kubectl("label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted")
    cluster.kubectl("wait", "--for=create", "serviceaccount/default", "--namespace=strict", "--timeout=30s")
    deployments = get(cluster, "deployments", "--namespace=kadense")["items"]
    assert len(deployments) == 4
    for deployment in deployments:
        spec = deployment["spec"]["template"]["spec"] | {"serviceAccountName": "default", "serviceAccount": "default"}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "operator", "namespace": "strict"}, "spec": spec}
        cluster.kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod))


@pytest.fixture
def edited(cluster: Cluster, notes: str) -> str:
    """The default Template after an administrator gave its servers more memory."""
    change = [{"op": "replace", "path": "/spec/pods/0/spec/containers/0/resources/limits/memory", "value": "8Gi"}]
    cluster.kubectl("patch", "jnt", "default-template", "-n", "kadense", "--type=json", f"--patch={json.dumps(change)}")
    return "default-template"


def memory(cluster: Cluster, template: str) -> str:
    spec = get(cluster, "jnt", template, "-n", "kadense")["spec"]
    return spec["pods"][0]["spec"]["containers"][0]["resources"]["limits"]["memory"]


def test_an_upgrade_that_leaves_template_values_alone_keeps_edits(cluster: Cluster, helm: Helm, edited: str) -> None:
    before = json.loads(helm.run("get", "values", "one", "--namespace=kadense", "--output=json"))
    helm.install("one", "kadense", "--values=-", stdin=json.dumps(before | {"podAnnotations": {"a": "b"}}))
    assert memory(cluster, edited) == "8Gi"


def test_a_template_that_is_no_longer_wanted_stays_with_its_edits(cluster: Cluster, helm: Helm, edited: str) -> None:
    before = json.loads(helm.run("get", "values", "one", "--namespace=kadense", "--output=json"))
    helm.install("one", "kadense", "--values=-", stdin=json.dumps(before | {"template": {"create": False}}))
    assert memory(cluster, edited) == "8Gi"
    helm.install("one", "kadense", "--values=-", stdin=json.dumps(before))


def test_two_releases_live_in_one_namespace(cluster: Cluster, helm: Helm, notes: str) -> None:
    cluster.kubectl("create", "namespace", "team")
    helm.install("two", "kadense", "--set=namespaces={team}", "--set=template.name=team-template")
    try:
        assert {name.partition("-")[0] for name in names(cluster, "deployments", "-n", "kadense")} == {"one", "two"}
        of_releases = names(cluster, "jnt", "-n", "kadense", "--selector=app.kubernetes.io/managed-by=Helm")
        assert sorted(of_releases) == ["default-template", "team-template"]
        assert names(cluster, "roles", "-n", "team") == [
            "two-jupyternetes-hub",
            "two-jupyternetes-pod-status",
            "two-jupyternetes-pods",
            "two-jupyternetes-pvcs",
        ]
        assert not [name for name in names(cluster, "clusterroles") if "two" in name]
    finally:
        helm.run("uninstall", "two", "--namespace=kadense", "--wait")
    assert {name.partition("-")[0] for name in names(cluster, "deployments", "-n", "kadense")} == {"one"}


def test_the_definitions_stay_when_a_release_goes(cluster: Cluster, helm: Helm, notes: str) -> None:
    cluster.kubectl("create", "namespace", "short")
    helm.install("three", "short", "--set=namespaces={short}")
    helm.run("uninstall", "three", "--namespace=short", "--wait")
    assert sorted(names(cluster, "customresourcedefinitions")) == [
        "jupyternotebookinstances.kadense.io",
        "jupyternotebooktemplates.kadense.io",
    ]
    assert names(cluster, "jnt", "-n", "short") == ["default-template"]


def test_an_instance_of_the_default_template_is_taken(cluster: Cluster, notes: str) -> None:
    instance = {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookInstance",
        "metadata": {"name": "a", "namespace": "kadense"},
        "spec": {"template": {"name": "default-template"}},
    }
    cluster.kubectl("create", "-f", "-", stdin=yaml.safe_dump(instance))
    assert names(cluster, "jni", "-n", "kadense") == ["a"]
