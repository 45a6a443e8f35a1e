"""Watches that end, break, are refused or fall silent while things change miss nothing and tell nothing twice (B63)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.runtime.client import Client
from tests.integration.faults.following import Follow, Follower
from tests.integration.runtime.gadgets import GADGETS
from tests.support.faultproxy import (
    Answer,
    CutLine,
    Drop,
    ErrorEvent,
    FaultProxy,
    Freeze,
    Hold,
    HoldBack,
    Line,
    Match,
    Rewrite,
)
from tests.support.faultproxy.ends import End
from tests.support.kube import Kube
from tools.cluster import Cluster

WATCHES = Match(client="informer", verb="watch", resource=GADGETS.plural)


@pytest.mark.parametrize(
    ("fault", "lists"),
    [
        pytest.param(Drop(End.REGULAR), 1, id="regular end"),
        pytest.param(Drop(End.FIN), 2, id="EOF"),
        pytest.param(Drop(End.RST), 2, id="reset"),
        pytest.param(ErrorEvent(500), 1, id="500 as ERROR event"),
        pytest.param(ErrorEvent(401), 1, id="401 as ERROR event"),
        pytest.param(ErrorEvent(410), 2, id="410 as ERROR event"),
    ],
)
async def test_watch_that_ends_with_events_on_the_way_misses_none_B63_R03(
    proxy: FaultProxy, follow: Follow, fault: Any, lists: int
) -> None:
    follower = await follow()
    await follower.begin()
    with proxy.fault(HoldBack(), WATCHES) as held:
        await follower.change_everything()
        await asyncio.to_thread(held.wait)

        rule = proxy.fault(fault, WATCHES, times=1)

        await asyncio.to_thread(rule.wait)
    await follower.settled()
    assert len(proxy.log.entries(verb="list", client="informer")) == lists


@pytest.mark.parametrize(
    "behind", [pytest.param(b'"comes"', id="EOF in mid-line"), pytest.param("ü".encode()[:1], id="EOF in mid-UTF-8")]
)
async def test_event_that_is_cut_is_read_again_B63(proxy: FaultProxy, follow: Follow, behind: bytes) -> None:
    follower = await follow()
    await follower.begin()
    rule = proxy.fault(CutLine(behind), WATCHES, times=1)

    await follower.change_everything()

    await follower.settled()
    assert rule.hits == 1


@pytest.mark.parametrize(
    ("refusal", "pause"),
    [
        pytest.param(Answer(410), 0.0, id="410 as status"),
        pytest.param(Answer(429, retry_after=1), 1.0, id="429 with Retry-After"),
        pytest.param(Answer(500), 0.0, id="500 as status"),
    ],
)
async def test_watch_that_is_refused_catches_up_B63_R03(
    proxy: FaultProxy, follow: Follow, refusal: Answer, pause: float
) -> None:
    follower = await follow()
    await follower.begin()
    refused = proxy.fault(refusal, WATCHES, times=1)
    with proxy.fault(Hold(), WATCHES, times=1) as held:
        proxy.fault(Drop(End.REGULAR), WATCHES, times=1)
        await asyncio.to_thread(held.wait)
        await follower.change_everything()

    await follower.settled()
    assert refused.hits == 1
    await until_watched(proxy, 3)  # after a 410 a list settles everything before the next watch
    answered, again = proxy.log.entries(verb="watch", client="informer")[1:]
    assert again.arrived - (answered.ended or 0) >= pause


@pytest.mark.parametrize(
    "fault", [pytest.param(Freeze(), id="half-open socket"), pytest.param(HoldBack(), id="silent, bookmarks too")]
)
async def test_silent_watch_is_given_up_and_caught_up_with_B63(proxy: FaultProxy, follow: Follow, fault: Any) -> None:
    follower = await follow(inactivity=1)
    await follower.begin()
    with proxy.fault(fault, WATCHES) as rule:
        await follower.change_everything()
        await asyncio.to_thread(rule.wait)
        await until_watched(proxy, 2)

    await follower.settled()


async def test_token_that_expires_while_watching_is_replaced_B63(
    proxy: FaultProxy, gadget_cluster: Cluster, kube: Kube, gadget_namespace: str, direct: Client
) -> None:
    line = proxy.line("rotating", account(gadget_cluster, kube, gadget_namespace))
    async with await Client.connect(line.kubeconfig, user_agent="informer/1") as client:
        follower = Follower(client, direct, gadget_namespace, 90)
        await follower.begin()

        line.rotate_token(account(gadget_cluster, kube, gadget_namespace))

        await follower.change_everything()
        await follower.settled()
        await until(lambda: proxy.log.entries(client="rotating")[-1].status != 0)  # the watch after a list
        await follower.stop()
    statuses = [entry.status for entry in proxy.log.entries(client="rotating")]
    assert statuses.count(401) == 1, "the one that showed that the token is no longer good"
    assert statuses[-1] == 200


async def test_watch_with_nothing_but_a_bookmark_goes_on_from_there_B63(
    proxy: FaultProxy, follow: Follow, direct: Client, line: Line
) -> None:
    await direct.list(GADGETS, "default")  # it is connected before the watch begins, for which there is a bookmark soon
    proxy.fault(Rewrite({"timeoutSeconds": "6"}), WATCHES, times=1)  # a server sends a bookmark before it ends a watch
    follower = await follow()
    await direct.create(GADGETS, "default", {"metadata": {"generateName": "elsewhere-"}} | KIND)

    await until_watched(proxy, 2)

    first, second = proxy.log.entries(verb="watch", client="informer")
    assert first.events >= 1
    assert int(second.query["resourceVersion"]) > int(first.query["resourceVersion"])
    await follower.begin()
    await follower.change_everything()
    await follower.settled()
    assert len(proxy.log.entries(verb="list", client="informer")) == 1


KIND = {"apiVersion": GADGETS.api_version, "kind": GADGETS.kind}


async def until_watched(proxy: FaultProxy, times: int) -> None:
    """Until the informer has asked for so many watches."""
    await until(lambda: len(proxy.log.entries(verb="watch", client="informer")) >= times)


async def until(holds: Callable[[], bool]) -> None:
    """Until something is true of what the proxy has seen."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def account(cluster: Cluster, kube: Kube, namespace: str) -> Path:
    """A kubeconfig with a new token of an account that may do everything."""
    name, group = f"watcher-{namespace}", "rbac.authorization.k8s.io"
    metadata = {"name": name, "namespace": namespace}
    kube.apply("serviceaccounts", namespace, name, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}],
    }
    kube.apply("clusterrolebindings", "", name, binding)
    return cluster.service_account_kubeconfig(namespace, name)
