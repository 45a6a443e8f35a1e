"""The client's calls and the API server's answers, as they really are."""

import asyncio

import pytest

from jupyternetes.runtime import errors, requests
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.events import EVENTS, EventRecorder, ObjectReference
from tests.integration.runtime.gadgets import CONFIG_MAPS, GADGETS, gadget
from tests.support.kubectl import said
from tests.support.waiting import eventually
from tools.cluster import Cluster


async def test_object_from_creation_to_deletion(client: Client, namespace: str) -> None:
    made = await client.create(GADGETS, namespace, gadget("g-", size=3))
    assert made.metadata.name.startswith("g-")
    assert made.spec.size == 3

    assert await client.get(GADGETS, namespace, made.metadata.name) == made
    assert (await client.list(GADGETS, namespace)).items == [made]

    await client.delete(GADGETS, namespace, made.metadata.name, uid=made.metadata.uid, grace_seconds=0)
    with pytest.raises(errors.NotFound, match=rf"get gadgets\.runtime\.example\.org {namespace}/g-.*404"):
        await client.get(GADGETS, namespace, made.metadata.name)


async def test_pages_of_one_consistent_list(client: Client, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PAGE_SIZE", 2)
    for number in range(5):
        await client.create(GADGETS, namespace, gadget(f"g{number}"))

    listing = await client.list(GADGETS, namespace)

    assert [obj.metadata.name for obj in listing.items] == ["g0", "g1", "g2", "g3", "g4"]
    assert int(listing.resource_version) >= max(int(obj.metadata.resource_version) for obj in listing.items)


async def test_selectors(client: Client, namespace: str) -> None:
    body = gadget("a")
    body["metadata"]["labels"] = {"x": "y"}
    await client.create(GADGETS, namespace, body)
    await client.create(GADGETS, namespace, gadget("b"))

    by_label = await client.list(GADGETS, namespace, label_selector="x=y")
    by_field = await client.list(GADGETS, namespace, field_selector="metadata.name=b")

    assert [obj.metadata.name for obj in by_label.items] == ["a"]
    assert [obj.metadata.name for obj in by_field.items] == ["b"]


async def test_second_create_of_a_name_already_exists(client: Client, namespace: str) -> None:
    await client.create(GADGETS, namespace, gadget("a"))

    with pytest.raises(errors.AlreadyExists):
        await client.create(GADGETS, namespace, gadget("a"))


async def test_invalid_object_is_refused_with_the_field(client: Client, namespace: str) -> None:
    with pytest.raises(errors.Invalid) as caught:
        await client.create(GADGETS, namespace, gadget("a", color="x" * 11))

    assert [cause.field for cause in caught.value.causes] == ["spec.color"]


async def test_json_patch_is_conditional(client: Client, namespace: str) -> None:
    made = await client.create(GADGETS, namespace, gadget("a", size=1))

    def replace(uid: str) -> list[dict[str, object]]:
        return [
            {"op": "test", "path": "/metadata/uid", "value": uid},
            {"op": "replace", "path": "/spec", "value": {"size": 2, "color": "red"}},
        ]

    patched = await client.json_patch(GADGETS, namespace, "a", replace(made.metadata.uid))
    assert (patched.spec.size, patched.spec.color) == (2, "red")
    with pytest.raises(errors.Invalid):
        await client.json_patch(GADGETS, namespace, "a", replace("another"))


async def test_merge_patch_removes_with_null(client: Client, namespace: str) -> None:
    await client.create(GADGETS, namespace, gadget("a", size=1, color="red"))

    patched = await client.merge_patch(GADGETS, namespace, "a", {"spec": {"color": None}})

    assert (patched.spec.size, patched.spec.color) == (1, "")


async def test_delete_of_another_uid_is_a_conflict(client: Client, namespace: str) -> None:
    await client.create(GADGETS, namespace, gadget("a"))

    with pytest.raises(errors.Conflict):
        await client.delete(GADGETS, namespace, "a", uid="00000000-0000-0000-0000-000000000000")

    assert (await client.get(GADGETS, namespace, "a")).metadata.name == "a"


async def test_account_without_rights_is_forbidden(cluster: Cluster, namespace: str) -> None:
    async with await Client.connect(cluster.kubeconfig_for("nobody"), user_agent="t") as client:
        with pytest.raises(errors.Forbidden, match='User "nobody" cannot list resource "gadgets"') as caught:
            await client.list(GADGETS, namespace)

    assert not caught.value.quota


async def test_service_account_and_its_namespace(cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "serviceaccount", "robot", "-n", namespace)
    cluster.kubectl(
        "create", "rolebinding", "robot", "--clusterrole=admin", f"--serviceaccount={namespace}:robot", "-n", namespace
    )
    kubeconfig = cluster.service_account_kubeconfig(namespace, "robot")
    # The API server learns of a role a moment after it is bound.
    question = ("auth", "can-i", "list", "configmaps", "-n", namespace)
    await asyncio.to_thread(eventually, lambda: said(cluster, *question, kubeconfig=kubeconfig) == "yes\n")

    async with await Client.connect(kubeconfig, user_agent="t") as client:
        await client.list(CONFIG_MAPS, namespace)


async def test_used_up_quota_is_told_from_a_missing_right(client: Client, cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "quota", "none", "--hard=configmaps=0", "-n", namespace)
    # The API server acts on a quota only once it has seen its status, and sees that later than others do.
    probe = ("create", "configmap", "probe", "--dry-run=server", "-n", namespace)
    await asyncio.to_thread(eventually, lambda: "exceeded quota: none" in said(cluster, *probe))

    with pytest.raises(errors.Forbidden) as caught:
        await client.create(CONFIG_MAPS, namespace, {"metadata": {"name": "a"}})

    assert caught.value.quota
    assert "exceeded quota: none" in caught.value.message


async def test_events_are_visible_B39(client: Client, cluster: Cluster, namespace: str) -> None:
    made = await client.create(GADGETS, namespace, gadget("a"))
    recorder = EventRecorder(client, "gadget-operator")
    regarding = ObjectReference(GADGETS.api_version, GADGETS.kind, namespace, "a", made.metadata.uid)

    sending = asyncio.create_task(recorder.run())
    recorder.record(regarding, type="Warning", reason="NoColor", message="the gadget has no color")
    async with asyncio.timeout(10):
        while not (await client.list(EVENTS, namespace)).items:
            pass
    sending.cancel()

    described = cluster.kubectl("describe", "gadget", "a", "-n", namespace)
    assert "gadget-operator" in described
    assert "NoColor" in described
    assert "the gadget has no color" in described
