"""The schema of the JupyterNotebookInstance."""

from jupyternetes.api import conditions, identity, labels
from jupyternetes.api.crds.definition import column, definition
from jupyternetes.api.crds.schema import (
    Schema,
    boolean,
    integer,
    mapping,
    record,
    rule,
    sequence,
    text,
)
from jupyternetes.api.crds.schema import conditions as condition_list

_PROVISIONED = ("Pending", "Completed", "Partially Processed")
_STATES = ("Processed", "Running", "Stopped", "Error")


def instance_definition() -> dict[str, object]:
    """The definition of JupyterNotebookInstance (``jni``)."""
    return definition(
        kind=identity.INSTANCE_KIND,
        plural="jupyternotebookinstances",
        short_name="jni",
        description="A notebook server: which Template, which values. Operators do the rest and report in the status.",
        spec=_spec(),
        status=_status(),
        columns=(
            column("User", f".metadata.annotations.{_escaped(labels.USERNAME)}"),
            column("Server", f".metadata.annotations.{_escaped(labels.SERVERNAME)}"),
            column("Template", ".spec.template.name"),
            column("Ready", _of_ready("status")),
            column("Reason", _of_ready("reason")),
            column("Address", ".status.address", wide=True),
            column("Node", ".status.nodeName", wide=True),
            column("Age", ".metadata.creationTimestamp", kind="date"),
        ),
        selectable=(".spec.template.name", ".spec.template.namespace", ".spec.startId"),
    )


def _spec() -> Schema:
    name_limit = identity.MAX_NAME_LENGTH
    return record(
        {
            "template": record(
                {
                    "name": text("The Template's name.", min_length=1, max_length=name_limit),
                    "namespace": text("Its namespace; the Instance's own if absent.", max_length=name_limit),
                },
                "Which Template to make the server from.",
                required=("name",),
                atomic=True,
            ),
            "variables": mapping(
                text(max_length=65536),
                "Values for the Template's placeholders, as text.",
                max_properties=512,
                atomic=True,
            ),
            "hubEnvironment": sequence(
                text(
                    max_length=256,
                    pattern="^[A-Za-z_][A-Za-z0-9_]*$",
                ),
                "Names of environment variables whose values lie in the start Secret of this start; twice is as once.",
                max_items=1024,
                rules=(
                    rule(
                        "self.all(name, name != 'token' && name != 'namespace')",
                        "hubEnvironment may not name 'token' or 'namespace': "
                        "these are the keys of a service account's token",
                    ),
                ),
            ),
            "suspend": boolean("True: no pods. Volumes are provisioned all the same."),
            "startId": text(
                "The number of this start, as text, one more at each start.",
                pattern="^[1-9][0-9]{0,9}$",
                max_length=10,
            ),
            "gracePeriodSeconds": integer(
                "Seconds that the server gets to end at this stop; 0 ends it at once.", minimum=0, maximum=86400
            ),
        },
        "What is asked for.",
        required=("template",),
    )


def _status() -> Schema:
    return record(
        {
            "observedGeneration": integer("The generation that the Pod operator acted on last.", minimum=0),
            "pvcs": mapping(_claim(), "Volume claims by the name of their Template entry.", default={}),
            "pods": mapping(_pod(), "Pods by the name of their Template entry.", default={}),
            "otherResources": mapping(
                record(_resource_fields()), "Further objects by entry; empty in this version.", default={}
            ),
            "pvcsProvisioned": text("How far the PVC operator is.", enum=_PROVISIONED, default="Pending"),
            "podsProvisioned": text("How far the Pod operator is.", enum=_PROVISIONED, default="Pending"),
            "otherResourcesProvisioned": mapping(
                text(enum=("Pending", "Completed", "Error")),
                "How far each further object is, by entry; empty in this version.",
                default={},
            ),
            "lastTermination": mapping(
                record(
                    {
                        "time": text("When it ended."),
                        "reason": text("Why, in one word."),
                        "exitCode": integer("Of its container, if there was one."),
                        "message": text("Why, in a sentence.", max_length=4096),
                    }
                ),
                "How the last server ended, by entry; kept after its pod is gone.",
            ),
            "address": text("Host and port of the running server."),
            "nodeName": text("The node that it runs on."),
            "conditions": condition_list(),
        },
        "What the operators report.",
        default={},
    )


def _resource_fields() -> dict[str, Schema]:
    return {
        "resourceName": text("The name that the API server gave it.", max_length=253),
        "state": text(
            "Processed: created or found. Running: the pod is Ready. Stopped: it ended. Error: see errorMessage.",
            enum=_STATES,
            default="Processed",
        ),
        "errorMessage": text("Why it could not be made.", max_length=32768),
        "parameters": mapping(text(), "Kept for older clients; always empty.", default={}),
    }


def _claim() -> Schema:
    return record(
        _resource_fields()
        | {"reclaimPolicy": text("What becomes of it when the Instance is deleted.", enum=("Retain", "Delete"))}
    )


def _pod() -> Schema:
    progress = record(
        {
            "time": text("When."),
            "reason": text("What, in one word."),
            "message": text("What, in a sentence.", max_length=4096),
        },
        required=("time",),
    )
    return record(
        _resource_fields()
        | {
            "uid": text("The uid of the pod that was made for startId."),
            "startId": text("The start that this entry is about."),
            "observedUid": text("The uid of the pod that state, address and reason are about."),
            "podAddress": text("The pod's address, while it has one."),
            "portNumber": integer("The port that it serves on; on the primary pod only.", minimum=1, maximum=65535),
            "reason": text("Why it is as it is, in one word; see the reasons."),
            "message": text("Why, in a sentence.", max_length=4096),
            "exitCode": integer("Of its main container, the one that serves: how that ended last."),
            "restarts": integer("How often its main container was restarted.", minimum=0),
            "progress": sequence(progress, "What happened, oldest first.", max_items=20),
        }
    )


def _of_ready(field: str) -> str:
    return f'.status.conditions[?(@.type=="{conditions.READY}")].{field}'


def _escaped(key: str) -> str:
    return key.replace(".", r"\.")
