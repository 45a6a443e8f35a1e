"""The demonstration of the dependency graph: a hub that depends on services of its own, its users, and its pictures."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from jupyternetes.api.identity import instance_name
from tools.cluster import Cluster, Steps
from tools.cluster.processes import wait_until
from tools.demo.demo import Demo, up_local
from tools.demo.errors import DemoError
from tools.demo.kubectl import Kubectl
from tools.demo.oauth_login import start_servers
from tools.demo.settings import CHECKOUT, NAMESPACE, HubSettings

HUB: Final = HubSettings(namespace="kadense-graph", providers=True)
USERS: Final = ("ana", "ben", "chi")
PICTURES: Final = CHECKOUT / "build" / "demo" / "graph"

_START_SECONDS = 180
_METRICS_SECONDS = 90


def up(steps: Steps) -> Demo:
    """The hub with its providers on this machine's own cluster, with servers of `USERS`, and metrics of all pods.

    What is there and unchanged is left alone. Raises DemoError or ClusterError if something does not get ready.
    """
    demo = up_local([HUB], steps)
    Cluster.find(steps=steps).enable_metrics()
    absent = [user for user in USERS if instance_name(user) not in _ready_instances(demo.kubectl)]
    if absent:
        start_servers(demo.address, absent, steps)
        started = {instance_name(user) for user in absent}
        with steps.step("waiting for the servers"):
            _wait(lambda: started <= _ready_instances(demo.kubectl), "the servers are ready", _START_SECONDS)
    with steps.step("waiting for metrics of every pod"):
        _wait(lambda: _have_metrics(demo.kubectl), "metrics-server has samples of every pod", _METRICS_SECONDS)
    return demo


def draw(demo: Demo) -> None:
    """Print the tree, and write the graph and its pictures to `PICTURES`. Raises DemoError if the command fails."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    recording = PICTURES / "graph.json"
    # The operators and the Template are in the namespace of the release.
    namespaces = [f"--namespace={namespace}" for namespace in (HUB.namespace, NAMESPACE)]
    _graph(f"--kubeconfig={demo.kubectl.kubeconfig}", *namespaces, "--cluster", "--output=json", f"--file={recording}")
    for form in ("svg", "html"):
        _graph(f"--snapshot={recording}", f"--output={form}", f"--file={recording.with_suffix(f'.{form}')}")
    _graph(f"--snapshot={recording}")


def directions(demo: Demo, seconds: float) -> str:
    """Where the pictures are, and what to try."""
    pictures, python = Path(os.path.relpath(PICTURES)), os.path.relpath(sys.executable)
    kubectl = f"{python} -m tools.cluster kubectl --namespace={HUB.namespace}"
    look = f"{python} -m jupyternetes graph --kubeconfig={os.path.relpath(demo.kubectl.kubeconfig or '')}"
    return "\n".join(
        (
            "",
            f"The graph was drawn (after {seconds:.0f} s).",
            "",
            f"  Page       {pictures / 'graph.html'}  (open it in a browser)",
            f"  Picture    {pictures / 'graph.svg'}",
            f"  Recording  {pictures / 'graph.json'}",
            "",
            f"Log in under any name:  {demo.address}  (on this machine)",
            f"Watch the graph:        {look} --namespace={HUB.namespace} --watch",
            f"Stop the database:      {kubectl} scale deployment postgres --replicas=0",
            f"Start it again:         {kubectl} scale deployment postgres --replicas=1",
            "Remove it:              make demo-down",
        )
    )


def _graph(*arguments: str) -> None:
    command = [sys.executable, "-m", "jupyternetes", "graph", *arguments]
    if subprocess.run(command, check=False).returncode != 0:
        raise DemoError(f"this failed: {' '.join(command)}")


def _wait(condition: Callable[[], bool], what: str, seconds: float) -> None:
    wait_until(condition, what=f"{what} (namespace {HUB.namespace})", timeout=seconds, alive=lambda: None)


def _ready_instances(kubectl: Kubectl) -> set[str]:
    return {
        instance["metadata"]["name"]
        for instance in kubectl.items("jupyternotebookinstances")
        for condition in instance.get("status", {}).get("conditions", ())
        if (condition["type"], condition["status"]) == ("Ready", "True")
    }


def _have_metrics(kubectl: Kubectl) -> bool:
    pods, samples = (
        {each["metadata"]["name"] for each in kubectl.items(kind)} for kind in ("pods", "pods.metrics.k8s.io")
    )
    return pods <= samples
