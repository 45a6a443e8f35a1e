"""Where in an object a value stands, as far as that changes how it is inserted.

kubelet reads a second template language, `$(NAME)`, in environment values, commands, arguments, `subPathExpr` and the
commands of exec probes (not in those of lifecycle hooks). A `$` that came from a variable must reach the process as a
`$` and nothing else, so it is written twice there.
https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final, cast


class PathKind(Enum):
    """`CONTAINER`: a path in a container, in which free text may be one part. `VOLUME`: one inside a volume."""

    CONTAINER = "container"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """A place in an object.

    `text`: Kubernetes wants a string there, so a typed value becomes text. `expanded`: kubelet expands `$(NAME)` there.
    `lists`: a list or map may stand there as its JSON text. `path`: it is a path. `strings`: a list must be one of
    texts.
    """

    fields: Mapping[str, "Position"] = field(default_factory=dict[str, "Position"])
    item: "Position | None" = None
    text: bool = False
    expanded: bool = False
    lists: bool = True
    path: PathKind | None = None
    strings: bool = False

    def child(self, key: str | int) -> "Position":
        if isinstance(key, int):
            return self.item or ANYWHERE
        return self.fields.get(key) or _CONTAINER_LISTS.get(key, ANYWHERE)


ANYWHERE: Final = Position()
NAME: Final = Position(text=True, lists=False)
TEXT: Final = Position(text=True)

_ENV_VALUE = Position(text=True, expanded=True)
_COMMAND = Position(item=Position(text=True, expanded=True, lists=False))
_ARGUMENTS = Position(item=_COMMAND.item, strings=True)
_PATH = Position(path=PathKind.CONTAINER)
ENV_ENTRY: Final = Position({"value": _ENV_VALUE})
_MOUNT = Position(
    {
        "mountPath": _PATH,
        "subPath": Position(path=PathKind.VOLUME),
        "subPathExpr": Position(text=True, expanded=True, lists=False, path=PathKind.VOLUME),
    }
)
_PROBE = Position({"exec": Position({"command": _COMMAND})})
_CONTAINER = Position(
    {
        "env": Position(item=ENV_ENTRY),
        "command": _ARGUMENTS,
        "args": _ARGUMENTS,
        "volumeMounts": Position(item=_MOUNT),
        "workingDir": _PATH,
        "livenessProbe": _PROBE,
        "readinessProbe": _PROBE,
        "startupProbe": _PROBE,
    }
)
_CONTAINERS = Position(item=_CONTAINER)
_CONTAINER_LISTS: Final[Mapping[str, Position]] = MappingProxyType(
    {"containers": _CONTAINERS, "initContainers": _CONTAINERS, "ephemeralContainers": _CONTAINERS}
)


#: The end of a text after which kubelet would read what follows as the name of an environment variable.
OPEN_REFERENCE: Final = re.compile(r"(?<!\$)(?:\$\$)*\$(?:\([-A-Za-z0-9_.]*)?\Z")


def protect(value: object, position: Position) -> object:
    """An inserted value with every `$` doubled that kubelet would read, however deep in the value it stands."""
    if isinstance(value, str):
        return value.replace("$", "$$") if position.expanded else value
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {key: protect(member, position.child(key)) for key, member in members.items()}
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [protect(item, position.child(0)) for item in items]
    return value
