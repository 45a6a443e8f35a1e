"""One server as the cluster knows it: what can be asked and done about it once its start has been written.

It asks the shared watch first; but that something is not there, or at rest, it believes the API server only.
"""

import asyncio
import logging
from typing import Final

from jupyternetes.api.instance import Instance
from jupyternetes.api.resources import INSTANCES
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Conflict, Invalid, NotFound
from jupyternetes.spawner.cluster.retry import retry_until_answered
from jupyternetes.spawner.cluster.watch import InstanceWatch
from jupyternetes.spawner.hub.ownership import Identity
from jupyternetes.spawner.hub.refusals import refusal
from jupyternetes.spawner.start import bodies
from jupyternetes.spawner.status.instance_status import (
    Running,
    ServerState,
    Starting,
    Stopped,
    is_at_rest,
    is_suspended,
    server_state,
    stuck_pod,
)

log = logging.getLogger(__name__)

_REMINDER_SECONDS: Final = 60.0


class Server:
    """The server behind the Instance ``name``, if that belongs to ``identity``.

    ``service`` is the entry whose Service leads to the server, empty if none does. ``known`` is the last answer of the
    API server to the start, if there was one: a watch that lags behind it still shows the server of before, which is
    stopped.
    """

    def __init__(
        self,
        client: Client,
        watch: InstanceWatch,
        identity: Identity,
        namespace: str,
        name: str,
        *,
        service: str = "",
        known: Instance | None = None,
    ) -> None:
        self._client = client
        self._watch = watch
        self._identity = identity
        self._namespace = namespace
        self._name = name
        self._service = service
        self._known = known

    async def state(self) -> ServerState:
        """What is known of it now; Stopped also if there is no such Instance, or one of somebody else."""
        instance = await self.instance()
        return Stopped() if instance is None else server_state(instance, self._service)

    async def instance(self) -> Instance | None:
        """Its Instance; None if there is none, or it is somebody else's."""
        instance = self._seen() or await self._live()
        return instance if instance is not None and self._identity.owns(instance) else None

    def seen_state(self) -> ServerState:
        """What the watch shows of it now, without asking the API server."""
        instance = self._seen()
        return server_state(instance, self._service) if instance is not None else Stopped()

    async def wait_running(self) -> Running | None:
        """Where it is, once it runs; None if it will not."""

        def decide() -> ServerState | None:
            seen = self.seen_state()
            return None if isinstance(seen, Starting) else seen

        seen = await self._watch.until(self._name, decide)
        return seen if isinstance(seen, Running) else None

    async def stop(self, *, now: bool) -> None:
        """Until its pods and its start Secret are gone; ``now`` leaves it no time to end by itself.

        Transient failures are waited out, for as long as they last. Raises other kinds of ApiError, and a refusal once
        a pod cannot be ended since its node is lost: the stop goes on by itself when Kubernetes has removed it.
        """
        instance = self._seen()
        while True:
            if instance is None or is_at_rest(instance):
                instance = await self._live()
            if instance is None or not self._identity.owns(instance) or is_at_rest(instance):
                return
            suspended = await self._suspend(instance, now=now)
            if suspended is not None:
                break
            instance = None
        await self._wait_suspended(suspended)

    async def delete(self) -> None:
        """Delete the Instance; Kubernetes removes what it owns, volumes with reclaim policy Delete included."""
        instance = await self._live()
        if instance is None or not self._identity.owns(instance):
            return
        for entry, claim in sorted(instance.status.pvcs.items()):
            fate = "is deleted" if claim.reclaim_policy == "Delete" else "stays"
            log.info("deleting Instance %s: claim %s (%s) %s", self._name, claim.resource_name, entry, fate)
        uid = instance.metadata.uid
        try:
            await retry_until_answered(lambda: self._client.delete(INSTANCES, self._namespace, self._name, uid=uid))
        except (NotFound, Conflict):
            return  # somebody else was quicker

        def gone() -> bool | None:
            cached = self._watch.get(self._name)
            return True if cached is None or cached.metadata.uid != uid else None

        await self._watch.until(self._name, gone)

    def _seen(self) -> Instance | None:
        return self._watch.newest(self._known) if self._known is not None else self._watch.get(self._name)

    async def _suspend(self, instance: Instance, *, now: bool) -> Instance | None:
        """The suspended Instance, or None if it was replaced or deleted meanwhile."""
        operations = bodies.stop_patch(self._identity.owner, instance, now=now)
        try:
            return await retry_until_answered(
                lambda: self._client.json_patch(INSTANCES, self._namespace, self._name, operations)
            )
        except NotFound:
            return None
        except Invalid:
            live = await self._live()
            if live is not None and live.metadata.uid == instance.metadata.uid:
                raise
            return None

    async def _wait_suspended(self, suspended: Instance) -> None:
        generation = suspended.metadata.generation

        def over() -> bool | None:
            newest = self._watch.newest(suspended)
            if newest is None or is_suspended(newest, generation):
                return True
            stuck = stuck_pod(newest)
            if stuck is not None:
                raise refusal(stuck.reason, stuck.detail)
            return None

        while True:
            try:
                async with asyncio.timeout(_REMINDER_SECONDS):
                    await self._watch.until(self._name, over)
                    return
            except TimeoutError:
                newest = self._watch.newest(suspended) or suspended
                pods = newest.status.pods.items()
                said = "; ".join(f"{entry}: {pod.reason} {pod.message}".strip() for entry, pod in pods if pod.reason)
                log.warning("Instance %s is still being stopped; its pods: %s", self._name, said or "nothing is said")

    async def _live(self) -> Instance | None:
        try:
            return await retry_until_answered(lambda: self._client.get(INSTANCES, self._namespace, self._name))
        except NotFound:
            return None
