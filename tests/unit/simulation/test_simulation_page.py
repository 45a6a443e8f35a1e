"""The page of the rules is what the recorded figures and the catalogue say, and a drift is noticed."""

from dataclasses import fields
from pathlib import Path

import pytest

from tools.simulation import __main__ as command
from tools.simulation import figures, page
from tools.simulation.catalogue import RULES, STANDSTILL_RULES
from tools.simulation.rules import Rules

CHECKOUT = Path(__file__).resolve().parents[3]


def test_every_switch_is_on_and_explained() -> None:
    assert {rule.switch for rule in (*RULES, *STANDSTILL_RULES)} == {field.name for field in fields(Rules)}
    assert all(getattr(Rules(), field.name) for field in fields(Rules))


def test_every_module_that_is_named_exists() -> None:
    named = {module for rule in (*RULES, *STANDSTILL_RULES) for module in rule.modules}
    files = {module: CHECKOUT / "src" / "jupyternetes" / f"{module.replace('.', '/')}.py" for module in named}

    assert [module for module, file in files.items() if not file.exists()] == []


def test_the_page_and_the_figures_are_up_to_date() -> None:
    command.main(["--check"])


def test_a_page_that_was_edited_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = tmp_path / "runtime-rules.md"
    edited.write_text(page.render(figures.read()) + "more\n")
    monkeypatch.setattr(command, "PAGE", edited)

    with pytest.raises(SystemExit, match=r"runtime-rules\.md .* run: python -m tools\.simulation"):
        command.main(["--check"])


def test_schedules_that_go_otherwise_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "digest", lambda seed: "another")

    with pytest.raises(SystemExit, match=r"figures\.json .* run: python -m tools\.simulation"):
        command.main(["--check"])


def test_a_run_writes_figures_and_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(figures, "FILE", tmp_path / "figures.json")
    monkeypatch.setattr(command, "PAGE", tmp_path / "page.md")

    command.main(["--schedules", "4", "--seed", "3"])
    command.main(["--check"])

    assert figures.read().schedules == 4
    assert "A row is 4 schedules" in (tmp_path / "page.md").read_text()
    assert "seed 3" in capsys.readouterr().out
