"""Where servers of renamed users are.

JupyterHub takes the URL path of a server from the name that the user had when the hub process met that user, or began.
A server that is running keeps its path, because its own program serves there. So the next user of the old name would
share path, route and OAuth client with it. Here each start gets what the present names say, and a running server of
somebody else gives a path up to the one whose name it is. Its user reaches it again after its next start.
"""

# JupyterHub has no types.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false
import logging
from typing import Any
from urllib.parse import quote

from jupyterhub import orm
from jupyterhub.utils import url_escape_path, url_path_join

from jupyternetes.spawner.hub import database

log = logging.getLogger(__name__)


def follow_name(spawner: Any) -> None:
    """Give the server the path, the route and the OAuth client that its user's present name gives."""
    user = spawner.user
    before = user.base_url, spawner.proxy_spec
    _set_base_url(user, _path_of_name(user))
    _route(spawner)
    if before == (user.base_url, spawner.proxy_spec):
        return
    client = f"jupyterhub-user-{quote(user.name)}"
    spawner.oauth_client_id = f"{client}-{quote(spawner.name)}" if spawner.name else client
    spawner.public_url = user.public_url(spawner.name)
    if spawner.server is not None:
        spawner.server.base_url = server_path(user, spawner.name)


def keep_path(spawner: Any) -> None:
    """Let a new hub process know a running server under the path that it has, if its user was renamed since."""
    if spawner.server is None or spawner.server.base_url == server_path(spawner.user, spawner.name):
        return
    suffix = f"{url_escape_path(spawner.name)}/" if spawner.name else ""
    _set_base_url(spawner.user, spawner.server.base_url.removesuffix(suffix))
    spawner.oauth_client_id = spawner.orm_spawner.oauth_client_id or spawner.oauth_client_id
    _route(spawner)


def free_path(spawner: Any) -> None:
    """Take the path of this server from running servers of users who had the name before."""
    session = database.session_of(spawner.orm_spawner)
    if session is None:
        return
    query = session.query(orm.Spawner).join(orm.Server, orm.Spawner.server_id == orm.Server.id)
    here = orm.Server.base_url.startswith(_path_of_name(spawner.user), autoescape=True)
    others = query.filter(here, orm.Spawner.user_id != spawner.orm_spawner.user_id).all()
    for other in others:
        user = spawner.user.settings["users"][other.user]
        if other.name in user.spawners:
            follow_name(user.spawners[other.name])
        else:
            other.server.base_url = url_path_join(_path_of_name(user), url_escape_path(other.name), "/")
        log.warning("%s was renamed; the server can be opened again once it was restarted", other.user.name)
    if others:
        session.commit()


def server_path(user: Any, name: str) -> str:
    """The path of a server, as JupyterHub has it at present."""
    return url_path_join(user.base_url, url_escape_path(name), "/")


def _path_of_name(user: Any) -> str:
    return url_path_join(user.settings.get("base_url", "/"), "user", user.escaped_name, "/")


def _set_base_url(user: Any, base_url: str) -> None:
    user.base_url = user.prefix = base_url


def _route(spawner: Any) -> None:
    spawner.proxy_spec = url_path_join(spawner.user.proxy_spec, url_escape_path(spawner.name), "/")
