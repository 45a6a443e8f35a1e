"""A long run: every piece is kept at once, and one that fails loses no other."""

import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks import bursts, memory, results
from benchmarks.contenders import Contender
from benchmarks.run import Run

STALLS = {"longest_ms": 12.0, "longest_own_ms": 8.0}
MEASURED = {"commit": "1234567", "date": "2026-05-04"}
FIGURES = {
    "size": 10,
    "ready": {"p50": 1.0, "p95": 2.0, "last": 3.0},
    "hub": {"cpu_seconds": 0.1, "peak_mb": 100.0, "stalls": STALLS, "result": {"errors": ["Boom()"]}},
    "operators": {"pods": {"cpu_seconds": 0.05}},
}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(results, "machine", lambda: {"cores": 2})
    monkeypatch.setattr(results, "measured", lambda: MEASURED)
    return tmp_path


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def run(said: io.StringIO) -> Run:
    return Run(Console(file=said, width=200))


def pieces(
    contender: Contender, size: int, phases: list[bursts.Phase], events: int, repeat: int
) -> Iterator[tuple[str, Any]]:
    """KubeSpawner's cluster breaks after the first burst."""
    for number, phase in enumerate(phases):
        if contender is Contender.KUBESPAWNER and number:
            raise RuntimeError("the cluster broke")
        yield bursts.name_of(contender, size, phase, events, repeat), FIGURES


def test_piece_that_fails_is_named_and_the_others_are_kept(
    run: Run, said: io.StringIO, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bursts, "bursts", pieces)

    run.bursts([10], Contender, ["lifted"], ["first", "later"], events=0, repeats=1)

    assert run.failed == ["bursts kubespawner-10-later-lifted-0-1"]
    kept = {file.stem for file in (folder / "bursts").iterdir()}
    assert kept == {
        "floor-10-first-lifted-0-1",
        "floor-10-later-lifted-0-1",
        "kubespawner-10-first-lifted-0-1",
        "ours-10-first-lifted-0-1",
        "ours-10-later-lifted-0-1",
    }
    assert "the cluster broke" in said.getvalue()
    assert "p50 1.0 s, p95 2.0 s, last 3.0 s; hub 10.0 ms each" in said.getvalue()
    assert "1 starts failed, as Boom()" in said.getvalue()


def test_contenders_take_turns_in_each_repeat(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def note(contender: Contender, *about: Any) -> Iterator[tuple[str, Any]]:
        order.append(f"{contender} {about[-1]}")
        yield from ()

    monkeypatch.setattr(bursts, "bursts", note)

    run.bursts([10], [Contender.KUBESPAWNER, Contender.OURS], ["lifted"], ["later"], events=0, repeats=2)

    assert order == ["kubespawner 1", "ours 1", "kubespawner 2", "ours 2"]


def test_piece_that_was_measured_is_left_out_when_only_missing_ones_are_wanted(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[int] = []

    def cached_pods(number: int) -> dict[str, Any]:
        measured.append(number)
        return {"pods": number}

    monkeypatch.setattr(memory, "cached_pods", cached_pods)
    run.missing = True
    results.write("memory", "pods-10", {"pods": 10})

    run.memory(10)
    run.memory(20)

    assert measured == [20]
    kept = json.loads((folder / "memory" / "pods-20.json").read_text())
    assert kept == {"machine": {"cores": 2}, "measured": MEASURED, "figures": {"pods": 20}}


def test_run_with_a_failure_ends_with_exit_code_1_and_says_how_to_repeat_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(number: int) -> dict[str, Any]:
        raise RuntimeError("no cluster")

    monkeypatch.setattr(memory, "cached_pods", broken)

    result = CliRunner().invoke(command.app, ["memory", "--pods", "5"])

    assert result.exit_code == 1
    assert "Not measured: memory pods-5" in result.stdout
    assert "--missing" in result.stdout


def test_unknown_contender_is_an_error_that_names_those_that_there_are() -> None:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(command.app, ["steady", "--contenders", "ours,nobody"])

    assert result.exit_code == 2
    assert "floor,kubespawner,ours" in result.output


def git(checkout: Path, *arguments: str) -> str:
    nobody = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *nobody, *arguments], cwd=checkout, check=True, capture_output=True, text=True).stdout


def test_commit_is_dirty_if_code_differs_and_not_if_the_figures_in_the_documentation_do(tmp_path: Path) -> None:
    code, page = tmp_path / "code.py", tmp_path / "docs" / "page.md"
    page.parent.mkdir()
    for file in (code, page):
        file.write_text("old\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=All")
    head = git(tmp_path, "rev-parse", "--short", "HEAD").strip()

    page.write_text("new\n")
    clean = results.commit(tmp_path)
    code.write_text("new\n")
    dirty = results.commit(tmp_path)

    assert (clean, dirty) == (head, f"{head}-dirty")


def test_commit_outside_of_a_checkout_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert results.commit(tmp_path) == ""
