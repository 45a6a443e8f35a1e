"""The fake nodes: room for five thousand pods, and some more for what warms a run up."""

import json
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

NODES = 21
PODS_PER_NODE = 250
_ROOM = {"cpu": "4k", "memory": "64Ti", "pods": str(PODS_PER_NODE)}  # only the number of pods is ever short


def manifests() -> list[Json]:
    """The nodes, with their capacity as a kubelet reports it when it registers; Ready is for kwok to say."""
    return [_node(f"fake-{number:02}") for number in range(1, NODES + 1)]


def are_ready(kubectl: Callable[..., str]) -> bool:
    """Whether the scheduler may use every node: Ready, with addresses for its pods, and without a taint."""
    nodes = json.loads(kubectl("get", "nodes", "--output=json"))["items"]
    return len(nodes) == NODES and all(_is_ready(node) for node in nodes)


def _is_ready(node: Json) -> bool:
    conditions = {each["type"]: each["status"] for each in node["status"].get("conditions", [])}
    usable = "podCIDR" in node["spec"] and not node["spec"].get("taints")
    return usable and conditions.get("Ready") == "True"


def _node(name: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}},
        "status": {
            "capacity": _ROOM,
            "allocatable": _ROOM,
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": name}],
        },
    }
