"""What the cluster says about one node: its last Events and, where we may, the end of its log."""

from typing import Final

import msgspec
from msgspec import Struct, field

from jupyternetes.api.core import Event
from jupyternetes.graph.model.graph import Node, ObjectId
from jupyternetes.graph.model.heading import Heading
from jupyternetes.graph.observability.masking import mask
from jupyternetes.graph.observability.pod_logs import read_log
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, Forbidden, Unreachable

EVENTS: Final = 20
LOG_LINES: Final = 20
_LOG_BYTES: Final = 64 * 1024


class _Events(Struct):
    items: list[Event] = field(default_factory=list[Event])


async def last_events(client: Client, node: Node) -> list[Heading]:
    """The last Events of each object of ``node``, at most 20 each."""
    return [await _events(client, each) for each in node.objects if each.namespace]


async def last_log_lines(client: Client, node: Node) -> list[Heading]:
    """The last 20 lines of the log of each pod of ``node``, without what looks like a credential."""
    return [await _log(client, each) for each in node.objects if each.kind == "Pod"]


async def _events(client: Client, about: ObjectId) -> Heading:
    title = f"Events of {about.kind} {about.namespace}/{about.name}"
    selector = f"involvedObject.kind={about.kind},involvedObject.name={about.name}"
    if about.uid:  # an earlier object may have had the name
        selector += f",involvedObject.uid={about.uid}"
    path = f"/api/v1/namespaces/{about.namespace}/events"
    try:
        body = await client.read("events", path, {"fieldSelector": selector, "limit": "500"})
        events = msgspec.json.decode(body, type=_Events).items
    except Forbidden:
        return Heading(title, missing=f"no right to list events in namespace {about.namespace}")
    except (ApiError, Unreachable, msgspec.DecodeError) as error:
        return Heading(title, missing=str(error))
    last = sorted(events, key=lambda each: each.last_seen)[-EVENTS:]
    lines = [f"{each.last_seen} {each.type} {each.reason}: {mask(each.message)}" for each in last]
    return Heading(title, tuple(lines), "" if events else "none in the last hour")


async def _log(client: Client, pod: ObjectId) -> Heading:
    title = f"Log of Pod {pod.namespace}/{pod.name}"
    try:
        text = await read_log(client, pod, lines=LOG_LINES, most=_LOG_BYTES)
    except Forbidden:
        return Heading(title, missing=f"no right to get pods/log in namespace {pod.namespace}")
    except (ApiError, Unreachable) as error:
        return Heading(title, missing=str(error))
    return Heading(title, tuple(mask(text).splitlines()), "" if text else "the log is empty")
