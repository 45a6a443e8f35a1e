"""The policy on claims: with the PVC operator's token one can let a claim of ours grow, and do nothing else to any."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.kube import Json, Kube, Refused
from tests.support.volumes import CLAIMS, bind, make_class
from tests.support.waiting import eventually
from tools.cluster import Cluster

NAMESPACE = "kadense"
OURS = {"jupyternetes.kadense.io/instance": "a", "team": "blue"}
SPEC = {
    "accessModes": ["ReadWriteOnce"],
    "resources": {"requests": {"storage": "2Gi"}, "limits": {"storage": "9Gi"}},
    "storageClassName": "growing",
}
Make = Callable[..., Json]


@pytest.fixture(scope="module")
def kube(cluster: Cluster, notes: str) -> Iterator[Kube]:
    """The administrator."""
    kube = Kube(cluster.kubeconfig)
    make_class(kube, "growing", grows=True)
    make_class(kube, "other", grows=True)
    yield kube
    kube.close()


@pytest.fixture(scope="module")
def make(kube: Kube) -> Make:
    """Makes a claim."""

    def made(*, labels: Json = OURS, bound: bool = False) -> Json:
        metadata = {"name": f"claim-{uuid.uuid4().hex[:8]}", "labels": labels, "annotations": {"note": "a"}}
        claim = kube.create(CLAIMS, NAMESPACE, {"metadata": metadata, "spec": SPEC})
        if bound:
            bind(kube, claim)
        return claim

    return made


@pytest.fixture(scope="module")
def pvc_operator(cluster: Cluster, notes: str, make: Make) -> Iterator[Kube]:
    """The PVC operator, once the policy is in force."""
    kube = Kube(cluster.service_account_kubeconfig(NAMESPACE, "one-jupyternetes-pvcs"))
    probe = make()["metadata"]["name"]
    eventually(lambda: "ValidatingAdmissionPolicy" in refusal(kube, probe, {"metadata": {"labels": {"probe": "1"}}}))
    yield kube
    kube.close()


def refusal(account: Kube, name: str, patch: Any, resource: str = CLAIMS) -> str:
    """What is said against a patch; nothing if it was made."""
    try:
        if isinstance(patch, list):
            account.json_patch(resource, NAMESPACE, name, patch)
        else:
            account.merge_patch(resource, NAMESPACE, name, patch)
    except Refused as refused:
        return refused.message
    return ""


def size(storage: str, **more: Any) -> Json:
    return {"spec": {"resources": {"requests": {"storage": storage} | more}}}


@pytest.mark.parametrize("storage", ["3Gi", "2048Mi", "4G"])
def test_a_claim_of_ours_may_ask_for_more_B29(pvc_operator: Kube, kube: Kube, make: Make, storage: str) -> None:
    claim = make(bound=True)
    guarded = size(storage) | {"metadata": {"uid": claim["metadata"]["uid"]}}

    pvc_operator.merge_patch(CLAIMS, NAMESPACE, claim["metadata"]["name"], guarded)

    now = kube.get(CLAIMS, NAMESPACE, claim["metadata"]["name"])["spec"]["resources"]["requests"]["storage"]
    assert now in (storage, "2Gi")  # of equal amounts the one that was there first may stay


METADATA = "labels, annotations, finalizers or owners"
OWNER = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "2f1e7e1e-6c52-4f2b-9c6d-5a35b32d1f01"}
SOURCE = {"kind": "PersistentVolumeClaim", "name": "somebodys"}

REFUSED_BY_THE_POLICY = {
    "a label": ({"metadata": {"labels": {"jupyternetes.kadense.io/instance": "b"}}}, METADATA),
    "a label less": ({"metadata": {"labels": {"team": None}}}, METADATA),
    "all labels": ({"metadata": {"labels": None}}, METADATA),
    "a label beside more storage": (size("3Gi") | {"metadata": {"labels": {"team": "red"}}}, METADATA),
    "an annotation": ({"metadata": {"annotations": {"note": "b"}}}, METADATA),
    "one more annotation": ({"metadata": {"annotations": {"volume.kubernetes.io/selected-node": "n"}}}, METADATA),
    "no finalizers": ({"metadata": {"finalizers": None}}, METADATA),
    "a finalizer": ({"metadata": {"finalizers": ["kubernetes.io/pvc-protection", "example.org/held"]}}, METADATA),
    "metadata, as a list of steps": ([{"op": "replace", "path": "/metadata/labels", "value": {}}], METADATA),
    "another class of attributes": ({"spec": {"volumeAttributesClassName": "fast"}}, "change nothing"),
}


@pytest.mark.parametrize(("patch", "complaint"), list(REFUSED_BY_THE_POLICY.values()), ids=list(REFUSED_BY_THE_POLICY))
def test_nothing_else_of_a_claim_changes_with_that_token_B29(
    pvc_operator: Kube, kube: Kube, make: Make, patch: Any, complaint: str
) -> None:
    name = make(bound=True)["metadata"]["name"]
    before = kube.get(CLAIMS, NAMESPACE, name)

    said = refusal(pvc_operator, name, patch)

    assert "ValidatingAdmissionPolicy" in said
    assert complaint in said
    after = kube.get(CLAIMS, NAMESPACE, name)
    assert (after["spec"], after["metadata"]["labels"]) == (before["spec"], before["metadata"]["labels"])


REFUSED_ANYWAY = {
    "an owner": {"metadata": {"ownerReferences": [OWNER]}},
    "no storage": size(None),  # type: ignore[arg-type]
    "one more resource": size("3Gi", cpu="1"),
    "a limit": {"spec": {"resources": {"limits": {"storage": "99Gi"}}}},
    "no limit": {"spec": {"resources": {"limits": None}}},
    "another class": {"spec": {"storageClassName": "other"}},
    "another mode": {"spec": {"volumeMode": "Block"}},
    "other access modes": {"spec": {"accessModes": ["ReadWriteMany"]}},
    "a selector": {"spec": {"selector": {"matchLabels": {"a": "b"}}}},
    "a source": {"spec": {"dataSource": SOURCE}},
    "a source by reference": {"spec": {"dataSourceRef": SOURCE}},
}


@pytest.mark.parametrize("patch", list(REFUSED_ANYWAY.values()), ids=list(REFUSED_ANYWAY))
def test_what_kubernetes_itself_does_not_change_stays_too_B29(
    pvc_operator: Kube, kube: Kube, make: Make, patch: Any
) -> None:
    name = make(bound=True)["metadata"]["name"]
    before = kube.get(CLAIMS, NAMESPACE, name)

    assert refusal(pvc_operator, name, patch) != ""

    after = kube.get(CLAIMS, NAMESPACE, name)
    assert after["spec"] == before["spec"]
    assert "ownerReferences" not in after["metadata"]


def test_a_claim_is_not_bound_to_somebodys_volume_B29(pvc_operator: Kube, make: Make) -> None:
    unbound = make()["metadata"]["name"]

    said = refusal(pvc_operator, unbound, {"spec": {"volumeName": "pv-of-somebody"}})

    assert "ValidatingAdmissionPolicy" in said
    assert "change nothing" in said


def test_growth_that_is_under_way_is_not_taken_back_B29(pvc_operator: Kube, kube: Kube, make: Make) -> None:
    name = make(bound=True)["metadata"]["name"]
    pvc_operator.merge_patch(CLAIMS, NAMESPACE, name, size("5Gi"))

    said = refusal(pvc_operator, name, size("4Gi"))

    assert "ValidatingAdmissionPolicy" in said
    assert "only let a claim ask for more" in said
    # Kubernetes itself would let it, since no volume has grown yet
    assert refusal(kube, name, size("4Gi")) == ""


def test_no_claim_of_somebody_else_changes_with_that_token_B29(pvc_operator: Kube, make: Make) -> None:
    theirs = make(labels={"app": "database"}, bound=True)["metadata"]["name"]

    assert "labelled with an Instance" in refusal(pvc_operator, theirs, size("3Gi"))


def test_a_claim_is_not_made_ours_by_an_apply_B29(pvc_operator: Kube, make: Make) -> None:
    theirs = make(labels={"app": "database"})["metadata"]["name"]
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": theirs, "labels": OURS}}

    with pytest.raises(Refused, match="labelled with an Instance"):
        pvc_operator.apply(CLAIMS, NAMESPACE, theirs, body)


def test_the_status_of_a_claim_is_not_its_to_change_B29(pvc_operator: Kube, make: Make) -> None:
    name = make()["metadata"]["name"]

    assert "cannot patch" in refusal(pvc_operator, name, {"status": {"phase": "Lost"}}, f"{CLAIMS}/status")


def test_other_accounts_change_claims_as_before(kube: Kube, make: Make) -> None:
    name = make()["metadata"]["name"]

    assert refusal(kube, name, {"metadata": {"labels": {"team": "red"}}}) == ""
