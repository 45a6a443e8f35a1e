"""``jupyternetes template lint --cluster``: the Templates that a cluster has, against what it says of pods itself."""

import subprocess
import sys
from pathlib import Path

from tests.support.lab import Lab
from tests.support.templates import container, pod_spec, template
from tools.cluster import Cluster

ALWAYS = template(
    "misspelt", pods=[{"name": "notebook", "spec": pod_spec(containers=[container(imagePullPolicy="always")])}]
)
FAULT = (
    "$.spec.pods[0].spec.containers[0].imagePullPolicy: must be one of Always, IfNotPresent, Never; "
    "did you mean 'Always'?"
)


def lint(*arguments: str, kubeconfig: Path) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "jupyternetes", "template", "lint", *arguments, f"--kubeconfig={kubeconfig}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_templates_of_a_namespace_are_checked_with_the_words_that_only_a_cluster_knows(
    lab: Lab, accounts: dict[str, Path]
) -> None:
    lab.add_template()
    lab.add_template(ALWAYS)

    found = lint("--cluster", f"--namespace={lab.namespace}", kubeconfig=accounts["hub"])

    assert found == (1, f"{lab.namespace}/misspelt: {FAULT}\n", "1 problem in 2 Templates\n")


def test_templates_of_all_namespaces_are_checked_where_none_is_named(lab: Lab, control_plane: Cluster) -> None:
    lab.add_template(ALWAYS)

    code, out, _ = lint("--cluster", kubeconfig=control_plane.kubeconfig)

    assert code == 1
    assert f"{lab.namespace}/misspelt: {FAULT}\n" in out


def test_file_is_checked_against_the_cluster_before_it_is_applied(
    tmp_path: Path, accounts: dict[str, Path], lab: Lab
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "apiVersion: kadense.io/v1\nkind: JupyterNotebookTemplate\nmetadata: {name: a}\nspec:\n  pods:\n"
        "    - name: notebook\n      spec: {containers: [{name: a, image: b, imagePullPolicy: always}]}\n"
    )

    found = lint(str(file), "--cluster", kubeconfig=accounts["pod-status"])

    assert found == (1, f"{file}:7:64: {FAULT}\n", "1 problem in 1 Template\n")


def test_account_without_the_right_is_told_which_one_and_the_way_out(lab: Lab, accounts: dict[str, Path]) -> None:
    everywhere = lint("--cluster", kubeconfig=accounts["pod-status"])
    here = lint("--cluster", f"--namespace={lab.namespace}", kubeconfig=accounts["pod-status"])

    for code, out, err in (everywhere, here):
        assert (code, out) == (1, "")
        assert "takes the right to list jupyternotebooktemplates.kadense.io" in err
        assert len(err.splitlines()) == 1
    assert "in all namespaces, or name namespaces with --namespace" in everywhere[2]
    assert here[2].rstrip().endswith(f"in namespace {lab.namespace}")


def test_cluster_that_does_not_answer_is_named(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: a\n"
        "clusters: [{name: a, cluster: {server: 'http://127.0.0.1:9'}}]\n"
        "contexts: [{name: a, context: {cluster: a, user: a}}]\nusers: [{name: a, user: {token: none}}]\n"
    )

    code, out, err = lint("--cluster", kubeconfig=kubeconfig)

    assert (code, out) == (1, "")
    assert "127.0.0.1:9" in err
    assert len(err.splitlines()) == 1
