"""The kinds that are served: the built-in ones that operators and hubs touch, and any CustomResourceDefinition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``schema`` is that of a CustomResourceDefinition, None for built-in kinds, of which every field is kept."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    has_status: bool = False
    has_generation: bool = False
    selectable: tuple[str, ...] = ()
    """Paths of the fields that a field selector may name, besides those of the metadata."""
    initial: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What a new object gets, by top-level field."""
    finalizer: str = ""
    """What the server itself puts on new objects."""
    bookmarks: bool = True
    """Whether a silent watch is sent bookmarks."""
    schema: Json | None = None

    def __hash__(self) -> int:
        return hash((self.group, self.plural))

    def __str__(self) -> str:
        """As error messages and CustomResourceDefinitions spell it: ``pods`` or ``plural.group``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


def from_definition(definition: Mapping[str, Any]) -> Kind:
    """The kind of a CustomResourceDefinition with one version."""
    spec: Any = definition["spec"]
    [version] = spec["versions"]
    return Kind(
        spec["group"],
        version["name"],
        spec["names"]["plural"],
        spec["names"]["kind"],
        namespaced=spec["scope"] == "Namespaced",
        has_status="status" in version.get("subresources", {}),
        has_generation=True,
        selectable=tuple(each["jsonPath"].removeprefix(".") for each in version.get("selectableFields", ())),
        schema=version["schema"]["openAPIV3Schema"],
    )


NAMESPACES = Kind("", "v1", "namespaces", "Namespace", namespaced=False, has_status=True)
PODS = Kind(
    "",
    "v1",
    "pods",
    "Pod",
    has_status=True,
    has_generation=True,
    selectable=("spec.nodeName", "status.phase"),
    initial={"status": {"phase": "Pending"}},
)
CLAIMS = Kind(
    "",
    "v1",
    "persistentvolumeclaims",
    "PersistentVolumeClaim",
    has_status=True,
    initial={"status": {"phase": "Pending"}},
    finalizer="kubernetes.io/pvc-protection",
)
EVENTS = Kind(
    "",
    "v1",
    "events",
    "Event",
    selectable=(
        *("involvedObject.kind", "involvedObject.name", "involvedObject.namespace", "involvedObject.uid"),
        *("reason", "type"),
    ),
    bookmarks=False,
)
SECRETS = Kind("", "v1", "secrets", "Secret", selectable=("type",))
CONFIG_MAPS = Kind("", "v1", "configmaps", "ConfigMap")
LEASES = Kind("coordination.k8s.io", "v1", "leases", "Lease")

BUILT_IN = (NAMESPACES, PODS, CLAIMS, EVENTS, SECRETS, CONFIG_MAPS, LEASES)
