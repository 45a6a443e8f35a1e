"""What the checks of kinds share: what is asked for, and when it counts as ready."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from jupyternetes.sdk.kinds import Json, Kind, Object
from jupyternetes.sdk.testing.operators import Operator
from jupyternetes.sdk.testing.site import Site, Witness

Ready = Callable[[Object], bool]


def has_condition(obj: Object) -> bool:
    """The condition ``Ready``, or ``Available``, is true and about the present generation: the default of Templates."""
    said: list[Json] = obj.status.get("conditions", [])
    wanted = {"status": "True", "observedGeneration": obj.metadata.generation}
    return any(each["type"] in ("Ready", "Available") and each | wanted == each for each in said)


@dataclass(frozen=True, slots=True)
class ResourceCase:
    """The operator of ``kind``, and an object (``body``, without a name) that it can make ready within ``seconds``.

    ``change`` is a merge patch of such an object after which it becomes ready again. ``ready`` is what the Template's
    ``readyWhen`` says. ``outputs``: paths, such as ``status.host``, that have to be there then. ``quiet`` and
    ``seconds``: as of ``GateCase``.
    """

    kind: Kind
    operator: Operator
    body: Json
    change: Json
    ready: Ready = has_condition
    outputs: tuple[str, ...] = ()
    seconds: float = 30.0
    quiet: float = 2.0

    async def settled(self, witness: Witness) -> Object:
        """The object once it is ready, and nothing was written for ``quiet`` seconds. Raises ContractBroken."""
        await self.made_ready(witness)
        await witness.stays(self.quiet, f"a {self.kind.kind} that is ready is written no more")
        return witness.latest

    async def made_ready(self, witness: Witness) -> Object:
        """The object once it is ready. Raises ContractBroken."""
        return await witness.until(self.ready, self.seconds, f"a {self.kind.kind} becomes ready")


ResourceCheck = Callable[[Site, ResourceCase], Awaitable[None]]


def at(obj: Object, path: str) -> Any:
    """The value at a path such as ``status.host``; None if there is none."""
    found: Any = obj.content
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return found  # pyright: ignore[reportUnknownVariableType]
