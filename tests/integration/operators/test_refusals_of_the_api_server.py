"""What the kinds' schemas refuse, before any operator sees it, and that the message says what is wrong."""

from typing import Any

import pytest

from tests.support.hub import INSTANCES, instance
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import TEMPLATES
from tests.support.templates import order, template

NAMESPACE = "default"
ALLOWED_NAME = "n" * 63


def refusal(kube: Kube, resource: str, body: Json) -> str:
    with pytest.raises(Refused) as refused:
        kube.create(resource, NAMESPACE, body)
    assert refused.value.status == 422
    return refused.value.message


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"startId": "0"}, ["spec.startId"]),
        ({"startId": "01"}, ["spec.startId"]),
        ({"startId": "-1"}, ["spec.startId"]),
        ({"startId": "12345678901"}, ["spec.startId"]),
        ({"startId": 1}, ["spec.startId", "string"]),
        ({"startId": "1\n"}, ["spec.startId"]),
        ({"hubEnvironment": ["A-B"]}, ["spec.hubEnvironment[0]"]),
        ({"hubEnvironment": ["1A"]}, ["spec.hubEnvironment[0]"]),
        ({"hubEnvironment": [""]}, ["spec.hubEnvironment[0]"]),
        ({"hubEnvironment": ["ca.crt"]}, ["spec.hubEnvironment[0]"]),
        ({"hubEnvironment": ["token"]}, ["'token' or 'namespace'", "service account"]),
        ({"hubEnvironment": ["A", "namespace"]}, ["'token' or 'namespace'", "service account"]),
        ({"gracePeriodSeconds": -1}, ["spec.gracePeriodSeconds"]),
        ({"variables": {"a": 1}}, ["spec.variables.a", "string"]),
        ({"template": {"name": ""}}, ["spec.template.name"]),
        ({"template": {}}, ["spec.template.name", "Required"]),
        ({"template": {"name": "n" * 64}}, ["spec.template.name"]),
        ({"suspend": "yes"}, ["spec.suspend", "boolean"]),
    ],
    ids=str,
)
def test_faulty_instance_is_refused_by_field_B69(kube: Kube, spec: dict[str, Any], words: list[str]) -> None:
    message = refusal(kube, INSTANCES, instance("refused", NAMESPACE, order() | spec))

    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"naming": "Random"}, ["spec.naming", "Generated", "Stable"]),
        ({"pods": [{"name": "a", "spec": {}, "hubEnvironment": "Maybe"}]}, ["hubEnvironment", "Inject", "Keep"]),
        ({"pvcs": [{"name": "a", "spec": {}, "reclaimPolicy": "Keep"}]}, ["reclaimPolicy", "Retain", "Delete"]),
        ({"variables": [{"name": "a", "type": "colour"}]}, ["spec.variables[0].type", "quantity"]),
        ({"pods": [{"name": "a", "spec": {}}, {"name": "a", "spec": {}}]}, ["spec.pods[1]", "Duplicate"]),
        ({"pods": [{"spec": {}}]}, ["spec.pods[0].name", "Required"]),
        ({"pods": [{"name": "a"}]}, ["spec.pods[0].spec", "Required"]),
        ({"pods": [{"name": "a", "spec": "all"}]}, ["spec.pods[0].spec", "object"]),
    ],
    ids=str,
)
def test_faulty_template_is_refused_by_field_B11_B69(kube: Kube, spec: dict[str, Any], words: list[str]) -> None:
    message = refusal(kube, TEMPLATES, template("refused", **spec))

    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize("resource", [INSTANCES, TEMPLATES])
def test_name_that_is_no_label_value_is_refused_in_our_words_N06(kube: Kube, resource: str) -> None:
    def body(name: str) -> Json:
        return instance(name, NAMESPACE, order()) if resource == INSTANCES else template(name)

    message = refusal(kube, resource, body(ALLOWED_NAME + "n"))

    assert "may have at most 63 characters: it becomes a label value" in message
    kube.create(resource, NAMESPACE, body(ALLOWED_NAME))
    kube.delete(resource, NAMESPACE, ALLOWED_NAME)


@pytest.mark.parametrize(
    "status",
    [
        {"pods": {"notebook": {"state": "Sleeping"}}},
        {"pvcs": {"workspace": {"state": "Sleeping"}}},
        {"podsProvisioned": "Done"},
        {"pvcs": {"workspace": {"reclaimPolicy": "Keep"}}},
        {"pods": {"notebook": {"portNumber": 65536}}},
        {"conditions": [{"type": "Ready", "status": "Maybe", "reason": "A", "message": ""}]},
    ],
    ids=str,
)
def test_unknown_words_in_a_status_are_refused_B69(kube: Kube, status: Json) -> None:
    kube.create(INSTANCES, NAMESPACE, instance("words", NAMESPACE, order()))
    try:
        with pytest.raises(Refused) as refused:
            kube.merge_patch(f"{INSTANCES}/status", NAMESPACE, "words", {"status": status})
    finally:
        kube.delete(INSTANCES, NAMESPACE, "words")

    assert refused.value.status == 422


def test_pod_spec_is_kept_as_it_is_whatever_stands_in_it_B01(kube: Kube) -> None:
    spec = {
        "containers": [{"name": "a", "ports": [{"containerPort": "{port}"}], "newerThanUs": {"deep": [True, 1.5]}}],
        "hostUsers": False,
    }

    made = kube.create(TEMPLATES, NAMESPACE, template("kept", pods=[{"name": "a", "spec": spec, "port": 8888}]))
    kube.delete(TEMPLATES, NAMESPACE, "kept")

    assert made["spec"]["pods"][0]["spec"] == spec


def test_short_names_categories_and_fields_to_select_by(kube: Kube) -> None:
    versions = {
        definition["spec"]["names"]["shortNames"][0]: definition["spec"]
        for definition in kube.all("customresourcedefinitions", "")
        if definition["spec"]["group"] == "kadense.io"
    }
    assert versions.keys() == {"jni", "jnt"}
    assert all(spec["names"]["categories"] == ["jupyternetes", "kadense"] for spec in versions.values())

    made = kube.create(INSTANCES, NAMESPACE, instance("selected", NAMESPACE, order("one-template")))
    path = kube.path(INSTANCES, NAMESPACE)
    found = kube.request("GET", f"{path}?fieldSelector=spec.template.name=one-template")["items"]
    kube.delete(INSTANCES, NAMESPACE, "selected")

    assert [each["metadata"]["uid"] for each in found] == [made["metadata"]["uid"]]
