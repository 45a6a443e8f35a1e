"""The definition of the JupyterNotebookInstance: its structs, and what they cannot say."""

from collections.abc import Mapping
from typing import Final

from jupyternetes.api import conditions, identity, labels
from jupyternetes.api.crds.definition import CONDITIONS, column, definition
from jupyternetes.api.crds.schema import ATOMIC, Schema, rules
from jupyternetes.api.instance import InstanceSpec, InstanceStatus

_FURTHER: Final[Mapping[str, Schema]] = {
    **CONDITIONS,
    "status": {"default": {}},  # so that a new Instance has the first status of the published product without a write
    "spec.template": ATOMIC,
    "spec.variables": ATOMIC,
    "spec.hubEnvironment": rules(
        (
            "self.all(name, name != 'token' && name != 'namespace')",
            "hubEnvironment may not name 'token' or 'namespace': these are the keys of a service account's token",
        )
    ),
}


def instance_definition() -> dict[str, object]:
    """The definition of JupyterNotebookInstance (``jni``)."""
    return definition(
        kind=identity.INSTANCE_KIND,
        plural="jupyternotebookinstances",
        short_name="jni",
        description="A notebook server: which Template, which values. Operators do the rest and report in the status.",
        spec=(InstanceSpec, "What is asked for."),
        status=(InstanceStatus, "What the operators report."),
        further=_FURTHER,
        columns=(
            column("User", f".metadata.annotations.{_escaped(labels.USERNAME)}"),
            column("Server", f".metadata.annotations.{_escaped(labels.SERVERNAME)}"),
            column("Template", ".spec.template.name"),
            column("Ready", _of_condition(conditions.READY, "status")),
            column("Reason", _of_condition(conditions.READY, "reason")),
            column("Pods", _of_condition(conditions.PODS_PROVISIONED, "reason"), wide=True),
            column("Others", _of_condition(conditions.OTHER_RESOURCES_PROVISIONED, "reason"), wide=True),
            column("Address", ".status.address", wide=True),
            column("Node", ".status.nodeName", wide=True),
            column("Age", ".metadata.creationTimestamp", kind="date"),
        ),
        selectable=(".spec.template.name", ".spec.template.namespace", ".spec.startId"),
    )


def _of_condition(kind: str, field: str) -> str:
    return f'.status.conditions[?(@.type=="{kind}")].{field}'


def _escaped(key: str) -> str:
    return key.replace(".", r"\.")
