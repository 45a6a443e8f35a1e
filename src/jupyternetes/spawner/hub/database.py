"""The little that the spawner does in the hub's own database: users, API tokens, and the address of a server.

JupyterHub revokes the token that the spawner object holds in memory, which a new hub process does not have: the token
of a server that outlived a hub would work for ever. The spawner remembers which row it is, which is no secret.
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false
import json
from functools import cached_property
from typing import Any

import sqlalchemy
from jupyterhub import orm
from jupyterhub.utils import compare_token

from jupyternetes.api import identity
from jupyternetes.spawner.hub.ownership import Whereabouts
from jupyternetes.spawner.hub.state import read_state

# Queries are made once: to put one together takes longer than to ask it, and the ORM ten times as long, at every start.
_TOKENS = orm.APIToken.__table__
_CANDIDATES = sqlalchemy.select(_TOKENS.c.id, _TOKENS.c.note, _TOKENS.c.hashed).where(
    _TOKENS.c.prefix == sqlalchemy.bindparam("prefix")
)

_USERS = orm.User.__table__
_CREATED = sqlalchemy.select(_USERS.c.created).where(_USERS.c.id == sqlalchemy.bindparam("user"))
_OLDEST = sqlalchemy.select(sqlalchemy.func.min(_USERS.c.created))
# Saved states as the text that they are stored as: a type of JupyterHub's own keeps SQLAlchemy from caching queries.
_STATES = sqlalchemy.table(
    orm.Spawner.__tablename__, sqlalchemy.column("id"), sqlalchemy.column("state", sqlalchemy.Text)
)
# Names of Instances have no wildcards of LIKE in them.
_NAMING = sqlalchemy.select(_STATES.c.state).where(
    _STATES.c.id != sqlalchemy.bindparam("own"),
    _STATES.c.state.contains(sqlalchemy.bindparam("instance", type_=sqlalchemy.Text)),
)


class Users:
    """The users and their saved states, as one server sees them: what others have on record."""

    def __init__(self, orm_spawner: Any) -> None:
        self._orm_spawner = orm_spawner

    @property
    def _session(self) -> Any:
        return session_of(self._orm_spawner)

    @cached_property
    def person(self) -> str:
        """The user of this server; empty without a database."""
        if self._session is None:
            return ""
        return self._person(self._orm_spawner.user_id) or ""

    def whereabouts(self, person: str) -> Whereabouts:
        """Whether the person is a user of this hub, was one, or may have been one before the database began anew."""
        if self._session is None:
            return Whereabouts.UNKNOWN
        number = person.partition("@")[0]
        if number.isdecimal() and self._person(int(number)) == person:
            return Whereabouts.HERE
        oldest = self._session.execute(_OLDEST).scalar()
        return Whereabouts.GONE if _time(oldest) < identity.person_since(person) else Whereabouts.UNKNOWN

    def recorded_elsewhere(self, namespace: str, instance: str) -> bool:
        """Whether the saved state of another server names this Instance."""
        if self._session is None:
            return False
        found = self._session.execute(_NAMING, {"own": self._orm_spawner.id, "instance": instance}).scalars()
        states = [read_state(json.loads(text)) for text in found]
        return any(state.instance == instance and state.namespace in ("", namespace) for state in states)

    def _person(self, user_id: int) -> str | None:
        # As the database has it: MySQL rounds what the object in memory still has exactly.
        row = self._session.execute(_CREATED, {"user": user_id}).first()
        return None if row is None else identity.person(user_id, _time(row.created))


def token_row(orm_spawner: Any, token: str) -> tuple[int | None, str]:
    """The database row of ``token``, and what the token says of itself there."""
    session = session_of(orm_spawner)
    if session is None or not token:
        return None, ""
    candidates = session.execute(_CANDIDATES, {"prefix": token[: orm.APIToken.prefix_length]})
    found = ((row.id, row.note or "") for row in candidates.all() if compare_token(row.hashed, token))
    return next(found, (None, ""))


def revoke(orm_spawner: Any, row: int, note: str) -> bool:
    """Delete the token in ``row`` if it is the user's with that ``note``; the hub commits. Returns whether it was.

    SQLite gives the row of a deleted token to another one, so the row alone proves nothing. In the note JupyterHub
    wrote where the server was.
    """
    session = session_of(orm_spawner)
    if session is None:
        return False
    token = session.get(orm.APIToken, row)
    if token is None or token.user_id != orm_spawner.user_id or token.note != note:
        return False
    session.delete(token)
    return True


def follow_address(server: Any, host: str, port: int) -> bool:
    """Have the hub, and so its proxy, send users to where the server is; returns whether that is news.

    Only what differs is set, and it is committed at once, since nobody else commits after a poll.
    """
    if (server.ip, server.port) == (host, port):
        return False
    server.ip, server.port = host, port
    session = session_of(server.orm_server)
    if session is not None:
        session.commit()
    return True


def _time(created: Any) -> str:
    return "" if created is None else created.isoformat()


def session_of(orm_row: Any) -> Any:
    """The database session of the row; None for a row that is in no database."""
    state = sqlalchemy.inspect(orm_row, raiseerr=False)
    return None if state is None else state.session
