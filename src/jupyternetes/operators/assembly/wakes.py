"""How a change in a cache wakes Instances: only by what a pass looks at, and nobody ahead of people's clicks."""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from msgspec import structs

from jupyternetes.api import labels
from jupyternetes.api.core import Claim, Event, Pod
from jupyternetes.api.fields import OTHER_RESOURCES_OPERATOR
from jupyternetes.api.instance import Instance
from jupyternetes.api.other_object import OtherObject
from jupyternetes.api.template import Template
from jupyternetes.operators.status.owned_fields import status_view
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import KubernetesObject, ObjectKey, key_of
from jupyternetes.runtime.store import Change

T = TypeVar("T", bound=KubernetesObject)

#: Index of the cache of Instances by the Template that they ask for.
TEMPLATE_INDEX: Final = "template"


def wake(
    informer: Informer[T],
    controller: Controller[ObjectKey],
    keys: Callable[[T], Iterable[ObjectKey]] | None = None,
    *,
    view: Callable[[T], object],
    is_own_write: Callable[[T | None, T], bool] | None = None,
    behind: bool = False,
) -> None:
    """Let each change in ``informer`` wake what it maps to: the object itself, unless ``keys`` says otherwise.

    ``view`` is what a pass looks at of the object: a change that it does not show wakes nothing. Nor does one, from the
    old object to the new one, of which ``is_own_write`` says that it is the last pass's own. ``behind``: what it wakes
    queues behind everything else.
    """
    mapping: Callable[[T], Iterable[ObjectKey]] = keys or (lambda obj: [key_of(obj)])

    def handle(change: Change[T]) -> None:
        old, new = change.old, change.new
        if is_own_write is not None and new is not None and is_own_write(old, new):
            return
        if old is not None and new is not None and view(old) == view(new):
            return
        for obj in (old, new):
            if obj is not None:
                for key in mapping(obj):
                    controller.enqueue(key, behind=behind or change.initial)

    informer.subscribe(handle)


def instance_view(instance: Instance, operator: str) -> object:
    """What a pass of ``operator`` depends on: all of an Instance but what others write of its status for others."""
    metadata = structs.replace(instance.metadata, resource_version="")
    status = instance.status
    if status.other_resources and operator != OTHER_RESOURCES_OPERATOR:  # what they wait for is said to people alone
        others = {name: structs.replace(each, message="") for name, each in status.other_resources.items()}
        status = structs.replace(status, other_resources=others)
    return metadata, instance.spec, instance.unreadable, status_view(status, operator)


def if_it_may_have_pods(instance: Instance) -> list[ObjectKey]:
    """The Instance itself, unless the hub has only made it, and is about to set it going."""
    only_made = instance.spec.suspend and not instance.was_started and not instance.unreadable
    return [] if only_made else [key_of(instance)]


def template_view(template: Template) -> object:
    """What an Instance's pass depends on of its Template: not what is said in its status, which is for its author."""
    meta = template.metadata
    return (
        meta.uid,
        meta.generation,
        meta.deletion_timestamp,
        [each for each in template.unreadable if each.path[0] == "spec"],
    )


def event_view(event: Event) -> object:
    """What a pass depends on of an Event: what it says, of what, and when."""
    return structs.replace(event, metadata=structs.replace(event.metadata, resource_version=""))


def look_again(informer: Informer[Any], controller: Controller[ObjectKey], instances: Informer[Instance]) -> None:
    """Let each list of ``informer`` wake all Instances that it may concern, after those that something happened to.

    What a pass made, or found by asking the API server, may have gone before the cache had it: no change tells of that.
    """

    def handle(namespace: str | None) -> None:
        for instance in instances.values():
            if namespace in (None, instance.metadata.namespace):
                controller.enqueue(key_of(instance), behind=True)

    informer.on_list(handle)


def labelled_instance(obj: Pod | Claim | OtherObject) -> list[ObjectKey]:
    """The Instance that an object is labelled with."""
    name = obj.metadata.labels.get(labels.INSTANCE)
    return [ObjectKey(obj.metadata.namespace, name)] if name else []


def users_of(instances: Informer[Instance]) -> Callable[[Template], list[ObjectKey]]:
    """The Instances that ask for a Template."""
    return lambda template: [key_of(i) for i in instances.by_index(TEMPLATE_INDEX, key_of(template))]
