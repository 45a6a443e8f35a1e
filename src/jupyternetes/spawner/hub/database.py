"""The little that the spawner does in the hub's own database: revoking API tokens, and following an address.

JupyterHub revokes the token that the spawner object holds in memory, which a new hub process does not have: the token
of a server that outlived a hub would work for ever. The spawner remembers which row it is, which is no secret.
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false
from typing import Any

import sqlalchemy
from jupyterhub import orm
from jupyterhub.utils import compare_token

# The ORM takes ten times as long to find a row, at every start.
_TOKENS = orm.APIToken.__table__
_CANDIDATES = sqlalchemy.select(_TOKENS.c.id, _TOKENS.c.hashed).where(
    _TOKENS.c.prefix == sqlalchemy.bindparam("prefix")
)


def token_id(orm_spawner: Any, token: str) -> int | None:
    """The database row of ``token``."""
    session = _session(orm_spawner)
    if session is None or not token:
        return None
    candidates = session.execute(_CANDIDATES, {"prefix": token[: orm.APIToken.prefix_length]})
    return next((row.id for row in candidates.all() if compare_token(row.hashed, token)), None)


def revoke(orm_spawner: Any, row: int, base_url: str) -> bool:
    """Delete the token in ``row`` if it is of the server at ``base_url``; the hub commits. Returns whether it was.

    SQLite gives the row of a deleted token to another one, so the row alone proves nothing; the note is the one that
    JupyterHub gives to the token of a server.
    """
    session = _session(orm_spawner)
    if session is None:
        return False
    token = session.get(orm.APIToken, row)
    if token is None or token.user_id != orm_spawner.user_id or token.note != f"Server at {base_url}":
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
    session = _session(server.orm_server)
    if session is not None:
        session.commit()
    return True


def _session(orm_spawner: Any) -> Any:
    state = sqlalchemy.inspect(orm_spawner, raiseerr=False)
    return None if state is None else state.session
