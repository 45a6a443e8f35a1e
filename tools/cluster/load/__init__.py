"""A cluster for load without containers: kwok plays the kubelets of fake nodes, a process of ours makes the volumes.

The control plane is the real one, and so is what it costs to schedule a pod and to bind a claim. Needs no root, and
several such clusters run side by side. The other modules of the tool use this face of the package only.
"""

import json
from collections.abc import Callable

from tools.cluster.certificates import Authority
from tools.cluster.component import Component
from tools.cluster.layout import Layout, Record
from tools.cluster.load import kwok, nodes, volumes
from tools.cluster.progress import Steps
from tools.cluster.runner import Runner

__all__ = ["components", "is_ready", "start"]

is_ready = nodes.are_ready


def components(layout: Layout, record: Record, server: str) -> list[Component]:
    """What the profile adds, in the order in which it starts."""
    return [kwok.component(layout, record), volumes.component(layout, server)]


def start(
    layout: Layout, authority: Authority, server: str, runner: Runner, kubectl: Callable[..., str], steps: Steps
) -> None:
    """Start the fake kubelets and the provisioner of a running control plane."""
    with steps.step("starting the fake nodes"):
        kwok.prepare(layout, authority, server)
        volumes.prepare(authority)
        objects = {"apiVersion": "v1", "kind": "List", "items": [*nodes.manifests(), *volumes.manifests()]}
        kubectl("apply", "--server-side", "--filename=-", stdin=json.dumps(objects))
        runner.start("kwok", volumes.NAME)
