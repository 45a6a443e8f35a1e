"""Which bursts are run in one cluster, and in which order."""

import pytest

from benchmarks.bursts import LONGEST_FIRST_AT_DEFAULT, Phase, plan

BOTH = ("lifted", "default")


def measured(phases: list[Phase]) -> list[tuple[str, str]]:
    return [(phase.limits, phase.kind) for phase in phases if phase.measured]


def test_everything_that_is_asked_for_is_measured_once() -> None:
    phases = plan(100, BOTH, ("first", "later"))

    assert measured(phases) == [("lifted", "first"), ("lifted", "later"), ("default", "later"), ("default", "first")]


def test_later_starts_have_volumes_that_first_starts_made_with_lifted_limits() -> None:
    first, later = plan(100, ("default",), ("later",))

    assert first == Phase("lifted", "first", later.users, measured=False)
    assert later == Phase("default", "later", first.users)


def test_first_starts_at_default_limits_have_users_of_their_own_and_are_no_large_bursts() -> None:
    phases = plan(LONGEST_FIRST_AT_DEFAULT, BOTH, ("first", "later"))

    assert phases[-1].limits == "default"
    assert phases[-1].users not in {phase.users for phase in phases[:-1]}
    assert ("default", "first") not in measured(plan(LONGEST_FIRST_AT_DEFAULT + 1, BOTH, ("first", "later")))


@pytest.mark.parametrize("limits", [("lifted",), BOTH])
def test_limits_change_at_most_once_since_that_restarts_components(limits: tuple[str, ...]) -> None:
    order = [phase.limits for phase in plan(100, limits, ("first", "later"))]

    assert order == sorted(order, reverse=True)


def test_without_volumes_there_is_one_burst_for_each_limit() -> None:
    assert [phase.kind for phase in plan(100, BOTH, ("none",))] == ["none", "none"]
