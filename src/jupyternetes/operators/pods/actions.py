"""The Pod operator's few calls to the API server."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from jupyternetes.api import labels, reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import PODS, SECRETS
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import AlreadyExists, Conflict, NotFound
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.objects import ObjectKey, key_of


@dataclass(frozen=True, slots=True)
class PodActions:
    """Creates and deletes pods, deletes start Secrets; remembers creations until the cache shows them."""

    client: Client
    pods: Expectations[Pod, ObjectKey]
    announcer: Announcer

    async def known(self, key: ObjectKey) -> list[Pod]:
        """All pods labelled with the Instance's name, those that the cache does not show yet included."""
        await self.pods.settle(key)
        return self.pods.find(key)

    async def find(self, namespace: str, name: str, uid: str) -> Pod | None:
        """The pod as the API server has it now: proof of absence for one that the cache lacks."""
        try:
            pod = await self.client.get(PODS, namespace, name)
        except NotFound:
            return None
        return pod if pod.metadata.uid == uid else None

    async def create(self, instance: Instance, body: Mapping[str, object]) -> Pod:
        """Create a pod. A name that is taken (stable names only) is fine if it is by this very pod."""
        namespace = instance.metadata.namespace
        try:
            pod = await self.pods.create(key_of(instance), namespace, body)
        except AlreadyExists:
            pod = await self._same(instance, body)
            if pod is None:
                raise
            self.pods.created(pod)
        else:
            self.announcer.normal(instance, reasons.POD_CREATED, f"Created Pod {pod.metadata.name}")
        return pod

    async def delete(self, instance: Instance, pod: Pod, *, grace_seconds: int | None = None) -> None:
        """Ask for the deletion of a pod, which may be gone; ``grace_seconds`` None is the pod's own."""
        meta = pod.metadata
        try:
            await self.client.delete(PODS, meta.namespace, meta.name, uid=meta.uid, grace_seconds=grace_seconds)
        except NotFound:
            return
        except Conflict:
            if await self.find(meta.namespace, meta.name, meta.uid) is not None:
                raise
            return  # another pod has the name by now
        if not meta.deleting:
            self.announcer.normal(instance, reasons.POD_DELETED, f"Deleted Pod {meta.name}")

    async def delete_secrets(self, namespace: str, names: Iterable[str]) -> None:
        """Delete start Secrets that may or may not be there."""
        for name in names:
            try:
                await self.client.delete(SECRETS, namespace, name)
            except NotFound:
                continue

    async def _same(self, instance: Instance, body: Mapping[str, object]) -> Pod | None:
        name = cast("Mapping[str, object]", body["metadata"]).get("name")
        if not isinstance(name, str):
            return None
        pod = await self.client.get(PODS, instance.metadata.namespace, name)
        start = pod.metadata.labels.get(labels.START_ID, "")
        return pod if pod.metadata.owned_by(instance.metadata.uid) and start == instance.spec.start_id else None
