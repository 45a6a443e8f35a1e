"""What an Instance's status says there is of each entry, for those that refer to it and those that wait for it."""

from collections.abc import Container

from jupyternetes.api.instance import Instance, OtherState
from jupyternetes.api.template import OtherEntry
from jupyternetes.operators.templates.objects import object_name
from jupyternetes.templating import PODS, PVCS, CompiledTemplate, Rendering, Result, Waiting
from jupyternetes.templating.references import OTHER_RESOURCES, kind_of, reference

#: What ``otherResourcesProvisioned`` says of an entry whose object is ready.
COMPLETED = "Completed"


def existing_objects(instance: Instance) -> dict[str, dict[str, str]]:
    """Names of claims, and of the pods of the present start, by the kind of the entry and its name."""
    status, start = instance.status, instance.spec.start_id
    claims = {name: state.resource_name for name, state in status.pvcs.items() if state.resource_name}
    pods = {
        name: state.resource_name
        for name, state in status.pods.items()
        if state.resource_name and state.uid and state.start_id == start
    }
    return {PVCS: claims, PODS: pods}


def ready_others(instance: Instance, template: CompiledTemplate) -> dict[str, str]:
    """Names of other resources that are ready, by entry, and what is read of them, by the names of entry and output.

    A value that its pattern does not take counts as not there, whoever wrote the status.
    """
    found: dict[str, str] = {}
    for name, state in instance.status.other_resources.items():
        if not is_ready(instance, name, state):
            continue
        found[name] = state.resource_name
        for entry in template.other_resources:
            if not isinstance(entry.name, str) or entry.name == name:
                texts = ((output, state.outputs.get(output.name)) for output in entry.contract.outputs)
                found |= {f"{name}.{output.name}": text for output, text in texts if text and output.takes(text)}
    return found


def is_ready(instance: Instance, name: str, state: OtherState | None) -> bool:
    """Whether an entry's object is on record as ready for what the Instance asks for now.

    Of a name that cannot be its own nothing is believed: a pod may mount a Secret that is named after it.
    """
    return (
        state is not None
        and state.resource_name in (object_name(instance, name, of_start=each) for each in (False, True))
        and state.observed_generation == instance.metadata.generation
        and instance.status.other_resources_provisioned.get(name) == COMPLETED
    )


def missing_others(instance: Instance, rendering: Rendering) -> list[Result[OtherEntry]]:
    """The entries whose objects are to be ready before there is a pod, and are not.

    That is all but those that refer to a pod, or to an entry that does: they come after it.
    """
    after: set[str] = set()
    before = list(rendering.other_resources)
    while True:
        late = [
            each for each in before if any(kind_of(name) == PODS or name in after for name in each.entry.references)
        ]
        if not late:
            break
        after |= {reference(OTHER_RESOURCES, each.name) for each in late}
        before = [each for each in before if each not in late]
    return [each for each in before if not _gives_all(instance, each)]


def awaited_others(instance: Instance, rendering: Rendering, there: Container[str]) -> list[Result[OtherEntry]]:
    """The entries that are not ready, and that a pod mentions which is not ``there`` (by name of its entry)."""
    waiting = [each for each in rendering.pods if isinstance(each, Waiting) and each.name not in there]
    mentioned = {name for each in waiting for name in each.entry.references}
    others = (each for each in rendering.other_resources if reference(OTHER_RESOURCES, each.name) in mentioned)
    return [each for each in others if not _gives_all(instance, each)]


def _gives_all(instance: Instance, result: Result[OtherEntry]) -> bool:
    """Whether its object is ready, with everything on record that may be read of it."""
    state = instance.status.other_resources.get(result.name)
    if state is None or not is_ready(instance, result.name, state):
        return False
    texts = ((output, state.outputs.get(output.name)) for output in result.entry.contract.outputs)
    return all(text and output.takes(text) for output, text in texts)
