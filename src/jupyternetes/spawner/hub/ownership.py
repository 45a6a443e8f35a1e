"""Whose an Instance is: the names, labels and annotations by which a hub knows its own Instances again.

Labels hold slugs, because label values are narrow; annotations hold the raw names and decide. Both use the keys that
KubeSpawner uses for users and servers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jupyternetes.api import identity, labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.slugs import label_slug

_USER_VARIABLE: Final = "jupyterhub.user.name"


@dataclass(frozen=True, slots=True)
class Owner:
    """A server of a user of a hub; ``server`` is empty for the default server, ``hub_id`` for a hub without an id."""

    user: str
    server: str = ""
    hub_id: str = ""

    @property
    def instance_name(self) -> str:
        """The Instance's name: it follows from the names alone, so a hub that lost its state finds it again."""
        return identity.instance_name(self.user, self.server, hub_id=self.hub_id)

    @property
    def labels(self) -> dict[str, str]:
        """The Instance's labels."""
        return {
            labels.USERNAME: label_slug(self.user),
            labels.SERVERNAME: label_slug(self.server),
            labels.HUB: label_slug(self.hub_id),
        }

    @property
    def annotations(self) -> dict[str, str]:
        """The Instance's annotations: the names as JupyterHub has them."""
        return {labels.USERNAME: self.user, labels.SERVERNAME: self.server, labels.HUB: self.hub_id}

    def owns(self, instance: Instance) -> bool:
        """Whether ``instance`` is this owner's.

        One without owner annotations was made by an older client, which did not write them: it is ours if its
        variables name our user (the server's name is in the name of the Instance already). One under another name than
        the computed one is known from the spawner's state: its server was renamed since.
        """
        annotations = instance.metadata.annotations
        if labels.USERNAME not in annotations:
            return _variable(instance.spec.variables, _USER_VARIABLE) == self.user
        wanted = self.annotations
        if instance.metadata.name != self.instance_name:
            del wanted[labels.SERVERNAME]
        return all(annotations.get(key, "") == value for key, value in wanted.items())


def hub_selector(hub_id: str) -> str:
    """The label selector of a hub's Instances."""
    return f"{labels.HUB}={label_slug(hub_id)}"


def _variable(variables: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in variables.items() if key.lower() == name), None)
