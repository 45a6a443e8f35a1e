"""Each line of the command that a document shows can be parsed, and what the runbook shows is what is printed."""

import re
import shlex
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run
from tools.faults.replay import graph_at

pytestmark = pytest.mark.usefixtures("restored_logging")

CHECKOUT = Path(__file__).resolve().parents[3]
RUNBOOK = CHECKOUT / "docs" / "how-to" / "trouble-at-night.md"
COMMAND = re.compile(r"(?:^|[`/]|^ +|\$ )jupyternetes ((?:graph|crds|operator|template)\b[^`\n|>]*)", re.M)
SHOWN = re.compile(
    r"^\$ \S+ -m tools\.faults snapshot (?P<recording>\S+) --at (?P<at>\d+) --file (?P<file>\S+)\n"
    r"^\$ jupyternetes (?P<command>.*)\n(?P<output>(?:.*\n)*?)```$",
    re.M,
)


def commands() -> list[tuple[str, str]]:
    """Document and arguments of each line of the command that some document shows, once."""
    documents = [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")]
    found = {
        (str(document.relative_to(CHECKOUT)), arguments.strip())
        for document in documents
        for arguments in COMMAND.findall(document.read_text().replace("\\\n", " ").replace("\\|", "|"))
    }
    return sorted(found)


@pytest.mark.parametrize(("document", "arguments"), commands())
def test_every_command_in_the_documents_can_be_parsed(run: Run, document: str, arguments: str) -> None:
    """What is asked for help is parsed, and not done."""
    code, _, err = run(*shlex.split(arguments), "--help")

    assert (code, err) == (0, ""), document


@pytest.mark.parametrize("shown", [*SHOWN.finditer(RUNBOOK.read_text())], ids=lambda shown: shown["file"])
def test_what_the_runbook_shows_is_what_is_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shown: re.Match[str]
) -> None:
    (tmp_path / shown["file"]).write_bytes(graph_at(CHECKOUT / shown["recording"], float(shown["at"])))
    monkeypatch.chdir(tmp_path)

    assert run(*shlex.split(shown["command"])) == (0, shown["output"], "")


def test_the_runbook_shows_answers() -> None:
    assert len(SHOWN.findall(RUNBOOK.read_text())) >= 4
