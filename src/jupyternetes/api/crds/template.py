"""The schema of the JupyterNotebookTemplate."""

from jupyternetes.api import conditions, identity
from jupyternetes.api.crds.definition import column, definition
from jupyternetes.api.crds.schema import Schema, boolean, free, integer, mapping, record, sequence, text
from jupyternetes.api.crds.schema import conditions as condition_list

_STATUS = f'.status.conditions[?(@.type=="{conditions.ACCEPTED}")]'


def template_definition() -> dict[str, object]:
    """The definition of JupyterNotebookTemplate (``jnt``)."""
    return definition(
        kind=identity.TEMPLATE_KIND,
        plural="jupyternotebooktemplates",
        short_name="jnt",
        description="How notebook servers look: whole pod and claim specs with {placeholders}.",
        spec=_spec(),
        status=record(
            {
                "observedGeneration": integer("The generation that the Pod operator has checked."),
                "conditions": condition_list(),
            },
            "Whether it can be used.",
        ),
        columns=(
            column("Display Name", ".spec.displayName"),
            column("Accepted", f"{_STATUS}.status"),
            column("Reason", f"{_STATUS}.reason", wide=True),
            column("Age", ".metadata.creationTimestamp", kind="date"),
        ),
        selectable=(".spec.displayName", ".spec.naming"),
    )


def _spec() -> Schema:
    return record(
        {
            "displayName": text("What a form shows.", max_length=256),
            "description": text("One or two sentences for a form.", max_length=4096),
            "icon": text("Address of a picture for a form.", max_length=4096),
            "naming": text(
                "Generated: the API server makes the names. Stable: names follow from the Instance and the entry.",
                enum=("Generated", "Stable"),
            ),
            "access": record(
                {"namespaces": sequence(text(max_length=63), "Namespaces of Instances that may use it.", unique=True)},
                "Who may use the Template; absent: whoever the operators let reach it.",
                open_ended=True,
            ),
            "variables": sequence(
                _variable(),
                "Declarations. If there is one, an Instance may give these only, and those of the hub (jupyterhub.…).",
                keys=("name",),
                max_items=256,
            ),
            "pvcs": sequence(
                _claim(),
                "Volume claims to make; they outlive the Instance unless reclaimPolicy says otherwise.",
                keys=("name",),
                max_items=64,
            ),
            "pods": sequence(_pod(), "Pods to make.", keys=("name",), max_items=64),
            "otherResources": sequence(
                _other(),
                "Further objects. Not made by this version; the status names them.",
                keys=("name",),
                max_items=64,
            ),
        },
        "What to make for an Instance.",
    )


def _entry_fields() -> dict[str, Schema]:
    return {
        "name": text("Name of the entry; generated names begin with it.", min_length=1, max_length=253),
        "condition": text(
            "CEL. Not evaluated by this version: a Template with one that is not empty is refused.", max_length=4096
        ),
        "labels": mapping(text(), "Labels of the object; placeholders are filled in."),
        "annotations": mapping(text(), "Annotations of the object; placeholders are filled in."),
    }


def _pod() -> Schema:
    return record(
        _entry_fields()
        | {
            "spec": free("Any PodSpec, kept as it is."),
            "primary": boolean("The pod that serves; default: the one named notebook, else the first."),
            "port": free("Its port: a number or the name of a container port.", object_only=False),
            "hubEnvironment": text(
                "Inject: the hub's variables win over the same names here; Keep: these win; None: no injection.",
                enum=("Inject", "Keep", "None"),
            ),
        },
        required=("name", "spec"),
    )


def _claim() -> Schema:
    return record(
        _entry_fields()
        | {
            "spec": free("Any PersistentVolumeClaimSpec, kept as it is."),
            "reclaimPolicy": text(
                "Delete: the claim goes with the Instance. Retain (default): it stays.", enum=("Retain", "Delete")
            ),
            "claimName": text("Adopt this existing claim instead of making one.", max_length=1024),
        },
        required=("name",),
    )


def _other() -> Schema:
    return record(
        _entry_fields()
        | {
            "apiVersion": text("Group and version of the object."),
            "kind": text("Its kind."),
            "spec": free("Its spec, kept as it is, like every further field."),
        },
        required=("name", "apiVersion", "kind"),
        open_ended=True,
    )


def _variable() -> Schema:
    return record(
        {
            "name": text("The placeholder's name.", min_length=1, max_length=253),
            "title": text("What a form and messages call it.", max_length=256),
            "description": text("One or two sentences for a form.", max_length=4096),
            "type": text(
                "What its text is converted to; default: string.",
                enum=("string", "integer", "number", "boolean", "quantity", "json"),
            ),
            "default": free("Used when the Instance gives no value.", object_only=False),
            "required": boolean("Whether an Instance without a value is refused where there is no default."),
            "sensitive": boolean("The value lies in the start Secret and is never shown."),
        },
        required=("name",),
        open_ended=True,
    )
