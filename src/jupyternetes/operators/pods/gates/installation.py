"""What an installation makes of the gates of a Template, which the Template alone does not tell. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from jupyternetes.api.fields import name_of
from jupyternetes.api.gate import Gate
from jupyternetes.api.template import TemplateSpec
from jupyternetes.templating import Problem
from jupyternetes.templating.problems import child_path

#: What is said of a Template with gates where they are turned off: to pass them over could start what nobody approved.
TURNED_OFF: Final = Problem(
    "$.spec.gates", "gates are turned off here; set the chart's value gates.enabled to true, or remove the gates"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """``on``: whether gates are heeded. ``leases`` are those that they may name, as ``namespace/name``."""

    on: bool = False
    leases: Collection[str] = ()

    def problems(self, gates: Sequence[Gate]) -> Sequence[Problem]:
        """Why a Template with these gates cannot be used here."""
        return (TURNED_OFF,) if gates and not self.on else ()

    def remarks(self, gates: Sequence[Gate]) -> Sequence[Problem]:
        """What has no effect here of the gates of a Template that can be used."""
        path = child_path("$.spec", name_of(TemplateSpec.gates))
        unknown = ((index, gate) for index, gate in enumerate(gates) if gate.lease and gate.lease not in self.leases)
        return [
            Problem(
                child_path(child_path(path, index), name_of(Gate.lease)),
                f"Lease {gate.lease} is not watched, so the gate is waited for as long as its timeoutSeconds say even "
                "if its operator does not run; name it in the chart's gates.leases",
            )
            for index, gate in unknown
        ]
