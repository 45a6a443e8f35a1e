"""The Pod operator's few calls to the API server."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from jupyternetes.api import labels, reasons
from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import PODS, SECRETS
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.assembly.still_there import MadeOnce
from jupyternetes.operators.pods.steps import Create
from jupyternetes.operators.pods.template_warnings import TemplateWarnings
from jupyternetes.operators.status.warnings import about_entry
from jupyternetes.operators.templates.schema_check import SchemaCheck
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import AlreadyExists, Conflict, NotFound
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.templating import PODS as POD_ENTRIES

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PodActions:
    """Creates and deletes pods, deletes start Secrets; remembers creations until the cache shows them."""

    client: Client
    pods: Expectations[Pod, ObjectKey]
    made_once: MadeOnce
    announcer: Announcer
    warnings: TemplateWarnings
    check: SchemaCheck

    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone, or makes nothing before its next start."""
        self.made_once.forget(key)

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

    async def create(self, instance: Instance, create: Create) -> Pod:
        """Create a pod. A name that is taken (stable names only) is fine if it is by this very pod.

        Raises what the API server refuses it with, and Conflict if the Instance is known to be gone.
        """
        await self.made_once.begin(instance, create.entry)
        try:
            made = await self.pods.create(
                key_of(instance), instance.metadata.namespace, create.body, strict=self.check.strict(create.template)
            )
        except AlreadyExists:
            pod = await self._same(instance, create.body)
            if pod is None:
                raise
            self.pods.created(pod)
            return pod
        self.announcer.normal(instance, reasons.POD_CREATED, f"Created Pod {made.obj.metadata.name}")
        texts = about_entry(made.warnings, POD_ENTRIES, create.entry, create.body)
        self.announcer.warned(instance, texts)
        self.warnings.hear(create.template, texts)
        return made.obj

    async def delete(self, instance: Instance, pod: Pod, *, grace_seconds: int | None = None) -> None:
        """Ask for the deletion of a pod, which may be gone; ``grace_seconds`` None is the pod's own."""
        deleted = await self._delete(pod, grace_seconds)
        if deleted and not pod.metadata.deleting:
            self.announcer.normal(instance, reasons.POD_DELETED, f"Deleted Pod {pod.metadata.name}")

    async def force_delete(self, instance: Instance, pod: Pod) -> None:
        """Remove a pod that its node does not end; only a finalizer keeps it then."""
        if not await self._delete(pod, grace_seconds=0):
            return
        meta = pod.metadata
        message = f"Deleted Pod {meta.name} by force, since node {pod.spec.node_name} has not ended it"
        if meta.held_by:
            message += f"; the finalizer {', '.join(meta.held_by)} keeps it"
        log.warning("%s", message)
        self.announcer.warning(instance, reasons.POD_FORCE_DELETED, f"{message}. {reasons.POD_FORCE_DELETED.advice}")

    async def delete_secret(self, namespace: str, name: str) -> None:
        """Delete a start Secret that may or may not be there, of an Instance that is."""
        with suppress(NotFound):
            await self.client.delete(SECRETS, namespace, name)

    async def _delete(self, pod: Pod, grace_seconds: int | None) -> bool:
        """Whether the pod was there to be deleted."""
        meta = pod.metadata
        try:
            await self.client.delete(PODS, meta.namespace, meta.name, uid=meta.uid, grace_seconds=grace_seconds)
        except NotFound:
            return False
        except Conflict:
            if await self.find(meta.namespace, meta.name, meta.uid) is not None:
                raise
            return False  # another pod has the name by now
        return True

    async def _same(self, instance: Instance, body: Mapping[str, object]) -> Pod | None:
        name = cast("Mapping[str, object]", body["metadata"]).get("name")
        if not isinstance(name, str):
            return None
        pod = await self.client.get(PODS, instance.metadata.namespace, name)
        start = pod.metadata.labels.get(labels.START_ID, "")
        return pod if pod.metadata.owned_by(instance.metadata.uid) and start == instance.spec.start_id else None
