"""Alerts and dashboard: Prometheus' own tools find no fault, and both ask for what is told and documented."""

import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from jupyternetes.runtime.metrics import StateCollector
from tests.unit.graph.serve.serving import metrics
from tools.chart.helm import CHART
from tools.cluster import Steps
from tools.cluster.binaries import find_or_build

FILES = CHART / "files"
DOCS = CHART.parents[1] / "docs"
RULES: list[dict[str, Any]] = yaml.safe_load((FILES / "graph-rules.yaml").read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((FILES / "graph-dashboard.json").read_text())
QUERIES = [
    *(rule["expr"] for rule in RULES),
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
    *(variable["query"]["query"] for variable in DASHBOARD["templating"]["list"] if variable["type"] == "query"),
]
_SUFFIXES = re.compile(r"_(bucket|count|sum|total)$")


@pytest.fixture(scope="session")
def promtool(steps: Steps) -> Path:
    return find_or_build("promtool", steps)


def run(promtool: Path, *arguments: str) -> str:
    done = subprocess.run([promtool, *arguments], cwd=FILES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_promtool_finds_no_fault_with_the_rules(promtool: Path) -> None:
    assert f"{len(RULES)} rules found" in run(promtool, "check", "rules", "--lint-fatal", "graph-rules.yaml")


def test_each_alert_fires_when_it_is_to(promtool: Path) -> None:
    assert "SUCCESS" in run(promtool, "test", "rules", "graph-rules.test.yaml")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_lasts_weighs_and_leads_to_what_is_to_be_done(rule: dict[str, Any]) -> None:
    assert rule["for"]
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"]["summary"]
    page, _, anchor = rule["annotations"]["runbook_url"].rpartition("/docs/")[2].partition("#")
    headings = re.findall(r"^#+ (.+)$", (DOCS / page).read_text(), re.M)
    assert anchor == rule["alert"].lower()
    assert rule["alert"] in headings
    tests = yaml.safe_load((FILES / "graph-rules.test.yaml").read_text())["tests"]
    assert any(
        case["alertname"] == rule["alert"] and case.get("exp_alerts")
        for each in tests
        for case in each["alert_rule_test"]
    )


@pytest.fixture
def all_told() -> set[str]:
    """The names of all numbers of a process that serves the graph."""
    registry = CollectorRegistry()
    metrics(registry)
    client: Any = SimpleNamespace(calls=Counter())
    registry.register(StateCollector(client, [], None, lambda: 0.0))
    return {metric.name for metric in registry.collect()}


def test_every_number_that_is_asked_for_is_told(all_told: set[str]) -> None:
    asked = {name for query in QUERIES for name in re.findall(r"jupyternetes_\w+", query)}

    assert {_SUFFIXES.sub("", name) for name in asked} <= all_told


def test_every_number_that_is_told_is_in_the_reference(all_told: set[str]) -> None:
    page = (DOCS / "reference/health-and-metrics.md").read_text()

    documented = {_SUFFIXES.sub("", name) for name in re.findall(r"^\| `(jupyternetes_\w+)`", page, re.M)}
    assert all_told <= documented
