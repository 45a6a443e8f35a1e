"""A hub's own users, database and spawner objects, without the hub: JupyterHub's code, and no servers of it."""

import logging
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from jupyterhub import orm, roles
from jupyterhub.objects import Hub
from jupyterhub.user import User, UserDict
from traitlets.config import Config

from jupyternetes.spawner import JupyternetesSpawner


@pytest.fixture
def hub() -> Hub:
    return Hub(ip="10.0.0.1", port=8081, base_url="/jh/hub/")


@pytest.fixture(scope="session")
def database() -> Iterator[Any]:
    """Makes sessions of a hub's database with JupyterHub's own roles and client in it."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    factory = orm.new_session_factory("sqlite:///:memory:")
    with factory() as session:
        for role in roles.get_default_roles():
            roles.create_role(session, role)
        session.add(orm.OAuthClient(identifier="jupyterhub"))
        session.commit()
        engine = session.get_bind()
    yield factory
    engine.dispose()


@pytest.fixture
def db(database: Any) -> Iterator[Any]:
    """The hub's database, without users."""
    with database() as session:
        yield session
        session.rollback()
        for kind in (orm.APIToken, orm.Spawner, orm.Server, orm.User, orm.Group):
            session.query(kind).delete()
        session.query(orm.OAuthClient).filter(orm.OAuthClient.identifier != "jupyterhub").delete()
        session.commit()


class Hubs:
    """Makes users and spawners as the hub does, each time as a hub process that has just begun."""

    def __init__(self, db: Any, hub: Hub) -> None:
        self.db = db
        self.hub = hub
        self.config = Config()

    def orm_user(self, name: str) -> orm.User:
        """The user of that name in the database, made if need be, as at a login."""
        found = orm.User.find(self.db, name)
        if found is None:
            found = orm.User(name=name)
            self.db.add(found)
            roles.assign_default_roles(self.db, found)
            self.db.commit()
        return found

    def user(self, name: str = "jovyan") -> User:
        return User(self.orm_user(name), self.settings())

    def settings(self) -> dict[str, Any]:
        return {
            "hub": self.hub,
            "spawner_class": JupyternetesSpawner,
            "config": self.config,
            "base_url": "/jh/",
            "internal_ssl": False,
            "statsd": Mock(),  # JupyterHub 5 counts there
        }

    def spawner(self, name: str = "jovyan", server: str = "") -> JupyternetesSpawner:
        """A spawner with an API token, as ``start()`` finds it."""
        user = self.user(name)
        if server not in user.orm_user.orm_spawners:
            self.db.add(orm.Spawner(name=server, user=user.orm_user))
            self.db.commit()
        spawner = user.spawners[server]
        spawner.api_token = "the-token-nobody-may-see"
        return spawner


class HubProcess:
    """One hub process with its users, who stay as they were met until the next process; ``restarted`` is that one."""

    def __init__(self, hubs: Hubs) -> None:
        self.hubs = hubs
        settings = hubs.settings()
        self.users = UserDict(lambda: hubs.db, settings)
        settings["users"] = self.users

    def user(self, name: str) -> User:
        """Log in."""
        return self.users[self.hubs.orm_user(name)]

    def rename(self, name: str, new_name: str) -> None:
        """What ``PATCH /users/NAME`` does with a name."""
        self.users[name].name = new_name
        self.hubs.db.commit()

    async def delete(self, name: str) -> None:
        """What ``DELETE /users/NAME`` does with a user whose servers are stopped."""
        user = self.users[name]
        await user.delete_spawners()
        self.users.delete(user)

    def restarted(self) -> "HubProcess":
        """The next process, which knows the running servers again."""
        self.hubs.hub = type(self.hubs.hub)(ip="10.0.0.1", port=8081, base_url="/jh/hub/")
        process = HubProcess(self.hubs)
        for row in self.hubs.db.query(orm.Spawner).filter(orm.Spawner.server != None):  # noqa: E711 - SQL
            assert process.users[row.user].spawners[row.name]
        return process


@pytest.fixture
def hub_process(hubs: Hubs) -> HubProcess:
    return HubProcess(hubs)


@pytest.fixture
def hubs(db: Any, hub: Hub) -> Hubs:
    return Hubs(db, hub)
