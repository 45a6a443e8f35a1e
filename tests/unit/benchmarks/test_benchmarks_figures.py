"""From raw figures to rows, tables and plots."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import judgement, plots, report, results, summary
from benchmarks.results import percentile
from tests.unit.benchmarks.figures import beside, burst, graph, idle, memory, restart, starts


def test_contenders_of_one_burst_stand_in_one_row_with_what_the_goals_are_about() -> None:
    pieces = {
        "a": burst("floor", last=8.0, cpu=0.1),
        "b": burst("kubespawner", last=10.0, cpu=1.0),
        "c": burst("ours", last=9.0, cpu=0.25),
    }

    (row,) = summary.bursts(pieces)

    assert row["last_by_floor"] == pytest.approx(9 / 8)
    assert row["last_by_kubespawner"] == pytest.approx(0.9)
    assert row["hub_cpu_by_kubespawner"] == pytest.approx(0.25)
    assert row["ours"]["operators"]["pods"]["cpu_ms"] == pytest.approx(2.0)
    assert row["kubespawner"]["calls"] == {"kubespawner": {"create pods": 1.0}}


def test_repeats_give_medians_the_range_of_the_times_and_the_worst_failures() -> None:
    pieces = {str(last): burst("ours", last=last, cpu=last / 10) for last in (9.0, 30.0, 10.0)}
    pieces["30.0"]["hub"]["result"]["errors"] = ["Boom()"]

    (row,) = summary.bursts(pieces)

    ours = row["ours"]
    assert (ours["repeats"], ours["last"], ours["last_range"], ours["failed"]) == (3, 10.0, [9.0, 30.0], 1)
    assert ours["hub_cpu_ms"] == pytest.approx(10.0)
    assert ours["calls"]["hub"] == {"create pods": 1.0}


def test_table_says_between_what_the_times_of_repeats_lie(folder: Path) -> None:
    for number, last in enumerate((9.0, 30.0, 10.0)):
        results.write("bursts", f"ours-{number}", burst("ours", last=last, cpu=0.5))

    report.write()

    tables = (folder / "tables.txt").read_text()
    assert "10.0 (9.0–30.0)" in tables
    assert_tables_are_whole(tables)


def test_burst_of_one_contender_is_compared_with_nobody() -> None:
    (row,) = summary.bursts({"a": burst("ours", last=9.0, cpu=0.25)})

    assert not [key for key in row if "_by_" in key]


def test_idle_requests_are_told_apart_from_watches_and_leases() -> None:
    hub, pods = summary.idle({"a": idle("ours", watch_pods=4, patch_leases=15, list_pods=1)})

    assert (hub["requests"], hub["watches"], hub["leases"]) == (2.0, 8.0, 30.0)
    assert (pods["requests"], pods["watches"], pods["leases"]) == (0.0, 0.0, 0.0)


def test_idle_says_of_every_process_what_it_used_and_how_long_it_stalled() -> None:
    rows = summary.idle({"a": idle("ours")})

    assert [(row["process"], row["millicores"]) for row in rows] == [("hub", 10.0), ("pods", 5.0)]
    assert [(row["stall_ms"], row["own_stall_ms"], row["collection_ms"]) for row in rows] == [(12.0, 8.0, 3.0)] * 2


def test_operator_in_a_steady_stream_used_what_its_starts_cost_at_their_rate_however_long_was_measured() -> None:
    piece = burst("ours", last=13.0, cpu=0.5, size=1000, per_minute=1000.0, seconds=70.2)
    piece["operators"]["pods"]["cpu_seconds"] = 6.0

    (row,) = summary.steady({"a": piece})

    assert row["ours"]["operators"]["pods"]["millicores"] == pytest.approx(100.0)


def test_answers_to_watches_are_not_counted_beside_their_events() -> None:
    sizes = {"answers: WATCH pods": 5.0, "watch events: pods": 0.5, "answers: LIST pods": 0.1}
    piece = burst("ours", last=9.0, cpu=0.5)
    piece["traffic"]["cluster_megabytes"] = sizes

    (row,) = summary.bursts({"a": piece})

    assert row["ours"]["cluster_kilobytes"] == {"watch events: pods": 5.0, "answers: LIST pods": 1.0}


def test_graph_that_was_drawn_several_times_has_medians_and_the_most_memory() -> None:
    piece = graph(5000)
    piece["looks"] = [piece["looks"][0] | {"seconds": seconds, "peak_mb": 100 + seconds} for seconds in (4.0, 9.0, 5.0)]

    (row,) = summary.graph({"started-5000": piece})

    assert (row["seconds"], row["peak_mb"]) == (5.0, 109.0)
    assert (row["late"], row["latest"], row["idle_requests"], row["cores"]) == (2.0, 6.0, 0.05, 0.5)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.95, 95.0), (1.0, 100.0)])
def test_percentile_is_a_value_that_so_many_are_not_above(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value


def test_plot_is_an_svg_with_a_bar_for_each_value() -> None:
    svg = plots.bars("Seconds", "s", [("100 <first>", {"floor": 1.0, "Jupyternetes": 2.0})])

    root = ElementTree.fromstring(svg)  # noqa: S314
    widths = {float(each.get("width", "0")) for each in root.iter("{http://www.w3.org/2000/svg}rect")}
    assert "100 <first>" in [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert max(widths - {760.0}) == pytest.approx(2 * sorted(widths - {760.0})[-2])


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the report is written; pieces are measured with version 1234567 on a day in May."""
    monkeypatch.setattr(results, "FOLDER", tmp_path / "bench")
    monkeypatch.setattr(report, "FOLDER", tmp_path / "docs")
    monkeypatch.setattr(results, "machine", lambda: {"cores": 2})
    monkeypatch.setattr(results, "measured", lambda: {"commit": "1234567", "date": "2026-05-04"})
    return tmp_path / "docs"


def test_report_has_a_table_for_each_part_that_was_measured(folder: Path) -> None:
    for contender in ("floor", "kubespawner", "ours"):
        results.write("bursts", contender, burst(contender, last=9.0, cpu=0.5))
    results.write("steady", "ours", burst("ours", last=1.0, cpu=0.5, per_minute=1000.0))
    for number, piece in enumerate((*beside(1, 9.0), *beside(1000, 9.5))):
        results.write("templates", str(number), piece)
    results.write("running", "idle-ours", idle("ours", watch_pods=4))
    results.write("running", "restart-ours", restart())
    results.write("memory", "pods-10000", memory(50.0))
    results.write("starts", "starts", starts())
    results.write("graph", "started-5000", graph(5000))
    results.write("judgement", "600", judgement.passes(600, repeats=1))

    report.write()

    tables = (folder / "tables.txt").read_text()
    assert [line for line in tables.splitlines() if line.startswith("## ")] == [
        "## Goals",
        "## Bursts",
        "## A steady 1000 first starts a minute",
        "## Starts beside many Templates",
        "## CPU for a start",
        "## Operators",
        "## Requests and bytes for a start",
        "## One start at a time",
        "## Idle",
        "## Restart",
        "## Memory for 10,000 cached pods",
        "## The dependency graph",
        "## Judgement",
    ]
    assert tables.startswith("Machine and versions: cores 2.\n\nMeasured on 2026-05-04, versions 1234567.\n")
    assert json.loads((folder / "figures.json").read_text())["memory"]["machines"] == [{"cores": 2}]
    assert_tables_are_whole(tables)


def test_report_of_nothing_is_empty(folder: Path) -> None:
    report.write()

    assert (folder / "tables.txt").read_text() == "\n"


def test_report_says_how_many_starts_failed_and_has_no_times_if_all_did(folder: Path) -> None:
    piece = burst("ours", last=9.0, cpu=0.5, ready={"last": None, "number": 0})
    piece["hub"]["result"]["errors"] = ["Boom()"] * 100
    results.write("bursts", "ours", piece)

    report.write()

    assert "| 100 first starts | Jupyternetes |  |  |  | 100 | 5.0 |" in (folder / "tables.txt").read_text()


def test_bytes_are_told_apart_by_verb_and_kind_and_small_ones_are_in_the_sum_alone(folder: Path) -> None:
    for contender, size in {"kubespawner": 0.5, "ours": 0.2}.items():
        piece = burst(contender, last=9.0, cpu=0.5)
        piece["traffic"]["cluster_megabytes"] = {"answers: LIST pods": size, "request bodies: patch leases": 0.02}
        results.write("bursts", contender, piece)

    report.write()

    tables = (folder / "tables.txt").read_text()
    assert (
        "| 100 first starts, kB | KubeSpawner | Jupyternetes |\n|---|---|---|\n| answers: LIST pods | 5.0 | 2.0 |"
        in tables
    )
    assert "| **all** | **5.2** | **2.2** |" in tables
    assert "patch leases" not in tables


def test_report_keeps_what_is_not_measured_now_and_says_when_each_part_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [
        results.write("steady", "ours-1000", burst("ours", last=9.0, cpu=0.5, per_minute=1000)),
        results.write("memory", "pods-10", {**memory(1.0), "pods": 10}),
    ]
    report.write()
    steady = (folder / "tables.txt").read_text().partition("## A steady")[2].partition("## Memory")[0]
    for piece in before:
        piece.unlink()
    results.write("memory", "pods-20", {**memory(1.0), "pods": 20})
    monkeypatch.setattr(results, "measured", lambda: {"commit": "89abcde-dirty", "date": "2026-05-06"})
    results.write("memory", "pods-30", {**memory(1.0), "pods": 30})

    report.write()

    tables = (folder / "tables.txt").read_text()
    assert steady
    assert steady in tables
    assert "## Memory for 10 cached pods" not in tables
    assert [line for line in tables.splitlines() if "measured " in line] == [
        "- steady: measured on 2026-05-04, versions 1234567",
        "- memory: measured from 2026-05-04 to 2026-05-06, versions 1234567, 89abcde-dirty",
    ]


def assert_tables_are_whole(tables: str) -> None:
    """Every line of a table has as many cells as its head."""
    columns = 0
    for line in tables.splitlines():
        columns = (columns or line.count("|")) if line.startswith("|") else 0
        assert line.count("|") == columns
