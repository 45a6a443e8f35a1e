"""The verdict outside of a terminal: a real API server, a real process that serves, a real Prometheus that asks it."""

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from jupyternetes.graph.causes.verdict import Confidence, Verdict
from jupyternetes.graph.model import recording
from tests.integration.graph.serving import JOB, Prometheus, opened, prometheus, serving, text
from tests.integration.graph.test_discovery import objects
from tests.support.installation import make_namespace
from tests.support.kube import Json, Kube
from tests.support.waiting import eventually
from tools.chart.helm import CHART, Helm
from tools.cluster import Steps

USER = "ana@example.org"
DASHBOARD: Json = json.loads((CHART / "files/graph-dashboard.json").read_text())
NOT_SERVED = "JupyternetesGraphNotServed"
#: What Grafana puts in place of its variables, for a Prometheus that scrapes every second.
VARIABLES = {"$job": ".*", "$__rate_interval": "10s"}
OUT_OF_MEMORY = {
    "name": "main",
    "image": "none",
    "imageID": "none",
    "ready": False,
    "restartCount": 1,
    "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
}


@pytest.fixture(scope="module")
def namespace(kube: Kube) -> Iterator[str]:
    name = make_namespace(kube, f"serve-{uuid.uuid4().hex[:8]}")
    for resource, body in objects(USER):
        if resource == "pods":  # nothing schedules them: this is played too
            body["spec"] = body["spec"] | {"schedulerName": "nobody"}
        kube.create(resource, name, body)
    for pod in ("hub-1", "proxy-1"):
        set_status(kube, name, pod, conditions=[{"type": "Ready", "status": "True"}], phase="Running")
    yield name
    kube.delete("namespaces", "", name)


@pytest.fixture(scope="module")
def address(accounts: dict[str, Path], namespace: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a process that has a verdict on the deployment, with the rights of the graph's account."""
    with serving(accounts["graph"], [namespace], tmp_path_factory.mktemp("serve")) as found:
        yield found


@pytest.fixture(scope="module")
def asked(address: str, tmp_path_factory: pytest.TempPathFactory, steps: Steps) -> Iterator[Prometheus]:
    with prometheus(address, tmp_path_factory.mktemp("prometheus"), steps) as running:
        yield running


def set_status(kube: Kube, namespace: str, pod: str, **status: Any) -> None:
    """Play the kubelet."""
    kube.merge_patch("pods/status", namespace, pod, {"status": status})


@pytest.fixture(scope="module")
def broken(kube: Kube, namespace: str, address: str) -> Verdict:
    """The verdict that a page is told after the hub was killed while the page followed."""
    with opened(f"{address}/events") as events:
        told = (line.removeprefix(b"data: ") for line in events if line.startswith(b"data: "))
        verdicts = (msgspec.json.decode(each, type=Verdict) for each in told)
        next(verdicts)
        not_ready = [{"type": "Ready", "status": "False"}]
        set_status(kube, namespace, "hub-1", conditions=not_ready, containerStatuses=[OUT_OF_MEMORY])
        return next(each for each in verdicts if any(cause.id.startswith("hub/") for cause in each.causes))


def test_a_page_that_follows_is_told_of_the_cause(broken: Verdict) -> None:
    assert broken.headline == "The cause is the hub hub-1."
    (cause,) = broken.causes
    assert cause.confidence is Confidence.CERTAIN
    assert [fact.reason for fact in cause.evidence] == ["OOMKilled"]


@pytest.mark.usefixtures("broken")
def test_page_graph_and_verdict_can_be_had_and_say_the_same(address: str) -> None:
    page, graph, verdict = (text(f"{address}{path}") for path in ("/", "/graph.json", "/causes.json"))

    assert "The cause is the hub hub-1." in page
    assert "cause 1" in page
    assert json.loads(verdict)["headline"] == "The cause is the hub hub-1."
    assert [node.state for node in recording.read(graph.encode()).nodes if node.kind == "hub"] == ["failing"]


@pytest.mark.usefixtures("broken")
def test_prometheus_is_told_the_kind_and_no_names(address: str, namespace: str) -> None:
    numbers = text(f"{address}/metrics")

    assert re.search(r'^jupyternetes_graph_causes{.*kind="hub".*reason="OOMKilled".*} 1.0$', numbers, re.M)
    assert not [name for name in (USER, "ana", "hub-1", "proxy-1", namespace) if f'"{name}' in numbers]


@pytest.mark.usefixtures("broken")
def test_prometheus_loads_the_alerts_and_the_one_of_the_cause_begins(asked: Prometheus) -> None:
    def is_settled(found: dict[str, Json]) -> bool:
        """Nobody is known to serve before the first scrape, and rules are evaluated one after the other."""
        begins, ends = (found.get(name, {}).get("alerts") for name in ("JupyternetesCauseFound", NOT_SERVED))
        return any(alert["labels"]["kind"] == "hub" for alert in begins or []) and ends == []

    begun = eventually(asked.alerts, until=is_settled)

    assert begun.keys() == {
        each["alert"] for each in yaml.safe_load((CHART / "files/graph-rules.yaml").read_text())["groups"][0]["rules"]
    }
    assert {name: rule["lastError"] for name, rule in begun.items() if rule.get("lastError")} == {}
    (alert,) = [each for each in begun["JupyternetesCauseFound"]["alerts"] if each["labels"]["kind"] == "hub"]
    assert alert["labels"]["reason"] == "OOMKilled"
    assert alert["state"] in ("pending", "firing")
    assert begun["JupyternetesGraphOld"]["alerts"] == []


def is_measured(values: list[str]) -> bool:
    """Whether there is an answer; of a rate there is none before the second scrape, or while nothing happens."""
    return bool(values) and "NaN" not in values


QUERIES = [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel["targets"]]


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize(("title", "expression"), QUERIES, ids=[title for title, _ in QUERIES])
def test_every_query_of_the_dashboard_is_answered(asked: Prometheus, title: str, expression: str) -> None:
    for name, put in VARIABLES.items():
        expression = expression.replace(name, put)

    found = eventually(lambda: [each["value"][1] for each in asked.query(expression)], until=is_measured)

    assert found, title


@pytest.mark.usefixtures("broken")
def test_the_dashboard_offers_the_job(asked: Prometheus) -> None:
    (variable,) = [each for each in DASHBOARD["templating"]["list"] if each["type"] == "query"]
    metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"]).groups()  # type: ignore[union-attr]

    assert eventually(lambda: asked.values(label, metric)) == [JOB]


def test_the_chart_s_pod_is_admitted_by_the_strictest_pod_security_level(kube: Kube) -> None:
    settings = {"graph": {"enabled": True, "serve": {"enabled": True}}}
    manifests = yaml.safe_load_all(Helm().template("one", "kadense", "--values=-", stdin=json.dumps(settings)))
    (spec,) = [
        each["spec"]["template"]["spec"]
        for each in manifests
        if each and each["kind"] == "Deployment" and each["metadata"]["name"].endswith("-graph")
    ]
    name = make_namespace(kube, f"strict-{uuid.uuid4().hex[:8]}")
    kube.merge_patch(
        "namespaces", "", name, {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
    )
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "graph"},
        "spec": spec | {"serviceAccountName": "default"},
    }

    made = kube.request("POST", kube.path("pods", name) + "?dryRun=All", body)

    assert made["metadata"]["name"] == "graph"
    kube.delete("namespaces", "", name)
