"""The steps of a start that write: the Instance, the start Secret, the patch that sets it going.

Three requests for a first start, two for a later one. Any of them may meet what an earlier start left behind when its
hub died, and each may be cut off; nothing is ever started twice or left running unknown.
"""

import asyncio
import logging
from dataclasses import dataclass, field, replace

from tornado.web import HTTPError

from jupyternetes.api import labels, reasons
from jupyternetes.api.identity import new_home, other_instance_name
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.api.resources import INSTANCES, SECRETS
from jupyternetes.runtime.errors import AlreadyExists, ApiError, Invalid, NotFound, UnknownOutcome
from jupyternetes.spawner.cluster.connection import Cluster
from jupyternetes.spawner.cluster.retry import retry_until_answered
from jupyternetes.spawner.cluster.watch import InstanceWatch
from jupyternetes.spawner.hub.ownership import Identity, Standing
from jupyternetes.spawner.hub.refusals import api_refusal, refusal
from jupyternetes.spawner.start import bodies
from jupyternetes.spawner.start.bodies import StartRequest
from jupyternetes.spawner.status.progress import Progress, outcome

log = logging.getLogger(__name__)

_DELETION_PAUSE = 1.0  # between looks at an Instance that is being deleted and that our watch may not select


@dataclass(slots=True)
class Attempt:
    """One call of ``start()``, as far as others have to know: is it still going on, is it still wanted, what did it do.

    ``unresolved``: the patch that starts the server was, or may have been, applied, and ``start()`` has not finished.
    Only a stop resolves it.
    ``settled_at`` is the event loop's time from which on no request of it can take effect any more, ``latest`` what is
    known of why the server is not ready yet.
    """

    progress: Progress = field(default_factory=Progress)
    running: bool = True
    wanted: bool = True
    sent: bool = False
    unresolved: bool = False
    settled_at: float = 0.0
    latest: Reason = reasons.STARTING

    def check_wanted(self) -> None:
        """Raises a refusal once somebody stopped the server that is being started."""
        if not self.wanted:
            raise self.stopped()

    @staticmethod
    def stopped() -> HTTPError:
        """The refusal that ends a start whose server was stopped."""
        return refusal(reasons.STOPPED)


class Launcher:
    """Sends the requests of one start.

    ``request`` names the Instance that is looked for first; after ``launch`` it names the one that it came to, also if
    that raised. Without an ``identity`` the owner's names decide whose an Instance is.
    """

    def __init__(
        self,
        cluster: Cluster,
        watch: InstanceWatch,
        request: StartRequest,
        attempt: Attempt,
        identity: Identity | None = None,
    ) -> None:
        self._client = cluster.client
        self._watch = watch
        self.request = request
        self._attempt = attempt
        self._identity = identity or Identity(request.owner)

    async def launch(self) -> Instance:
        """The Instance, set going. Raises a refusal that says who can do what about it."""
        self.request = self._placed()
        try:
            return await self._launch()
        except ApiError as error:
            raise (api_refusal(error) or error) from error

    async def _launch(self) -> Instance:
        instance = self._watch.get(self.request.name)
        while True:
            self._attempt.check_wanted()
            start_id = ""
            if instance is None or instance.metadata.deleting:
                instance, created = await self._create_or_find()
                start_id = bodies.FIRST_START if created else ""
            if not (start_id or self._is_ours(instance)):
                instance = self._watch.get(self.request.name)
                continue
            start_id = await self._hand_over(instance, start_id or bodies.next_start_id(instance))
            started = await self._start(instance, start_id)
            if started is not None:
                return started
            instance = await self._read()

    async def _create_or_find(self) -> tuple[Instance, bool]:
        """The Instance and whether it was made now; one that is being deleted is waited out."""
        while True:
            self._attempt.check_wanted()
            try:
                body = bodies.new_instance(self.request)
                self._attempt.sent = True
                return await retry_until_answered(
                    lambda body=body: self._client.create(INSTANCES, self.request.namespace, body)
                ), True
            except AlreadyExists:
                found = await self._read()
            if found is not None and (not found.metadata.deleting or self._is_in_the_way(found)):
                return found, False
            if found is not None and (held_by := ", ".join(found.metadata.held_by)):
                key = f"{found.metadata.namespace}/{found.metadata.name}"
                self._attempt.progress.add(
                    outcome(reasons.BEING_DELETED, f"Instance {key} has the finalizer {held_by}.")
                )
            await asyncio.sleep(_DELETION_PAUSE)

    async def _hand_over(self, instance: Instance, start_id: str) -> str:
        """Create the start Secret, under the first number from ``start_id`` on that nobody used, and return that."""
        while True:
            self._attempt.check_wanted()
            body = bodies.start_secret(self.request, instance, start_id)
            try:
                self._attempt.sent = True
                await retry_until_answered(lambda body=body: self._client.create(SECRETS, self.request.namespace, body))
            except AlreadyExists:
                log.info("start %s of Instance %s was begun before; taking the next", start_id, instance.metadata.name)
                start_id = bodies.following(start_id)
            else:
                return start_id

    async def _start(self, instance: Instance, start_id: str) -> Instance | None:
        """The Instance with the start set going, or None if it is no longer as it was when we looked at it."""
        self._attempt.check_wanted()
        operations = bodies.start_patch(self.request, instance, start_id)
        try:
            return await retry_until_answered(lambda: self._patch(operations))
        except NotFound:
            return None
        except Invalid:
            live = await self._read()
            if live is None or live.metadata.uid != instance.metadata.uid:
                return None
            if live.spec.start_id == start_id and not live.spec.suspend:
                return live  # an earlier sending whose answer was lost
            if (
                live.spec.start_id == instance.spec.start_id
                and live.metadata.generation == instance.metadata.generation
            ):
                raise  # the tests held: it is the spec itself that the API server refuses
            return None

    async def _patch(self, operations: list[bodies.Body]) -> Instance:
        self._attempt.unresolved = True
        try:
            return await self._client.json_patch(INSTANCES, self.request.namespace, self.request.name, operations)
        except UnknownOutcome as error:
            self._attempt.settled_at = max(self._attempt.settled_at, error.settled_at)
            raise

    async def _read(self) -> Instance | None:
        try:
            return await retry_until_answered(
                lambda: self._client.get(INSTANCES, self.request.namespace, self.request.name)
            )
        except NotFound:
            return None

    def _placed(self) -> StartRequest:
        """The request with the Instance that is ours, or with a home for one that is still to be made."""
        if self._identity.recorded:
            return replace(self.request, name=self._identity.recorded, home=self._identity.home)
        found = self._identity.locate(self._watch.candidates(self._identity.owner))
        if found is not None:
            return replace(self.request, name=found.metadata.name, home=_home(found))
        request = replace(self.request, home=new_home())
        taken = self._identity.register.recorded_elsewhere(request.namespace, request.name)
        return _under_another_name(request) if taken else request

    def _is_ours(self, instance: Instance) -> bool:
        """Whether the start may go on with ``instance``; if not, ``request`` names another one from now on.

        Raises a refusal for an Instance that is not known to be somebody else's: passing it over, and beginning with
        empty volumes, would look to its user like lost files.
        """
        if self._identity.owns(instance):
            self.request = replace(self.request, home=_home(instance))
            return True
        if self._is_in_the_way(instance):
            self.request = _under_another_name(self.request)
            log.info(
                "Instance %s/%s is of another person; the server gets Instance %s",
                *(instance.metadata.namespace, instance.metadata.name, self.request.name),
            )
            return False
        owner = self._identity.owner
        log.error(
            "Instance %s/%s is not known to be of server %r of user %r of hub %r",
            *(instance.metadata.namespace, instance.metadata.name, owner.server, owner.user, owner.hub_id),
        )
        raise refusal(reasons.OWNERSHIP, f"It is called {instance.metadata.namespace}/{instance.metadata.name}.")

    def _is_in_the_way(self, instance: Instance) -> bool:
        return bool(self.request.home) and self._identity.standing(instance) is Standing.OTHERS


def _under_another_name(request: StartRequest) -> StartRequest:
    return replace(request, name=other_instance_name(request.name, request.home))


def _home(instance: Instance) -> str:
    return instance.metadata.annotations.get(labels.HOME, "")
