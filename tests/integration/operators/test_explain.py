"""``jupyternetes explain`` on a real API server, with the rights that an account has."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.kube import Json
from tests.support.lab import Lab, suspended
from tests.support.operators import Operators
from tests.support.templates import container, order, pod_spec, template
from tools.cluster import Cluster


@pytest.fixture(autouse=True)
def at_work(operators: Operators) -> Operators:
    return operators


def explain(*arguments: str, kubeconfig: Path, namespace: str) -> tuple[int, str, str]:
    options = [f"--kubeconfig={kubeconfig}", f"--namespace={namespace}"]
    command = [sys.executable, "-m", "jupyternetes", "explain", *arguments, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def limited(memory: str) -> Json:
    """A Template whose amounts the API server writes in its own way."""
    resources = {"limits": {"memory": memory, "cpu": "1000m"}}
    return template(pods=[{"name": "notebook", "spec": pod_spec(containers=[container(resources=resources)])}])


def test_running_server_is_explained_before_and_after_an_edit_of_its_template(lab: Lab, control_plane: Cluster) -> None:
    lab.add_template(limited("1024Mi"))
    lab.hub.first_start("a", order())
    pod = lab.serving()
    as_admin = {"kubeconfig": control_plane.kubeconfig, "namespace": lab.namespace}

    code, before, err = explain("jovyan", **as_admin)

    assert (code, err) == (0, "")
    assert f"user 'jovyan': Instance {lab.namespace}/a, of Template {lab.namespace}/lab" in before
    assert f"pod notebook: {pod}; running, phase Running, at " in before
    assert "made from generation 1 of the Template, which is the current one" in before
    assert "otherwise" not in before

    lab.change_template(limited("2Gi"))
    code, after, _ = explain("a", **as_admin)
    [told] = json.loads(explain("a", "--output=json", **as_admin)[1])

    assert code == 0
    assert "made from generation 1 of the Template, which is at generation 2 now" in after
    path = "$.spec.containers[0].resources.limits.memory"
    assert f"    {path} is 1Gi, and would be 2Gi\n" in after
    [found] = [part for part in told["parts"] if part["kind"] == "Pod"]
    assert found["differs"] == [{"path": path, "found": "1Gi", "wanted": "2Gi"}]
    assert told["conditions"]


def test_stopped_server_says_what_would_be_made(lab: Lab, control_plane: Cluster) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    lab.serving()
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)

    _, out, _ = explain("a", kubeconfig=control_plane.kubeconfig, namespace=lab.namespace)

    assert "Asked for: stopped, after start 1." in out
    assert "PodsProvisioned is False" in out
    assert "The server is stopped and its pods are gone." in out
    assert "it would be made" in out
    assert "claim workspace: workspace-" in out


def test_account_sees_what_its_rights_allow_and_is_told_which_ones_are_missing(
    lab: Lab, accounts: dict[str, Path]
) -> None:
    lab.add_template()
    lab.hub.first_start("a", order())
    lab.serving()

    code, out, _ = explain("a", kubeconfig=accounts["hub"], namespace=lab.namespace)
    assert code == 0
    assert "made from generation 1 of the Template, which is the current one" in out
    for resource in ("pods", "persistentvolumeclaims"):
        right = f"that takes the right to list {resource} in namespace {lab.namespace}"
        assert f"{resource} could not be looked at: {right}." in out

    code, out, _ = explain("a", kubeconfig=accounts["pod-status"], namespace=lab.namespace)
    assert code == 0
    assert "the right to get jupyternotebooktemplates.kadense.io" in out


def test_what_cannot_be_explained_ends_in_one_line(lab: Lab, control_plane: Cluster, accounts: dict[str, Path]) -> None:
    code, out, err = explain("nobody", kubeconfig=control_plane.kubeconfig, namespace=lab.namespace)

    assert (code, out) == (1, "")
    assert f"there is no Instance 'nobody' in namespace {lab.namespace}, nor one of a user 'nobody'" in err
    assert len(err.splitlines()) == 1
