"""Which start Secrets are to be deleted."""

from typing import Any

import pytest

from jupyternetes.operators.pods.start_secrets import is_spent, stale_secrets
from tests.support.objects import instance


def conditions(reason: str) -> list[dict[str, Any]]:
    return [{"type": "PodsProvisioned", "status": "False", "reason": reason, "observedGeneration": 3}]


@pytest.mark.parametrize(
    ("start_id", "status", "stop", "secrets"),
    [
        ("", {}, True, []),
        ("1", {}, False, []),
        ("1", {}, True, ["1"]),
        ("3", {}, False, ["1", "2"]),
        ("3", {"pods": {"notebook": {"startId": "2"}}}, False, ["2"]),
        ("3", {"pods": {"notebook": {"startId": "3"}}}, False, []),
        ("3", {"pods": {"notebook": {"startId": "3"}}}, True, ["3"]),
        ("3", {"pods": {"notebook": {"startId": "2"}}, "conditions": conditions("Suspended")}, False, []),
        ("5", {"pods": {"notebook": {"startId": "2"}}, "conditions": conditions("Suspended")}, False, ["3", "4"]),
        ("2", {"pods": {"notebook": {"startId": "2"}}, "conditions": conditions("StartSpent")}, True, []),
        ("3", {"pods": {"notebook": {"startId": "not a number"}}}, False, ["1", "2"]),
        ("3", {"pods": {"notebook": {"startId": "7"}}}, False, []),
    ],
)
def test_secrets_of_every_start_since_the_last_known_one_are_due(
    start_id: str, status: dict[str, Any], stop: bool, secrets: list[str]
) -> None:
    due = stale_secrets(instance(startId=start_id, status=status), through_current=stop)

    assert due == [f"jni-a-{number}" for number in secrets]


@pytest.mark.parametrize(
    ("start_id", "known", "reason", "spent"),
    [
        ("2", "2", "Suspended", True),
        ("2", "2", "StartSpent", True),
        ("2", "2", "Provisioned", False),
        ("2", "2", "QuotaExceeded", False),
        ("3", "2", "Suspended", False),
        ("1", "2", "Suspended", True),
        ("1", "2", "Provisioned", True),
        ("1", "", "Suspended", False),
        ("", "", "Suspended", False),
    ],
)
def test_start_that_was_wound_up_or_overtaken_is_spent_C14(start_id: str, known: str, reason: str, spent: bool) -> None:
    status = {"pods": {"notebook": {"startId": known}}, "conditions": conditions(reason)}

    assert is_spent(instance(startId=start_id, status=status)) is spent


def test_secret_of_a_start_that_the_present_number_lies_before_goes_with_it_C14() -> None:
    status = {"pods": {"notebook": {"startId": "7"}}, "conditions": conditions("Provisioned")}

    assert stale_secrets(instance(startId="3", status=status), through_current=True) == ["jni-a-7"]


def test_a_jump_of_the_start_id_does_not_cause_a_million_deletes() -> None:
    assert len(stale_secrets(instance(startId="9999999999"), through_current=False)) == 64
