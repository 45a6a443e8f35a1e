"""The hub's database: where it is, and whether it answers."""

import json
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from jupyternetes.api.dependency_reasons import NO_ANSWER, READ_ONLY
from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.hub_dependencies.addresses import NOWHERE, HostPort
from jupyternetes.hub_dependencies.database import database as database_of
from jupyternetes.hub_dependencies.failures import explain
from jupyternetes.hub_dependencies.own_errors import OwnErrors
from jupyternetes.hub_dependencies.watch import Dependency, Watch
from tests.support.waiting import eventually
from tests.unit.hub_dependencies.services import closed_port, full_service, plain_service, silent_service

LIMIT = 10.0


def database(url: str, kwargs: dict[str, Any], limit: float = LIMIT) -> Dependency:
    """A database in which the hub itself met nothing."""
    return database_of(url, kwargs, limit, OwnErrors())


def ask(dependency: Dependency) -> str:
    """The name of the reason after one question, as a watch gives it; nothing if there was an answer."""
    assert dependency.ask is not None
    try:
        dependency.ask()
    except Exception as error:
        reason = explain(error)
        return (dependency.late() if reason is NO_ANSWER else reason).name
    return ""


@pytest.mark.parametrize(
    ("url", "kwargs", "dialect", "address"),
    [
        ("postgresql://hub:secret@db:6432/hub", {}, "postgresql", HostPort("db", 6432)),
        ("postgresql+psycopg2://hub@db.ns.svc/hub", {}, "postgresql", HostPort("db.ns.svc", 5432)),
        ("mysql+pymysql://hub:secret@mysql/hub", {}, "mysql", HostPort("mysql", 3306)),
        ("postgresql://hub:secret@[fd00::7]/hub", {}, "postgresql", HostPort("fd00::7", 5432)),
        ("postgresql:///hub?host=db&port=6432&password=secret", {}, "postgresql", HostPort("db", 6432)),
        ("postgresql:///hub?host=one:1&host=two:2", {}, "postgresql", HostPort("one", 1)),
        ("postgresql://hub@/hub?host=one,two&port=1,2", {}, "postgresql", HostPort("one", 1)),
        ("postgresql:///hub?host=/var/run/postgresql", {}, "postgresql", NOWHERE),
        (
            "postgresql:///hub",
            {"connect_args": {"host": "db", "password": "secret"}},
            "postgresql",
            HostPort("db", 5432),
        ),
        ("postgresql://user@server:secret@db/hub", {}, "postgresql", HostPort("db", 5432)),
    ],
)
def test_place_of_a_database(url: str, kwargs: dict[str, Any], dialect: str, address: HostPort) -> None:
    found = database(url, kwargs)

    assert (found.dialect, found.address) == (dialect, address)
    assert found.ask is not None


def test_place_of_a_postgresql_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db")
    monkeypatch.setenv("PGPORT", "6432")

    assert database("postgresql://hub:secret@/hub", {}).address == HostPort("db", 6432)


@pytest.mark.parametrize("url", ["", "secret", "postgresql://hub:pass@word:5432@db/hub"])
def test_url_that_cannot_be_read_is_said_to_be_so(url: str) -> None:
    assert database(url, {}).unasked == "The hub's db_url cannot be read."


_AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)


@given(
    before=_AROUND,
    after=_AROUND,
    shape=st.sampled_from(
        [
            "postgresql://hub:{}@db:5432/hub",
            "postgresql+psycopg2://hub:{}@db/hub?sslmode=require",
            "mysql+pymysql://hub:{}@db:3306/hub",
            "mysql://{}:secret@db/hub",
            "postgresql://db/hub?user=hub&password={}",
            "postgresql:///hub?password={}&host=db",
            "postgresql://hub:x@db/{}",
            "postgresql:///hub?host=/run/{}",
            "sqlite:////srv/{}/jupyterhub.sqlite",
            "sqlite:///file:{}?mode=rw&uri=true",
            "nonsense://hub:{}@db",
            "hub:{}@db",
        ]
    ),
    connect_args=st.sampled_from(["password", "dsn", "passfile"]),
)
def test_user_password_and_path_are_never_told(before: str, after: str, shape: str, connect_args: str) -> None:
    secret = f"{before}Canary{after}"
    dependency = database(shape.format(secret), {"connect_args": {connect_args: "Canary"}})
    watch = Watch(dependency, interval=1, limit=LIMIT, stopped=Event())

    assert "canary" not in json.dumps(msgspec.to_builtins(watch.look())).lower()
    assert "canary" not in repr(dependency).lower()


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "sqlite:///file:x?mode=memory&uri=true"],
)
def test_database_in_memory_is_not_asked(url: str) -> None:
    assert database(url, {}).unasked == "It is in the hub's memory."


@pytest.fixture(params=["hub.sqlite", "a hub's & 100% #1?.sqlite"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    with closing(sqlite3.connect(path)) as hub:
        hub.execute("CREATE TABLE users (name TEXT)")
        hub.commit()
    return path


def url_of(file: Path) -> str:
    return f"sqlite:///{file}".replace("?", "%3F")


def test_file_that_can_be_read(file: Path) -> None:
    kwargs = {"pool_size": 5, "max_overflow": 10, "pool_pre_ping": True, "echo": True, "connect_args": {"timeout": 99}}

    assert ask(database(url_of(file), kwargs)) == ""


def test_file_that_the_url_names_as_sqlite_does(file: Path) -> None:
    name = quote(quote(str(file)))  # once for SQLite, and once for SQLAlchemy

    assert ask(database(f"sqlite:///file:{name}?uri=true", {})) == ""


def test_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "gone.sqlite"

    assert ask(database(url_of(file), {})) == "FileNotOpened"
    assert not file.exists()


def test_file_that_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "hub.sqlite"
    file.write_bytes(b"not SQLite at all" * 100)

    assert ask(database(url_of(file), {})) == "FileDamaged"


def test_file_that_the_hub_writes_can_be_read(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as hub:
        hub.execute("BEGIN IMMEDIATE")
        hub.execute("INSERT INTO users VALUES ('jovyan')")

        assert ask(database(url_of(file), {})) == ""
        hub.execute("COMMIT")


def test_file_that_somebody_keeps_locked(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as hub:
        hub.execute("BEGIN EXCLUSIVE")

        assert ask(database(url_of(file), {}, 0.01)) == "FileLocked"


def test_file_is_not_locked_by_the_question(file: Path) -> None:
    ask(database(url_of(file), {}))

    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as hub:
        hub.execute("BEGIN EXCLUSIVE")
        hub.execute("COMMIT")


def test_locks_of_the_hub_survive_the_question(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as hub:
        hub.execute("BEGIN IMMEDIATE")
        ask(database(url_of(file), {}))

        with (
            closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")


class HangingCursor(sqlite3.Cursor):
    """Waits for a server that does not answer, as drivers do, and raises when the connection ends."""

    connection: "HangingConnection"

    def execute(self, *_: Any) -> "HangingCursor":
        self.connection.line.recv(1)
        raise sqlite3.OperationalError("server closed the connection unexpectedly")


class HangingConnection(sqlite3.Connection):
    """A driver's connection over TCP, for which SQLAlchemy needs no server's driver."""

    line: socket.socket

    def fileno(self) -> int:
        return self.line.fileno()

    def cursor(self, *_: Any) -> HangingCursor:  # type: ignore[override]
        return HangingCursor(self)

    def close(self) -> None:
        self.line.close()
        super().close()


@pytest.fixture
def driver() -> Iterator[Callable[[], HangingConnection]]:
    """Connects to a server that takes connections and then hangs."""
    with silent_service() as address:

        def connect() -> HangingConnection:
            connection = sqlite3.connect(":memory:", factory=HangingConnection, check_same_thread=False)
            connection.line = socket.create_connection(address)
            return connection

        yield connect


def test_server_that_hangs_after_it_has_taken_the_connection(driver: Callable[[], HangingConnection]) -> None:
    limit = 0.1
    stopped = Event()
    watch = Watch(
        database("sqlite:////srv/hub.sqlite", {"creator": driver}, limit), interval=0.01, limit=limit, stopped=stopped
    )
    watch.start()

    def cut_and_look() -> HubDependency:
        watch.cut_if_overdue()
        return watch.look()

    seen = eventually(cut_and_look, until=lambda seen: seen.up is False)
    assert seen.reason == "NoAnswer"
    stopped.set()
    eventually(lambda: watch.join(0) or cut_and_look() is None)


def postgresql(address: HostPort, **options: Any) -> Dependency:
    """A PostgreSQL at an address, asked with the driver of the hub image."""
    return database(f"postgresql+psycopg://hub:Canary@{address.host}:{address.port}/hub", options, 0.1)


def test_postgresql_that_refuses() -> None:
    with closed_port() as address:
        assert ask(postgresql(address)) == "Refused"


def test_postgresql_that_hangs_up() -> None:
    with plain_service() as address:
        assert ask(postgresql(address)) == "Broken"


def test_postgresql_whose_name_is_not_known() -> None:
    assert ask(postgresql(HostPort("nobody.invalid", 5432))) in ("NoName", "NameLookupFailed")


def test_postgresql_that_takes_the_connection_and_is_silent() -> None:
    with silent_service() as address:
        assert ask(postgresql(address)) == "NoAnswerInTime"


def test_postgresql_to_which_no_connection_comes_about() -> None:
    with full_service() as address:
        assert ask(postgresql(address)) == "NoConnection"


def test_name_of_a_postgresql_that_is_looked_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = postgresql(HostPort("db", 5432))
    meanwhile: list[str] = []

    def never_found(*_: object, **__: object) -> None:
        meanwhile.append(asked.late().name)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", never_found)

    assert ask(asked) == "NameLookupFailed"
    assert meanwhile[0] == "NameLookupFailed"


@pytest.fixture
def hub(file: Path) -> Iterator[Engine]:
    """The hub's own engine on the same file."""
    engine = create_engine(url_of(file))
    yield engine
    engine.dispose()


def fail(hub: Engine, *statements: str) -> None:
    """The last of the statements fails."""
    with hub.connect() as connection:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        with pytest.raises(OperationalError):
            connection.execute(text(statements[-1]))


WRITES_WHAT_IS_READ_ONLY = ("PRAGMA query_only = 1", "INSERT INTO users VALUES ('jovyan')")


def test_database_that_answers_and_does_not_take_what_the_hub_writes(file: Path, hub: Engine) -> None:
    met = OwnErrors()
    met.listen(hub)
    asked = database_of(url_of(file), {}, LIMIT, met)
    assert ask(asked) == ""

    fail(hub, *WRITES_WHAT_IS_READ_ONLY)

    assert ask(asked) == "ReadOnly"


def test_error_in_what_the_hub_asks_for_says_nothing_of_the_database(hub: Engine) -> None:
    met = OwnErrors()
    met.listen(hub)

    fail(hub, "SELECT nothing FROM nowhere")

    assert met.recent() is None


def test_error_of_the_hub_counts_for_a_time(hub: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("jupyternetes.hub_dependencies.own_errors.monotonic", lambda: now)
    met = OwnErrors()
    met.listen(hub)
    fail(hub, *WRITES_WHAT_IS_READ_ONLY)

    now = 119.0
    assert met.recent() == READ_ONLY
    now = 121.0
    assert met.recent() is None
