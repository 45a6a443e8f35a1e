"""What each rule is worth: all together nothing is doubled, and without any of them something is."""

from collections.abc import Callable
from typing import Any

import pytest

from tools.simulation import figures
from tools.simulation.catalogue import RULES, STANDSTILL_RULES
from tools.simulation.server import Failure, Server
from tools.simulation.table import ALL, FEW, FROZEN, ROWS, WITHOUT, Row, tally

PREVENTING = [rule for rule in RULES if rule.switch != "removal_of_extras"]
"""The rules without which something is doubled though all others are kept."""


def witness_of(row: Row) -> int:
    """The seed of the first schedule of the full run in which this row did harm."""
    witness = dict(zip(ROWS, figures.read().tallies, strict=True))[row].witness
    assert witness is not None, f"'{row.title}' did no harm in the full run"
    return witness


def harm(row: Row, seed: int) -> int:
    return tally(row, range(seed, seed + 1)).harm


def test_with_all_rules_nothing_is_doubled_lost_or_left_undone_B26_B27() -> None:
    counted = tally(ALL, range(1000))

    assert counted.pods == counted.claims == 500
    assert counted.harm == 0
    assert counted.unsettled == 0


@pytest.mark.parametrize("rule", PREVENTING, ids=lambda rule: rule.switch)
def test_without_the_rule_the_same_schedule_does_harm(rule) -> None:
    seed = witness_of(WITHOUT[rule.switch])

    assert harm(WITHOUT[rule.switch], seed) > 0
    assert harm(ALL, seed) == 0


def test_removal_mends_what_other_rules_would_have_prevented() -> None:
    alone, mended = (tally(row, range(200)) for row in FEW)

    assert mended.pods_ever_two == alone.pods_ever_two > 0
    assert mended.pods_two < alone.pods_two / 5


def test_with_all_rules_nothing_is_doubled_when_the_server_stands_still_B26_B27() -> None:
    counted = tally(FROZEN[0], range(500))

    assert counted.harm == 0
    assert counted.unsettled == 0


@pytest.mark.parametrize("row", FROZEN[1:], ids=[rule.switch for rule in STANDSTILL_RULES])
def test_without_the_rule_the_same_standstill_does_harm(row: Row) -> None:
    seed = witness_of(row)

    assert harm(row, seed) > 0
    assert harm(FROZEN[0], seed) == 0


def test_schedules_write_and_are_refused_in_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[tuple[str, str]] = set()

    def noted(way: str, write: Callable[..., int | Failure]) -> Callable[..., int | Failure]:
        def note(*arguments: Any) -> int | Failure:
            answer = write(*arguments)
            seen.add((way, answer.name if isinstance(answer, Failure) else "written"))
            return answer

        return note

    for way in ("_record", "_record_on"):
        monkeypatch.setattr(Server, way, noted(way, getattr(Server, way)))
    tally(ALL, range(200))

    assert seen >= {
        ("_record", "written"),
        ("_record", "INVALID"),
        ("_record_on", "written"),
        ("_record_on", "CONFLICT"),
    }


def test_a_schedule_is_the_same_each_time_it_is_played() -> None:
    first, second = ALL.schedule(7), ALL.schedule(7)

    assert first.run() == second.run()
    assert first.kernel.now == second.kernel.now
    assert first.server.objects.times == second.server.objects.times


def test_the_last_full_run_found_no_harm_with_all_rules_in_10000_schedules() -> None:
    known = figures.read()
    found = dict(known.pairs())

    assert known.schedules == 10_000
    assert (found[ALL].harm, found[FROZEN[0]].harm) == (0, 0)


def test_all_schedules_of_the_last_full_run_came_to_rest() -> None:
    assert [row.title for row, counted in figures.read().pairs() if counted.unsettled] == []
