"""Which Events are kept of very many."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.discovery.objects.cluster import Event
from jupyternetes.graph.discovery.recent_events import RecentEvents


def event(uid: str, minute: int, name: str = "") -> Event:
    name = name or f"{uid}.{minute}"
    time = f"2026-11-28T11:{minute:02}:00Z"
    return msgspec.convert({"metadata": {"name": name}, "involvedObject": {"uid": uid}, "lastTimestamp": time}, Event)


def kept(recent: RecentEvents) -> list[tuple[str, str]]:
    return [(each.involved_object.uid, each.last_seen[14:16]) for each in recent.newest_first()]


def test_older_ones_than_asked_for_are_not_kept() -> None:
    recent = RecentEvents("2026-11-28T11:30:00Z")

    for minute in (29, 30, 31):
        assert recent.offer(event("a", minute)) is False

    assert kept(recent) == [("a", "31"), ("a", "30")]


def test_an_event_that_happens_again_is_kept_once() -> None:
    recent = RecentEvents("", per_object=2)

    recent.offer(event("a", 1, "attach"))
    for minute in range(2, 30):
        recent.offer(event("a", minute, "back-off"))

    assert kept(recent) == [("a", "29"), ("a", "01")]


def test_of_each_object_the_newest_are_kept() -> None:
    recent = RecentEvents("", per_object=2)

    for minute in (3, 1, 4, 2):
        recent.offer(event("a", minute))
    recent.offer(event("b", 0))

    assert kept(recent) == [("a", "04"), ("a", "03"), ("b", "00")]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 59)), max_size=60))
def test_of_all_objects_together_the_newest_are_kept(offered: list[tuple[str, int]]) -> None:
    recent = RecentEvents("", per_object=5, in_all=7)

    for uid, minute in offered:
        recent.offer(event(uid, minute))

    newest = sorted((minute for _, minute in offered), reverse=True)
    found = kept(recent)
    assert len(found) <= 7
    assert all(sum(each == uid for each, _ in found) <= 5 for uid in "abcdef")
    assert not newest or found[0][1] == f"{newest[0]:02}"


def test_series_and_event_time_tell_when_it_happened_last() -> None:
    body = {"metadata": {"name": "e"}, "eventTime": "2026-11-28T11:00:00.000000Z", "lastTimestamp": None}

    assert msgspec.convert(body, Event).last_seen == "2026-11-28T11:00:00.000000Z"
    series = body | {"series": {"count": 9, "lastObservedTime": "2026-11-28T11:40:00.000000Z"}}
    assert msgspec.convert(series, Event).last_seen == "2026-11-28T11:40:00.000000Z"
