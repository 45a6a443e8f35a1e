"""The spawner: JupyterHub's contract on top of Instances.

Here stands what JupyterHub asks for and when it may ask; how a start is written, how a status is read and what is told
meanwhile stand in the modules beside this one. JupyterHub's own words on the contract:
https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from jupyterhub.spawner import Spawner
from jupyterhub.utils import url_path_join
from msgspec.structs import replace
from tornado.web import HTTPError

from jupyternetes.api import labels, reasons
from jupyternetes.api.instance import Instance
from jupyternetes.options.form import Form
from jupyternetes.options.offer import Offer
from jupyternetes.runtime.errors import ApiError, ConfigurationError, Unreachable
from jupyternetes.spawner.choice.chooser import Chooser
from jupyternetes.spawner.choice.offers import offers
from jupyternetes.spawner.cluster.connection import Cluster
from jupyternetes.spawner.cluster.retry import FAILURES
from jupyternetes.spawner.cluster.server import Server
from jupyternetes.spawner.cluster.watch import InstanceWatch
from jupyternetes.spawner.hub import addresses, database
from jupyternetes.spawner.hub.ownership import Identity, Owner
from jupyternetes.spawner.hub.refusals import api_refusal, message_of, refusal
from jupyternetes.spawner.hub.state import SavedState, dump_state, read_state
from jupyternetes.spawner.start.launcher import Attempt, Launcher
from jupyternetes.spawner.start.start_request import start_request
from jupyternetes.spawner.status.instance_status import Failed, Running, Stopped, is_taken_up, server_state
from jupyternetes.spawner.status.progress import REQUESTED, Event, Note, Progress, outcome
from jupyternetes.spawner.traits import SpawnerTraits


class JupyternetesSpawner(SpawnerTraits, Spawner):
    """Starts servers by asking for an Instance, and believes its status.

    Hooks may change any trait until ``start()`` is called, so traits are read there. What later calls need of them is
    kept in the state, or follows from names where a hub died before it saved that.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._saved = SavedState()
        self._users = database.Users(self.orm_spawner)
        self._progress = Progress()
        self._attempt: Attempt | None = None
        self._started: Instance | None = None
        self._chooser = Chooser(self, self._offers)
        if self.templates:
            self._offer_choices()
        # A stop must not overtake the requests of a start, nor leave one of them to take effect afterwards.
        self._writing = asyncio.Lock()

    # State. JupyterHub asks for it with every list of users, and dies if ``load_state`` raises.

    def load_state(self, state: Any) -> None:
        """Take up what an earlier hub process, or an older version, saved; anything goes."""
        super().load_state(state)
        self._saved = read_state(state)
        if self._saved.namespace:
            self.instance_namespace = self._saved.namespace
        self._address(addresses.free_path if self.server is None else addresses.keep_path)

    def get_state(self) -> dict[str, Any]:
        """What the next hub process has to know: names, and no secrets."""
        return {**super().get_state(), **dump_state(self._saved)}

    def clear_state(self) -> None:
        """Forget the last start, and end what it left in the hub; where the volume is stays known."""
        super().clear_state()
        self._chooser.forget()
        if self._saved.token_id is not None:
            try:
                note = self._saved.token_note or f"Server at {addresses.server_path(self.user, self.name)}"
                database.revoke(self.orm_spawner, self._saved.token_id, note)
            except Exception:
                self.log.exception("The API token of the server of %s was not revoked", self._log_name)
        self._saved = self._saved.kept
        if self.server is not None:  # JupyterHub is about to start it: this comes before the path is used
            self._address(addresses.follow_name)
            self._address(addresses.free_path)
        if self._progress.ended:
            self._progress = Progress()

    # The life of a server.

    async def start(self) -> str:
        """The server's URL, once it is Ready.

        Raises a refusal at once when waiting cannot help. May be cancelled at any time; ``stop`` cleans up.
        """
        if self._progress.ended or (self._attempt is not None and not self._attempt.wanted):
            self._progress = Progress()
        attempt = self._attempt = Attempt(self._progress)
        try:
            url = await self._start(attempt)
            attempt.unresolved = False
            return url
        except asyncio.CancelledError:
            attempt.progress.add(outcome(attempt.latest, "The server was not ready when its start was given up."))
            raise
        except Exception as error:
            text = message_of(error) if isinstance(error, HTTPError) else "The server could not be started."
            attempt.progress.add(Note(None, text))
            raise
        finally:
            attempt.running = False
            attempt.progress.end()

    async def stop(self, now: bool = False) -> None:
        """Until the server's pods and its start Secret are gone; nothing to stop is fine."""
        attempt = self._attempt
        if attempt is not None:
            attempt.wanted = False
        async with self._writing:
            if attempt is not None and not attempt.sent:
                return  # that start never came to writing anything
            if attempt is not None:
                await self._wait_settled(attempt)
            server = await self._server_in_cluster()
        await server.stop(now=now)
        self._started = None
        if attempt is not None:
            attempt.unresolved = False

    async def poll(self) -> int | None:
        """None while it runs, starts, or nobody can tell; an exit code (0: unknown) once it is certainly not running.

        Never raises: JupyterHub would take the server for dead and forget it.
        """
        if self._attempt is not None and (self._attempt.running or self._attempt.unresolved):
            return None
        try:
            # A hub that has just begun has nothing to go by and waits; one that has failed to start a server goes on.
            server = await self._server_in_cluster(patient=self._attempt is None)
            match await server.state():
                case Stopped(exit_code=exit_code):
                    return exit_code
                case Running(host=host, port=port):
                    self._follow(host, port)
                case _:
                    pass
        except FAILURES as error:
            self.log.debug("Nothing is known of the server of %s: %s", self._log_name, error)
        except Exception:
            self.log.exception("The server of %s could not be looked at", self._log_name)
        return None

    async def get_url(self) -> str:
        """Where the server is, which JupyterHub asks after a restart, for servers that poll as alive; never raises.

        Until this returns, the server can be neither used nor stopped. So the stored address is good enough where the
        server is not Ready at this moment: JupyterHub checks it, and the polls follow the server later. Only a start
        that the old hub did not finish has stored none, and is waited for, up to ``start_timeout``.
        """
        stored = bool(self.server and self.server.ip)  # empty until start() has returned one
        try:
            async with asyncio.timeout(self.start_timeout):
                server = await self._server_in_cluster(patient=not stored)
                found = server.seen_state() if stored else await server.wait_running()
            if isinstance(found, Running):
                return url_path_join(found.url(self.instance_protocol), addresses.server_path(self.user, self.name))
        except Exception as error:
            self.log.warning("No new address of the server of %s is known: %r", self._log_name, error)
        return str(self.server.url) if self.server else ""

    async def progress(self) -> AsyncGenerator[Event]:
        """The story of the present start, from its beginning, for as many readers as like."""
        async for event in self._progress.read():
            yield event

    async def delete_forever(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Delete the Instance; which volumes go with it the Template's ``reclaimPolicy`` says (default: none)."""
        server = await self._server_in_cluster()
        await server.delete()

    async def rename(self, old_name: str, new_name: str) -> None:
        """The server keeps its Instance, and so its files: the hub remembers which that is."""
        if not self._saved.instance:
            server = await self._server_in_cluster()
            instance = await server.instance()
            if instance is not None:
                meta = instance.metadata
                hub_id, home = self._identity().owner.hub_id, meta.annotations.get(labels.HOME, "")
                self._saved = SavedState(instance=meta.name, namespace=meta.namespace, hub_id=hub_id, home=home)
        self.orm_spawner.state = self.get_state()

    async def create_certs(self) -> dict[str, str]:
        """Refused: nothing would bring the certificates into the pod."""
        raise self._no_internal_ssl()

    def format_string(self, s: str) -> str:
        """``s`` with JupyterHub's names filled in, as in ``default_url`` and ``notebook_dir``.

        JupyterHub takes the names from the method ``template_namespace``, which our trait of this name hides.
        https://jupyterhub.readthedocs.io/en/stable/reference/api/spawner.html#jupyterhub.spawner.Spawner.format_string
        """
        return s.format(**Spawner.template_namespace(self))

    # What people choose before a start, where the site offers Templates.

    async def choices_form(self) -> Form | None:
        """What the options form is to show now; None if there is nothing to choose."""
        return await self._chooser.form()

    def options_from_query(self, query_data: Any) -> Any:
        """The options of a link. Raises, and the form comes filled in, unless links may start servers."""
        return self._chooser.from_link(query_data) if self.templates else super().options_from_query(query_data)

    def _offer_choices(self) -> None:
        """Take up JupyterHub's settings for options, except for those that the site has set itself."""
        if not self.options_form:
            self.set_trait("options_form", self._chooser.page)
        if not self.trait_has_value("options_from_form"):
            self.set_trait("options_from_form", self._chooser.from_form)
        if self.apply_user_options is None:
            self.set_trait("apply_user_options", self._chooser.apply)

    async def _offers(self, only: str) -> AsyncGenerator[Offer]:
        async for each in offers(self, self._identity().owner, await self._cluster(), only):
            yield each

    # How it is done.

    async def _start(self, attempt: Attempt) -> str:
        if self.internal_ssl:
            raise self._no_internal_ssl()
        cluster = await self._cluster()
        await cluster.yield_to_loop()
        identity = self._identity()
        chosen = await self._chooser.decision() if self.templates else None
        request = start_request(
            self,
            identity.owner,
            name=identity.owner.instance_name,
            hub_namespace=cluster.namespace,
            chosen=chosen,
        )
        protocol, service = self.instance_protocol, self.service_entry
        self._started = None
        attempt.progress.add(REQUESTED)
        for notice in chosen.notices if chosen is not None else ():
            self.log.info("Server of %s: %s", self._log_name, notice)
            attempt.progress.add(Note(None, notice))
        watch = cluster.watch(request.namespace, identity.owner.hub_id)
        await self._synced(watch, attempt)
        launcher = Launcher(cluster, watch, request, attempt, identity)

        def running() -> Running | None:
            return _running(attempt, watch.newest(started), started, service)

        def under_way() -> bool | None:
            if running() is not None:
                return True
            return is_taken_up(watch.newest(started) or started, started.metadata.generation) or None

        async with cluster.launching.turn():
            started = await self._launch(launcher, identity, service)
            await watch.until(started.metadata.name, under_way)
        return (await watch.until(started.metadata.name, running)).url(protocol)

    async def _launch(self, launcher: Launcher, identity: Identity, service: str) -> Instance:
        """The Instance, set going; what a later call needs of it is kept."""
        async with self._writing:
            try:
                started = self._started = await launcher.launch()
            finally:
                request = launcher.request
                self._saved = SavedState(
                    instance=request.name, namespace=request.namespace, hub_id=identity.owner.hub_id, home=request.home
                )
        token_id, note = database.token_row(self.orm_spawner, self.api_token)
        self._saved = replace(
            self._saved, start_id=started.spec.start_id, service=service, token_id=token_id, token_note=note
        )
        self.log.info("Instance %s/%s: start %s", request.namespace, request.name, started.spec.start_id)
        return started

    async def _cluster(self) -> Cluster:
        try:
            return await Cluster.of(self.hub, self.kubeconfig, self.webhook_seconds)
        except ConfigurationError as error:
            raise refusal(reasons.CONFIGURATION, str(error)) from error

    async def _synced(self, watch: InstanceWatch, attempt: Attempt) -> None:
        try:
            try:
                await watch.wait_synced(patient=False)
            except Unreachable:
                attempt.latest = reasons.API_UNAVAILABLE
                attempt.progress.add(outcome(attempt.latest))
                await watch.wait_synced()
        except ApiError as error:
            raise (api_refusal(error) or error) from error

    async def _server_in_cluster(self, *, patient: bool = True) -> Server:
        """The server in the cluster, wherever the state says that it is, once the watch can tell of it."""
        cluster = await Cluster.of(self.hub, self.kubeconfig, self.webhook_seconds)
        identity = self._identity()
        owner = identity.owner
        namespace = self._saved.namespace or self.instance_namespace or cluster.namespace
        watch = cluster.watch(namespace, owner.hub_id)
        await watch.wait_synced(patient=patient)
        name = identity.recorded
        if not name:
            found = identity.locate(watch.candidates(owner))
            name = owner.instance_name if found is None else found.metadata.name
        service = self._saved.service if self._saved.start_id else self.service_entry
        return Server(cluster.client, watch, identity, namespace, name, service=service, known=self._started)

    def _identity(self) -> Identity:
        hub_id = self.hub_id if self._saved.hub_id is None else self._saved.hub_id
        owner = Owner(self.user.name, self.name, hub_id, self._users.person)
        return Identity(owner, self._saved.instance, self._saved.home, self._users)

    def _address(self, change: Callable[[Any], object]) -> None:
        """Keep the server's path in step with its user's name; JupyterHub would not survive an error in this."""
        try:
            change(self)
        except Exception:
            self.log.exception("The path of the server of %s could not be kept in step with its name", self._log_name)

    async def _wait_settled(self, attempt: Attempt) -> None:
        """Until no request of the attempt can take effect any more."""
        left = attempt.settled_at - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)

    def _follow(self, host: str, port: int) -> None:
        if self.server is not None and database.follow_address(self.server, host, port):
            self.log.info("The server of %s is at %s, port %s, now", self._log_name, host, port)

    def _no_internal_ssl(self) -> HTTPError:
        return refusal(reasons.INTERNAL_SSL)


def _running(attempt: Attempt, newest: Instance | None, started: Instance, service: str) -> Running | None:
    """Where the server is once it runs; None while it is on its way. Raises a refusal if it will not run."""
    attempt.check_wanted()
    if newest is None:
        raise refusal(reasons.INSTANCE_DELETED)
    if newest.spec.suspend or newest.spec.start_id != started.spec.start_id:
        raise Attempt.stopped()
    attempt.progress.add_status(newest)
    match server_state(newest, service):
        case Running() as running:
            return running
        case Stopped(exit_code=code, reason=reason, detail=detail):
            raise refusal(reason, f"{detail} (exit code {code})".strip() if code else detail)
        case Failed(reason=reason, detail=detail):
            raise refusal(reason, detail)
        case starting:
            attempt.latest = starting.reason
            return None
