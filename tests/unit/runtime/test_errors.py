"""From a Status to an error whose type says what it means."""

import json

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.errors import api_error, read_status

KINDS = [
    (400, "BadRequest", errors.Invalid),
    (401, "Unauthorized", errors.Unauthorized),
    (403, "Forbidden", errors.Forbidden),
    (404, "NotFound", errors.NotFound),
    (405, "MethodNotAllowed", errors.ApiError),
    (409, "AlreadyExists", errors.AlreadyExists),
    (409, "Conflict", errors.Conflict),
    (410, "Expired", errors.Gone),
    (413, "RequestEntityTooLarge", errors.TooLarge),
    (422, "Invalid", errors.Invalid),
    (429, "TooManyRequests", errors.TooManyRequests),
    (500, "InternalError", errors.ServerError),
    (504, "Timeout", errors.ServerError),
]


@pytest.mark.parametrize(("code", "reason", "kind"), KINDS)
def test_status_decides_the_type(code: int, reason: str, kind: type[Exception]) -> None:
    body = json.dumps({"reason": reason, "message": "because", "code": code, "details": None}).encode()

    error = api_error("create pods lab/a", read_status(code, "from the status line", body))

    assert type(error) is kind
    assert str(error) == f"create pods lab/a: {code} {reason}: because"


REFUSALS_OF_ETCD = [
    "etcdserver: request is too large",
    "rpc error: code = ResourceExhausted desc = trying to send message larger than max (2621742 vs. 2097152)",
]


@pytest.mark.parametrize("message", REFUSALS_OF_ETCD)
def test_what_etcd_will_not_store_is_too_large_C13(message: str) -> None:
    body = json.dumps({"reason": "", "message": message, "code": 500}).encode()

    assert isinstance(api_error("x", read_status(500, "Internal Server Error", body)), errors.TooLarge)


@pytest.mark.parametrize("message", REFUSALS_OF_ETCD)
def test_words_of_etcd_in_the_mouth_of_a_webhook_prove_nothing_C13(message: str) -> None:
    body = json.dumps({"message": f'failed calling webhook "a": {message}', "code": 500}).encode()

    assert isinstance(api_error("x", read_status(500, "", body)), errors.ServerError)


@pytest.mark.parametrize(("field", "kind"), [("data", errors.TooLarge), ("status.pods.a.errorMessage", errors.Invalid)])
def test_data_that_is_too_long_as_a_whole_is_too_large_and_a_field_is_not_C13(
    field: str, kind: type[Exception]
) -> None:
    causes = [{"reason": "FieldValueTooLong", "message": "Too long", "field": field}]
    body = json.dumps({"reason": "Invalid", "details": {"causes": causes}}).encode()

    assert type(api_error("x", read_status(422, "", body))) is kind


@pytest.mark.parametrize("body", [b"404 page not found", b"<html>\xff</html>", b"[]", b'{"message": 7}', b""])
def test_body_that_is_no_status_becomes_the_message(body: bytes) -> None:
    error = api_error("list pods in lab", read_status(404, "Not Found", body))

    assert isinstance(error, errors.NotFound)
    assert "\n" not in str(error)
    assert str(error).startswith("list pods in lab: 404 Not Found: ")


def test_pause_asked_for_in_the_body_counts_unless_the_header_says_it() -> None:
    status = read_status(429, "", b'{"details": {"retryAfterSeconds": 7}}')

    assert api_error("x", status).retry_after == 7
    assert api_error("x", status, 3.0).retry_after == 3


def test_quota_is_told_from_a_missing_right() -> None:
    def forbidden(message: str) -> errors.ApiError:
        return api_error("create pods lab/a", errors.Status(403, "Forbidden", message))

    used_up = forbidden(
        'pods "a" is forbidden: exceeded quota: small, requested: pods=1, used: pods=5, limited: pods=5'
    )
    not_counted_yet = forbidden('pods "a" is forbidden: status unknown for quota: small, resources: pods')
    not_allowed = forbidden('pods is forbidden: User "u" cannot create resource "pods"')

    assert isinstance(used_up, errors.Forbidden)
    assert used_up.quota
    assert isinstance(not_counted_yet, errors.Forbidden)
    assert not_counted_yet.quota
    assert isinstance(not_allowed, errors.Forbidden)
    assert not not_allowed.quota
