"""The command: what it prints, and that a mistake is one line and exit code 1."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import jupyternetes
from jupyternetes.api.crds import custom_resource_definitions
from tests.unit.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("restored_logging")


def test_crds_are_printed_as_yaml(run: Run) -> None:
    code, out, err = run("crds")

    assert (code, err) == (0, "")
    assert [*yaml.safe_load_all(out)] == custom_resource_definitions()


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"jupyternetes {jupyternetes.__version__}\n", "")


@pytest.mark.parametrize("command", [(), ("operator",)])
def test_help_names_the_commands(run: Run, command: tuple[str, ...]) -> None:
    code, out, _ = run(*command, "--help")

    assert code == 0
    assert all(word in out for word in (("pvcs", "pods", "pod-status") if command else ("crds", "operator")))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("crds", "--colour"), ["--colour", "jupyternetes --help"]),
        (("nonsense",), ["nonsense", "jupyternetes --help"]),
        (("operator", "nonsense"), ["nonsense"]),
        (("operator", "pods", "--health-port", "many"), ["--health-port", "integer"]),
        (("operator", "pods", "--health-port", "65536"), ["--health-port", "65535"]),
        (("operator", "pods", "--log-level", "loud"), ["loud", "debug"]),
        (("operator", "pods", "--gates", "--gate-lease", "licence"), ["licence", "as in a/b"]),
        (("operator", "pvcs", "--gates"), ["--gates"]),
        (("operator", "pods", "--log-format"), ["--log-format"]),
        (("operator", "other-resources"), ["--other-resource", "nothing to do"]),
        (("operator", "pods", "--other-resource=ConfigMap"), ["v1/ConfigMap=configmaps"]),
        (("operator", "pods", "--other-resource=v1/Secret=secrets", "--allow-dangerous-kinds"), ["never allowed"]),
        (("operator", "pvcs", "--other-resource=v1/Pod=pods"), ["--allow-dangerous-kinds"]),
    ],
)
def test_wrong_option_is_one_line_that_names_it(run: Run, arguments: tuple[str, ...], words: list[str]) -> None:
    code, _, err = run(*arguments)

    assert code == 1
    assert err.count("\n") == 1
    assert err.startswith("jupyternetes: ")
    assert [word for word in words if word not in err] == []


@pytest.mark.parametrize("command", ["pvcs", "pods", "pod-status"])
@pytest.mark.parametrize(
    ("content", "words"),
    [(None, ["does not exist"]), ("not: [yaml", ["cannot be used"]), ("{}", ["cannot be used"])],
)
def test_unusable_kubeconfig_is_one_line_that_names_it(
    run: Run, tmp_path: Path, command: str, content: str | None, words: list[str]
) -> None:
    kubeconfig = tmp_path / "config"
    if content is not None:
        kubeconfig.write_text(content)

    code, _, err = run("operator", command, "--health-port=0", f"--kubeconfig={kubeconfig}")

    assert code == 1
    [line] = [line for line in err.splitlines() if not re.match(r"\d{4}-\d\d-\d\dT", line)]
    assert all(word in line for word in ["jupyternetes: ", str(kubeconfig), *words])


def test_environment_names_the_kubeconfig_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/elsewhere/config")

    code, _, err = run("operator", "pods")

    assert code == 1
    assert "/elsewhere/config" in err


@pytest.mark.parametrize("value", ["-1", "0", "soon"])
def test_lease_that_cannot_be_kept_is_refused(run: Run, value: str) -> None:
    code, _, err = run("operator", "pods", "--lease-seconds", value)

    assert code == 1
    assert err.startswith("jupyternetes: Invalid value for '--lease-seconds'")
    assert err.count("\n") == 1


@pytest.mark.parametrize("value", ["9", "31", "soon"])
def test_webhooks_slower_than_kubernetes_allows_are_refused_C11(run: Run, value: str) -> None:
    code, _, err = run("operator", "pods", "--webhook-seconds", value)

    assert code == 1
    assert err.startswith("jupyternetes: Invalid value for '--webhook-seconds'")


def test_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "jupyternetes", "crds"], capture_output=True, text=True, check=True)

    assert [*yaml.safe_load_all(done.stdout)] == custom_resource_definitions()


def test_reader_that_has_seen_enough_is_no_error() -> None:
    command = Path(sys.executable).with_name("jupyternetes")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"'{command}' crds | head -n 1"], capture_output=True, text=True, check=False
    )

    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
