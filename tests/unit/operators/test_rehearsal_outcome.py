"""What the API server's answers to dry runs say of a Template (pods/rehearsal/outcome)."""

from dataclasses import replace

import pytest
from msgspec import convert

from jupyternetes.operators.pods.rehearsal.outcome import Answer, is_gone, not_filled, nowhere, outcome_of
from jupyternetes.runtime.errors import Status, UnknownOutcome, Unreachable, api_error
from jupyternetes.templating import Problem

BODY = {"metadata": {"generateName": "notebook-"}}
TERMINATING = {"causes": [{"reason": "NamespaceTerminating"}]}
POD_SECURITY = (
    'pods "notebook-x8k2z" is forbidden: violates PodSecurity "baseline:latest": privileged (container "main" must not '
    "set securityContext.privileged=true)"
)


def refused(code: int, message: str, reason: str = "", entry: str = "notebook") -> Answer:
    return Answer(entry, BODY, api_error("create pods lab/notebook-*", Status(code, reason, message)))


def taken(entry: str = "notebook", *warnings: str) -> Answer:
    return Answer(entry, BODY, warnings=warnings)


def unanswered(message: str = "", code: int = 500) -> Answer:
    refusal = api_error("create pods", Status(code, "", message)) if message else None
    return Answer("notebook", BODY, UnknownOutcome("timeout", settled_at=0.0, refusal=refusal))


def test_pods_that_all_would_be_made_are_named_and_so_is_the_namespace() -> None:
    outcome = outcome_of([taken(), taken("helper")], "class")

    assert (outcome.status, outcome.reason.name) == ("True", "Rehearsed")
    assert "in namespace class, with defaults and first choices: notebook, helper." in outcome.message
    assert "Claims were not tried." in outcome.message


def test_what_the_server_warns_of_is_told() -> None:
    outcome = outcome_of([taken("notebook", 'pod "notebook-x8k2z": no label')], "class")

    assert outcome.status == "True"
    assert 'It warns: pod notebook: pod "notebook-*": no label.' in outcome.message


def test_template_that_makes_no_pod_says_so() -> None:
    assert outcome_of([], "class").message == "With its defaults and first choices the Template makes no pod."


@pytest.mark.parametrize(
    ("answer", "status", "reason", "passes"),
    [
        (refused(403, POD_SECURITY), "False", "RehearsalRefused", False),
        (
            refused(422, 'Pod "notebook-x8k2z" is invalid: spec.containers[0].image: Required value'),
            "False",
            None,
            False,
        ),
        (refused(400, 'strict decoding error: unknown field "spec.hostNetwrk"'), "False", "RehearsalRefused", False),
        (refused(413, "too large"), "False", "RehearsalRefused", False),
        (refused(403, 'admission webhook "a.b" denied the request: no'), "False", "RehearsalRefused", False),
        (refused(403, "failed quota: q: must specify limits.cpu for: main"), "False", "RehearsalRefused", False),
        (refused(403, "exceeded quota: q, requested: pods=1"), "Unknown", "QuotaExceeded", False),
        (refused(403, "status unknown for quota: q"), "Unknown", "QuotaExceeded", True),
        (refused(400, 'admission webhook "a.b" does not support dry run'), "Unknown", "DryRunUnsupported", False),
        (refused(403, 'User "x" cannot create resource "pods" in API group ""'), "Unknown", "RehearsalFailed", False),
        (refused(403, 'error looking up service account lab/x: serviceaccount "x" not found'), "False", None, True),
        (refused(401, "Unauthorized"), "Unknown", "RehearsalFailed", True),
        (refused(429, "slow down"), "Unknown", "RehearsalFailed", True),
        (unanswered(), "Unknown", "RehearsalFailed", True),
        (unanswered('failed calling webhook "a.b": connection refused'), "Unknown", "RehearsalFailed", True),
        (Answer("notebook", BODY, Unreachable("no route")), "Unknown", "RehearsalFailed", True),
    ],
)
def test_refusal_is_the_templates_fault_only_where_the_template_can_be_mended(
    answer: Answer, status: str, reason: str | None, passes: bool
) -> None:
    outcome = outcome_of([answer, taken("helper")], "class")

    assert (outcome.status, outcome.passes) == (status, passes)
    assert outcome.reason.name == (reason or "RehearsalRefused")
    assert outcome.message.startswith("In namespace class: pod notebook: ")
    assert answer.says in outcome.message


def test_names_that_the_server_makes_are_not_repeated_so_that_the_words_stay_the_same() -> None:
    assert (
        'pods "notebook-*" is forbidden: violates PodSecurity' in outcome_of([refused(403, POD_SECURITY)], "a").message
    )


def test_only_the_servers_words_are_kept_and_not_too_many_of_them() -> None:
    answers = [refused(422, "x" * 5000, entry=f"pod-{number}") for number in range(9)]

    outcome = outcome_of(answers, "class")

    assert len(outcome.message) < 4096
    assert outcome.message.count("…") == 3
    assert "pod pod-2: " in outcome.message
    assert "; and 6 more." in outcome.message
    assert "create pods" not in outcome.message


def test_refusal_counts_more_than_a_doubt() -> None:
    outcome = outcome_of([unanswered(), refused(422, "no image", entry="helper")], "class")

    assert (outcome.status, outcome.passes) == ("False", False)
    assert "pod helper: no image" in outcome.message


@pytest.mark.parametrize(
    ("code", "details", "gone"), [(404, None, True), (403, TERMINATING, True), (403, None, False), (422, None, False)]
)
def test_namespace_that_is_gone_or_going_is_no_place_to_try_anything(code: int, details: object, gone: bool) -> None:
    status = convert({"code": code, "message": "no", "details": details}, Status)

    assert is_gone(Answer("notebook", BODY, api_error("create pods", status))) is gone


def test_unknown_outcomes_say_what_to_do() -> None:
    values = not_filled([Problem("$.spec.variables.course", "the Template requires the variable 'course'", "Instance")])
    place = nowhere(["gone"])

    assert (values.status, values.reason.name) == ("Unknown", "NeedsValues")
    assert "requires the variable 'course'" in values.message
    assert (place.status, place.reason.name) == ("Unknown", "NoNamespace")
    assert "These are not there: gone." in place.message


INVALID = 'Pod "notebook-x8k2z" is invalid: spec.hostAliases[0].ip: Invalid value: "db.host": no IP address'


def test_refusal_of_a_pod_with_a_made_up_output_proves_nothing_and_names_its_place() -> None:
    answer = replace(refused(422, INVALID), made_up="$.spec.hostAliases[0].ip")

    outcome = outcome_of([answer], "class")

    assert (outcome.status, outcome.reason.name, outcome.passes) == ("Unknown", "NeedsOutputs", False)
    assert "pod notebook, with a made-up text at $.spec.hostAliases[0].ip: Pod" in outcome.message


@pytest.mark.parametrize(
    "certain",
    [refused(403, POD_SECURITY), refused(400, 'strict decoding error: unknown field "spec.hostNetwrk"')],
)
def test_what_no_output_can_bring_about_is_a_refusal_all_the_same(certain: Answer) -> None:
    answer = replace(certain, made_up="$.spec.hostAliases[0].ip")

    assert outcome_of([answer], "class").status == "False"


def test_refusal_of_another_pod_counts_more_than_the_doubt_about_one_with_an_output() -> None:
    doubtful = replace(refused(422, INVALID), made_up="$.spec.hostAliases[0].ip")

    assert outcome_of([doubtful, refused(403, POD_SECURITY, entry="helper")], "class").status == "False"
