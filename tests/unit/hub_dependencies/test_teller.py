"""The line in jupyterhub_config.py, with a real JupyterHub, and the listener that it opens."""

import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import msgspec
import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from sqlalchemy.exc import OperationalError
from traitlets import HasTraits, Unicode
from traitlets.config import Config

from jupyternetes.api.hub_dependencies import DependencyKind, HubDependencies
from jupyternetes.hub_dependencies import teller
from jupyternetes.hub_dependencies.addresses import HostPort
from jupyternetes.hub_dependencies.connections import TcpProbe
from jupyternetes.hub_dependencies.teller import SECTION, Teller, tell
from jupyternetes.hub_dependencies.watch import Dependency
from tests.support.listening import answering
from tests.support.waiting import eventually
from tests.unit.hub_dependencies.services import LOOPBACK, closed_port, proxy_api, silent_service

TICK = 0.02


class Provider(Authenticator):
    """An authenticator with a provider of logins."""

    token_url = Unicode(config=True)

    async def authenticate(self, handler: Any, data: Any) -> None:
        return None


class BareHub(HasTraits):
    """A hub that has read its configuration and got no further."""

    log = logging.getLogger("hub")
    config = Config({SECTION: {"port": 0}})
    db_url = Unicode("sqlite://")


Tell = Callable[[Any], Teller]


@pytest.fixture
def telling() -> Iterator[Tell]:
    """Starts to tell about a hub, until the test ends."""
    begun: list[Teller] = []

    def start(hub: Any, **settings: Any) -> Teller:
        defaults = {"host": LOOPBACK, "port": 0, "seconds": TICK, "tick": TICK, "registry": CollectorRegistry()}
        begun.append(Teller(**{**defaults, **settings}))
        begun[-1].start(hub)
        return begun[-1]

    yield start
    for each in begun:
        each.stop()


def get(told: Teller, path: str) -> bytes:
    port = eventually(lambda: told.listener.port)
    with urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=10) as answer:
        return answer.read()


def dependencies(told: Teller) -> HubDependencies:
    return msgspec.json.decode(get(told, "/dependencies"), type=HubDependencies)


@pytest.fixture
async def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[JupyterHub]:
    """The application of a hub, which a test initializes; it is never started."""
    monkeypatch.chdir(tmp_path)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    JupyterHub.clear_instance()
    yield JupyterHub.instance()
    JupyterHub.clear_instance()


@pytest.fixture
def tellers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Teller]]:
    """Those that the line begins, on any free port."""
    begun: list[Teller] = []

    class Recorded(Teller):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**{**settings, "port": 0, "seconds": TICK}, tick=TICK)
            begun.append(self)

    monkeypatch.setattr(teller, "Teller", Recorded)
    yield begun
    for each in begun:
        each.stop()


@pytest.mark.filterwarnings("ignore:The `version` property")  # of JupyterHub 5's own events
async def test_one_line_tells_what_a_real_hub_depends_on(
    hub: JupyterHub, tellers: list[Teller], tmp_path: Path
) -> None:
    with proxy_api("the-token") as proxy, silent_service() as login:
        (tmp_path / "config.py").write_text(f"""
from jupyternetes.hub_dependencies import tell
from tests.unit.hub_dependencies.test_teller import Provider

tell(c, host="{LOOPBACK}")
c.JupyterHub.db_url = "sqlite:///{tmp_path}/hub.sqlite"
c.JupyterHub.authenticator_class = Provider
c.Provider.token_url = "http://{LOOPBACK}:{login.port}/token"
c.ConfigurableHTTPProxy.api_url = "http://{LOOPBACK}:{proxy.server_port}"
c.ConfigurableHTTPProxy.auth_token = "the-token"
c.ConfigurableHTTPProxy.should_start = False
""")
        await hub.initialize(["--config", str(tmp_path / "config.py")])
        (told,) = tellers
        seen = eventually(
            lambda: dependencies(told), until=lambda seen: [each.up for each in seen.dependencies] == [True] * 3
        )
        metrics = generate_latest(REGISTRY).decode()
        _write_to_a_full_disk(hub)
        full = eventually(lambda: dependencies(told).dependencies[0], until=lambda database: not database.up)
    hub.db.get_bind().dispose()

    assert seen.authenticator == "Provider"
    assert (full.kind, full.reason) == ("database", "DiskFull")
    assert [(each.kind, each.dialect, each.host, each.port) for each in seen.dependencies] == [
        ("database", "sqlite", "", 0),
        ("proxy", "", LOOPBACK, proxy.server_port),
        ("oauth", "", LOOPBACK, login.port),
    ]
    assert 'jupyternetes_hub_dependency_info{dialect="sqlite",host="",kind="database",port=""} 1.0' in metrics
    assert f'jupyternetes_hub_dependency_up{{host="{LOOPBACK}",kind="proxy",port="{proxy.server_port}"}} 1.0' in metrics


def test_command_that_only_reads_the_configuration_starts_nothing(tellers: list[Teller]) -> None:
    JupyterHub.clear_instance()

    tell(Config())

    assert tellers == []


async def test_second_line_has_no_effect(hub: JupyterHub, tellers: list[Teller]) -> None:
    c = Config()

    tell(c)
    tell(c)

    assert len(tellers) == 1


async def test_failure_of_ours_does_not_keep_the_hub_from_starting(
    hub: JupyterHub, tellers: list[Teller], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Teller, "start", lambda *_: _raise(RuntimeError("postgresql://hub:Canary@db")))

    tell(Config())

    assert "Telling what the hub depends on failed with RuntimeError" in caplog.text
    assert "Canary" not in caplog.text


def test_database_is_asked_before_the_hub_has_connected(telling: Tell) -> None:
    told = telling(BareHub())

    seen = eventually(lambda: dependencies(told), until=lambda seen: seen.dependencies)

    assert [(each.kind, each.message) for each in seen.dependencies] == [("database", "It is in the hub's memory.")]


def test_nothing_is_read_before_the_configuration(telling: Tell) -> None:
    hub = BareHub()
    hub.config = Config()

    told = telling(hub)
    assert told.told().dependencies == ()

    hub.config = Config({SECTION: {"port": 0}})
    eventually(lambda: told.told().dependencies)


def test_part_that_cannot_be_read_is_logged_and_the_others_are_told(
    telling: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    class Odd(BareHub):
        db_kwargs = Unicode("postgresql://hub:Canary@db")
        db_url = Unicode("postgresql://hub:Canary@db")
        proxy = HasTraits()

    told = telling(Odd())

    seen = eventually(told.told, until=lambda seen: seen.dependencies)
    assert [each.kind for each in seen.dependencies] == ["proxy"]
    assert caplog.text.count("Reading db_url failed with AttributeError") == 1
    assert "Canary" not in caplog.text


def test_service_that_hangs_holds_up_nobody_else(telling: Tell) -> None:
    released = Event()
    told = telling(BareHub(), limit=TICK)
    with silent_service() as address:
        told.watch(
            [
                Dependency(DependencyKind.DATABASE, HostPort("db", 5432), "postgresql", ask=lambda: _wait(released)),
                Dependency(DependencyKind.OAUTH, address, ask=TcpProbe(address, 10).ask),
            ]
        )

        seen = eventually(
            lambda: dependencies(told), until=lambda seen: {each.up for each in seen.dependencies} >= {True, False}
        )

    assert {each.kind for each in seen.dependencies if each.up} == {"oauth"}
    released.set()


def test_change_is_logged_once_and_so_is_recovery(telling: Tell, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    told = telling(BareHub())
    with closed_port() as address:
        told.watch([Dependency(DependencyKind.PROXY, address, ask=TcpProbe(address, 10).ask)])
        eventually(lambda: "does not answer as it should: The connection is refused." in caplog.text)
    with socket.create_server(address):
        eventually(lambda: "answers again" in caplog.text)

    assert caplog.text.count("does not answer") == 1


def test_port_that_is_none_is_logged_with_the_way_out(telling: Tell, caplog: pytest.LogCaptureFixture) -> None:
    telling(BareHub(), port=70000)

    eventually(lambda: "cannot be opened (ERANGE): choose another host or port" in caplog.text)


def test_metrics_are_ours_alone(telling: Tell) -> None:
    told = telling(BareHub())
    with silent_service() as address:
        told.watch([Dependency(DependencyKind.PROXY, address, ask=TcpProbe(address, 10).ask)])
        text = eventually(lambda: get(told, "/metrics").decode(), until=lambda text: "_seconds{" in text)

    names = {line.split("{")[0] for line in text.splitlines() if not line.startswith("#")}
    assert names == {f"jupyternetes_hub_dependency_{what}" for what in ("info", "up", "seconds")}


def test_metrics_say_why_something_does_not_answer(telling: Tell) -> None:
    told = telling(BareHub())
    with closed_port() as address:
        told.watch([Dependency(DependencyKind.PROXY, address, ask=TcpProbe(address, 10).ask)])

        text = eventually(lambda: get(told, "/metrics").decode(), until=lambda text: "_failure{" in text)

    place = f'host="{LOOPBACK}",kind="proxy",port="{address.port}"'
    assert f'jupyternetes_hub_dependency_failure{{{place},reason="Refused"}} 1.0' in text


def test_json_says_its_version(telling: Tell) -> None:
    assert (
        json.loads(get(telling(BareHub()), "/dependencies"))["schema"] == "jupyternetes.kadense.io/hub-dependencies/1"
    )


def test_listener_lives_and_knows_nothing_else(telling: Tell) -> None:
    told = telling(BareHub())

    assert get(told, "/livez") == b"ok\n"
    with pytest.raises(HTTPError, match="404"):
        get(told, "/hub/users")


async def test_listener_answers_on_both_families(telling: Tell) -> None:
    told = telling(BareHub(), host="")
    port = eventually(lambda: told.listener.port)

    assert LOOPBACK in await answering(port)


def test_port_that_is_taken_is_logged_once_and_opened_when_it_is_free(
    telling: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    with silent_service() as taken:
        told = telling(BareHub(), port=taken.port)
        eventually(lambda: "choose another port in jupyterhub_config.py" in caplog.text)
        eventually(lambda: told.told().dependencies)
    eventually(lambda: _answers(told))

    assert caplog.text.count("choose another port") == 1


def _write_to_a_full_disk(hub: JupyterHub) -> None:
    """What the hub's own engine meets if its database cannot grow any more."""
    connection = hub.db.connection()
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OperationalError, match="full"):
        connection.exec_driver_sql("CREATE TABLE one_more AS SELECT zeroblob(1000000)")
    hub.db.rollback()


def _answers(told: Teller) -> bool:
    try:
        return get(told, "/livez") == b"ok\n"
    except OSError:
        return False


def _wait(event: Event) -> None:
    event.wait()


def _raise(error: Exception) -> None:
    raise error
