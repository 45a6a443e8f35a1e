"""The line of configuration, and what it sets going in the hub's process.

JupyterHub has no setting that extends the hub's process. But its configuration file is Python that runs in that process
(https://jupyterhub.readthedocs.io/en/stable/tutorial/getting-started/config-basics.html), in every release and with
every spawner, authenticator and proxy; so the line is a call. At that moment the application exists and has read
nothing. Therefore a thread waits until it has: first for the configuration, then for the proxy and the authenticator
that the hub makes of it. The database is asked as soon as the configuration is there, so that the reason can be read
while a hub waits for its database at the start.
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread
from traceback import extract_tb
from typing import Any, Final

import msgspec
from jupyterhub.app import JupyterHub
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from jupyternetes.api.hub_dependencies import LOGINS, PATH, PORT, HubDependencies, HubDependency
from jupyternetes.api.times import rfc3339, utc_now
from jupyternetes.hub_dependencies.facts import database_of, proxy_of, services_of
from jupyternetes.hub_dependencies.listener import Listener
from jupyternetes.hub_dependencies.metrics import DependencyCollector
from jupyternetes.hub_dependencies.own_errors import OwnErrors
from jupyternetes.hub_dependencies.watch import Dependency, Watch

#: Of the hub's configuration; it is there once the hub has taken the configuration over.
SECTION: Final = "HubDependencies"
#: Seconds after which an answer counts as none.
LIMIT: Final = 3.0
_TICK: Final = 0.5
#: Seconds after which the authenticator is read again: some learn their hosts from the network.
_AGAIN: Final = 60.0


def tell(c: Any, *, port: int = PORT, host: str = "", seconds: float = 5.0) -> None:
    """Tell what this hub depends on, at ``/dependencies`` and ``/metrics`` of ``port``, and in ``/hub/metrics``.

    To be called once, in ``jupyterhub_config.py``. ``c``: the configuration. ``host``: where to listen; empty for all
    addresses. ``seconds``: from one question to the next for database and proxy, at least 1; providers of logins are
    asked half as often, since they belong to others. Nothing that goes wrong here keeps the hub from starting; it is
    logged. Commands that only read the configuration, as ``jupyterhub token``, start nothing.
    """
    try:
        if SECTION in c or not JupyterHub.initialized():
            return
        c[SECTION].port = port
        Teller(host=host, port=port, seconds=max(1.0, seconds)).start(JupyterHub.instance())
    except Exception as error:
        logging.getLogger(__name__).error("%s", _own_failure("Telling what the hub depends on", error))


class Teller:
    """Reads what a hub depends on, watches each part, and tells.

    ``limit``: seconds after which an answer counts as none. ``tick``: seconds between two looks at what does not say
    by itself that it has changed. ``registry``: where the hub keeps its metrics.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        seconds: float,
        limit: float = LIMIT,
        tick: float = _TICK,
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        self._seconds = seconds
        self._limit = limit
        self._tick = tick
        self._registry = registry
        self._stopped = Event()
        self._log = logging.getLogger(__name__)
        self._authenticator = ""
        self._watches: tuple[Watch, ...] = ()
        self._complaints: set[Watch] = set()
        self._reader: Thread | None = None
        self._collector = DependencyCollector(self._look)
        own = CollectorRegistry()
        own.register(self._collector)
        self.listener = Listener(
            host=host,
            port=port,
            pages={
                PATH: ("application/json", lambda: msgspec.json.encode(self.told())),
                "/metrics": (CONTENT_TYPE_LATEST, lambda: generate_latest(own)),
                "/livez": ("text/plain; charset=utf-8", lambda: b"ok\n"),
            },
            beat=self._beat,
            tick=tick,
            stopped=self._stopped,
        )

    def start(self, hub: Any) -> None:
        """Begin, beside ``hub``, a ``JupyterHub`` that may not have read its configuration yet. Returns at once."""
        self._log = hub.log
        self._registry.register(self._collector)
        self._reader = Thread(target=self._read, args=(hub,), name="hub-dependencies-reader", daemon=True)
        self._reader.start()

    def stop(self) -> None:
        """End all threads and wait for them; one whose service hangs keeps the caller waiting."""
        self._stopped.set()
        if self._reader is not None:
            self._registry.unregister(self._collector)
            self._reader.join()
        self.listener.join()
        for watch in self._watches:
            watch.join()

    def told(self) -> HubDependencies:
        """All that is known now."""
        return HubDependencies(
            taken=rfc3339(utc_now()),
            interval=self._seconds,
            authenticator=self._authenticator,
            dependencies=self._look(),
        )

    def watch(self, dependencies: Iterable[Dependency]) -> None:
        """Ask each of these from now on, unless it is asked already."""
        known = {watch.dependency.key for watch in self._watches}
        for dependency in dependencies:
            if dependency.key in known or self._stopped.is_set():
                continue
            known.add(dependency.key)
            others = dependency.kind in LOGINS
            watch = Watch(
                dependency,
                interval=self._seconds * (2 if others else 1),
                limit=self._limit,
                stopped=self._stopped,
            )
            watch.start()
            self._watches = (*self._watches, watch)

    def _look(self) -> tuple[HubDependency, ...]:
        return tuple(watch.look() for watch in self._watches)

    def _read(self, hub: Any) -> None:
        """Read each part of the hub as soon as it is there."""
        own_errors = OwnErrors()
        if not self._comes(lambda: SECTION in hub.config):
            return
        self.listener.start(self._log)
        # The traits follow the configuration in the same step of the hub's thread, so at the next look they are set.
        self._stopped.wait(self._tick)
        self._try("Reading db_url", lambda: self.watch([database_of(hub, self._limit, own_errors)]))
        if self._comes(lambda: getattr(hub, "proxy", None) is not None):
            # The hub connects to its database before it makes the proxy.
            self._try("Listening to the hub's database", lambda: own_errors.listen(hub.session_factory.kw["bind"]))
            self._try("Reading the proxy", lambda: self.watch([proxy_of(hub, self._limit)]))
        # To ask for the authenticator before it is there would make it.
        if self._comes(lambda: hub.trait_has_value("authenticator")):
            self._authenticator = type(hub.authenticator).__name__
            worked = True
            while worked and not self._stopped.is_set():
                worked = self._try(
                    "Reading the authenticator", lambda: self.watch(services_of(hub.authenticator, self._limit))
                )
                self._stopped.wait(_AGAIN)

    def _comes(self, condition: Callable[[], bool]) -> bool:
        """Wait for it; False if stopped before."""
        while not condition():
            if self._stopped.wait(self._tick):
                return False
        return True

    def _try(self, what: str, step: Callable[[], None]) -> bool:
        try:
            step()
        except Exception as error:
            self._log.error("%s", _own_failure(what, error))
            return False
        return True

    def _beat(self) -> None:
        """Called by the listener's thread: end what hangs, and log what has changed.

        Not the first failure, because a proxy or a file that the hub makes itself may not be there yet.
        """
        for watch in self._watches:
            watch.cut_if_overdue()
            now = watch.look()
            what = f"{now.dialect or now.kind} {now.host}:{now.port}" if now.host else now.dialect or now.kind
            if watch not in self._complaints and watch.down_for() > self._seconds:
                self._complaints.add(watch)
                how = "does not answer as it should" if now.seconds is None else "answers too late"
                self._log.warning("The hub depends on %s, which %s: %s", what, how, now.message)
            elif watch in self._complaints and now.up:
                self._complaints.remove(watch)
                self._log.info("The hub depends on %s, which answers again", what)


def _own_failure(what: str, error: Exception) -> str:
    """Where it failed, and not the error's text, which may quote a URL with its password."""
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{what} failed with {type(error).__name__}{place}. The hub itself is not affected."
