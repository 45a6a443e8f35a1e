"""Deletions: when an object is gone, what holds it, and what goes with it.

https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
https://kubernetes.io/docs/concepts/architecture/garbage-collection/
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from jupyternetes.api.resources import CLAIMS, PODS
from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.decoding import Partial
from jupyternetes.runtime.resource import Resource
from tests.contract.gizmos import GIZMOS, gizmo
from tests.contract.http import Http, Json
from tests.contract.servers import collection, once_admitted

CONFIG_MAPS = Resource("", "v1", "configmaps", "ConfigMap", Partial)
FINALIZER = "example.org/hold"
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "none"}


def held(name: str) -> Json:
    body = gizmo(name)
    body["metadata"]["finalizers"] = [FINALIZER]
    return body


def config_map(name: str, *owners: Partial, finalizers: tuple[str, ...] = ()) -> Json:
    """Garbage is collected of kinds that the controller manager knows; of a new one it learns within half a minute."""
    references = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": owner.metadata.name, "uid": owner.metadata.uid}
        for owner in owners
    ]
    return {"metadata": {"name": name, "ownerReferences": references, "finalizers": finalizers}}


def pod(name: str, *, node: str = "", claim: str = "") -> Json:
    spec: Json = {"containers": [{"name": "a", "image": "none"}], "automountServiceAccountToken": False}
    if node:
        spec["nodeName"] = node
    if claim:
        spec["volumes"] = [{"name": "home", "persistentVolumeClaim": {"claimName": claim}}]
    return {"metadata": {"name": name}, "spec": spec}


async def gone(read: Callable[[], Awaitable[object]]) -> None:
    """Returns once ``read`` finds nothing any more."""
    async with asyncio.timeout(20):
        while True:
            try:
                await read()
            except errors.NotFound:
                return
            await asyncio.sleep(0.05)


async def create_pod(client: Client, namespace: str, body: Json) -> None:
    await once_admitted(lambda: client.create(PODS, namespace, body))


async def test_deletion_with_another_uid_or_version_is_a_conflict(client: Client, http: Http, namespace: str) -> None:
    old = await client.create(GIZMOS, namespace, gizmo("a"))
    await client.merge_patch(GIZMOS, namespace, "a", {"spec": {"size": 1}})

    with pytest.raises(errors.Conflict, match="precondition"):
        await client.delete(GIZMOS, namespace, "a", uid="another")
    options = {"preconditions": {"resourceVersion": old.metadata.resource_version}}
    stale = await http.send("DELETE", f"{collection(namespace)}/a", options)

    assert (stale.status, stale.reason) == (409, "Conflict")
    await client.delete(GIZMOS, namespace, "a", uid=old.metadata.uid)
    with pytest.raises(errors.NotFound):
        await client.get(GIZMOS, namespace, "a")


async def test_deletion_of_what_is_not_there_is_not_found(client: Client, namespace: str) -> None:
    with pytest.raises(errors.NotFound, match='"a" not found'):
        await client.delete(GIZMOS, namespace, "a")


async def test_finalizer_holds_an_object_that_is_marked_as_deleted(client: Client, namespace: str) -> None:
    made = await client.create(GIZMOS, namespace, held("a"))

    await client.delete(GIZMOS, namespace, "a")
    waiting = await client.get(GIZMOS, namespace, "a")
    await client.delete(GIZMOS, namespace, "a")

    assert (waiting.metadata.uid, waiting.metadata.finalizers) == (made.metadata.uid, (FINALIZER,))
    assert waiting.metadata.deletion_timestamp is not None
    assert waiting.metadata.generation == 2
    assert await client.get(GIZMOS, namespace, "a") == waiting
    with pytest.raises(errors.AlreadyExists):
        await client.create(GIZMOS, namespace, gizmo("a"))


async def test_object_goes_with_its_last_finalizer(client: Client, namespace: str) -> None:
    made = await client.create(GIZMOS, namespace, held("a"))
    await client.delete(GIZMOS, namespace, "a")

    answer = await client.merge_patch(GIZMOS, namespace, "a", {"metadata": {"finalizers": None}})
    with pytest.raises(errors.NotFound):
        await client.get(GIZMOS, namespace, "a")

    assert answer.metadata.finalizers == ()
    watch = client.watch(GIZMOS, namespace, resource_version=made.metadata.resource_version)
    assert [(await anext(watch)).type for _ in range(2)] == ["MODIFIED", "DELETED"]
    await watch.aclose()


async def test_marked_object_takes_changes_but_no_new_finalizer(client: Client, namespace: str) -> None:
    await client.create(GIZMOS, namespace, held("a"))
    await client.delete(GIZMOS, namespace, "a")

    changed = await client.merge_patch(GIZMOS, namespace, "a", {"status": {"left": "1"}}, subresource="status")
    with pytest.raises(errors.Invalid) as caught:
        await client.merge_patch(GIZMOS, namespace, "a", {"metadata": {"finalizers": [FINALIZER, "example.org/b"]}})

    assert changed.status["left"] == "1"
    assert "metadata.finalizers" in {cause.field for cause in caught.value.causes}


async def test_what_an_object_owns_goes_after_it(client: Client, namespace: str) -> None:
    owner = await client.create(CONFIG_MAPS, namespace, config_map("owner"))
    other = await client.create(CONFIG_MAPS, namespace, config_map("other"))
    await client.create(CONFIG_MAPS, namespace, config_map("child", owner))
    await client.create(CONFIG_MAPS, namespace, config_map("shared", owner, other))

    await client.delete(CONFIG_MAPS, namespace, "owner")
    await gone(lambda: client.get(CONFIG_MAPS, namespace, "child"))

    names = {obj.metadata.name for obj in (await client.list(CONFIG_MAPS, namespace)).items}
    assert names - {"kube-root-ca.crt"} == {"other", "shared"}


async def test_owner_is_known_by_its_uid_not_by_its_name(client: Client, namespace: str) -> None:
    """What is made for an object that was recreated meanwhile is collected."""
    first = await client.create(CONFIG_MAPS, namespace, config_map("owner"))
    await client.delete(CONFIG_MAPS, namespace, "owner")
    second = await client.create(CONFIG_MAPS, namespace, config_map("owner"))

    await client.create(CONFIG_MAPS, namespace, config_map("late", first))

    await gone(lambda: client.get(CONFIG_MAPS, namespace, "late"))
    assert await client.get(CONFIG_MAPS, namespace, "owner") == second


async def test_finalizer_holds_what_has_lost_its_owner(client: Client, namespace: str) -> None:
    owner = await client.create(CONFIG_MAPS, namespace, config_map("owner"))
    child = await client.create(CONFIG_MAPS, namespace, config_map("child", owner, finalizers=(FINALIZER,)))
    await client.delete(CONFIG_MAPS, namespace, "owner")

    watch = client.watch(CONFIG_MAPS, namespace, resource_version=child.metadata.resource_version)
    async with asyncio.timeout(20), aclosing(watch):
        async for event in watch:
            if event.identity.name == "child":
                break

    assert event.type == "MODIFIED"
    assert (await client.get(CONFIG_MAPS, namespace, "child")).metadata.deletion_timestamp is not None


async def test_pod_without_a_node_is_deleted_at_once(client: Client, namespace: str) -> None:
    await create_pod(client, namespace, pod("a"))

    await client.delete(PODS, namespace, "a")

    with pytest.raises(errors.NotFound):
        await client.get(PODS, namespace, "a")


async def test_pod_on_a_node_is_marked_until_the_kubelet_lets_it_go(client: Client, namespace: str) -> None:
    await create_pod(client, namespace, pod("a", node="nowhere"))

    await client.delete(PODS, namespace, "a")
    waiting = await client.get(PODS, namespace, "a")
    await client.delete(PODS, namespace, "a", grace_seconds=3)
    hurried = await client.get(PODS, namespace, "a")
    await client.delete(PODS, namespace, "a", grace_seconds=20)
    unchanged = await client.get(PODS, namespace, "a")
    await client.delete(PODS, namespace, "a", grace_seconds=0)

    assert waiting.metadata.deletion_timestamp is not None
    assert [obj.metadata.deletion_grace_period_seconds for obj in (waiting, hurried, unchanged)] == [30, 3, 3]
    with pytest.raises(errors.NotFound):
        await client.get(PODS, namespace, "a")


async def test_pod_that_has_ended_is_deleted_at_once(client: Client, namespace: str) -> None:
    await create_pod(client, namespace, pod("a", node="nowhere"))
    await client.merge_patch(PODS, namespace, "a", {"status": {"phase": "Succeeded"}}, subresource="status")

    await client.delete(PODS, namespace, "a")

    with pytest.raises(errors.NotFound):
        await client.get(PODS, namespace, "a")


async def test_claim_stays_while_a_pod_on_a_node_uses_it(client: Client, namespace: str) -> None:
    for name in ("used", "free"):
        await client.create(CLAIMS, namespace, {"metadata": {"name": name}, "spec": CLAIM})
    await create_pod(client, namespace, pod("a", node="nowhere", claim="used"))
    await create_pod(client, namespace, pod("b", claim="free"))

    for name in ("used", "free"):
        await client.delete(CLAIMS, namespace, name)
    await gone(lambda: client.get(CLAIMS, namespace, "free"))
    waiting = await client.get(CLAIMS, namespace, "used")
    await client.delete(PODS, namespace, "a", grace_seconds=0)

    assert waiting.metadata.deletion_timestamp is not None
    await gone(lambda: client.get(CLAIMS, namespace, "used"))
