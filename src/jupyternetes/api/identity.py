"""Who an Instance stands for: the name that is computed for it, the home it has, and the person it was made for.

A name is no identity: users are renamed, and names are given to other people. The computed name is where a server is
looked for that nothing else is known of; home and person tell whether what is found there is the one looked for.
"""

from uuid import UUID, uuid4, uuid5

GROUP = "kadense.io"
VERSION = "v1"
API_VERSION = f"{GROUP}/{VERSION}"
INSTANCE_KIND = "JupyterNotebookInstance"
TEMPLATE_KIND = "JupyterNotebookTemplate"

#: Longest name of an Instance or Template: it stands in label values, which Kubernetes limits to 63 characters
#: (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/).
MAX_NAME_LENGTH = 63

START_SECRET_TYPE = "jupyternetes.kadense.io/start"  # noqa: S105 - the type of a Secret, not a secret

_NIL = UUID(int=0)


def instance_name(user: str, server: str = "", *, hub_id: str = "") -> str:
    """The name of the Instance of a user's server: 32 hexadecimal digits.

    ``user`` and ``server`` are JupyterHub's raw names (the default server's is empty), ``hub_id`` tells apart hubs
    that share a namespace. Names are those of the published product for default servers of a hub without an id.
    """
    root = uuid5(_NIL, hub_id) if hub_id else _NIL
    owner = uuid5(root, user)
    return (uuid5(owner, server) if server else owner).hex


def other_instance_name(taken: str, home: str) -> str:
    """A name for the Instance with ``home`` if ``taken``, the computed name, is that of somebody else's Instance."""
    return uuid5(uuid5(_NIL, taken), home).hex


def new_home() -> str:
    """A home that no Instance ever had; it is a label value."""
    return uuid4().hex


def person(user_id: int, created: str) -> str:
    """A user of a hub's database. SQLite gives the id of a deleted user to the next one, so it takes the time too.

    ``created``: when the user was made, as ISO 8601 text in UTC; may be empty.
    """
    return f"{user_id}@{created}"


def person_since(stamp: str) -> str:
    """When the user was made whom ``person`` stamped, as ISO 8601 text; empty if it is not known."""
    return stamp.partition("@")[2]


def lease_name(operator: str) -> str:
    """The name of the Lease that the replicas of an operator share, unless they are told another one."""
    return f"jupyternetes-{operator}"


def start_secret_name(instance: str, start_id: str) -> str:
    """The name of the Secret that carries the environment of one start of an Instance."""
    return f"jni-{instance}-{start_id}"
