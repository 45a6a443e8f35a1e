"""The promises of whoever answers a gate (docs/reference/gates.md), each as a check."""

import asyncio
import re
from typing import Final

from jupyternetes.api import labels
from jupyternetes.runtime.errors import NotFound
from jupyternetes.sdk.answers import checked_reason
from jupyternetes.sdk.kinds import Json, Kind, Object
from jupyternetes.sdk.operator import CONTRACT
from jupyternetes.sdk.testing.gate_site import GateCase, GateCheck, answer, instance
from jupyternetes.sdk.testing.site import ContractBroken, Site

_LEASES: Final = Kind("coordination.k8s.io/v1", "Lease", "leases")
_LONGEST_MESSAGE: Final = 4096
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


async def answers_what_is_asked(site: Site, case: GateCase) -> None:
    """A final answer comes, about the generation of the asking, in words that can be shown."""
    async with case.operator(), instance(site, case) as asked:
        generation = await asked.ask()
        said = await asked.answered(generation)
        if said["observedGeneration"] > asked.witness.latest.metadata.generation:
            raise ContractBroken(f"the answer is about a generation that there is not yet: {said}")
        _check_words(said)


async def says_nothing_unasked(site: Site, case: GateCase) -> None:
    """An Instance that does not ask is not written to."""
    async with case.operator(), instance(site, case) as other, instance(site, case) as asked:
        await asked.answered(await asked.ask())
        await other.witness.stays(case.quiet, f"{case.name} was not asked, and says nothing")
        if answer(other.witness.latest, case.name):
            raise ContractBroken(f"{case.name} was not asked, and answered; {other.witness.described}")


async def answers_once(site: Site, case: GateCase) -> None:
    """After a final answer nothing is written, also if the spec is edited."""
    async with case.operator(), instance(site, case) as asked:
        await asked.answered(await asked.ask())
        await asked.witness.stays(case.quiet, f"{case.name} has answered, and writes no more")
        promise = f"an edit of the spec asks nobody again, and {case.name} writes no more"
        await asked.witness.stays(case.quiet, promise, after={"spec": {"gracePeriodSeconds": 7}})


async def answers_each_start(site: Site, case: GateCase) -> None:
    """An answer to an earlier start does not count, so the next start gets one of its own."""
    async with case.operator(), instance(site, case) as asked:
        await asked.answered(await asked.ask())
        await asked.answered(await asked.start_anew())


async def leaves_the_rest_alone(site: Site, case: GateCase) -> None:
    """Only conditions under its own prefix change."""
    async with case.operator(), instance(site, case) as asked:
        generation = await asked.ask()
        before = asked.witness.latest
        await asked.answered(generation)
        prefix = case.name.partition("/")[0] + "/"
        then, now = _rest(before, prefix), _rest(asked.witness.latest, prefix)
        if then != now:
            changed = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
            raise ContractBroken(f"besides conditions under {prefix}, the answer changed {', '.join(changed)}")


async def answers_what_was_asked_while_it_was_dead(site: Site, case: GateCase) -> None:
    """After a restart it looks at all Instances."""
    async with instance(site, case) as asked:
        generation = await asked.ask()
        async with case.operator():
            await asked.answered(generation)


async def says_nothing_again_after_a_restart(site: Site, case: GateCase) -> None:
    """A restart does not answer again what was answered."""
    async with instance(site, case) as asked, instance(site, case) as later:
        async with case.operator():
            await asked.answered(await asked.ask())
        generation = await later.ask()
        before = asked.witness.latest
        async with case.operator():
            await later.answered(generation)
            await asked.witness.stays(case.quiet, f"{case.name} answered before its restart, and writes no more")
        if asked.witness.latest is not before:
            raise ContractBroken(f"a restart answered again: {before.status}, then {asked.witness.described}")


async def two_replicas_answer_as_one(site: Site, case: GateCase) -> None:
    """A second replica stands by."""
    async with case.operator(), case.operator(), instance(site, case) as asked:
        for ask in (asked.ask, asked.start_anew):
            await asked.answered(await ask())
            await asked.witness.stays(case.quiet, f"one replica has answered {case.name}, and the other stands by")


async def renews_its_lease(site: Site, case: GateCase) -> None:
    """The Lease that Templates name is held, renewed in time, and says by which contract."""
    if case.lease is None:
        raise ContractBroken("an operator whose death is to be noticed has a Lease; name it in the case")
    async with case.operator(), instance(site, case) as asked:
        await asked.answered(await asked.ask())
        lease = await _lease(site, *case.lease)
        label = lease.metadata.labels.get(labels.CONTRACT)
        if label != CONTRACT:
            raise ContractBroken(f"the Lease has the label {labels.CONTRACT}: {CONTRACT}, not {label!r}")
        lasts = lease.spec.get("leaseDurationSeconds") or 15
        await asyncio.sleep(lasts * 0.9)
        if (await _lease(site, *case.lease)).spec.get("renewTime") == lease.spec.get("renewTime"):
            raise ContractBroken(f"a Lease of {lasts} s is renewed before it has run out: {lease.spec}")


GATE_CHECKS: Final[tuple[GateCheck, ...]] = (
    answers_what_is_asked,
    says_nothing_unasked,
    answers_once,
    answers_each_start,
    leaves_the_rest_alone,
    answers_what_was_asked_while_it_was_dead,
    says_nothing_again_after_a_restart,
    two_replicas_answer_as_one,
    renews_its_lease,
)


def _check_words(said: Json) -> None:
    try:
        checked_reason(said["reason"])
    except ValueError as error:
        raise ContractBroken(str(error)) from error
    if len(said["message"]) > _LONGEST_MESSAGE:
        raise ContractBroken(f"a message has at most {_LONGEST_MESSAGE} characters, not {len(said['message'])}")
    if not _TIME.fullmatch(said["lastTransitionTime"]):
        raise ContractBroken(f"lastTransitionTime is a time as of RFC 3339, not {said['lastTransitionTime']!r}")


def _rest(obj: Object, prefix: str) -> Json:
    """All of an Instance but the conditions under ``prefix``, flat enough to say what changed."""
    metadata = {f"metadata.{name}": value for name, value in obj.content["metadata"].items()}
    status = {f"status.{name}": value for name, value in obj.status.items()}
    others = {each["type"]: each for each in obj.status.get("conditions", []) if not each["type"].startswith(prefix)}
    return {**metadata, "spec": obj.spec, **status, "status.conditions": others}


async def _lease(site: Site, namespace: str, name: str) -> Object:
    try:
        return await site.client.get(_LEASES.resource(Object), namespace, name)
    except NotFound as error:
        raise ContractBroken(f"there is no Lease {namespace}/{name}") from error
