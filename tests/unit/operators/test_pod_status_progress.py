"""The steps of a start: ordered, unrepeated, bounded."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.core import Event
from jupyternetes.api.instance import ProgressEntry
from jupyternetes.operators.pod_status.observe import observe
from jupyternetes.operators.pod_status.progress import LIMIT, steps
from tests.support.objects import pod, serving


def event(**fields: Any) -> Event:
    body = {"metadata": {"name": "e", "creationTimestamp": "2026-01-01T00:00:09Z"}, "involvedObject": {"uid": "uid-p"}}
    return msgspec.convert(body | fields, Event)


moments = st.integers(0, 59).map(lambda second: f"2026-01-01T00:00:{second:02}")
times = st.builds(lambda moment, fraction: moment + fraction, moments, st.sampled_from(["Z", ".000123Z"]))
events = st.lists(
    st.builds(
        lambda time, reason, text: event(lastTimestamp=time, reason=reason, message=text),
        times,
        st.sampled_from(["Pulling", "Pulled", "Created"]),
        st.text(max_size=2),
    ),
    max_size=60,
)


@given(events)
def test_steps_are_in_order_and_said_once_and_never_too_many_E01_B51(given_events: list[Event]) -> None:
    told = steps((), pod("p"), observe(pod("p")), given_events)

    assert len(told) <= LIMIT
    assert [step.time[:19] for step in told] == sorted(step.time[:19] for step in told)
    assert len({(step.reason, step.message) for step in told}) == len(told)


@given(events, events)
def test_steps_survive_the_events_they_came_from(first: list[Event], second: list[Event]) -> None:
    observation = observe(pod("p"))

    once = steps((), pod("p"), observation, [*first, *second])
    twice = steps(steps((), pod("p"), observation, [*first, *second]), pod("p"), observation, [])

    assert twice == once


def test_event_of_the_new_kind_has_its_time_elsewhere() -> None:
    [new] = steps((), pod("p"), observe(pod("p")), [event(eventTime="2026-01-01T00:00:01.5Z", reason="A")])
    [bare] = steps((), pod("p"), observe(pod("p")), [event(reason="A")])

    assert new.time == "2026-01-01T00:00:01.5Z"
    assert bare.time == "2026-01-01T00:00:09Z"


def test_last_step_is_that_the_server_is_ready() -> None:
    known = [ProgressEntry(time="2026-01-01T00:00:01Z", reason="Pulled", message="x")]

    told = steps(known, serving("p"), observe(serving("p")), [])

    assert [step.reason for step in told] == ["Pulled", "ServerReady"]
