"""Is no run made twice, and none lost?"""

from pathlib import Path

import msgspec
import pytest

from tools.faults import catalogue, results
from tools.faults.catalogue import CASES, Group
from tools.faults.errors import FaultError
from tools.faults.results import Run


def run(fault: str = "dns-gone", repeat: int = 1, problem: str = "") -> Run:
    name = f"{fault}-{repeat:02}.jsonl.gz"
    return Run(
        fault=fault, repeat=repeat, commit="abc", seed=1, sitting="", started="", recording=name, problem=problem
    )


def test_what_was_appended_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    for each in (run(repeat=1), run(repeat=2)):
        results.append(each, file)

    assert results.read(file) == [run(repeat=1), run(repeat=2)]


def test_where_there_are_no_results_yet_there_are_no_runs(tmp_path: Path) -> None:
    assert results.read(tmp_path / "results.jsonl") == []


def test_only_runs_that_are_missing_are_made() -> None:
    there = [run(repeat=1), run(repeat=3), run("login-gone", 2)]

    assert results.missing("dns-gone", 4, there) == [2, 4]


def test_a_run_in_which_the_suite_failed_is_made_again_beside_its_recording(tmp_path: Path) -> None:
    (tmp_path / "dns-gone-01.jsonl.gz").touch()

    assert results.missing("dns-gone", 1, [run(problem="no node")]) == [1]
    assert results.free_name("dns-gone", 1, tmp_path) == "dns-gone-01-again-1.jsonl.gz"


def test_a_line_that_is_no_run_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text('{"fault": 1}\n')

    with pytest.raises(FaultError, match=r"results\.jsonl"):
        results.read(file)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("dns-gone", ["dns-gone"]),
        ("dns-gone, login-gone,dns-gone", ["dns-gone", "login-gone"]),
        ("users+dns-gone", ["users+dns-gone"]),
        ("all", list(CASES)),
    ],
)
def test_faults_are_chosen_by_name_pair_or_all(words: str, names: list[str]) -> None:
    assert [case.name for case in catalogue.chosen(words)] == names


@pytest.mark.parametrize("group", Group)
def test_faults_are_chosen_by_group(group: Group) -> None:
    assert {case.group for case in catalogue.chosen(f"{group}s")} == {group}


@pytest.mark.parametrize("words", ["", "no-such", "dns-gone+no-such"])
def test_an_unknown_fault_is_refused_with_those_that_there_are(words: str) -> None:
    with pytest.raises(FaultError, match="database-gone"):
        catalogue.chosen(words)


def test_the_published_runs_are_each_there_once_and_have_their_recordings() -> None:
    runs = results.read()

    counted = [(each.fault, each.repeat) for each in runs if each.counts]
    assert len(counted) == len(set(counted))
    assert {each.recording for each in runs} == {file.name for file in results.FOLDER.glob("*.jsonl.gz")}
    assert {each.fault for each in runs} <= set(CASES)


def test_a_run_is_small_and_its_json_names_what_people_read() -> None:
    assert b'"fault":"dns-gone"' in msgspec.json.encode(run())


def test_no_path_of_the_machine_is_kept() -> None:
    assert results.without_paths(f"its log: {results.CHECKOUT}/build/cluster/x.log") == "its log: build/cluster/x.log"
