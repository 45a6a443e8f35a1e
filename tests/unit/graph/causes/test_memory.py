"""When does a sign of trouble count, and when is it a new one?"""

from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.causes.signs import HOLD, Nature, Sign
from jupyternetes.graph.causes.watch import Memory

SEEN = Sign("database -> hub (stores)", "database", Nature.SEEN, "NoAnswer", "There was no answer in time.")
OWN = Sign("hub", "hub", Nature.OWN, "OOMKilled", "Container hub ended with exit code 137.")


def began(memory: Memory, *signs: Sign, now: float) -> list[float | None]:
    return [held.began for held in memory.note(signs, now)]


def test_what_is_there_at_the_first_look_counts_at_once() -> None:
    assert began(Memory(), SEEN, now=100) == [None]


def test_what_comes_later_counts_once_it_has_lasted() -> None:
    memory = Memory()
    memory.note([], 100)

    assert began(memory, SEEN, now=101) == []
    assert began(memory, SEEN, now=110.9) == []
    assert began(memory, SEEN, now=111) == [101]


def test_own_signs_count_sooner_than_what_others_say() -> None:
    assert sorted(HOLD, key=HOLD.__getitem__)[0] is Nature.OWN
    assert HOLD[Nature.EFFECT] > HOLD[Nature.SEEN] > HOLD[Nature.OWN]


def test_a_sign_that_is_away_for_a_moment_is_the_same_still() -> None:
    memory = Memory()
    memory.note([], 0)
    memory.note([OWN], 1)

    assert began(memory, now=5) == []
    assert began(memory, OWN, now=8) == [1]


def test_a_sign_that_was_away_for_long_begins_anew() -> None:
    memory = Memory()
    memory.note([OWN], 0)

    assert began(memory, now=11) == []
    assert began(memory, OWN, now=12) == []
    assert began(memory, OWN, now=14) == [12]


@given(st.lists(st.tuples(st.floats(min_value=0.1, max_value=30), st.booleans()), max_size=30))
def test_no_beginning_is_later_than_the_look(looks: list[tuple[float, bool]]) -> None:
    memory, now = Memory(), 0.0
    for step, there in looks:
        now += step
        held = memory.note([OWN] if there else [], now)
        assert all(each.began is None or each.began <= now for each in held)
        assert len(held) <= 1
