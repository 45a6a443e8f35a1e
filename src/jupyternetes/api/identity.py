"""Who an Instance stands for: its name is computed from the user's and the server's name alone.

A hub that died in the middle of a start knows nothing else about it, so the name must need nothing else.
"""

from uuid import UUID, uuid5

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


def lease_name(operator: str) -> str:
    """The name of the Lease that the replicas of an operator share, unless they are told another one."""
    return f"jupyternetes-{operator}"


def start_secret_name(instance: str, start_id: str) -> str:
    """The name of the Secret that carries the environment of one start of an Instance."""
    return f"jni-{instance}-{start_id}"
