"""From raw figures to rows, tables and plots."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import plots, report, results, summary
from benchmarks.results import percentile

STALLS = {"longest_ms": 12.0, "longest_own_ms": 8.0, "longest_collection_ms": 3.0, "over_50_ms": 0, "own_over_50_ms": 0}
MEMORY = {"rss_mb": 70.0, "peak_mb": 75.0}


def burst(contender: str, *, last: float, cpu: float, **about: Any) -> dict[str, Any]:
    """Figures of a burst of 100."""
    operator = {"cpu_seconds": 0.2, "stalls": STALLS, **MEMORY}
    account = summary.HUBS[contender]
    return {
        "contender": contender,
        "size": 100,
        "volumes": "first",
        "limits": "lifted",
        "events": 0,
        "ready": {"p50": last / 2, "p95": last, "last": last, "number": 100},
        "hub": {"result": {"errors": []}, "seconds": last, "cpu_seconds": cpu, "peak_mb": 150.0, "stalls": STALLS},
        "operators": {"pods": operator} if contender == "ours" else {},
        "seconds": last + 2,
        "cluster_cpu_seconds": {"kube-apiserver": 4.0},
        "traffic": {
            "requests": {account: {"create pods": 100}, "kube-scheduler": {"create pods/binding": 100}},
            "cluster_megabytes": {"answers: POST pods": 0.5},
        },
        **about,
    }


def idle(contender: str, **requests: int) -> dict[str, Any]:
    """Figures of half a minute with 1000 servers."""
    calls = {key.replace("_", " "): number for key, number in requests.items()}
    return {
        "contender": contender,
        "servers": 1000,
        "seconds": 30.0,
        "hub": {"cpu_seconds": 0.3, "stalls": STALLS},
        "operators": {},
        "traffic": {"requests": {summary.HUBS[contender]: calls}},
    }


def restart() -> dict[str, Any]:
    hub = {"result": {"running": 1000}, "process_seconds": 1.0, "all_seconds": 2.0, "peak_mb": 200.0, "stalls": STALLS}
    operator = {"working_seconds": 1.5, "done_seconds": 2.5, "stalls": STALLS, **MEMORY}
    return {"contender": "ours", "servers": 1000, "hub": hub, "operators": {"pods": operator}}


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
    assert row["ours"]["operator_cpu_ms"] == {"pods": pytest.approx(2.0)}
    assert row["kubespawner"]["calls"] == {"kubespawner": {"create pods": 1.0}}


def test_burst_of_one_contender_is_compared_with_nobody() -> None:
    (row,) = summary.bursts({"a": burst("ours", last=9.0, cpu=0.25)})

    assert not {"last_by_floor", "last_by_kubespawner", "hub_cpu_by_kubespawner"} & row.keys()


def test_idle_requests_are_told_apart_from_watches_and_leases() -> None:
    (row,) = summary.idle({"a": idle("ours", watch_pods=4, patch_leases=15, list_pods=1)})

    assert (row["requests"], row["watches"], row["leases"]) == (2.0, 8.0, 30.0)
    assert row["millicores"] == pytest.approx(10.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.95, 95.0), (1.0, 100.0)])
def test_percentile_is_a_value_that_so_many_are_not_above(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value


def test_plot_is_an_svg_with_a_bar_for_each_value() -> None:
    svg = plots.bars("Seconds", "s", [("100 <first>", {"floor": 1.0, "Jupyternetes": 2.0})])

    root = ElementTree.fromstring(svg)  # noqa: S314
    widths = {float(each.get("width", "0")) for each in root.iter("{http://www.w3.org/2000/svg}rect")}
    assert "100 <first>" in [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert max(widths - {760.0}) == pytest.approx(2 * sorted(widths - {760.0})[-2])


def test_report_has_a_table_for_each_part_that_was_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path / "bench")
    monkeypatch.setattr(report, "FOLDER", tmp_path / "docs")
    monkeypatch.setattr(results, "machine", lambda: {"cores": 2})
    for contender in ("floor", "kubespawner", "ours"):
        results.write("bursts", contender, burst(contender, last=9.0, cpu=0.5))
    results.write("steady", "ours", burst("ours", last=1.0, cpu=0.5, per_minute=1000.0))
    results.write("running", "idle-ours", idle("ours", watch_pods=4))
    results.write("running", "restart-ours", restart())

    report.write()

    tables = (tmp_path / "docs" / "tables.txt").read_text()
    headings = [line for line in tables.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Bursts",
        "## A steady 1000 first starts a minute",
        "## Requests and bytes a start",
        "## Idle",
        "## Restart",
    ]
    assert tables.startswith("Machine and versions: cores 2.\n")
    columns = [line.count("|") for line in tables.splitlines() if line.startswith("|")]
    assert min(columns) > 4
    assert json.loads((tmp_path / "docs" / "figures.json").read_text())["machines"] == [{"cores": 2}]
