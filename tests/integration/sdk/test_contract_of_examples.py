"""The example operators keep the contract, as programs under their own accounts, on the real API server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.sdk import Kind, Object
from jupyternetes.sdk import testing as contract
from tests.support.example_operators import chart_policy, command, example_account
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json, Kube
from tests.support.templates import template
from tools.cluster import Cluster

TEMPLATES = Kind("kadense.io/v1", "JupyterNotebookTemplate", "jupyternotebooktemplates")
GPU_NODE = "gpu-node"


def program(script: str, kubeconfig: Path, namespace: str, kube: Kube, lease: str) -> contract.Operator:
    """The operator. It need not wait for the Lease of the one of the last check, which was killed."""
    kube.delete("leases", RELEASE_NAMESPACE, lease)
    options = [f"--kubeconfig={kubeconfig}", f"--namespace={namespace}", f"--lease-namespace={RELEASE_NAMESPACE}"]
    return contract.as_process(
        *command(script, *options, "--lease-seconds=6", "--health-host=127.0.0.1", "--health-port=0")
    )


@pytest.fixture(scope="module")
def approver(kube: Kube, control_plane: Cluster) -> Iterator[Path]:
    """The account of the operator that approves, held by the chart's policy."""
    values: Json = {"gates": {"accounts": [{"serviceAccount": "approval", "prefix": "approval.example.org"}]}}
    with chart_policy(kube, "gate-answers", values):
        yield example_account(kube, control_plane, "approval/approval.py", "approval", "gates")


@pytest.fixture(scope="module")
def counter(kube: Kube, control_plane: Cluster) -> Iterator[Path]:
    """The account of the operator that counts GPUs, held by the chart's policy, and a node that has some."""
    name = "gpu-availability"
    values: Json = {"availability": {"serviceAccounts": [{"name": name}]}}
    metadata = {"name": GPU_NODE, "labels": {"gpus.example.org/kind": "a100"}}
    kube.create("nodes", "", {"apiVersion": "v1", "kind": "Node", "metadata": metadata})
    kube.merge_patch("nodes/status", "", GPU_NODE, {"status": {"allocatable": {"nvidia.com/gpu": "4"}}})
    with chart_policy(kube, "availability", values):
        yield example_account(kube, control_plane, "gpu-availability/gpu_availability.py", name, "availability")
    kube.delete("nodes", "", GPU_NODE)


@pytest.mark.parametrize("check", contract.GATE_CHECKS, ids=contract.name_of)
async def test_operator_that_approves_keeps_the_contract(
    kube: Kube, namespace: str, approver: Path, check: contract.GateCheck
) -> None:
    metadata = {"name": "users", "labels": {"approval.example.org/list": ""}}
    approved: Json = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"approved": "contract\n"}}
    kube.create("configmaps", namespace, approved)
    case = contract.GateCase(
        "approval.example.org/granted",
        program("approval/approval.py", approver, namespace, kube, "approval"),
        lease=(RELEASE_NAMESPACE, "approval"),
        seconds=60,
        quiet=1,
    )

    async with contract.site(kube.kubeconfig, namespace) as site:
        await check(site, case)


@pytest.mark.parametrize("check", contract.RESOURCE_CHECKS, ids=contract.name_of)
async def test_operator_that_counts_gpus_keeps_the_contract(
    kube: Kube, namespace: str, counter: Path, check: contract.ResourceCheck
) -> None:
    body = template()
    case = contract.ResourceCase(
        TEMPLATES,
        program("gpu-availability/gpu_availability.py", counter, namespace, kube, "gpu-availability"),
        {"metadata": {"labels": {"gpus.example.org/variable": "gpu"}}, "spec": body["spec"]},
        {"spec": {"displayName": "GPUs"}},
        ready=lambda obj: free(obj) == {"a100": 4},
        seconds=60,
        quiet=1,
    )

    async with contract.site(kube.kubeconfig, namespace) as site:
        await check(site, case)


def free(obj: Object) -> dict[str, int]:
    """What a Template says to be left, by choice."""
    entries: list[dict[str, Any]] = obj.status.get("availability", [])
    return {each["value"]: each["free"] for each in entries}
