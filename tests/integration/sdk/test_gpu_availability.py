"""The example operator that counts GPUs, beside our operators: what nodes and pods do is soon in the Template."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.example_operators import example_account, example_operator
from tests.support.installation import make_namespace
from tests.support.kube import Json, Kube
from tests.support.operators import Operator, Operators
from tests.support.templates import template
from tests.support.waiting import eventually
from tools.cluster import Cluster

SCRIPT, NAME = "gpu-availability/gpu_availability.py", "gpu-availability"
TEMPLATES = "jupyternotebooktemplates"


@pytest.fixture
def gpu_node(kube: Kube) -> Iterator[str]:
    name = f"gpu-{uuid.uuid4().hex[:8]}"
    labels = {"gpus.example.org/kind": "a100"}
    kube.create("nodes", "", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
    kube.merge_patch("nodes/status", "", name, {"status": {"allocatable": {"nvidia.com/gpu": "4"}}})
    yield name
    kube.delete("nodes", "", name)


@pytest.fixture
def place(kube: Kube) -> Iterator[str]:
    namespace = make_namespace(kube, f"gpus-{uuid.uuid4().hex[:8]}")
    yield namespace
    kube.delete("namespaces", "", namespace)


@pytest.fixture
def operator(kube: Kube, control_plane: Cluster, place: str, tmp_path: Path) -> Iterator[Operator]:
    account = example_account(kube, control_plane, SCRIPT, NAME, "availability")
    with example_operator(SCRIPT, NAME, account, tmp_path / "log", f"--namespace={place}") as operator:
        yield operator


def pod(name: str, node: str, gpus: int) -> Json:
    resources = {"limits": {"nvidia.com/gpu": str(gpus)}}
    container = {"name": "c", "image": "localhost/none", "resources": resources}
    return {"metadata": {"name": name}, "spec": {"nodeName": node, "containers": [container]}}


def status(kube: Kube, place: str) -> Json:
    return kube.get(TEMPLATES, place, "lab").get("status", {})


def free(kube: Kube, place: str) -> list[tuple[str, str, int]]:
    entries = status(kube, place).get("availability", [])
    return [(each["variable"], each["value"], each["free"]) for each in entries]


def accepted(kube: Kube, place: str) -> Json:
    """What the Pod operator says of the Template; empty before it does."""
    conditions = status(kube, place).get("conditions", [])
    return next((each for each in conditions if each["type"] == "Accepted"), {})


@pytest.mark.usefixtures("operator")
def test_numbers_follow_pods_and_nodes_and_leave_the_conditions(
    kube: Kube, all_operators: Operators, place: str, gpu_node: str
) -> None:
    all_operators.run_only("pods")
    body = template()
    body["metadata"]["labels"] = {"gpus.example.org/variable": "gpu"}
    kube.create(TEMPLATES, place, body)
    eventually(lambda: free(kube, place) == [("gpu", "a100", 4)])
    said = eventually(lambda: accepted(kube, place))

    kube.create("pods", place, pod("one", gpu_node, 3))
    eventually(lambda: free(kube, place) == [("gpu", "a100", 1)])
    kube.merge_patch("pods/status", place, "one", {"status": {"phase": "Succeeded"}})
    eventually(lambda: free(kube, place) == [("gpu", "a100", 4)])
    kube.merge_patch("nodes", "", gpu_node, {"spec": {"unschedulable": True}})
    eventually(lambda: free(kube, place) == [("gpu", "a100", 0)])
    kube.merge_patch("nodes", "", gpu_node, {"metadata": {"labels": {"gpus.example.org/kind": None}}})
    eventually(lambda: free(kube, place) == [])

    assert accepted(kube, place) == said


@pytest.mark.usefixtures("gpu_node")
def test_other_templates_are_not_touched(kube: Kube, operator: Operator, place: str) -> None:
    kube.create(TEMPLATES, place, template("other"))
    body = template()
    body["metadata"]["labels"] = {"gpus.example.org/variable": "gpu"}
    kube.create(TEMPLATES, place, body)
    eventually(lambda: free(kube, place))

    assert "availability" not in kube.get(TEMPLATES, place, "other").get("status", {})
    assert operator.stop() == 0
