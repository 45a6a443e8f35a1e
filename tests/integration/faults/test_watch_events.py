"""Events that arrive in pieces, in clumps, again, or maimed: the informer's cache becomes what the server has (B63)."""

from typing import Any

import pytest

from jupyternetes.runtime.client import Client
from tests.integration.faults.following import Follow
from tests.integration.runtime.gadgets import GADGETS
from tests.support.faultproxy import Duplicate, Edit, FaultProxy, Join, Match, Replay, Slice
from tests.support.faultproxy.events import Json

EVENTS = Match(client="informer", verb="watch", resource=GADGETS.plural)


def padded(event: Json) -> Json:
    event["object"]["padding"] = "x" * 3_000_000
    return event


def name_only(event: Json) -> Json:
    """What is left of an object that a server can only partly tell."""
    metadata = event["object"]["metadata"]
    event["object"] = {"metadata": {key: metadata[key] for key in ("name", "namespace")}}
    return event


def without_spec_and_status(event: Json) -> Json:
    event["object"] = {"metadata": event["object"]["metadata"]}
    return event


@pytest.mark.parametrize(
    ("fault", "strikes"),
    [
        pytest.param(Slice(1), 6, id="one byte per chunk"),
        pytest.param(Join(2), 6, id="two objects in one chunk"),
        pytest.param(Edit(padded, "ADDED"), 2, id="3 MB line"),
        pytest.param(Duplicate(3), 6, id="duplicate events"),
        pytest.param(Replay(), 6, id="replayed events"),
        pytest.param(Edit(name_only, "DELETED"), 2, id="DELETED with name only"),
        pytest.param(Edit(without_spec_and_status, "DELETED"), 2, id="DELETED with metadata only"),
    ],
)
async def test_odd_events_lead_to_the_servers_state_B63(
    proxy: FaultProxy, follow: Follow, fault: Any, strikes: int
) -> None:
    follower = await follow()
    await follower.begin()
    rule = proxy.fault(fault, EVENTS)

    await follower.change_everything()

    await follower.settled()
    assert rule.hits >= strikes
    assert len(proxy.log.entries(verb="list", client="informer")) == 1, "the watch was enough"
    assert len(proxy.log.entries(verb="watch", client="informer")) == 1


async def test_object_that_fails_to_decode_keeps_its_last_state_until_it_goes_B63(
    direct: Client, gadget_namespace: str, proxy: FaultProxy, follow: Follow
) -> None:
    follower = await follow()
    await follower.begin()
    await direct.merge_patch(GADGETS, gadget_namespace, "stays", {"spec": {"color": "red"}})
    await follower.settled()

    with pytest.raises(Exception, match="cannot be read"):
        await direct.merge_patch(GADGETS, gadget_namespace, "goes", {"spec": {"size": "huge"}})
    await direct.merge_patch(GADGETS, gadget_namespace, "stays", {"spec": {"color": "blue"}})
    while (seen := follower.informer.get(gadget_namespace, "stays")) is None or seen.spec.color != "blue":
        await follower.heard()
    assert [key.name for key in follower.informer.broken] == ["goes"]
    kept = follower.informer.get(gadget_namespace, "goes")
    assert kept is not None
    assert kept.spec.size == 0

    await follower.change_everything()

    await follower.settled()
    assert follower.informer.broken == {}
    assert len(proxy.log.entries(verb="list", client="informer")) == 1
