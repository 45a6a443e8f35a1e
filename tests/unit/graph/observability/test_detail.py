"""What the cluster said of one node, and not of another that had its name."""

import asyncio
from typing import Any

import msgspec

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Node, ObjectId
from jupyternetes.graph.model.heading import Heading
from jupyternetes.graph.observability.detail import last_events
from tests.unit.graph.model.deployments import node

POD = ObjectId(kind="Pod", name="hub-db-0", namespace="hub", uid="new")


class Cluster:
    """Has these Events, and gives those that the field selector asks for."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self._events = events

    async def read(self, _what: str, _path: str, query: dict[str, str]) -> bytes:
        wanted = dict(term.removeprefix("involvedObject.").split("=") for term in query["fieldSelector"].split(","))
        found = [each for each in self._events if wanted.items() <= each["involvedObject"].items()]
        return msgspec.json.encode({"items": found[: int(query["limit"])]})


def event(reason: str, minute: int, uid: str = "") -> dict[str, Any]:
    return {
        "metadata": {"name": f"{reason}.{minute}"},
        "involvedObject": {"kind": "Pod", "name": POD.name, "uid": uid},
        "reason": reason,
        "lastTimestamp": f"2026-11-28T12:{minute:02}:00Z",
    }


def events_of(about: ObjectId, *events: dict[str, Any]) -> Heading:
    found: Node = node(kinds.DATABASE, objects=(about,))
    [heading] = asyncio.run(last_events(Cluster(*events), found))  # type: ignore[arg-type]
    return heading


def test_events_of_an_earlier_pod_of_the_name_take_no_room_from_its_own() -> None:
    earlier = [event("BackOff", 10, "old")] * 500

    assert events_of(POD, *earlier, event("Started", 30, "new")).lines == ("2026-11-28T12:30:00Z Normal Started: ",)


def test_all_events_of_the_name_count_where_the_uid_is_not_known() -> None:
    without = ObjectId(kind="Pod", name=POD.name, namespace="hub")

    assert len(events_of(without, event("Started", 30, "new"), event("BackOff", 10, "old")).lines) == 2


def test_no_event_at_all_is_said() -> None:
    assert events_of(POD) == Heading("Events of Pod hub/hub-db-0", (), "none in the last hour")
