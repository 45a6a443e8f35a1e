"""What is sent, without sending it."""

import pytest

from jupyternetes.runtime import requests
from jupyternetes.runtime.decoding import Partial
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.runtime.requests import Patch
from jupyternetes.runtime.resource import Resource

PODS = Resource("", "v1", "pods", "Pod", Partial)
WIDGETS = Resource("example.org", "v1beta1", "widgets", "Widget", Partial)
NAMESPACES = Resource("", "v1", "namespaces", "Namespace", Partial)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (PODS.path(), "/api/v1/pods"),
        (PODS.path("lab"), "/api/v1/namespaces/lab/pods"),
        (PODS.path("lab", "a"), "/api/v1/namespaces/lab/pods/a"),
        (NAMESPACES.path(name="lab"), "/api/v1/namespaces/lab"),
        (WIDGETS.path("lab", "a", "status"), "/apis/example.org/v1beta1/namespaces/lab/widgets/a/status"),
        (WIDGETS.path("lab", "../a?b"), "/apis/example.org/v1beta1/namespaces/lab/widgets/..%2Fa%3Fb"),
    ],
)
def test_paths(path: str, expected: str) -> None:
    assert path == expected


def test_names_of_resource_types() -> None:
    assert (PODS.api_version, PODS.full_name) == ("v1", "pods")
    assert (WIDGETS.api_version, WIDGETS.full_name) == ("example.org/v1beta1", "widgets.example.org")


def test_a_review_is_put_as_it_is_and_makes_nothing() -> None:
    request = requests.review("reviews.example.org", "/apis/example.org/v1/reviews", {"spec": {}})

    assert (request.verb, request.method, request.path) == ("create", "POST", "/apis/example.org/v1/reviews")
    assert (request.query, request.body) == ({}, {"spec": {}})


def test_create_names_its_manager() -> None:
    request = requests.create(PODS, "lab", {"metadata": {"generateName": "nb-"}}, "me")

    assert (request.method, request.path) == ("POST", "/api/v1/namespaces/lab/pods")
    assert request.query == {"fieldManager": "me"}
    assert str(request) == "create pods lab/nb-*"


def test_strict_create_asks_to_be_refused_for_an_unknown_field_C33() -> None:
    request = requests.create(PODS, "lab", {"metadata": {"generateName": "nb-"}}, "me", strict=True)

    assert request.query == {"fieldManager": "me", "fieldValidation": "Strict"}


def test_a_dry_run_makes_nothing_and_so_harms_nobody_when_it_is_late() -> None:
    request = requests.create(PODS, "lab", {"metadata": {"generateName": "nb-"}}, "me", strict=True, dry_run=True)

    assert request.query == {"fieldManager": "me", "fieldValidation": "Strict", "dryRun": "All"}
    assert not request.late_harms


@pytest.mark.parametrize("late_harms", [True, False])
def test_writes_know_whether_they_harm_when_they_are_late(late_harms: bool) -> None:
    resource = Resource("", "v1", "events", "Event", Partial, late_harms=late_harms)

    made = [
        requests.create(resource, "lab", {}, "me"),
        requests.patch(Patch.MERGE, resource, ObjectKey("lab", "a"), {}, "me"),
        requests.delete(resource, "lab", "a"),
    ]

    assert [request.late_harms for request in made] == [late_harms] * 3


def test_delete_is_a_plain_background_one_with_preconditions() -> None:
    plain = requests.delete(PODS, "lab", "a")
    exact = requests.delete(PODS, "lab", "a", uid="u1", grace_seconds=0)

    assert plain.body == {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
    assert exact.body == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "propagationPolicy": "Background",
        "preconditions": {"uid": "u1"},
        "gracePeriodSeconds": 0,
    }


def test_selectors_that_are_empty_are_not_sent() -> None:
    assert requests.selectors("", "") == {}
    assert requests.selectors("a=b", "") == {"labelSelector": "a=b"}
    assert requests.selectors("", "spec.x=y") == {"fieldSelector": "spec.x=y"}


def test_apply_has_no_force_and_says_who_applies() -> None:
    plain = requests.apply(WIDGETS, ObjectKey("lab", "a"), {"metadata": {"uid": "u"}}, "me")
    strict = requests.apply(WIDGETS, ObjectKey("lab", "a"), {}, "me", strict=True)

    assert (plain.verb, plain.method, plain.content_type) == ("patch", "PATCH", "application/apply-patch+yaml")
    assert plain.query == {"fieldManager": "me"}
    assert plain.body == {"metadata": {"uid": "u"}}
    assert strict.query == {"fieldManager": "me", "fieldValidation": "Strict"}
