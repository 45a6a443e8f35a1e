"""What is generated agrees with the code, and a file that does not is named."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tools.chart import __main__ as command
from tools.chart.outputs import LESSON, LESSON_WITHOUT_DATABASE, PUBLISHED_GRAPH, drifted, outputs

SOURCES = (
    "charts/jupyternetes/values.yaml",
    "charts/jupyternetes/values.schema.json",
    *map(str, (PUBLISHED_GRAPH, LESSON, LESSON_WITHOUT_DATABASE)),
)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with what the generator reads and writes, all up to date."""
    for path in (*SOURCES, *map(str, outputs(command.REPOSITORY))):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(command.REPOSITORY / path, tmp_path / path)
    monkeypatch.setattr(command, "REPOSITORY", tmp_path)
    return tmp_path


def test_the_generated_files_are_up_to_date() -> None:
    assert drifted(command.REPOSITORY, outputs(command.REPOSITORY)) == []


@pytest.mark.parametrize("path", [str(path) for path in outputs(command.REPOSITORY)])
def test_check_names_the_file_that_differs_and_generate_puts_it_right(copy: Path, path: str) -> None:
    (copy / path).write_text("edited by hand\n")
    refused = CliRunner().invoke(command.app, ["generate", "--check"])
    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == [
        f"{path} is not what the code gives: run `python -m tools.chart generate`",
    ]
    assert (copy / path).read_text() == "edited by hand\n"

    assert CliRunner().invoke(command.app, ["generate"]).exit_code == 0
    assert CliRunner().invoke(command.app, ["generate", "--check"]).exit_code == 0


def test_a_definition_that_is_no_more_is_removed(copy: Path) -> None:
    stale = copy / "charts/jupyternetes/crds/old.yaml"
    stale.write_text("kind: Old\n")
    assert drifted(copy, outputs(copy)) == [stale.relative_to(copy)]
    CliRunner().invoke(command.app, ["generate"])
    assert not stale.exists()


def test_every_value_is_explained(copy: Path) -> None:
    page = outputs(copy)[Path("docs/reference/chart-values.md")]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert [row for row in rows if row.rstrip(" |").endswith("|") or row.count("|") < 5] == []


@pytest.mark.parametrize("name", ["template", "instance"])
def test_every_field_is_explained(copy: Path, name: str) -> None:
    page = outputs(copy)[Path(f"docs/reference/{name}.md")]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert [row for row in rows if re.fullmatch(r"\| `.+` \| [^|]+ \| +(\*[^*]+\* )?\|", row)] == []


def test_every_option_of_the_command_is_listed(copy: Path) -> None:
    page = outputs(copy)[Path("docs/reference/command.md")]
    named = {"--version", "--kubeconfig", "--namespace", "--template-namespace", "--health-port", "--log-format"}
    assert named <= set(re.findall(r"^\| `(--[a-z-]+)` \|", page, re.M))
    for each in ("crds", "operator pvcs", "operator pods", "operator pod-status"):
        assert f"## `jupyternetes {each}`" in page
