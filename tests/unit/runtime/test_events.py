"""Kubernetes Events: what is said, how often, and that it never gets in the way (B39)."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.events import EventRecorder, ObjectReference
from tests.unit.runtime.following import eventually
from tests.unit.runtime.scripted_api import ScriptedApi, answer, refusal, widget_json

WIDGET = ObjectReference("example.org/v1", "Widget", "lab", "a", "u1")


@pytest.fixture
async def recorder(client: Client) -> AsyncIterator[EventRecorder]:
    recorder = EventRecorder(client, "tester", capacity=6)
    task = asyncio.create_task(recorder.run())
    yield recorder
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def messages(api: ScriptedApi) -> list[str]:
    return [json.loads(seen.body)["message"] for seen in api.seen]


async def test_event_names_its_object_B39(api: ScriptedApi, recorder: EventRecorder) -> None:
    api.others.append(answer(widget_json("a.1", 3), code=201))

    recorder.record(WIDGET, type="Warning", reason="Failed", message="no such image")
    await eventually(lambda: len(api.seen) == 1)

    (seen,) = api.seen
    event = json.loads(seen.body)
    assert seen.path == "/api/v1/namespaces/lab/events"
    assert event["metadata"] == {"generateName": "a.", "namespace": "lab"}
    assert event["involvedObject"] == {
        "apiVersion": "example.org/v1",
        "kind": "Widget",
        "namespace": "lab",
        "name": "a",
        "uid": "u1",
    }
    assert (event["type"], event["reason"], event["count"]) == ("Warning", "Failed", 1)
    assert event["reportingComponent"] == event["source"]["component"] == "tester"
    assert event["firstTimestamp"] == event["lastTimestamp"]
    assert event["firstTimestamp"].endswith("Z")


async def test_same_thing_of_the_same_object_is_said_once_B39(api: ScriptedApi, recorder: EventRecorder) -> None:
    other = ObjectReference("example.org/v1", "Widget", "lab", "a", "u2")

    for _ in range(3):
        recorder.record(WIDGET, type="Normal", reason="Created", message="one")
    recorder.record(WIDGET, type="Normal", reason="Created", message="two")
    recorder.record(other, type="Normal", reason="Created", message="one")
    await eventually(lambda: len(api.seen) == 3)

    assert messages(api) == ["one", "two", "one"]


@pytest.mark.looptime
async def test_it_is_said_again_after_ten_minutes_and_never_more_than_fits(client: Client) -> None:
    recorder = EventRecorder(client, "tester", capacity=4)

    recorder.record(WIDGET, type="Normal", reason="Created", message="one")
    await asyncio.sleep(599)
    recorder.record(WIDGET, type="Normal", reason="Created", message="one")
    assert recorder.unsent == 1
    await asyncio.sleep(2)
    recorder.record(WIDGET, type="Normal", reason="Created", message="one")
    assert recorder.unsent == 2
    recorder.record(WIDGET, type="Normal", reason="Created", message="three")
    assert recorder.unsent == 2
    for message in ("a", "b", "c"):
        recorder.record(WIDGET, type="Warning", reason="Failed", message=message)
    assert recorder.unsent == 4, "there is room for what went wrong"


async def test_long_message_is_cut(api: ScriptedApi, recorder: EventRecorder) -> None:
    recorder.record(WIDGET, type="Normal", reason="Created", message="x" * 5000)
    await eventually(lambda: len(api.seen) == 1)

    assert messages(api) == ["x" * 1023 + "…"]


async def test_refused_event_is_dropped_and_the_next_one_sent(
    api: ScriptedApi, recorder: EventRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="jupyternetes.runtime.events")
    api.others += [refusal(403, "Forbidden"), refusal(403, "Forbidden"), answer(widget_json("a.1", 3), code=201)]

    for message in ("one", "two", "three"):
        recorder.record(WIDGET, type="Normal", reason="Created", message=message)
    await eventually(lambda: len(api.seen) == 3)

    assert messages(api) == ["one", "two", "three"]
    assert len(caplog.records) == 1, "logged once"


class Clocked:
    """Takes Events and notes when they came."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def create(self, *_: object) -> None:
        self.times.append(asyncio.get_running_loop().time())


@pytest.mark.looptime
async def test_events_of_a_burst_go_25_at_once_and_then_one_a_second() -> None:
    client = Clocked()
    recorder = EventRecorder(client, "tester", capacity=200)  # type: ignore[arg-type]
    start = asyncio.get_running_loop().time()
    for number in range(100):
        recorder.record(WIDGET, type="Normal", reason="Created", message=str(number))
    task = asyncio.create_task(recorder.run())

    await asyncio.sleep(0.1)
    assert len(client.times) == 25
    await asyncio.sleep(50)
    assert len(client.times) == 75
    await asyncio.sleep(50)
    assert len(client.times) == 100, "nothing is lost"
    assert client.times[-1] - start == pytest.approx(75.0)

    await asyncio.sleep(60)
    for number in range(100, 130):
        recorder.record(WIDGET, type="Normal", reason="Created", message=str(number))
    await asyncio.sleep(0.1)
    assert len(client.times) == 125, "what was not used is saved up for one burst, no more"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Reading(Clocked):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[object] = []

    async def create(self, _: object, __: str, event: dict[str, object]) -> None:
        self.messages.append(event["message"])


@pytest.mark.looptime
async def test_warning_that_is_not_urgent_waits_like_what_went_well_C19() -> None:
    """Some clusters warn at each start: what went wrong is not to wait behind that, nor to be dropped for it."""
    client = Reading()
    recorder = EventRecorder(client, "tester", capacity=6)  # type: ignore[arg-type]
    for number in range(4):
        recorder.record(WIDGET, type="Warning", reason="Warns", message=str(number), urgent=False)
    recorder.record(WIDGET, type="Warning", reason="Failed", message="no such image")
    task = asyncio.create_task(recorder.run())

    await asyncio.sleep(0.5)
    assert client.messages == ["no such image", "0", "1", "2"], "half of the places are for what is urgent"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.looptime
async def test_warning_does_not_wait_behind_what_went_well() -> None:
    client = Reading()
    recorder = EventRecorder(client, "tester", capacity=200)  # type: ignore[arg-type]
    for number in range(60):
        recorder.record(WIDGET, type="Normal", reason="Created", message=str(number))
    task = asyncio.create_task(recorder.run())
    await asyncio.sleep(0.5)
    assert len(client.messages) == 25

    recorder.record(WIDGET, type="Warning", reason="Failed", message="no such image")

    await asyncio.sleep(2)
    assert client.messages[25:] == ["25", "no such image"], "only what had its turn already goes first"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
