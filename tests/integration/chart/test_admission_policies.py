"""The admission policies on a real API server: the good form passes, each forbidden one is refused by its name."""

import copy
import itertools
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from jupyternetes.api import identity
from tests.support.token_secrets import asking_for_token
from tests.support.waiting import eventually
from tools.cluster import ClusterError

SECRETS = "/api/v1/namespaces/kadense/secrets"
INSTANCES = f"/apis/{identity.API_VERSION}/namespaces/kadense/jupyternotebookinstances"
INSTANCE = "8dc366d8a0f05869bfdb6e7eb3d83f65"
NAMES = itertools.count(1)
VALUE = b64encode(b"a token that nobody may read").decode()


def start_secret(instance: str = INSTANCE) -> dict[str, Any]:
    """A Secret as the spawner makes it, of a start that was not before."""
    owner = {
        "apiVersion": identity.API_VERSION,
        "kind": identity.INSTANCE_KIND,
        "name": instance,
        "uid": "2f1e7e1e-6c52-4f2b-9c6d-5a35b32d1f00",
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": identity.start_secret_name(instance, str(next(NAMES))),
            "ownerReferences": [owner],
        },
        "type": identity.START_SECRET_TYPE,
        "immutable": True,
        "data": {"JUPYTERHUB_API_TOKEN": VALUE, "_x1": VALUE},
    }


def with_owner(**fields: object) -> dict[str, Any]:
    secret = start_secret()
    secret["metadata"]["ownerReferences"][0] |= fields
    return secret


def with_metadata(**fields: object) -> dict[str, Any]:
    secret = start_secret()
    secret["metadata"] |= fields
    return secret


def with_key(key: str) -> dict[str, Any]:
    return start_secret() | {"data": {"GOOD": VALUE, key: VALUE}}


def without(*path: str) -> dict[str, Any]:
    secret = start_secret()
    inner = secret
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return secret


def service_account_token() -> dict[str, Any]:
    return asking_for_token(start_secret(), "hub")


def two_owners() -> dict[str, Any]:
    secret = start_secret()
    secret["metadata"]["ownerReferences"].append(
        {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "2f1e7e1e-6c52-4f2b-9c6d-5a35b32d1f01"}
    )
    return secret


GOOD = {
    "as the spawner makes it": start_secret(),
    "with a number of ten digits": with_metadata(name=f"jni-{INSTANCE}-1234567890"),
    "of an Instance with a readable name": start_secret("joe-lab-2"),
    "with an owner that says it is no obstacle": with_owner(blockOwnerDeletion=False, controller=False),
    "without a key": without("data"),
    "with many keys": start_secret() | {"data": {f"VARIABLE_{number}": VALUE for number in range(1000)}},
}

BAD = {
    "of another type": (start_secret() | {"type": "Opaque"}, "may only create Secrets of type"),
    "of no type": (without("type"), "may only create Secrets of type"),
    "for a service account": (service_account_token(), "may only create Secrets of type"),
    "that can change": (start_secret() | {"immutable": False}, "must be immutable"),
    "that can change, unsaid": (without("immutable"), "must be immutable"),
    "without an owner": (without("metadata", "ownerReferences"), "exactly one owner"),
    "with two owners": (two_owners(), "exactly one owner"),
    "of another kind of owner": (with_owner(kind="JupyterNotebookTemplate"), "exactly one owner"),
    "of another group of owner": (with_owner(apiVersion="example.org/v1"), "exactly one owner"),
    "with another name": (with_metadata(name="hub"), "must be called"),
    "named after another Instance": (with_metadata(name="jni-other-1"), "must be called"),
    "named after a longer Instance": (with_metadata(name=f"jni-{INSTANCE}-lab-1"), "must be called"),
    "without a number": (with_metadata(name=f"jni-{INSTANCE}"), "must be called"),
    "with number nought": (with_metadata(name=f"jni-{INSTANCE}-0"), "must be called"),
    "with a padded number": (with_metadata(name=f"jni-{INSTANCE}-01"), "must be called"),
    "with too long a number": (with_metadata(name=f"jni-{INSTANCE}-12345678901"), "must be called"),
    "with a key that is a file name": (with_key("ca.crt"), "names of environment variables"),
    "with a key that begins with a digit": (with_key("1A"), "names of environment variables"),
    "with a key with a hyphen": (with_key("A-B"), "names of environment variables"),
    "with a service account's token": (with_key("token"), "names of environment variables"),
    "with a service account's namespace": (with_key("namespace"), "names of environment variables"),
    "with a finalizer": (with_metadata(finalizers=["example.org/wait"]), "no finalizers"),
}


@pytest.mark.parametrize("secret", list(GOOD.values()), ids=list(GOOD))
def test_the_hub_may_create_a_start_secret(hub, secret) -> None:
    assert hub.request("create", SECRETS, secret)["metadata"]["name"] == secret["metadata"]["name"]


@pytest.mark.parametrize(("secret", "complaint"), list(BAD.values()), ids=list(BAD))
def test_the_hub_may_create_no_secret(hub, admin, secret, complaint) -> None:
    refusal = hub.refusal("create", SECRETS, secret)
    assert "ValidatingAdmissionPolicy" in refusal
    assert complaint in refusal
    # Whoever is not the hub may: it is our policy that refuses, not the API.
    if "service-account" not in secret.get("type", ""):
        admin.request("create", f"{SECRETS}?dryRun=All", secret)


def test_the_owners_deletion_may_not_wait_for_the_secret(hub_with_finalizers) -> None:
    # The API server itself refuses it to a hub without this right, but only where an admission plugin is turned on.
    refusal = hub_with_finalizers.refusal("create", SECRETS, with_owner(blockOwnerDeletion=True))
    assert "without blockOwnerDeletion" in refusal


def test_plain_text_is_held_to_the_same_names(hub) -> None:
    secret = without("data") | {"stringData": {"token": "x"}}
    assert "names of environment variables" in hub.refusal("create", SECRETS, secret)


def test_a_generated_name_is_no_way_round(hub) -> None:
    secret = without("metadata", "name")
    secret["metadata"]["generateName"] = f"jni-{INSTANCE}-x"
    assert "must be called" in hub.refusal("create", SECRETS, secret)


@pytest.mark.parametrize("verb", ["get", "delete"])
def test_the_hub_may_not_read_or_delete_what_it_made(hub, verb) -> None:
    name = hub.request("create", SECRETS, start_secret())["metadata"]["name"]
    assert "cannot" in hub.refusal(verb, f"{SECRETS}/{name}")


@pytest.fixture(scope="module")
def owner(admin) -> Iterator[str]:
    """The uid of an Instance: Kubernetes removes what belongs to one that does not exist, sooner or later."""
    spec = {"template": {"name": "default-template"}, "suspend": True}
    body = {"apiVersion": identity.API_VERSION, "kind": identity.INSTANCE_KIND, "metadata": {"name": INSTANCE}}
    yield admin.request("create", INSTANCES, body | {"spec": spec})["metadata"]["uid"]
    admin.request("delete", f"{INSTANCES}/{INSTANCE}")


@pytest.fixture
def secret(hub, owner) -> str:
    """The path of a start Secret that is there, and stays."""
    return f"{SECRETS}/{hub.request('create', SECRETS, with_owner(uid=owner))['metadata']['name']}"


PLAIN = {
    "without options": None,
    "with a uid": {"preconditions": {}},
    "in the background": {"propagationPolicy": "Background"},
    "with orphaning denied": {"orphanDependents": False},
    "with a period of grace": {"gracePeriodSeconds": 30},
}


@pytest.mark.parametrize("options", list(PLAIN.values()), ids=list(PLAIN))
def test_the_pod_operator_deletes_a_start_secret_unread(pod_operator, admin, secret, options) -> None:
    body = options and {"kind": "DeleteOptions", "apiVersion": "v1"} | copy.deepcopy(options)
    if body and "preconditions" in body:
        body["preconditions"] = {"uid": admin.request("get", secret)["metadata"]["uid"]}
    answer = pod_operator.request("delete", secret, body)
    assert answer["kind"] == "Status"
    assert VALUE not in str(answer)
    assert "not found" in admin.refusal("get", secret)


TELLING = {
    "in the foreground": {"propagationPolicy": "Foreground"},
    "orphaning": {"propagationPolicy": "Orphan"},
    "orphaning, the old way": {"orphanDependents": True},
    "in the foreground, dry": {"propagationPolicy": "Foreground", "dryRun": ["All"]},
}


@pytest.mark.parametrize("options", list(TELLING.values()), ids=list(TELLING))
def test_a_delete_that_answers_with_the_content_is_refused(pod_operator, admin, secret, options) -> None:
    refusal = pod_operator.refusal("delete", secret, {"kind": "DeleteOptions", "apiVersion": "v1"} | options)
    assert "propagationPolicy Background" in refusal or "dry run" in refusal
    assert VALUE not in refusal
    # The danger is real: an account without the policy is answered with the content.
    answer = admin.request("delete", secret, {"kind": "DeleteOptions", "apiVersion": "v1"} | options)
    assert VALUE in str(answer)


def test_a_dry_run_is_refused(pod_operator, secret) -> None:
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]}
    assert "dry run" in pod_operator.refusal("delete", secret, options)


@pytest.mark.parametrize("query", ["dryRun=All", "propagationPolicy=Foreground", "orphanDependents=true"])
def test_options_in_the_address_are_no_way_round(pod_operator, secret, query) -> None:
    assert "ValidatingAdmissionPolicy" in pod_operator.refusal("delete", f"{secret}?{query}")


def test_a_secret_that_would_linger_is_not_deleted(pod_operator, admin, owner) -> None:
    held = with_owner(uid=owner)
    held["metadata"]["finalizers"] = ["example.org/wait"]
    admin.request("create", SECRETS, held)
    refusal = pod_operator.refusal("delete", f"{SECRETS}/{held['metadata']['name']}")
    assert "finalizers" in refusal


def test_other_secrets_are_not_the_pod_operators(pod_operator, admin) -> None:
    other = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "somebody-elses"}, "data": {"a": VALUE}}
    admin.request("create", SECRETS, other)
    assert "may only delete Secrets of type" in pod_operator.refusal("delete", f"{SECRETS}/somebody-elses")
    assert admin.request("get", f"{SECRETS}/somebody-elses")["data"] == {"a": VALUE}


def test_the_pod_operator_may_delete_no_collection_of_secrets(pod_operator) -> None:
    assert "deletecollection" in pod_operator.refusal("delete", f"{SECRETS}?labelSelector=a%3Db")


def test_who_counts_what_is_left_leaves_the_rest_of_a_status_alone(admin, counter) -> None:
    templates = f"/apis/{identity.API_VERSION}/namespaces/kadense/jupyternotebooktemplates"
    body = {"apiVersion": identity.API_VERSION, "kind": identity.TEMPLATE_KIND, "metadata": {"name": "counted"}}
    admin.request("create", templates, body | {"spec": {}})
    number = {"variable": "size", "value": "a100", "free": 2, "observed": "2026-01-31T12:00:00Z"}
    accepted = {"type": "Accepted", "status": "True", "reason": "Accepted", "message": ""}
    accepted["lastTransitionTime"] = "2026-01-31T12:00:00Z"
    forbidden = ({"conditions": [accepted]}, {"observedGeneration": 7, "availability": [number]})

    # The policy is in force a moment after it was made.
    eventually(lambda: refused_by_policy(counter, forbidden[0]))
    assert all(refused_by_policy(counter, status) for status in forbidden)
    counter.patch_status("jnt", "counted", {"availability": [number]})
    admin.patch_status("jnt", "counted", {"conditions": [accepted], "observedGeneration": 1})
    counter.patch_status("jnt", "counted", {"availability": [number | {"free": 1}]})
    assert refused_by_policy(counter, {"conditions": []})
    assert refused_by_policy(counter, {"conditions": None})

    status = admin.request("get", f"{templates}/counted")["status"]
    assert status["availability"] == [number | {"free": 1}]
    assert [each["type"] for each in status["conditions"]] == ["Accepted"]


def refused_by_policy(account, status: dict[str, Any]) -> bool:
    try:
        account.patch_status("jnt", "counted", status)
    except ClusterError as error:
        return "may only write status.availability" in str(error)
    return False
