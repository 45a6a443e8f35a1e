"""Where is the hub's database, and does it answer on a connection of its own?"""

import os
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import ceil
from threading import Lock
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from jupyternetes.api.dependency_reasons import NAME_LOOKUP_FAILED, NO_ANSWER, NO_ANSWER_IN_TIME
from jupyternetes.api.hub_dependencies import DependencyKind
from jupyternetes.api.reasons import Reason
from jupyternetes.hub_dependencies.addresses import NOWHERE, HostPort, checked_host, checked_port
from jupyternetes.hub_dependencies.connections import TcpProbe
from jupyternetes.hub_dependencies.failures import Failure, explain
from jupyternetes.hub_dependencies.own_errors import OwnErrors
from jupyternetes.hub_dependencies.watch import Dependency

_PORTS: Final = {
    "postgresql": 5432,
    "cockroachdb": 26257,
    "mysql": 3306,
    "mariadb": 3306,
    "mssql": 1433,
    "oracle": 1521,
}
_SQLITE: Final = "sqlite"
# As SQLAlchemy reads them: a password ends at the first @.
_CREDENTIALS: Final = re.compile(r"[^:/]*(?::[^@]*)?@")
# Of the hub's own pool, log or sessions, and no use for a single connection.
_NOT_OURS: Final = re.compile(r"pool.*|max_overflow|echo.*|expire_on_commit")


def database(db_url: str, db_kwargs: Mapping[str, Any], limit: float, own_errors: OwnErrors) -> Dependency:
    """The hub's database, from what ``JupyterHub.db_url`` and ``JupyterHub.db_kwargs`` say.

    ``limit``: seconds for an answer. ``own_errors``: what the hub itself met there.
    https://jupyterhub.readthedocs.io/en/stable/reference/api/app.html#jupyterhub.app.JupyterHub.db_url
    """
    kind = DependencyKind.DATABASE
    try:
        url = make_url(db_url)
        url.get_dialect()
    except Exception:  # of SQLAlchemy or of a plugin
        return Dependency(kind, unasked="The hub's db_url cannot be read.")
    dialect = url.get_backend_name()
    if dialect == _SQLITE:
        if _in_memory(url):
            return Dependency(kind, dialect=dialect, unasked="It is in the hub's memory.")
        url = _read_only(url)
    address = _address(db_url, url, db_kwargs)
    probe = DatabaseProbe(url, db_kwargs, address, limit, own_errors)
    return Dependency(kind, address, dialect, ask=probe.ask, cut=probe.cut, late=probe.late)


class DatabaseProbe:
    """Opens a connection, asks ``SELECT 1``, and closes the connection.

    A new one each time, because an old one shows neither that the database takes connections, nor, after the database
    has moved, that it is back. The driver's own time limits hold while it connects. A server that hangs afterwards
    (under SIGSTOP its kernel still acknowledges what is sent) is not noticed by any driver of PostgreSQL, so `cut`
    shuts the connection down from another thread.

    psycopg and psycopg2 fail with the same words whether the network swallows what they send or the server takes the
    connection and is silent. So after such a failure a connection without the driver shows which of both it was. Only
    then, since MySQL counts connections that say nothing, and shuts out a host that makes too many of them.
    """

    def __init__(
        self, url: URL, db_kwargs: Mapping[str, Any], address: HostPort, limit: float, own_errors: OwnErrors
    ) -> None:
        self._url = url
        self._address = address
        self._network = TcpProbe(address, limit)
        self._own_errors = own_errors
        self._late: Callable[[], Reason] = lambda: NO_ANSWER
        self._options = {name: value for name, value in db_kwargs.items() if not _NOT_OURS.fullmatch(name)}
        self._options["connect_args"] = {**_connect_args(db_kwargs), **_time_limits(url, limit)}
        # Of SQLite, SELECT 1 does not touch the file; this reads its first page.
        self._question = text("PRAGMA schema_version") if url.get_backend_name() == _SQLITE else select(1)
        self._engine: Engine | None = None
        self._lock = Lock()
        self._line: socket.socket | None = None

    def ask(self) -> None:
        """Raises errors of SQLAlchemy and of the driver, whose texts may hold credentials; or OSError, or Failure."""
        self._look_up_name()
        self._late = lambda: NO_ANSWER  # the driver does not say how far it has come
        try:
            if self._engine is None:
                self._engine = self._made_engine()
            with self._engine.connect() as connection:
                connection.scalar(self._question)
        except Exception as error:
            if self._address.host and self._late() is NO_ANSWER is explain(error):
                self._late = self._network.late
                self._network.ask()
            raise
        finally:
            self._hold(None)
        if (met := self._own_errors.recent()) is not None:
            raise Failure(met)

    def late(self) -> Reason:
        """Why there is no answer, if the question goes no further: this follows its steps. Any thread may ask."""
        return self._late()

    def cut(self) -> None:
        """Shut down the connection that `ask` waits on, if there is one, and it has a socket that can be reached."""
        with self._lock, suppress(OSError):
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)

    def _look_up_name(self) -> None:
        """Drivers look the name up too, without a time limit, and say nothing of it before it ends."""
        if self._address.host:
            self._late = lambda: NAME_LOOKUP_FAILED
            with suppress(OSError, UnicodeError):  # of several hosts the driver may reach another one
                socket.getaddrinfo(*self._address)

    def _made_engine(self) -> Engine:
        engine = create_engine(self._url, **{**self._options, "poolclass": NullPool})
        # First, because SQLAlchemy itself asks the server something on its first connection.
        event.listen(engine, "connect", self._connected, insert=True)
        return engine

    def _connected(self, connection: Any, _: object) -> None:
        """Keep a second descriptor of the driver's socket: its number stays ours when the driver closes the first."""
        if self._address.host:
            self._late = lambda: NO_ANSWER_IN_TIME
        with suppress(Exception):
            self._hold(socket.socket(fileno=os.dup(connection.fileno())))

    def _hold(self, line: socket.socket | None) -> None:
        with self._lock:
            if self._line is not None:
                self._line.close()
            self._line = line


def _connect_args(db_kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    return db_kwargs.get("connect_args") or {}


def _time_limits(url: URL, limit: float) -> dict[str, Any]:
    """What the drivers call their time limits, in the units that they take; libpq takes 1 s for 2 s."""
    seconds = max(2, ceil(limit))
    match url.get_driver_name():
        case "psycopg" | "psycopg2" | "psycopg2cffi":
            return {"connect_timeout": seconds}
        case "pymysql" | "mysqldb":
            return {"connect_timeout": seconds, "read_timeout": seconds, "write_timeout": seconds}
        case "pysqlite":
            return {"timeout": limit}
        case _:
            return {}


def _address(db_url: str, url: URL, db_kwargs: Mapping[str, Any]) -> HostPort:
    """From the URL, or from the places where drivers look if it names no host; a directory of a socket is no host."""
    given = db_url.partition("://")[2]
    credentials = _CREDENTIALS.match(given)
    if "@" in (given[credentials.end() :] if credentials else given):
        return NOWHERE
    places: list[Mapping[str, Any]] = [{"host": url.host, "port": url.port}, url.query, _connect_args(db_kwargs)]
    if url.get_backend_name() == "postgresql":
        places.append({"host": os.environ.get("PGHOST"), "port": os.environ.get("PGPORT")})
    host, port = _first(places, "host"), _first(places, "port")
    if host.count(":") == 1:
        host, _, port = host.partition(":")
    host = checked_host(host)
    return HostPort(host, checked_port(port) or _PORTS.get(url.get_backend_name(), 0)) if host else NOWHERE


def _first(places: list[Mapping[str, Any]], name: str) -> str:
    """The first value; the first of several hosts, which libpq separates with commas."""
    value: Any = next((place[name] for place in places if place.get(name)), "")
    return str(value if isinstance(value, str | int) else value[0]).partition(",")[0]


def _in_memory(url: URL) -> bool:
    return (url.database or ":memory:") in (":memory:", "file::memory:") or url.query.get("mode") == "memory"


def _read_only(url: URL) -> URL:
    """The same file, opened so that it is neither made nor changed; a reader holds up a writer for less than a page.

    Not with SQLite's ``immutable``, which takes no lock at all: closing such a file drops the locks of the hub, which
    is the same process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    name = url.database or ""
    if url.get_driver_name() != "pysqlite":
        return url
    if url.query.get("uri") is None:
        return url.set(database=f"file:{quote(os.path.abspath(name))}", query={"mode": "ro", "uri": "true"})  # noqa: PTH100
    return url.update_query_dict({"mode": "ro"})
