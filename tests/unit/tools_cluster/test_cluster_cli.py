"""The command line: errors are one line and exit code 1."""

import json
import sys
from pathlib import Path

import pytest

from tools.cluster import cli, control_plane
from tools.cluster.cluster import Cluster
from tools.cluster.layout import Layout, Profile, Record, choose_ports
from tools.cluster.progress import Steps


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Run a command and return what it exits with."""
    monkeypatch.setattr(sys, "argv", ["cluster", *arguments])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return exit_.value.code


@pytest.mark.parametrize("command", ["status", "logs", "kubeconfig", "kubectl get pods", "images list", "metrics"])
def test_command_on_a_cluster_that_is_not_there_says_how_to_make_it(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    *first, last = command.split()
    words = [*first, last] if command != "kubectl get pods" else ["kubectl"]

    message = run(monkeypatch, *words, "--directory", str(tmp_path))

    assert isinstance(message, str)  # printed to stderr, with exit code 1
    assert message.startswith(f"error: there is no cluster default in {tmp_path}; run: ")
    assert "\n" not in message


@pytest.mark.parametrize("argument", ["kube-scheduler", "kube-scheduler=v"])
def test_argument_of_a_component_must_be_a_flag(argument: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    message = run(monkeypatch, "up", "--directory", str(tmp_path), "--argument", argument)

    assert message == f"error: --argument {argument}: write COMPONENT=FLAG, as kube-scheduler=--v=4"


def test_unknown_program_names_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there are: kubectl, kube-apiserver" in str(run(monkeypatch, "program", "kubeadm"))


def test_taking_down_nothing_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "down", "--directory", str(tmp_path)) in (0, None)
    assert f"there is no cluster default in {tmp_path}" in capsys.readouterr().out


def test_words_for_kubectl_are_passed_on_with_its_separator(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    layout = Layout.of("default", tmp_path)
    layout.write_record(Record(Profile.CONTROL_PLANE, choose_ports(), {}))
    monkeypatch.setattr(Cluster, "kubectl_program", "/bin/echo")

    code = run(monkeypatch, "kubectl", "--directory", str(tmp_path), "--v=0", "exec", "web", "--", "sh", "-c", "id")

    assert code in (0, None)
    assert capfd.readouterr().out == "--v=0 exec web -- sh -c id\n"


@pytest.mark.parametrize("command", ["images list", "metrics"])
def test_command_on_the_node_of_a_cluster_without_one_is_an_error(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Layout.of("default", tmp_path).write_record(Record(Profile.CONTROL_PLANE, choose_ports(), {}))

    assert "cluster default has no node" in str(run(monkeypatch, *command.split(), "--directory", str(tmp_path)))


def test_cluster_is_not_made_anew_with_another_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Layout.of("default", tmp_path).write_record(Record(Profile.NODE, choose_ports(), {}))

    message = run(monkeypatch, "up", "--directory", str(tmp_path))

    assert "exists with profile node; first run: " in str(message)


def test_audit_log_is_asked_for_with_answers_and_with_the_coming_of_what_service_accounts_ask(tmp_path: Path) -> None:
    layout = Layout.of("a", tmp_path)
    record = Record(Profile.CONTROL_PLANE, choose_ports(), {})

    control_plane.prepare(layout, record)

    arrivals = {"level": "Metadata", "userGroups": ["system:serviceaccounts"]}
    answers = {"level": "Metadata", "omitStages": ["RequestReceived"]}
    assert json.loads(layout.configuration("audit-policy.json").read_text())["rules"] == [arrivals, answers]
    (api_server,) = [item for item in control_plane.components(layout, record) if item.name == "kube-apiserver"]
    assert f"--audit-log-path={layout.audit_log}" in api_server.arguments


def test_audit_log_of_a_cluster_for_measurements_has_answers_only(tmp_path: Path) -> None:
    layout = Layout.of("a", tmp_path)

    control_plane.prepare(layout, Record(Profile.LOAD, choose_ports(), {}))

    rules = json.loads(layout.configuration("audit-policy.json").read_text())["rules"]
    assert rules == [{"level": "Metadata", "omitStages": ["RequestReceived"]}]


def test_steps_in_a_log_file_are_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps().step("building etcd [3]") as detail:
        detail("some/package")

    started, ended = capsys.readouterr().out.splitlines()
    assert started == "building etcd [3] ..."
    assert ended.startswith("done building etcd [3] (0.")
