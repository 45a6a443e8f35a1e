"""A real `jupyternetes graph serve` and a real Prometheus, each a process of its own on loopback."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import yaml

from tests.support.operators import as_command
from tests.support.waiting import eventually
from tools.chart.helm import CHART
from tools.cluster import Steps
from tools.cluster.binaries import find_or_build
from tools.cluster.layout import free_ports

RULES = CHART / "files/graph-rules.yaml"
JOB = "graph"


@contextmanager
def serving(kubeconfig: Path, namespaces: Sequence[str], folder: Path) -> Iterator[str]:
    """The address of a process that has made its first verdict."""
    log = folder / "serve.log"
    places = [f"--namespace={each}" for each in namespaces]
    process = as_command(["graph", "serve", f"--kubeconfig={kubeconfig}", "--port=0", *places], log)
    try:

        def listens() -> str:
            assert process.poll() is None, log.read_text()
            found = re.search(r"pages at (http://[\d.:]+)/", log.read_text())
            return found[1] if found else ""

        address = eventually(listens)
        eventually(lambda: status(f"{address}/readyz"), until=lambda found: found == 200)
        yield address
    finally:
        process.send_signal(15)
        assert process.wait(30) == 0


@contextmanager
def prometheus(target: str, folder: Path, steps: Steps) -> Iterator["Prometheus"]:
    """A Prometheus with our rules that scrapes ``target``, an address, every second."""
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [
            {
                "job_name": JOB,
                "static_configs": [{"targets": [target.removeprefix("http://")], "labels": {"namespace": "kadense"}}],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    (port,) = free_ports(1)
    command = [
        find_or_build("prometheus", steps),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    log = folder / "prometheus.log"
    with log.open("wb") as output, Popen(command, stdout=output, stderr=output) as process:
        try:
            address = f"http://127.0.0.1:{port}"

            def is_ready() -> bool:
                assert process.poll() is None, log.read_text()
                return status(f"{address}/-/ready") == 200

            eventually(is_ready)
            yield Prometheus(address)
        finally:
            process.terminate()


class Prometheus:
    """Answers of Prometheus' API: https://prometheus.io/docs/prometheus/latest/querying/api/"""

    def __init__(self, address: str) -> None:
        self._address = address

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series of an instant query."""
        return self._get("query", query=expression)["result"]

    def values(self, label: str, metric: str) -> list[str]:
        """What Grafana asks for ``label_values(metric, label)``."""
        return self._get(f"label/{label}/values", **{"match[]": metric})

    def alerts(self) -> dict[str, dict[str, Any]]:
        """The alerts of the rules that it loaded, by name."""
        return {rule["name"]: rule for group in self._get("rules")["groups"] for rule in group["rules"]}

    def _get(self, what: str, **parameters: str) -> Any:
        query = urllib.parse.urlencode(parameters)
        answer = json.loads(text(f"{self._address}/api/v1/{what}?{query}"))
        assert answer["status"] == "success", answer
        return answer["data"]


def status(url: str) -> int:
    """The HTTP status that comes; 0 if none does."""
    try:
        with opened(url) as response:
            return response.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def text(url: str) -> str:
    """The body that comes."""
    with opened(url) as response:
        return response.read().decode()


def opened(url: str) -> Any:
    """An answer to be read, asked for past any proxy of the environment."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=60)
