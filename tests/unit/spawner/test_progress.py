"""The story of a start, as the progress page reads it."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from jupyternetes.api.instance import Instance
from jupyternetes.spawner import JupyternetesSpawner
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.status.progress import Event, Note, Progress
from tests.unit.spawner.conftest import eventually
from tests.unit.spawner.fake_cluster import FakeClient
from tests.unit.spawner.obliging_operators import Obliging, condition, running_status

NAME = Owner("jovyan").instance_name
HOME = "hub-home"


async def read(spawner: JupyternetesSpawner) -> list[Event]:
    return [event async for event in spawner.progress()]


async def test_story_is_ordered_told_in_full_to_every_reader_and_ends_E01_E03_B51(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    early = asyncio.ensure_future(read(spawner))
    await asyncio.sleep(0)

    await spawner.start()

    events = await early
    assert events == await read(spawner)
    percents = [int(event["progress"]) for event in events]
    assert percents == sorted(percents)
    assert 0 <= percents[0] <= percents[-1] < 100
    messages = [event["message"] for event in events]
    assert messages == [
        "Asking the cluster for a server.",
        "The server's volumes are there.",
        "The server's pod was made.",
        "Assigned to node-1",
        "Container started",
    ]
    json.dumps(events)


async def test_next_start_has_a_story_of_its_own(
    spawner: JupyternetesSpawner, client: FakeClient, operators: Obliging
) -> None:
    await spawner.start()
    first = await read(spawner)
    await spawner.stop()
    spawner.clear_state()
    reader = asyncio.ensure_future(read(spawner))

    await spawner.start()

    assert [event["message"] for event in await reader] == [event["message"] for event in first]


async def test_failed_start_ends_its_story_with_the_cause_E04_B51(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    def report(instance: dict[str, Any]) -> None:
        if instance["metadata"]["generation"] == 2 and "status" not in instance:
            status = running_status(instance) | {"address": "", "conditions": []}
            status["pods"]["notebook"] |= {
                "state": "Processed",
                "reason": "ImagePullFailed",
                "message": "no <such> image",
            }
            client.set_status(HOME, NAME, status)

    client.operators = report

    with pytest.raises(Exception, match="cannot be pulled"):
        await spawner.start()

    last = (await read(spawner))[-1]
    assert last["message"] == (
        "The server's image cannot be pulled. no <such> image "
        "Check the image's name, its tag and the pull secrets in the Template."
    )
    assert "<such>" not in last.get("html_message", "")


async def test_start_that_was_given_up_tells_what_was_missing_E04_L16(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    def report(instance: dict[str, Any]) -> None:
        if instance["metadata"]["generation"] == 2 and "status" not in instance:
            status = running_status(instance) | {"address": "", "conditions": []}
            status["pods"]["notebook"] |= {"state": "Processed", "reason": "Unschedulable", "message": "0/3 nodes"}
            client.set_status(HOME, NAME, status)

    client.operators = report
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.instances) and "status" in client.only())
    await eventually(lambda: client._streams[0].empty())
    await asyncio.sleep(0)

    start.cancel()
    await asyncio.wait([start])

    assert str((await read(spawner))[-1]["message"]).startswith("No node has room for the server yet.")


async def test_waiting_is_told_once_with_the_way_out_escaped_in_html_B51(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])
    waiting = running_status(client.only()) | {"address": "", "conditions": []}
    waiting["pods"]["notebook"] |= {
        "state": "Processed",
        "reason": "Unschedulable",
        "message": "<script>alert(1)</script>",
        "progress": [],
    }
    for _ in range(3):
        client.set_status(HOME, NAME, waiting)
        await eventually(lambda: "No node" in str(spawner._progress._events))

    client.set_status(HOME, NAME, running_status(client.only()))
    await start

    told = [event for event in await read(spawner) if "No node has room" in str(event["message"])]
    assert len(told) == 1
    assert "<script>" not in str(told[0]["html_message"])
    assert "&lt;script&gt;" in str(told[0]["html_message"])


async def test_conditions_of_an_earlier_generation_are_not_told(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])
    old = condition("PodsProvisioned", 1, reason="TemplateNotFound", message="an old one")
    client.set_status(HOME, NAME, {"conditions": [old]})
    client.set_status(HOME, NAME, running_status(client.only()))

    await start

    assert not any("old one" in str(event["message"]) for event in await read(spawner))


async def test_slow_reader_misses_nothing_and_percentages_stay_below_the_end() -> None:
    progress = Progress()
    reader = progress.read()
    for number in range(50):
        progress.add(Note(number * 4, f"step {number}"))
    progress.end()

    events = [event async for event in reader]

    assert [event["message"] for event in events] == [f"step {number}" for number in range(50)]
    assert events[-1]["progress"] == 99


async def test_reader_may_leave_at_any_time() -> None:
    progress = Progress()
    readers = [asyncio.ensure_future(anext(aiter(progress.read()))) for _ in range(3)]
    await asyncio.sleep(0)

    readers[0].cancel()
    progress.add(Note(1, "hello"))

    assert [event["message"] for event in await asyncio.gather(*readers[1:])] == ["hello", "hello"]


GATE = "licence.example.org/granted"


def gated(instance: dict[str, Any], answer: dict[str, Any] | None, *, reason: str, message: str) -> dict[str, Any]:
    """The status of a start that waits for a gate, or came to nothing because of one."""
    generation = instance["metadata"]["generation"]
    ours = condition("PodsProvisioned", generation, reason=reason, message=message)
    asked = {GATE: {"before": "Start", "generation": generation, "startId": instance["spec"]["startId"]}}
    return {"gates": asked, "conditions": [ours, *([answer] if answer else [])]}


async def test_what_an_operator_says_that_is_asked_is_told_as_it_says_it_B51(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    start = asyncio.ensure_future(spawner.start())
    await eventually(lambda: bool(client.instances) and not client.only()["spec"]["suspend"])
    generation = client.only()["metadata"]["generation"]
    waiting = {"reason": "WaitingForGate", "message": f"Not answered yet: {GATE}"}
    for text in ("Old news", "Looking for\n a <b>seat</b>", "Seat 7", "Seat 7", "x" * 9000):
        about = generation - (text == "Old news")
        answer = condition(GATE, about, status="Unknown", reason="Working", message=text)
        client.set_status(HOME, NAME, gated(client.only(), answer, **waiting))
        await eventually(lambda: client._streams[0].empty())
    client.set_status(HOME, NAME, running_status(client.only()))
    await start

    messages = [str(event["message"]) for event in await read(spawner)]
    told = [message for message in messages if message.startswith(GATE)]
    assert told[:2] == [f"{GATE}: Looking for a <b>seat</b>", f"{GATE}: Seat 7"]
    assert len(told) == 3
    assert len(told[2]) < 600
    assert f"The server waits for another operator's answer. Not answered yet: {GATE}" in messages
    assert not any("<b>" in str(event.get("html_message", "")) for event in await read(spawner))


async def test_refusal_of_a_gate_ends_the_start_at_once_with_its_words_E04(
    spawner: JupyternetesSpawner, client: FakeClient
) -> None:
    def report(instance: dict[str, Any]) -> None:
        if instance["metadata"]["generation"] == 2 and "status" not in instance:
            message = f"Gate {GATE} refuses the start: NoSeat: All 20 seats are taken. Ask whoever runs it."
            client.set_status(HOME, NAME, gated(instance, None, reason="GateRefused", message=message))

    client.operators = report

    with pytest.raises(Exception, match="All 20 seats are taken"):
        await spawner.start()

    assert "All 20 seats are taken" in str((await read(spawner))[-1]["message"])


def test_what_is_waited_for_beside_the_pod_is_told_by_name_and_as_text() -> None:
    words = "entry db of spec.otherResources: Database db-1: its condition Ready is not true (<b>disk</b> 3 of 5)"
    waiting = condition("OtherResourcesProvisioned", 1, reason="WaitingForOtherResource", message=words, status="False")
    body = {
        "metadata": {"name": "i", "namespace": "n", "generation": 1},
        "spec": {},
        "status": {"conditions": [waiting]},
    }
    progress = Progress()

    progress.add_status(msgspec.convert(body, Instance))
    progress.end()

    (event,) = asyncio.run(told(progress))
    assert words in str(event["message"])
    assert "html_message" not in event or "<b>" not in str(event["html_message"])


def of_status(status: dict[str, Any]) -> list[str]:
    """What is told of an Instance with this status, of generation 3 and start 1."""
    body = {
        "metadata": {"name": "i", "namespace": "n", "generation": 3},
        "spec": {"startId": "1"},
        "status": status,
    }
    progress = Progress()
    progress.add_status(msgspec.convert(body, Instance))
    progress.end()
    return [str(event["message"]) for event in asyncio.run(told(progress))]


def test_each_other_resource_that_is_waited_for_is_named_with_its_kind_and_since_when() -> None:
    known = {"observedGeneration": 3, "startId": "1", "since": "2026-01-01T03:04:05.678+01:00"}
    waits = known | {"reason": "WaitingForOtherResource"}
    others = {
        "db": waits | {"kind": "Database", "message": "Database db-1: disk 3 of\n5"},
        "wall": waits | {"kind": "Licence"},
        "old": waits | {"observedGeneration": 2},
        "after": known | {"reason": "WaitingForEntries", "message": "it waits for db"},
        "there": known | {"kind": "Service"},
    }
    waiting = condition(
        "OtherResourcesProvisioned", 3, reason="WaitingForOtherResource", message="entry db: disk", status="False"
    )

    messages = of_status(
        {
            "otherResources": others,
            "otherResourcesProvisioned": dict.fromkeys(others, "Pending") | {"there": "Completed"},
            "conditions": [waiting],
        }
    )

    assert messages == [
        "Waiting for Database db since 02:04:05 UTC: Database db-1: disk 3 of 5",
        "Waiting for Licence wall since 02:04:05 UTC",
    ]


def test_each_gate_that_is_waited_for_is_named_with_since_when_until_it_has_decided() -> None:
    asked = {"before": "Start", "generation": 3, "startId": "1", "askedAt": "2026-01-01T02:04:05.000000Z"}
    answers = [
        condition("b.example.org/b", 3, status="Unknown", reason="Busy", message="2 before you"),
        condition("c.example.org/c", 3, status="True", reason="Yes", message=""),
        condition("d.example.org/d", 2, status="True", reason="Yes", message=""),
    ]
    gates = {f"{name}.example.org/{name}": asked for name in "abcd"}
    others = {"e.example.org/e": asked | {"startId": "0"}, "f.example.org/f": asked | {"before": "Stop"}}

    assert of_status({"gates": gates | others, "conditions": answers}) == [
        "Waiting for the answer of a.example.org/a since 02:04:05 UTC",
        "Waiting for the answer of b.example.org/b since 02:04:05 UTC",
        "b.example.org/b: 2 before you",
        "Waiting for the answer of d.example.org/d since 02:04:05 UTC",
    ]


async def told(progress: Progress) -> list[Event]:
    return [event async for event in progress.read()]
