"""What the checks of gates share: an Instance, and the part of the Pod operator, who asks."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.api import identity
from jupyternetes.api.times import rfc3339, rfc3339_micro, utc_now
from jupyternetes.sdk.gates import Before
from jupyternetes.sdk.kinds import Json, Kind, Object
from jupyternetes.sdk.testing.operators import Operator
from jupyternetes.sdk.testing.site import Site, Witness

INSTANCE: Final = Kind(identity.API_VERSION, identity.INSTANCE_KIND, "jupyternotebookinstances")
#: A condition of somebody else, which has to stay as it is.
STRANGER: Final = "contract.example.net/present"


@dataclass(frozen=True, slots=True)
class GateCase:
    """The operator that answers the gate ``name``, and the Instances that it is asked about.

    ``variables`` and ``username`` are what it needs to find there to come to a final answer, which it has to give
    within ``seconds``; a Lease of a replica that was killed has run out by then too. It counts as having nothing more
    to say after ``quiet`` seconds without a write. ``lease``: namespace and name of the one that it holds.
    """

    name: str
    operator: Operator
    before: Before = "Start"
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    username: str = "contract"
    lease: tuple[str, str] | None = None
    seconds: float = 30.0
    quiet: float = 2.0


GateCheck = Callable[[Site, GateCase], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One Instance, of which the operator is asked."""

    witness: Witness
    case: GateCase

    async def ask(self) -> int:
        """Ask as the Pod operator does; the answer is the generation that the operator's answer has to be about."""
        live = self.witness.latest
        generation = live.metadata.generation
        asking = {
            "before": self.case.before,
            "generation": generation,
            "startId": live.spec["startId"],
            "askedAt": rfc3339_micro(utc_now()),
        }
        await self.witness.patch({"status": {"gates": {self.case.name: asking}}}, status=True)
        return generation

    async def start_anew(self) -> int:
        """The next start, which asks again."""
        number = int(self.witness.latest.spec["startId"]) + 1
        await self.witness.patch({"spec": {"startId": str(number)}})
        return await self.ask()

    async def answered(self, generation: int) -> Json:
        """The final answer to an asking, once it is there. Raises ContractBroken if it does not come."""

        def final(obj: Object) -> bool:
            said = answer(obj, self.case.name)
            return said.get("observedGeneration", 0) >= generation and said.get("status") in ("True", "False")

        promise = f"asked of generation {generation}, {self.case.name} gives a final answer"
        return answer(await self.witness.until(final, self.case.seconds, promise), self.case.name)


@asynccontextmanager
async def instance(site: Site, case: GateCase) -> AsyncGenerator[Asked]:
    """A new Instance, with what the Pod operator says while it waits; nobody is asked yet."""
    body: Json = {
        "metadata": {"annotations": {"hub.jupyter.org/username": case.username}},
        "spec": {
            "template": {"name": "contract"},
            "variables": dict(case.variables),
            "startId": "1",
            "suspend": case.before == "Stop",
        },
    }
    said = [_condition("PodsProvisioned", "False", "WaitingForGate"), _condition(STRANGER, "True", "Here")]
    async with site.made(INSTANCE, body) as witness:
        await witness.patch({"status": {"conditions": said}}, status=True)
        yield Asked(witness, case)


def answer(obj: Object, name: str) -> Json:
    """The condition of this type; empty if there is none."""
    said: list[Json] = obj.status.get("conditions", [])
    return next((each for each in said if each["type"] == name), Json())


def _condition(kind: str, status: str, reason: str) -> Json:
    now = rfc3339(utc_now())
    words = {"type": kind, "status": status, "reason": reason, "message": "Of the contract's checks"}
    return words | {"observedGeneration": 1, "lastTransitionTime": now}
