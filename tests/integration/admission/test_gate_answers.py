"""What an account that answers gates can write into a status, by the chart's policy on a real API server: attacks."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.hub import INSTANCES, instance
from tests.support.installation import RELEASE_NAMESPACE, make_namespace
from tests.support.kube import Json, Kube, Refused
from tests.support.operators import Operators
from tests.support.templates import order
from tests.support.waiting import eventually
from tools.chart.helm import Helm

STATUS = f"{INSTANCES}/status"
OWN = "licence.example.org"
PLURALS = {
    "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
}
POD: Json = {
    "resourceName": "notebook-1",
    "state": "Running",
    "uid": "u-1",
    "observedUid": "u-1",
    "startId": "1",
    "podAddress": "10.1.2.3",
    "portNumber": 8888,
    "errorMessage": "",
    "progress": [{"time": "2026-01-01T00:00:00Z", "reason": "Pulled", "message": "there"}],
}


def said(kind: str, status: str = "True", **fields: object) -> Json:
    return {
        "type": kind,
        "status": status,
        "reason": "R",
        "message": "M",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    } | fields


STANDING: Json = {
    "pods": {"notebook": POD},
    "address": "10.1.2.3:8888",
    "nodeName": "node-1",
    "observedGeneration": 1,
    "pvcsProvisioned": "Completed",
    "podsProvisioned": "Completed",
    "gates": {f"{OWN}/granted": {"before": "Start", "generation": 1}},
    "conditions": [
        said("PodsProvisioned"),
        said(f"{OWN}/granted", "Unknown"),
        said("Ready"),
        said("quota.example.org/checked"),
    ],
}


@pytest.fixture(scope="module")
def policy(kube: Kube, accounts: dict[str, Path], all_operators: Operators) -> Iterator[None]:
    """The chart's policy for the account, in force; our own operators, which would report too, are stopped."""
    all_operators.stop_all()
    account = {"serviceAccount": "gates", "prefix": OWN}
    values = json.dumps({"gates": {"accounts": [account, {"serviceAccount": "other", "prefix": "quota.example.org"}]}})
    manifests: list[Json] = [
        *filter(None, yaml.safe_load_all(Helm().template("one", RELEASE_NAMESPACE, "--values=-", stdin=values)))
    ]
    ours = [
        (PLURALS[each["kind"]], each)
        for each in manifests
        if each["kind"] in PLURALS and each["metadata"]["name"].startswith("gate-answers.")
    ]
    assert len(ours) == len(PLURALS)
    namespace = make_namespace(kube, f"probe-{uuid.uuid4().hex[:8]}")
    kube.create(INSTANCES, namespace, instance("a", namespace, order()))
    for plural, body in ours:
        kube.apply(plural, "", body["metadata"]["name"], body)
    third = Kube(accounts["gates"])
    eventually(lambda: _refused(third, namespace, {"address": uuid.uuid4().hex}))  # else it may be there already
    yield
    third.close()
    for plural, body in ours:
        kube.delete(plural, "", body["metadata"]["name"])
    kube.delete("namespaces", "", namespace)


def _refused(third: Kube, namespace: str, status: Json) -> bool:
    try:
        third.merge_patch(STATUS, namespace, "a", {"status": status})
    except Refused as refused:
        return "ValidatingAdmissionPolicy" in refused.message
    return False


@pytest.fixture(scope="module")
def third(policy: None, accounts: dict[str, Path]) -> Iterator[Kube]:
    """An operator of others, with its own account's token."""
    kube = Kube(accounts["gates"])
    yield kube
    kube.close()


@pytest.fixture
def namespace(kube: Kube) -> Iterator[str]:
    """With an Instance ``a`` whose server runs."""
    name = make_namespace(kube, f"gates-{uuid.uuid4().hex[:8]}")
    kube.create(INSTANCES, name, instance("a", name, order()))
    kube.merge_patch(STATUS, name, "a", {"status": STANDING})
    yield name
    kube.delete("namespaces", "", name)


def conditions(*kept: int, then: Json | None = None, first: Json | None = None) -> Json:
    """Those of the standing conditions at these places, between others."""
    return {
        "conditions": [
            *([first] if first else []),
            *(STANDING["conditions"][place] for place in kept),
            *([then] if then else []),
        ]
    }


GOOD: dict[str, Json] = {
    "an answer in its place": {
        "conditions": [
            each if each["type"] != f"{OWN}/granted" else said(each["type"]) for each in STANDING["conditions"]
        ]
    },
    "an answer at the end": conditions(0, 2, 3, then=said(f"{OWN}/granted")),
    "an answer first of all": conditions(0, 2, 3, first=said(f"{OWN}/granted", "False")),
    "another of its own": conditions(0, 1, 2, 3, then=said(f"{OWN}/audited")),
    "without its own": conditions(0, 2, 3),
    "nothing new": {},
}


@pytest.mark.parametrize("status", GOOD.values(), ids=GOOD)
def test_account_answers_under_its_own_prefix(third: Kube, namespace: str, status: Json) -> None:
    third.merge_patch(STATUS, namespace, "a", {"status": status})


def test_account_answers_with_an_apply_too(third: Kube, kube: Kube, namespace: str) -> None:
    body: Json = {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookInstance",
        "status": {"conditions": [said(f"{OWN}/granted")]},
    }
    third.apply(STATUS, namespace, "a", body, manager="licence")

    live = kube.get(INSTANCES, namespace, "a")["status"]
    assert {each["type"] for each in live["conditions"]} == {each["type"] for each in STANDING["conditions"]}


def changed(place: int, **fields: object) -> Json:
    listed = [dict(each) for each in STANDING["conditions"]]
    listed[place] |= fields
    return {"conditions": listed}


MANY = [said(f"{OWN}/{number}") for number in range(17)]
FORGED: dict[str, tuple[Json, str]] = {
    "another pod's address": ({"pods": {"notebook": {"podAddress": "10.6.6.6"}}}, "nothing of a status but"),
    "another port": ({"pods": {"notebook": {"portNumber": 1}}}, "nothing of a status but"),
    "another address": ({"address": "10.6.6.6:8888"}, "nothing of a status but"),
    "another node": ({"nodeName": "node-2"}, "nothing of a status but"),
    "a pod that is none": ({"pods": {"evil": POD}}, "nothing of a status but"),
    "a pod less": ({"pods": {"notebook": None}}, "nothing of a status but"),
    "no pods at all": ({"pods": None}, "nothing of a status but"),
    "the state of a pod": ({"pods": {"notebook": {"state": "Stopped"}}}, "nothing of a status but"),
    "a claim of somebody else": ({"pvcs": {"home": {"resourceName": "theirs"}}}, "nothing of a status but"),
    "another resource": (
        {"otherResources": {"db": {"resourceName": "theirs"}}, "otherResourcesProvisioned": {"db": "Completed"}},
        "nothing of a status but",
    ),
    "what is read of another resource": (
        {"otherResources": {"config": {"outputs": {"host": "10.6.6.6"}}}},
        "nothing of a status but",
    ),
    "that other resources are ready": (
        conditions(0, 1, 2, 3, then=said("OtherResourcesProvisioned")),
        "under its own prefix",
    ),
    "what was asked": ({"gates": {f"{OWN}/granted": {"generation": 9}}}, "nothing of a status but"),
    "what nobody asked": ({"gates": {"quota.example.org/x": {"before": "Start"}}}, "nothing of a status but"),
    "the generation": ({"observedGeneration": 9}, "nothing of a status but"),
    "how a server ended": ({"lastTermination": {"notebook": {"reason": "Error"}}}, "nothing of a status but"),
    "everything": (dict.fromkeys(STANDING), "nothing of a status but"),
    "our condition": (changed(0, status="False", reason="TemplateError"), "under its own prefix"),
    "the words of our condition": (changed(2, message="Go to evil.example.org"), "under its own prefix"),
    "its generation": (changed(2, observedGeneration=9), "under its own prefix"),
    "another operator's answer": (changed(3, status="False"), "under its own prefix"),
    "an answer under another prefix": (conditions(0, 1, 2, 3, then=said("audit.example.org/done")), "own prefix"),
    "a condition without a domain": (conditions(0, 1, 2, 3, then=said("Granted")), "own prefix"),
    "a domain that begins like its own": (conditions(0, 1, 2, 3, then=said(f"{OWN}.evil.org/granted")), "own prefix"),
    "a domain that ends like its own": (conditions(0, 1, 2, 3, then=said(f"evil.{OWN}/granted")), "own prefix"),
    "our conditions removed": (conditions(1, 3), "under its own prefix"),
    "another's condition removed": (conditions(0, 1, 2), "under its own prefix"),
    "all conditions removed": ({"conditions": None}, "under its own prefix"),
    "our conditions in another order": (conditions(2, 1, 0, 3), "under its own prefix"),
    "an answer and an address": (GOOD["an answer at the end"] | {"address": "10.6.6.6:1"}, "nothing of a status but"),
    "too many of its own": ({"conditions": [*conditions(0, 2, 3)["conditions"], *MANY]}, "at most 16"),
    "too long an answer": (conditions(0, 2, 3, then=said(f"{OWN}/granted", message="x" * 4097)), "4096"),
}


@pytest.mark.parametrize(("status", "complaint"), FORGED.values(), ids=FORGED)
def test_account_cannot_forge(third: Kube, kube: Kube, namespace: str, status: Json, complaint: str) -> None:
    before = kube.get(INSTANCES, namespace, "a")

    with pytest.raises(Refused, match=complaint) as refused:
        third.merge_patch(STATUS, namespace, "a", {"status": status})

    assert "ValidatingAdmissionPolicy" in refused.value.message
    assert kube.get(INSTANCES, namespace, "a") == before
    kube.merge_patch(STATUS, namespace, "a", {"status": status})  # it is the policy that refuses, not the definition


def test_other_ways_to_write_are_no_way_round(third: Kube, namespace: str) -> None:
    body: Json = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "status": {"address": "10.6.6.6:1"}}
    writes: list[Callable[[], Any]] = [
        lambda: third.apply(STATUS, namespace, "a", body, manager="evil"),
        lambda: third.apply(STATUS, namespace, "a", body, manager="jupyternetes-pod-status"),
        lambda: third.json_patch(
            STATUS, namespace, "a", [{"op": "replace", "path": "/status/address", "value": "10.6.6.6:1"}]
        ),
        lambda: third.json_patch(STATUS, namespace, "a", [{"op": "remove", "path": "/status"}]),
    ]
    for write in writes:
        with pytest.raises(Refused, match="ValidatingAdmissionPolicy"):
            write()


def test_spec_and_metadata_stay_as_they_are(third: Kube, kube: Kube, namespace: str) -> None:
    before = kube.get(INSTANCES, namespace, "a")
    metadata = {"labels": {"a": "b"}, "annotations": {"a": "b"}, "finalizers": ["evil.org/x"]}
    spec: Json = {"spec": {"suspend": True, "template": {"name": "evil"}}, "metadata": metadata}

    third.merge_patch(STATUS, namespace, "a", spec)
    after = kube.get(INSTANCES, namespace, "a")
    for each in (before, after):  # who tried to write what is on record, of what stayed as it was
        each["metadata"] = {k: v for k, v in each["metadata"].items() if k not in ("managedFields", "resourceVersion")}
    assert after == before
    for method, body in (("PATCH", spec), ("PUT", after), ("DELETE", None)):
        with pytest.raises(Refused, match="cannot"):
            third.request(
                method,
                Kube.path(INSTANCES, namespace, "a"),
                body,
                content_type="application/merge-patch+json" if method == "PATCH" else "application/json",
            )
    with pytest.raises(Refused, match="cannot"):
        third.request("PUT", Kube.path(STATUS, namespace, "a"), after)
    for resource in ("pods", "secrets", "persistentvolumeclaims"):
        with pytest.raises(Refused, match="cannot"):
            third.all(resource, namespace)


def test_policy_is_well_formed(policy: None, kube: Kube) -> None:
    """The API server says in its status what it does not understand."""
    (found,) = [
        each
        for each in kube.all("validatingadmissionpolicies", "")
        if each["metadata"]["name"].startswith("gate-answers.")
    ]
    checked = eventually(
        lambda: kube.get("validatingadmissionpolicies", "", found["metadata"]["name"]),
        until=lambda each: each.get("status", {}).get("observedGeneration"),
    )
    assert checked["status"].get("typeChecking", {}).get("expressionWarnings", []) == []
