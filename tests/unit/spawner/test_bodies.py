"""What is sent to the API server."""

import base64

from jupyternetes.api import identity, labels
from jupyternetes.api.instance import Instance, InstanceSpec
from jupyternetes.api.metadata import Metadata
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.start import bodies
from jupyternetes.spawner.start.bodies import StartRequest

OWNER = Owner("jovyan")
ORDER = StartRequest(
    owner=OWNER,
    name=OWNER.instance_name,
    namespace="users",
    template_name="small",
    template_namespace="templates",
    variables={"jupyterhub.user.name": "jovyan"},
    environment={"JUPYTERHUB_API_TOKEN": "s3cret", "A": "ü"},
)


def existing(**spec: object) -> Instance:
    metadata = Metadata(
        name=OWNER.instance_name,
        namespace="users",
        uid="u-1",
        generation=7,
        labels={"kept": "yes"},
        annotations=OWNER.annotations,
    )
    return Instance(metadata=metadata, spec=InstanceSpec(**spec))


def test_new_instance_is_suspended_with_the_first_start_id_and_its_owner() -> None:
    body = bodies.new_instance(ORDER)

    assert body["apiVersion"] == "kadense.io/v1"
    assert body["metadata"] == {
        "name": "8dc366d8a0f05869bfdb6e7eb3d83f65",
        "namespace": "users",
        "labels": OWNER.labels,
        "annotations": OWNER.annotations,
    }
    assert body["spec"] == {
        "template": {"name": "small", "namespace": "templates"},
        "variables": {"jupyterhub.user.name": "jovyan"},
        "hubEnvironment": ["A", "JUPYTERHUB_API_TOKEN"],
        "suspend": True,
        "startId": "1",
    }


def test_start_secret_carries_the_environment_and_has_the_instance_as_plain_owner() -> None:
    body = bodies.start_secret(ORDER, existing(), "3")

    assert body["type"] == identity.START_SECRET_TYPE
    assert body["immutable"] is True
    assert body["metadata"] == {
        "name": f"jni-{OWNER.instance_name}-3",
        "namespace": "users",
        "ownerReferences": [
            {
                "apiVersion": "kadense.io/v1",
                "kind": "JupyterNotebookInstance",
                "name": OWNER.instance_name,
                "uid": "u-1",
            }
        ],
    }
    assert body["data"] == {
        "JUPYTERHUB_API_TOKEN": base64.b64encode(b"s3cret").decode(),
        "A": base64.b64encode("ü".encode()).decode(),
    }


def test_start_patch_applies_only_to_what_was_looked_at_and_replaces_the_whole_spec() -> None:
    patch = bodies.start_patch(ORDER, existing(start_id="4"), "5")

    assert patch[0] == {"op": "test", "path": "/metadata/uid", "value": "u-1"}
    assert patch[1] == {"op": "test", "path": "/spec/startId", "value": "4"}
    assert patch[-1] == {"op": "replace", "path": "/spec", "value": ORDER.spec("5", suspend=False)}
    assert "gracePeriodSeconds" not in ORDER.spec("5", suspend=False)


def test_start_patch_ends_the_record_of_who_wrote_what() -> None:
    patch = bodies.start_patch(ORDER, existing(start_id="4"), "5")

    ends = {"op": "add", "path": "/metadata/managedFields", "value": [{}]}
    assert ends in patch, "RFC 6902 lets replace fail where there is none"


def test_instance_of_an_older_client_is_tested_by_generation_and_given_an_owner() -> None:
    patch = bodies.start_patch(ORDER, existing(), "1")

    assert {"op": "test", "path": "/metadata/generation", "value": 7} in patch
    assert {"op": "add", "path": "/metadata/labels", "value": {"kept": "yes", **OWNER.labels}} in patch
    assert not any(operation["path"] == "/metadata/annotations" for operation in patch)


def test_stop_patch_leaves_time_unless_told_otherwise_B50() -> None:
    gently = bodies.stop_patch(OWNER, existing(start_id="4"), now=False)
    at_once = bodies.stop_patch(OWNER, existing(start_id="4"), now=True)

    assert {"op": "add", "path": "/spec/suspend", "value": True} in gently
    assert not any("gracePeriodSeconds" in str(operation["path"]) for operation in gently)
    assert {"op": "add", "path": "/spec/gracePeriodSeconds", "value": 0} in at_once


def test_start_ids_count_up_from_one() -> None:
    assert bodies.next_start_id(existing()) == "1"
    assert bodies.next_start_id(existing(start_id="9")) == "10"


def test_secret_values_are_in_nothing_but_the_secret_B44() -> None:
    everything = [repr(ORDER), str(bodies.new_instance(ORDER)), str(bodies.start_patch(ORDER, existing(), "1"))]

    assert all("s3cret" not in text for text in everything)
    assert labels.USERNAME in str(everything)
