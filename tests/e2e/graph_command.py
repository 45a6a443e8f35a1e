"""What ``jupyternetes graph`` says of a demonstration."""

import subprocess
import sys

from jupyternetes.graph.model import recording
from jupyternetes.graph.model.graph import Graph
from tools.demo.demo import Demo


def graph(demo: Demo, *arguments: str) -> str:
    """What the command prints of the hub's namespace."""
    where = [f"--namespace={demo.kubectl.namespace}"]
    where += [f"--kubeconfig={demo.kubectl.kubeconfig}"] if demo.kubectl.kubeconfig else []
    command = [sys.executable, "-m", "jupyternetes", "graph", *arguments, *where]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def found(demo: Demo) -> Graph:
    """The graph."""
    return recording.read(graph(demo, "--output=json").encode())
