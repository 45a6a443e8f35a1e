"""Is the published table what the recordings say by today's rules?"""

from pathlib import Path

import msgspec
import pytest

from tests.support.graph_site import Site, site
from tools.faults import page, results
from tools.faults.catalogue import CASES
from tools.faults.missed import REASONS
from tools.faults.recording import Recorder
from tools.faults.results import Run

MADE, HEALED = 10.0, 40.0
GONE = site().ill("database", "NoPods").unanswered("database", "hub")


@pytest.mark.timeout(120)
def test_the_published_table_is_what_the_recordings_say() -> None:
    assert page.PAGE.read_text() == page.render(results.read()), "run: python -m tools.faults table"


def test_every_goal_that_the_published_table_misses_is_explained() -> None:
    assert page.NOT_EXPLAINED not in page.PAGE.read_text(), "write into tools/faults/missed.py why"


def test_reasons_are_those_of_faults() -> None:
    assert REASONS.keys() <= CASES.keys()


def run(folder: Path, fault: str, then: Site, *truth: str, repeat: int = 4, right: float | None = None) -> Run:
    """A run of one minute in which all is well for ten seconds, and then as given."""
    name = f"{fault}-{repeat}.gz"
    recorder = Recorder(folder / name)
    for now in range(0, 60, 2):
        recorder.add((then if MADE <= now < HEALED else site()).graph, now)
    recorder.close()
    return Run(
        fault=fault,
        repeat=repeat,
        commit="",
        seed=1,
        sitting="",
        started="",
        recording=name,
        expected=tuple((name,) for name in truth),
        made=MADE,
        healed=HEALED - 1,
        right=right,
    )


def cells(text: str, title: str) -> list[list[str]]:
    """The rows of the page that begin so, without that beginning."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [rest for first, *rest in rows if first == title]


def test_a_fault_whose_cause_was_named_scores_full_marks_beside_the_simple_methods(tmp_path: Path) -> None:
    text = page.render([run(tmp_path, "database-gone", GONE, "database", right=14.0)], tmp_path)

    figures, beside = cells(text, "PostgreSQL has no pod")
    assert figures == ["1", "1.00", "1.00", "1.00", "0 of 1", "0 of 1", "1 of 1", "2 of 2", "10.0", "15", ""]
    assert beside == ["1.00 / 1.00"] * 4


def test_a_wrong_first_cause_is_counted_as_blamed_and_never_right(tmp_path: Path) -> None:
    text = page.render([run(tmp_path, "dns-gone", GONE, "dns")], tmp_path)

    figures, _ = cells(text, "The cluster's DNS server is gone")
    assert figures[1:7] == ["0.00", "0.00", "0.00", "1 of 1", "0 of 1", "0 of 1"]
    assert figures[8:] == ["never", "20", page.NOT_EXPLAINED]


def test_fault_that_is_found_too_late_says_why(tmp_path: Path) -> None:
    late = msgspec.structs.replace(run(tmp_path, "database-gone", GONE, "database"), made=MADE - 10)

    figures, _ = cells(page.render([late], tmp_path), "PostgreSQL has no pod")

    assert figures[8:] == ["20.0", "15", REASONS["database-gone"]]


def test_repeats_on_which_rules_were_tuned_stand_apart(tmp_path: Path) -> None:
    runs = [run(tmp_path, "database-gone", GONE, "database", repeat=repeat) for repeat in (1, 4, 5)]

    text = page.render(runs, tmp_path)

    fresh, tuned = text.split("### Repeats 1 to 3")
    assert cells(fresh, "PostgreSQL has no pod")[0][0] == "2"
    assert cells(tuned, "PostgreSQL has no pod")[0][0] == "1"


def test_a_pair_is_right_if_both_stand_first(tmp_path: Path) -> None:
    both = GONE.ill("oauth", "NoPods")
    text = page.render([run(tmp_path, "login-gone+dns-gone", both, "database", "oauth")], tmp_path)

    (figures,) = cells(text, "The OAuth provider has no pod; the cluster's DNS server is gone")
    assert figures == ["1", "1 of 1", "0 of 1", "0 of 1", "0 of 1", ""]


def test_a_pair_of_which_one_is_missed_says_why(tmp_path: Path) -> None:
    text = page.render([run(tmp_path, "users+kubelet-stopped", GONE, "server/user-1", "node")], tmp_path)

    (figures,) = cells(text, "Three users' servers fail, each for another reason; the kubelet stands still")
    assert figures == ["1", "0 of 1", "1 of 1", "0 of 1", "0 of 1", REASONS["users+kubelet-stopped"]]


@pytest.mark.parametrize(("then", "blamed"), [(site().ill("server/user-1", "OOMKilled"), 0), (GONE, 1)])
def test_a_blame_at_any_time_counts_where_nothing_is_wrong(tmp_path: Path, then: Site, blamed: int) -> None:
    text = page.render([run(tmp_path, "quiet-night", then)], tmp_path)

    (figures,) = cells(text, "Nothing happens, and nobody starts a server")
    assert figures == ["1", "15", f"{blamed} of 1", "0 of 1"]


def test_a_missing_right_has_to_be_named(tmp_path: Path) -> None:
    text = page.render([run(tmp_path, "without-pods", GONE.without("oauth", "pods"), "database")], tmp_path)

    assert cells(text, "pods") == [["1", "1 of 1", "0 of 1", "0 of 1", "1 of 1"]]


def test_runs_in_which_the_suite_failed_are_counted_apart(tmp_path: Path) -> None:
    failed = Run(fault="dns-gone", repeat=1, commit="", seed=1, sitting="", started="", recording="", problem="no node")

    assert "0 runs are recorded so far, and 1 more in which the suite itself failed" in page.render([failed], tmp_path)
