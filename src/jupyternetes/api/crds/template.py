"""The definition of the JupyterNotebookTemplate: its structs, and what they cannot say."""

from collections.abc import Mapping
from typing import Final

from jupyternetes.api import conditions, identity
from jupyternetes.api.crds.definition import CONDITIONS, column, definition
from jupyternetes.api.crds.schema import OPEN_ENDED, SET, Schema, keyed_by
from jupyternetes.api.template import TemplateSpec, TemplateStatus

_FURTHER: Final[Mapping[str, Schema]] = {
    **CONDITIONS,
    "spec.access": OPEN_ENDED,
    "spec.access.namespaces": SET,
    "spec.variables": keyed_by("name"),
    "spec.variables[]": OPEN_ENDED,
    "spec.variables[].choices[]": OPEN_ENDED,
    "spec.pvcs": keyed_by("name"),
    "spec.pods": keyed_by("name"),
    "spec.otherResources": keyed_by("name"),
    "spec.otherResources[]": OPEN_ENDED,
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
