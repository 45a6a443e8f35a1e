"""The arithmetic of the example operators; what they do in a cluster is in tests/integration/sdk."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = CHECKOUT / "examples/gpu-availability/gpu_availability.py"
    spec = importlib.util.spec_from_file_location("gpu_availability", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def node(example: ModuleType, name: str, kind: str, gpus: str, **spec: Any) -> Any:
    body = {
        "metadata": {"name": name, "labels": {"gpus.example.org/kind": kind}},
        "spec": spec,
        "status": {"allocatable": {"nvidia.com/gpu": gpus, "cpu": "8"}},
    }
    return msgspec.convert(body, example.Node)


def pod(example: ModuleType, node: str, *gpus: int, phase: str = "Running") -> Any:
    containers = [{"resources": {"limits": {"nvidia.com/gpu": str(each)}}} for each in gpus]
    spec = {"containers": [*containers, {}]} | ({"nodeName": node} if node else {})
    return msgspec.convert({"metadata": {"name": "p"}, "spec": spec, "status": {"phase": phase}}, example.Pod)


def test_free_are_those_that_no_pod_has(example: ModuleType) -> None:
    nodes = [node(example, "n1", "a100", "4"), node(example, "n2", "a100", "4"), node(example, "n3", "t4", "1")]
    pods = [pod(example, "n1", 1, 2), pod(example, "n3", 1), pod(example, "n2"), pod(example, "", 4)]

    assert example.free_by_kind(nodes, pods) == {"a100": 5, "t4": 0}


def test_what_has_ended_takes_none_and_closed_nodes_give_none(example: ModuleType) -> None:
    nodes = [node(example, "n1", "a100", "2"), node(example, "n2", "t4", "2", unschedulable=True)]
    pods = [pod(example, "n1", 2, phase="Succeeded"), pod(example, "n1", 1, phase="Failed")]

    assert example.free_by_kind(nodes, pods) == {"a100": 2, "t4": 0}


def test_more_taken_than_there_is_counts_as_none(example: ModuleType) -> None:
    nodes = [node(example, "n1", "a100", "1"), node(example, "n2", "a100", "1")]

    assert example.free_by_kind(nodes, [pod(example, "n1", 3)]) == {"a100": 1}
