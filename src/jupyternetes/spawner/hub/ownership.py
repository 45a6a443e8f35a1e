"""Whose an Instance is: decided from what the hub remembers, what the Instance says, and who is in the hub's database.

A name is no identity: a user may be renamed and the name given to somebody else. So the hub's saved state has the first
word, then the person that an Instance was made for, and names only where neither is left. docs/decisions/0014 has why.

Labels hold slugs, because label values are narrow; annotations hold the raw names. Both use the keys that KubeSpawner
uses for users and servers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from jupyternetes.api import identity, labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.slugs import label_slug

_USER_VARIABLE: Final = "jupyterhub.user.name"


@dataclass(frozen=True, slots=True)
class Owner:
    """A server of a user of a hub as they are called now.

    ``server`` is empty for the default server, ``hub_id`` for a hub without an id. ``person`` is the user in the hub's
    database, see ``identity.person``; empty where that is not known.
    """

    user: str
    server: str = ""
    hub_id: str = ""
    person: str = ""

    @property
    def instance_name(self) -> str:
        """The Instance's name, unless somebody else's Instance has it: it follows from the names alone."""
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
        """The Instance's annotations: the names as JupyterHub has them, and the person."""
        names = {labels.USERNAME: self.user, labels.SERVERNAME: self.server, labels.HUB: self.hub_id}
        return names | ({labels.PERSON: self.person} if self.person else {})


class Whereabouts(Enum):
    """What the hub's database knows of a person that an Instance was made for."""

    HERE = "a user of this hub"
    GONE = "deleted: this database had users before that one was made"
    UNKNOWN = "nobody: this database may have begun anew since"


class Register(Protocol):
    """The hub's database, as far as ownership is concerned; ``database.Users`` is the real one."""

    def whereabouts(self, person: str) -> Whereabouts:
        """Whether the person is a user of this hub."""
        ...

    def recorded_elsewhere(self, namespace: str, instance: str) -> bool:
        """Whether the saved state of another server names this Instance."""
        ...


class Nobody:
    """A register without users: a database that was lost."""

    def whereabouts(self, person: str) -> Whereabouts:
        """Nobody is known."""
        return Whereabouts.UNKNOWN

    def recorded_elsewhere(self, namespace: str, instance: str) -> bool:
        """Nothing is recorded."""
        return False


class Standing(Enum):
    """What an Instance is to a server."""

    OURS = "its own"
    OTHERS = "that of another server of this hub"
    FOREIGN = "not known to be of this hub, or not as the hub remembers it"


@dataclass(frozen=True, slots=True)
class Identity:
    """How a server knows its Instance.

    ``recorded`` is the Instance's name in the hub's saved state, ``home`` its home there; both are empty for a server
    of which nothing is saved.
    """

    owner: Owner
    recorded: str = ""
    home: str = ""
    register: Register = field(default_factory=Nobody)

    def owns(self, instance: Instance) -> bool:
        """Whether the server may be looked at, started, stopped and deleted through ``instance``."""
        return self.standing(instance) is Standing.OURS

    def standing(self, instance: Instance) -> Standing:
        """Whose ``instance`` is."""
        annotations = instance.metadata.annotations
        if labels.USERNAME in annotations and annotations.get(labels.HUB, "") != self.owner.hub_id:
            return Standing.FOREIGN
        if self.recorded == instance.metadata.name:
            return Standing.OURS if self._is_as_recorded(instance) else Standing.FOREIGN
        return self._standing_by_names(instance)

    def locate(self, instances: Iterable[Instance]) -> Instance | None:
        """Our own among ``instances``, which bear our person or our names: for a server of which nothing is saved.

        Among several, those of our person come first, then those under a name that is not the computed one: such a name
        is made only where the computed one was taken by somebody else. Then the newest.
        """
        own = [instance for instance in instances if not instance.metadata.deleting and self.owns(instance)]
        own.sort(key=lambda instance: (instance.metadata.creation_timestamp, instance.metadata.name), reverse=True)
        return min(own, key=self._rank, default=None)

    def _rank(self, instance: Instance) -> tuple[bool, bool]:
        stamp = instance.metadata.annotations.get(labels.PERSON, "")
        return stamp != self.owner.person, instance.metadata.name == self.owner.instance_name

    def _is_as_recorded(self, instance: Instance) -> bool:
        annotations = instance.metadata.annotations
        if annotations.get(labels.HOME, "") != self.home:
            return False
        if self.home or labels.USERNAME not in annotations:
            return True
        stamp = annotations.get(labels.PERSON, "")
        if stamp:
            return stamp == self.owner.person or self.register.whereabouts(stamp) is Whereabouts.UNKNOWN
        return annotations[labels.USERNAME] == self.owner.user or not self._is_recorded_elsewhere(instance)

    def _standing_by_names(self, instance: Instance) -> Standing:
        annotations = instance.metadata.annotations
        stamp = annotations.get(labels.PERSON, "")
        if stamp and stamp == self.owner.person:
            ours = annotations.get(labels.SERVERNAME, "") == self.owner.server
        elif stamp and self.register.whereabouts(stamp) is not Whereabouts.UNKNOWN:
            return Standing.OTHERS
        else:
            ours = self._has_our_names(instance)
        if (ours or not stamp) and self._is_recorded_elsewhere(instance):
            return Standing.OTHERS
        if ours:
            return Standing.OURS
        return Standing.OTHERS if stamp else Standing.FOREIGN

    def _has_our_names(self, instance: Instance) -> bool:
        """As written in its annotations; an older client wrote none, but a variable with the user's name."""
        annotations = instance.metadata.annotations
        if labels.USERNAME in annotations:
            return (annotations[labels.USERNAME], annotations.get(labels.SERVERNAME, "")) == (
                self.owner.user,
                self.owner.server,
            )
        return (
            instance.metadata.name == self.owner.instance_name
            and _variable(instance.spec.variables, _USER_VARIABLE) == self.owner.user
        )

    def _is_recorded_elsewhere(self, instance: Instance) -> bool:
        return self.register.recorded_elsewhere(instance.metadata.namespace, instance.metadata.name)


def hub_selector(hub_id: str) -> str:
    """The label selector of a hub's Instances."""
    return f"{labels.HUB}={label_slug(hub_id)}"


def _variable(variables: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in variables.items() if key.lower() == name), None)
