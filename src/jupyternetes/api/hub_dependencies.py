"""What a hub tells of the services that it depends on: the JSON of ``/dependencies``.

The hub's process writes it (``jupyternetes.hub_dependencies``) and the graph reads it. It names a service by its kind,
host and port, and never holds a user, a password, a token or a path.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

#: Of the JSON. The number goes up when a reader of the old form would misread the new one.
SCHEMA: Final = "jupyternetes.kadense.io/hub-dependencies/1"
PORT: Final = 8089
"""The port of the hub's pod that answers, unless an administrator chose another."""
PATH: Final = "/dependencies"


class DependencyKind(StrEnum):
    """What a hub can depend on. ``LOGIN`` is what says who people are in a way that cannot be told."""

    DATABASE = "database"
    OAUTH = "oauth"
    LDAP = "ldap"
    LOGIN = "login"
    PROXY = "proxy"


#: What says who people are.
LOGINS: Final = (DependencyKind.OAUTH, DependencyKind.LDAP, DependencyKind.LOGIN)


class HubDependency(Struct, rename="camel", frozen=True, kw_only=True, gc=False):
    """One service that the hub depends on.

    ``kind``: one of `DependencyKind`; a later hub may tell kinds that this version does not know. ``dialect``: of a
    database, SQLAlchemy's name for it (``postgresql``). ``host``, ``port``: where it is; empty and 0 where it has no
    address in a network, or where the configuration does not give it safely. ``up``: whether it answers the hub in
    time, and takes what the hub writes; null if it was not asked, or not yet. ``seconds``: how long the last answer
    took, also one that came too late; null if there was none. ``reason``: why it is not up, the name of one of
    ``dependency_reasons``; a later hub may tell others, an earlier one tells none. ``message``: the same in a sentence,
    or why it is not asked. ``since``: when ``up`` became what it is, RFC 3339 in UTC; empty before the first answer.
    ``lasted``: seconds since then, by a clock that never jumps.
    """

    kind: str
    dialect: str = ""
    host: str = ""
    port: int = 0
    up: bool | None = None
    seconds: float | None = None
    reason: str = ""
    message: str = ""
    since: str = ""
    lasted: float = 0.0


class HubDependencies(Struct, rename="camel", frozen=True, kw_only=True):
    """All that a hub tells at one moment.

    ``taken``: that moment, RFC 3339 in UTC. ``interval``: seconds between two questions to the database or the proxy;
    a provider of logins is asked half as often. ``authenticator``: the name of the class that says who people are,
    which stands here although some classes ask no other service; empty until the hub has made it.
    """

    schema: str = SCHEMA
    taken: str
    interval: float
    authenticator: str = ""
    dependencies: tuple[HubDependency, ...] = ()
