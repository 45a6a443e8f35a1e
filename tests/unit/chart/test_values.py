"""What Helm accepts as values, and what it says of those it does not."""

import json
from pathlib import Path

import pytest

from tools.chart.helm import CHART, Helm
from tools.cluster import ClusterError

EVERYTHING = {
    "fullnameOverride": "notebooks",
    "image": {"repository": "registry.example/jupyternetes", "tag": "1", "pullPolicy": "Always"},
    "imagePullSecrets": [{"name": "registry"}],
    "namespaces": ["a", "b"],
    "templateNamespaces": ["templates"],
    "instanceNamespaces": ["b"],
    "hub": {"serviceAccounts": [{"name": "hub", "namespace": "z2jh"}, {"name": "other"}]},
    "admissionPolicies": {"enabled": False},
    "gates": {
        "enabled": True,
        "accounts": [{"serviceAccount": "licence", "namespace": "licence-system", "prefix": "licence.example.org"}],
        "leases": [{"namespace": "licence-system", "name": "licence"}],
    },
    "operators": {"pod-status": {"enabled": False}, "pods": {"enabled": True, "resources": {"limits": {"cpu": 1}}}},
    "graph": {
        "enabled": True,
        "logs": True,
        "cluster": True,
        "serve": {
            "enabled": True,
            "loopbackPort": 8090,
            "resources": {"limits": {"memory": "1Gi"}},
            "podMonitor": {"enabled": True, "interval": "1m", "labels": {"release": "prometheus"}},
            "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}, "runbookUrl": "https://wiki/x"},
            "dashboard": {"enabled": True, "labels": {"grafana": "yes"}, "annotations": {"grafana_folder": "Hubs"}},
        },
    },
    "securityContext": {"runAsUser": 1000660000, "runAsGroup": None},
    "extraEnv": [
        {"name": "NO_PROXY", "value": "10.0.0.0/8"},
        {"name": "HTTPS_PROXY", "valueFrom": {"secretKeyRef": {"name": "proxy", "key": "url"}}},
    ],
    "logFormat": "text",
    "podAnnotations": {"a": "b"},
    "podLabels": {"c": "d"},
    "nodeSelector": {"e": "f"},
    "tolerations": [{"key": "g", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "priorityClassName": "high",
    "template": {
        "create": True,
        "name": "lab",
        "displayName": "Lab",
        "description": "A lab.",
        "image": "registry.example/lab:1",
        "imagePullPolicy": "Always",
        "imagePullSecrets": [{"name": "registry"}],
        "storage": {"size": "1Gi", "storageClassName": ""},
        "securityContext": {"runAsUser": None, "runAsGroup": 0, "fsGroup": 1000660000},
        "resources": {"limits": {"memory": "1Gi", "nvidia.com/gpu": 1}},
        "podLabels": {},
        "nodeSelector": {"gpu": "yes"},
        "tolerations": [{"key": "gpu", "operator": "Exists"}],
    },
}


def test_lint_finds_nothing_with_the_defaults(helm: Helm) -> None:
    assert "0 chart(s) failed" in helm.lint()


def test_lint_finds_nothing_with_every_value_set(helm: Helm, tmp_path: Path) -> None:
    values = tmp_path / "values.json"
    values.write_text(json.dumps(EVERYTHING))
    assert "0 chart(s) failed" in helm.lint(f"--values={values}")


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("instanceNamespace=a", "instanceNamespace"),
        ("template.storage.sise=1Gi", "sise"),
        ("image.pullPolicy=Sometimes", "pullPolicy"),
        ("extraEnv[0].value=a", "'name'"),
        ("extraEnv[0].name=A,extraEnv[0].vaule=a", "vaule"),
        ("operators.pods.enabled=perhaps", "enabled"),
        ("graph.serve.loopbackPort=0", "loopbackPort"),
        ("graph.serve.podMonitor.interval=often", "interval"),
        ("namespaces={Not_A_Namespace}", "namespaces"),
    ],
)
def test_a_wrong_value_is_refused_by_name(helm: Helm, setting: str, complaint: str) -> None:
    with pytest.raises(ClusterError, match=complaint):
        helm.template("one", "kadense", f"--set={setting}")


def test_instances_outside_of_the_operators_reach_are_refused_with_the_way_out(helm: Helm) -> None:
    with pytest.raises(ClusterError, match=r'instanceNamespaces names "c".*add it to namespaces'):
        helm.template("one", "kadense", "--set=namespaces={a}", "--set=instanceNamespaces={c}")


def test_a_cluster_that_is_too_old_is_refused(helm: Helm) -> None:
    with pytest.raises(ClusterError, match="kubeVersion"):
        helm.run("template", "one", str(CHART), "--kube-version=1.30.9")
