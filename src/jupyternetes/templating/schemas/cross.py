"""What Kubernetes refuses in a pod or a claim though each field by itself fits the schema.

Names with placeholders are compared as they are written: the same text is the same name, and of two texts nothing is
known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from jupyternetes.api.template import ClaimEntry, Entry, PodEntry
from jupyternetes.templating.entry import CompiledEntry
from jupyternetes.templating.jsontree import as_list, as_mapping
from jupyternetes.templating.problems import Problem, child_path
from jupyternetes.templating.schemas.words import nearest

_CONTAINERS: Final = "containers"
_CONTAINER_LISTS: Final = (_CONTAINERS, "initContainers", "ephemeralContainers")
_USES_OF_VOLUMES: Final = ("volumeMounts", "volumeDevices")
#: What may not be the same for two items of a list of a container.
_ONCE_A_CONTAINER: Final = (("volumeMounts", "mountPath"), ("volumeDevices", "devicePath"), ("ports", "name"))


@dataclass(frozen=True, slots=True)
class _Item:
    """A map in a list; ``name`` is its own as written, ``""`` without one."""

    path: str
    fields: Mapping[str, object]

    def text(self, field: str) -> str:
        text = self.fields.get(field)
        return text if isinstance(text, str) else ""

    @property
    def name(self) -> str:
        return self.text("name")


def check(entry: CompiledEntry[Entry], spec: Mapping[str, object], path: str) -> Iterator[Problem]:
    """What is wrong with the ``spec`` of ``entry``, which stands at ``path``."""
    if isinstance(entry.written, PodEntry):
        if entry.written.port is not None and not _is_port(entry.written.port):
            yield Problem(entry.path_of(PodEntry.port), "must be the number or the name of a container's port")
        yield from _pod(spec, path)
    elif isinstance(entry.written, ClaimEntry) and not entry.written.claim_name:
        yield from _claim(spec, path)


def _is_port(value: object) -> bool:
    """Whether ``value`` can be a port: a number or a name, or a placeholder for one."""
    return isinstance(value, str) or type(value) is int


def _pod(spec: Mapping[str, object], path: str) -> Iterator[Problem]:
    containers = [item for name in _CONTAINER_LISTS for item in _items(spec, name, path)]
    volumes = _items(spec, "volumes", path)
    if spec.get(_CONTAINERS) == []:
        yield Problem(child_path(path, _CONTAINERS), "a pod has at least one container; add one")
    yield from _twice("name", containers, "container")
    yield from _twice("name", volumes, "volume")
    for container in containers:
        for name, field in _ONCE_A_CONTAINER:
            yield from _twice(field, _items(container.fields, name, container.path), field)
    if _all_known(spec.get("volumes"), volumes):
        uses = [use for each in containers for name in _USES_OF_VOLUMES for use in _items(each.fields, name, each.path)]
        yield from _without_volume(uses, {volume.name for volume in volumes})


def _claim(spec: Mapping[str, object], path: str) -> Iterator[Problem]:
    if spec.get("accessModes") in (None, []):
        yield Problem(path, "'accessModes' is missing here; add it, such as [ReadWriteOnce]")
    resources = as_mapping(spec.get("resources") or {})
    requests = as_mapping(resources.get("requests") or {}) if resources is not None else None
    if requests is not None and requests.get("storage") is None and not any("{" in key for key in requests):
        here = child_path(child_path(path, "resources"), "requests")
        yield Problem(here, "'storage' is missing here; add it, such as 1Gi")


def _twice(field: str, items: Iterable[_Item], what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for item in items:
        text = item.text(field)
        if text and text in seen:
            message = f"there is a {what} {text!r} before it already; choose another"
            yield Problem(child_path(item.path, field), message)
        seen.add(text)


def _without_volume(uses: Iterable[_Item], volumes: set[str]) -> Iterator[Problem]:
    for use in uses:
        name = use.name
        if name and "{" not in name and name not in volumes:
            near = nearest(name, volumes)
            hint = f"did you mean {near!r}?" if near else "add one to 'volumes'"
            yield Problem(child_path(use.path, "name"), f"the pod has no volume {name!r}; {hint}")


def _items(parent: Mapping[str, object], name: str, path: str) -> list[_Item]:
    """The maps in the list ``name`` of what stands at ``path``; what a placeholder stands for is left out."""
    here = child_path(path, name)
    found = ((child_path(here, i), as_mapping(each)) for i, each in enumerate(as_list(parent.get(name)) or ()))
    return [_Item(where, fields) for where, fields in found if fields is not None]


def _all_known(written: object, items: list[_Item]) -> bool:
    """Whether ``items`` are all that the list as ``written`` can hold, each with a name without a placeholder."""
    length = len(as_list(written) or ()) if written is None or as_list(written) is not None else -1
    return len(items) == length and all("{" not in item.name for item in items)
