"""Whether a claim may be used because the Template's ``claimName`` names it.

A name that says who the user is follows that user through a rename, and stays away from the next one of that name.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from msgspec import structs

from jupyternetes.api import labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import ClaimEntry
from jupyternetes.operators.pvcs.plan import Verify, named
from jupyternetes.operators.templates.usable import facts
from jupyternetes.templating import PVCS, CompiledTemplate, Ready, render
from jupyternetes.templating.variables.built_in import SERVER_NAME, USER_NAME

#: What a name is filled in with to see where it says who the user is; filters leave it as it is.
SOMEBODY: Final = "somebody0who0is0nobody"

_PERSONAL: Final = (USER_NAME, "jupyterhub.user.id", SERVER_NAME)


@dataclass(frozen=True, slots=True)
class Refuse:
    """The Template adopts the claim ``name``, which is on record for the Instance ``holder`` of another person."""

    name: str
    holder: str


def adopt(
    instance: Instance,
    entry: Ready[ClaimEntry],
    *,
    somebodys: str,
    holders: Callable[[str], Iterable[Instance]],
) -> Verify | Refuse:
    """What to do for an entry whose ``claimName`` says who the user is.

    ``somebodys`` is that name for a user called ``SOMEBODY``. ``holders`` gives the Instances that have a claim on
    record.
    """
    name = entry.filled.existing_claim
    recorded = instance.status.recorded_claim(entry.name)
    if recorded == name:
        return named(instance, entry)
    if recorded and _differs_in_the_user_only(recorded, somebodys):
        return Verify(recorded, recorded=True)
    holder = next((other for other in holders(name) if not _of_one_person(instance, other)), None)
    return named(instance, entry) if holder is None else Refuse(name, holder.metadata.name)


def claim_name_of_somebody(template: CompiledTemplate, instance: Instance, entry: Ready[ClaimEntry]) -> str | None:
    """What the entry's ``claimName`` is for a user called ``SOMEBODY``; None if it does not say who the user is.

    None also for an entry without one. Empty if it cannot be filled in for anybody else: then it is this user's alone.
    """
    name = entry.filled.existing_claim
    if not name:
        return None
    # What is empty, as the name of most servers, stays so if it can: then the two names differ in the user alone.
    alike = _claim_name_of_another(template, instance, entry, lambda value: SOMEBODY if value else "")
    other = alike if alike != name else _claim_name_of_another(template, instance, entry, lambda _: SOMEBODY)
    return None if other == name else other


def _claim_name_of_another(
    template: CompiledTemplate, instance: Instance, entry: Ready[ClaimEntry], personal: Callable[[str], str]
) -> str:
    """The entry's ``claimName`` with other values of the variables that are a person's; empty if there is none."""
    variables = {
        name: personal(value) if name.lower() in _PERSONAL else value for name, value in instance.spec.variables.items()
    }
    somebody = structs.replace(instance, spec=structs.replace(instance.spec, variables=variables))
    known = {name: state.resource_name for name, state in instance.status.pvcs.items()}
    for other in render(template, facts(somebody), {PVCS: known}, judged=False).pvcs:
        if isinstance(other, Ready) and other.entry is entry.entry:
            return other.filled.existing_claim
    return ""


def _differs_in_the_user_only(recorded: str, somebodys: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in somebodys.split(SOMEBODY))
    return re.fullmatch(pattern, recorded) is not None


def _of_one_person(instance: Instance, other: Instance) -> bool:
    """Whether both are servers of one user: Instances without a person are compared by the name of their user."""
    if instance.metadata.uid == other.metadata.uid:
        return True
    persons = [each.metadata.annotations.get(labels.PERSON, "") for each in (instance, other)]
    return persons[0] == persons[1] if all(persons) else _user(instance) == _user(other)


def _user(instance: Instance) -> str:
    named = instance.metadata.annotations.get(labels.USERNAME)
    if named is not None:
        return named
    return next((text for name, text in instance.spec.variables.items() if name.lower() == USER_NAME), "")
