"""The definition of the JupyterNotebookTemplate: its structs, and what they cannot say."""

from collections.abc import Mapping
from typing import Final

from jupyternetes.api import conditions, identity
from jupyternetes.api.crds.definition import CONDITIONS, column, definition
from jupyternetes.api.crds.schema import OPEN_ENDED, SET, Schema, keyed_by, rules
from jupyternetes.api.gate import MAX_GATE_SECONDS
from jupyternetes.api.template import TemplateSpec, TemplateStatus

_FURTHER: Final[Mapping[str, Schema]] = {
    **CONDITIONS,
    "spec.access": OPEN_ENDED,
    "spec.access.namespaces": SET,
    "spec.access.groups": SET,
    "spec.access.users": SET,
    "spec.variables": keyed_by("name"),
    "spec.variables[]": OPEN_ENDED,
    "spec.variables[].choices[]": OPEN_ENDED,
    "spec.variables[].choices[].groups": SET,
    "spec.gates": keyed_by("name"),
    "spec.gates[]": OPEN_ENDED
    | rules(
        (
            f"!self.name.startsWith('{identity.GROUP}/') && !self.name.contains('.{identity.GROUP}/')",
            f"the name of a gate may not be in {identity.GROUP}: only other operators answer gates",
        ),
        (
            "!has(self.before) || self.before != 'Stop' || !has(self.timeoutSeconds) "
            f"|| self.timeoutSeconds <= {MAX_GATE_SECONDS['Stop']}",
            f"a stop waits for a gate for at most {MAX_GATE_SECONDS['Stop']} seconds",
        ),
    ),
    "spec.pvcs": keyed_by("name"),
    "spec.pods": keyed_by("name"),
    "spec.otherResources": keyed_by("name"),
    "spec.otherResources[]": OPEN_ENDED,
    "status.availability": keyed_by("variable", "value"),
}
_STATUS = f'.status.conditions[?(@.type=="{conditions.ACCEPTED}")]'
_REHEARSED = f'.status.conditions[?(@.type=="{conditions.REHEARSED}")]'


def template_definition() -> dict[str, object]:
    """The definition of JupyterNotebookTemplate (``jnt``)."""
    return definition(
        kind=identity.TEMPLATE_KIND,
        plural="jupyternotebooktemplates",
        short_name="jnt",
        description="How notebook servers look: whole pod and claim specs with {placeholders}.",
        spec=(TemplateSpec, "What to make for an Instance."),
        status=(TemplateStatus, "Whether it can be used."),
        further=_FURTHER,
        columns=(
            column("Display Name", ".spec.displayName"),
            column("Accepted", f"{_STATUS}.status"),
            column("Reason", f"{_STATUS}.reason", wide=True),
            column("Rehearsed", f"{_REHEARSED}.status", wide=True),
            column("Age", ".metadata.creationTimestamp", kind="date"),
        ),
        selectable=(".spec.displayName", ".spec.naming"),
    )
