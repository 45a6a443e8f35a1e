"""A release for several namespaces, one of which goes and comes back."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployed import as_deployed, start_and_stop
from tests.support.installation import make_namespace
from tests.support.kube import Kube
from tests.support.operators import Operator
from tests.support.waiting import eventually
from tools.chart.helm import Helm
from tools.cluster import Cluster

RELEASE, KEPT, LOST = "pair", "pair-kept", "pair-lost"


def install(helm: Helm) -> None:
    """Also the roles in a namespace that is there again."""
    helm.install(RELEASE, RELEASE, "--values=-", stdin=json.dumps({"namespaces": [KEPT, LOST]}))


@pytest.fixture
def release(cluster: Cluster, helm: Helm, administrator: Kube) -> Iterator[str]:
    for namespace in (RELEASE, KEPT, LOST):
        make_namespace(administrator, namespace)
    cluster.kubectl("create", "serviceaccount", "hub", f"--namespace={RELEASE}")
    install(helm)
    yield RELEASE
    helm.run("uninstall", RELEASE, f"--namespace={RELEASE}", "--wait")


def asked(operator: Operator, path: str) -> str:
    """Raises HTTPError if the operator is not well."""
    with urllib.request.urlopen(f"http://127.0.0.1:{operator.health_port}{path}", timeout=10) as answer:
        return answer.read().decode()


def test_a_namespace_that_goes_leaves_the_others_served_and_is_taken_up_again_C21(
    cluster: Cluster, helm: Helm, administrator: Kube, hub_of, release: str, tmp_path: Path
) -> None:
    with as_deployed(cluster, release, RELEASE, tmp_path) as operators:
        start_and_stop(hub_of(RELEASE, LOST), administrator, LOST, "first", RELEASE)
        administrator.delete("namespaces", "", LOST)
        eventually(lambda: administrator.find("namespaces", "", LOST) is None, seconds=90)
        start_and_stop(hub_of(RELEASE, KEPT), administrator, KEPT, "meanwhile", RELEASE)

        operators.stop_all()
        operators.run_all()

        start_and_stop(hub_of(RELEASE, KEPT), administrator, KEPT, "after-a-restart", RELEASE)
        for name in ("pvcs", "pods", "pod-status"):
            assert f"going on without namespace {LOST}" in operators[name].life
            assert f"going on without namespace {LOST}" in asked(operators[name], "/readyz")
            assert asked(operators[name], "/livez") == "ok\n"
        refused = 'jupyternetes_cache_refused_namespaces{resource="pods"} 1.0'
        assert refused in asked(operators["pods"], "/metrics")

        make_namespace(administrator, LOST)
        install(helm)
        start_and_stop(hub_of(RELEASE, LOST), administrator, LOST, "second", RELEASE, seconds=60)
        for name in ("pvcs", "pods", "pod-status"):
            eventually(lambda name=name: asked(operators[name], "/readyz") == "ok\n", seconds=60)
