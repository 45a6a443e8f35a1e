"""From refusals to reasons and texts that stand still, and conditions that move only when they should."""

from datetime import UTC, datetime

import msgspec
import pytest

from jupyternetes.api import conditions, reasons
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.status.conditions import report, unmoved
from jupyternetes.operators.status.failures import create_failure, refusal_message, refusal_reason, template_message
from jupyternetes.runtime.errors import ApiError, Status, UnknownOutcome, api_error
from jupyternetes.templating import Problem
from tests.support.objects import GENERATION, instance

NO_ACCOUNT = 'pods "notebook-" is forbidden: error looking up service account lab/typo: serviceaccount "typo" not found'
BODY = {"metadata": {"generateName": "notebook-"}}
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def refused(code: int, message: str = "no", reason: str = "") -> ApiError:
    return api_error("create pods lab/notebook-*", Status(code, reason, message))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refused(403, 'pods "x" is forbidden: exceeded quota: q, requested: pods=1'), reasons.QUOTA_EXCEEDED),
        (refused(403, "violates PodSecurity"), reasons.FORBIDDEN),
        (refused(403, NO_ACCOUNT), reasons.SERVICE_ACCOUNT_NOT_FOUND),
        (refused(422), reasons.REJECTED),
        (refused(400), reasons.REJECTED),
        (refused(413), reasons.TOO_LARGE),
        (refused(500, "etcdserver: request is too large"), reasons.TOO_LARGE),
        (refused(429), None),
        (refused(500), None),
        (refused(409), None),
        (refused(404), None),
    ],
)
def test_refusal_has_a_reason_unless_trying_again_soon_may_help_B33(error: ApiError, reason: Reason | None) -> None:
    assert refusal_reason(error, 60.0) is reason


EXCEEDED = 'pods "notebook-x8k2z" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1'
NOT_COUNTED = 'pods "notebook-x8k2z" is forbidden: status unknown for quota: q, resources: pods'


@pytest.mark.parametrize(
    ("text", "refused_for", "reason", "retry"),
    [
        (EXCEEDED, 0.0, reasons.WAITING_FOR_QUOTA, 2.0),
        (EXCEEDED, 29.9, reasons.WAITING_FOR_QUOTA, 2.0),
        (EXCEEDED, 30.0, reasons.QUOTA_EXCEEDED, 20.0),
        (NOT_COUNTED, 0.0, reasons.WAITING_FOR_QUOTA, 2.0),
        (NOT_COUNTED, 300.0, reasons.WAITING_FOR_QUOTA, 2.0),
    ],
)
def test_quota_is_waited_for_and_final_after_half_a_minute_C07(
    text: str, refused_for: float, reason: Reason, retry: float
) -> None:
    failure = create_failure(refused(403, text, "Forbidden"), BODY, refused_for=refused_for)

    assert failure is not None
    assert (failure.reason, failure.retry_seconds) == (reason, retry)
    assert (reason.final, "forbidden" in failure.message) == (refused_for >= 30 and text == EXCEEDED, True)


WEBHOOK = 'Internal error occurred: failed calling webhook "guard.example.org": connect: connection refused'


def unanswered(refusal: ApiError | None, retry_after: float | None = None) -> UnknownOutcome:
    return UnknownOutcome("create pods", settled_at=0.0, retry_after=retry_after, refusal=refusal)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (unanswered(refused(500, WEBHOOK, "InternalError")), reasons.FAILED_CREATE),
        (unanswered(refused(504, "request did not complete in time", "Timeout")), reasons.FAILED_CREATE),
        (unanswered(refused(503, "busy"), retry_after=1.0), None),
        (unanswered(None), None),
    ],
)
def test_create_that_failed_at_the_server_is_told_and_one_without_answer_is_not_C10(
    error: UnknownOutcome, reason: Reason | None
) -> None:
    failure = create_failure(error, BODY)

    assert (failure.reason if failure else None) is reason


@pytest.mark.parametrize(
    ("metadata", "told"), [({"name": "notebook-abc"}, True), ({"generateName": "notebook-"}, False)]
)
def test_name_that_is_taken_is_told_unless_the_server_makes_another_C18(metadata: dict[str, str], told: bool) -> None:
    taken = refused(409, 'pods "notebook-abc" already exists', "AlreadyExists")

    assert (create_failure(taken, {"kind": "Pod", "metadata": metadata}) is not None) is told


def test_nobody_is_told_to_delete_a_claim_whose_name_is_taken_C18() -> None:
    body = {"kind": "PersistentVolumeClaim", "metadata": {"name": "workspace-abc"}}
    taken = refused(409, 'persistentvolumeclaims "workspace-abc" already exists', "AlreadyExists")

    failure = create_failure(taken, body)

    assert failure is not None
    assert "workspace-abc" in failure.message
    assert all(way_out in failure.message for way_out in ("claimName", "spec.naming"))
    assert "delete" not in failure.message.lower(), "there may be files in it"


def test_failed_create_quotes_the_server_is_not_final_and_is_tried_again_soon_C10() -> None:
    failure = create_failure(unanswered(refused(500, WEBHOOK, "InternalError")), BODY)

    assert failure is not None
    assert WEBHOOK in failure.message
    assert not failure.reason.final
    assert failure.retry_seconds <= 2


def test_connection_that_has_another_port_each_time_is_quoted_the_same_each_time_C10() -> None:
    texts = {
        refusal_message(refused(500, f"read tcp {ours}->10.96.0.9:443: connection reset by peer"), BODY, "")
        for ours in ("10.0.0.1:40112", "10.0.0.1:53422", "[fd00::1]:53422")
    }

    assert texts == {
        "create pods lab/notebook-*: 500 : read tcp 10.0.0.1:*->10.96.0.9:443: connection reset by peer.",
        "create pods lab/notebook-*: 500 : read tcp [fd00::1]:*->10.96.0.9:443: connection reset by peer.",
    }


def test_namespace_that_is_being_deleted_is_no_missing_right_C09() -> None:
    causes = [{"reason": "NamespaceTerminating", "message": "lab is being terminated", "field": "metadata.namespace"}]
    answer = {"code": 403, "reason": "Forbidden", "message": "pods is forbidden", "details": {"causes": causes}}
    error = api_error("create pods lab/notebook-*", msgspec.convert(answer, Status))

    assert refusal_reason(error) is reasons.NAMESPACE_TERMINATING
    assert reasons.NAMESPACE_TERMINATING.final


def test_word_of_the_cluster_is_not_taken_for_one_of_the_hubs_own() -> None:
    own = [reason for reason in reasons.REASONS.values() if reason.by_hub]

    assert own
    assert all(not reasons.lookup(reason.name).final for reason in own)


def test_text_of_a_refusal_is_the_same_at_each_attempt() -> None:
    body = {"metadata": {"generateName": "notebook-"}}

    first, second = (
        refusal_message(refused(422, f'Pod "notebook-{suffix}" is invalid: spec.a'), body, "Correct it.")
        for suffix in ("x8k2z", "bb4cd")
    )

    assert first == second
    assert 'Pod "notebook-*" is invalid: spec.a. Correct it.' in first


def test_missing_account_is_waited_for_and_named_with_the_way_out() -> None:
    reason = reasons.SERVICE_ACCOUNT_NOT_FOUND

    message = refusal_message(refused(403, NO_ACCOUNT), {"metadata": {"generateName": "notebook-"}}, reason.advice)

    assert not reason.final
    assert "service account lab/typo" in message
    assert "serviceAccountName in the Template" in message


def test_text_of_a_refusal_keeps_names_that_only_begin_alike() -> None:
    body = {"metadata": {"generateName": "notebook-"}}

    assert "notebook-images" in refusal_message(refused(422, "no secret notebook-images"), body, "")
    assert "notebook-1" in refusal_message(refused(422, "notebook-1"), {"metadata": {"name": "notebook-1"}}, "")


def test_template_message_ends_with_the_way_out_however_much_is_wrong() -> None:
    problems = [Problem(f"$.spec.pods[{n}]", "unknown variable " + "x" * 40) for n in range(50)]

    message = template_message(problems, ("lab", "small"))

    assert message.endswith(reasons.TEMPLATE_ERROR.advice)
    assert len(message) <= 1024
    assert "more" in message


def test_transition_time_moves_with_the_status_only_B38() -> None:
    known = instance()
    first = report(known, "Ready", "False", reasons.STARTING, "", now=EARLY)
    status = {"conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": first.last_transition_time}]}
    known = instance(status=status)

    same = report(known, "Ready", "False", reasons.NOT_READY, "x", now=LATE)
    other = report(known, "Ready", "True", reasons.SERVER_READY, "", now=LATE)

    assert (same.last_transition_time, other.last_transition_time) == ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    assert other.message == reasons.SERVER_READY.sentence
    assert other.observed_generation == GENERATION


def test_condition_that_says_the_same_of_an_older_generation_is_not_written_again() -> None:
    before = {"type": "Ready", "status": "True", "reason": "ServerReady", "message": "m", "observedGeneration": 1}
    before["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    known = instance(status={"conditions": [before]})

    assert unmoved(known, report(known, "Ready", "True", reasons.SERVER_READY, "m", now=LATE)).observed_generation == 1
    assert unmoved(known, report(known, "Ready", "True", reasons.SERVER_READY, "n", now=LATE)).observed_generation == 3


@pytest.mark.parametrize("name", ["Weird reason!", "9", "", "ok_1", "Ä"])
def test_unknown_reason_counts_as_curable_and_fits_a_condition(name: str) -> None:
    found = reasons.lookup(name)

    assert not found.final
    assert found.name.isidentifier()


def test_every_reason_is_a_word_and_a_final_one_says_something() -> None:
    assert all(name.isidentifier() and reason.sentence.endswith(".") for name, reason in reasons.REASONS.items())
    assert conditions.find([], "Ready") is None
