"""The promises of an operator whose objects Templates ask for, each as a check."""

from typing import Final

from jupyternetes.api.instance import MAX_OUTPUT_LENGTH
from jupyternetes.sdk.kinds import Json, Object
from jupyternetes.sdk.testing.resource_site import ResourceCase, ResourceCheck, at
from jupyternetes.sdk.testing.site import ContractBroken, Site


async def makes_it_ready(site: Site, case: ResourceCase) -> None:
    """An object becomes ready, and what Templates read of it is there in the same moment."""
    async with case.operator(), site.made(case.kind, case.body) as witness:
        obj = await case.made_ready(witness)
        for path in case.outputs:
            value = at(obj, path)
            if not isinstance(value, str | int | bool) or len(str(value)) > MAX_OUTPUT_LENGTH:
                raise ContractBroken(f"{path} is a text, number or boolean once the object is ready, not {value!r}")


async def follows_a_change(site: Site, case: ResourceCase) -> None:
    """After an edit of the spec it becomes ready again, and says so of the new generation."""
    async with case.operator(), site.made(case.kind, case.body) as witness:
        first = await case.settled(witness)
        edited = await witness.patch(case.change)
        if edited.metadata.generation == first.metadata.generation:
            raise ContractBroken("the case's change changes nothing of the spec")
        await case.made_ready(witness)


async def writes_nothing_that_is_there(site: Site, case: ResourceCase) -> None:
    """What is ready is not written again, and news that do not concern it cause no write."""
    async with case.operator(), site.made(case.kind, case.body) as witness:
        await case.settled(witness)
        annotated = {"metadata": {"annotations": {"contract.example.net/seen": "yes"}}}
        await witness.stays(case.quiet, "an annotation of somebody else causes no write", after=annotated)


async def writes_nothing_after_a_restart(site: Site, case: ResourceCase) -> None:
    """A restart finds everything as it should be."""
    async with site.made(case.kind, case.body) as witness, site.made(case.kind, case.body) as later:
        async with case.operator():
            before = await case.settled(witness)
        async with case.operator():
            await later.patch(case.change)
            await case.settled(later)
            if witness.latest is not before:
                raise ContractBroken(f"a restart wrote what was there: {before.status}, then {witness.described}")


async def makes_ready_what_came_while_it_was_dead(site: Site, case: ResourceCase) -> None:
    """After a restart it looks at all objects."""
    async with site.made(case.kind, case.body) as witness, case.operator():
        await case.made_ready(witness)


async def leaves_what_is_asked_alone(site: Site, case: ResourceCase) -> None:
    """It answers in the status, and changes nothing of what was asked; finalizers are its own affair."""
    async with case.operator(), site.made(case.kind, case.body) as witness:
        before = _asked(witness.versions[0])
        await case.settled(witness)
        now = _asked(witness.latest)
        if changed := sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)):
            raise ContractBroken(f"the operator changed {', '.join(changed)} of the object")


async def two_replicas_work_as_one(site: Site, case: ResourceCase) -> None:
    """A second replica stands by."""
    async with case.operator(), case.operator(), site.made(case.kind, case.body) as witness:
        await case.settled(witness)
        await witness.patch(case.change)
        await case.settled(witness)


async def lets_go(site: Site, case: ResourceCase) -> None:
    """A deleted object is gone soon."""
    async with case.operator(), site.made(case.kind, case.body) as witness:
        await case.made_ready(witness)
        await witness.delete()
        await witness.until_gone(case.seconds, f"a deleted {case.kind.kind} is gone")


async def lets_go_of_what_was_deleted_while_it_was_dead(site: Site, case: ResourceCase) -> None:
    """A deletion that it missed is made up for after a restart."""
    async with site.made(case.kind, case.body) as witness:
        async with case.operator():
            await case.settled(witness)
        await witness.delete()
        async with case.operator():
            await witness.until_gone(case.seconds, f"a {case.kind.kind} that was deleted during a restart is gone")


RESOURCE_CHECKS: Final[tuple[ResourceCheck, ...]] = (
    makes_it_ready,
    follows_a_change,
    writes_nothing_that_is_there,
    writes_nothing_after_a_restart,
    makes_ready_what_came_while_it_was_dead,
    leaves_what_is_asked_alone,
    two_replicas_work_as_one,
    lets_go,
    lets_go_of_what_was_deleted_while_it_was_dead,
)


def _asked(obj: Object) -> Json:
    """All of an object but its status and what only counts changes."""
    kept = {name: value for name, value in obj.content.items() if name not in ("status", "metadata")}
    metadata: Json = obj.content["metadata"]
    return kept | {f"metadata.{name}": value for name, value in metadata.items() if name != "finalizers"}
