"""Pods whose labels or owners somebody edits while they run: what is on record of a uid goes before what labels say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pod_status.plan import compute_status
from jupyternetes.operators.pods.own_pods import lost_label, sort_pods
from tests.support.objects import INSTANCE_UID, instance, owned_by, pod, serving

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PREFIX = "jupyternetes.kadense.io"
LABELS = {
    f"{PREFIX}/instance": "a",
    f"{PREFIX}/podName": "notebook",
    f"{PREFIX}/startId": "2",
    f"{PREFIX}/port": "8888",
}


def recorded(**fields: Any) -> Instance:
    """An Instance with a pod of its second start on record."""
    record = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"} | fields
    return instance(startId="2", status={"pods": {"notebook": record}})


@pytest.mark.parametrize(
    "changes", [{"podName": "another"}, {"podName": None}, {"startId": "7"}, {"startId": None}, {"instanceUid": "x"}]
)
def test_recorded_pod_stays_that_of_its_entry_and_start(changes: dict[str, str | None]) -> None:
    edited = {f"{PREFIX}/{key}": value for key, value in changes.items()}
    labels = {key: value for key, value in (LABELS | edited).items() if value is not None}

    own = sort_pods(recorded(), [pod(labels=labels)])

    assert [each.metadata.name for each in own.current["notebook"]] == ["notebook-1"]
    assert own.leftover == []


def test_pod_on_record_for_an_earlier_start_is_left_over() -> None:
    own = sort_pods(recorded(startId="1"), [pod(labels=LABELS | {f"{PREFIX}/startId": "1"})])

    assert [each.metadata.name for each in own.leftover] == ["notebook-1"]


def test_recorded_pod_of_another_owner_is_not_ours() -> None:
    own = sort_pods(recorded(), [pod(labels=LABELS, ownerReferences=owned_by(controller=False))])

    assert own.everything == []


@pytest.mark.parametrize("label", [None, "b"])
def test_pod_that_no_cache_shows_is_named_with_its_label(label: str | None) -> None:
    labels = {f"{PREFIX}/instance": label} if label else {}

    told = lost_label(recorded(), pod(labels=labels))

    assert "lab/notebook-1" in told
    assert f"{PREFIX}/instance=a" in told
    assert lost_label(recorded(), pod(labels=LABELS)) == ""


def state_of(found: Instance, there: Pod | None, *, released: bool = False) -> Any:
    pods = {"notebook": there} if there is not None else {}
    return compute_status(found, pods, [], released={"notebook"} if released else (), now=NOW)


def test_port_that_was_seen_outlives_its_label() -> None:
    found = recorded(state="Running", observedUid="uid-notebook-1", portNumber=8888)
    labels = {key: value for key, value in LABELS.items() if not key.endswith("/port")}

    verdict = state_of(found, serving(labels=labels))

    assert verdict.pods["notebook"].port_number == 8888
    assert verdict.address == "10.1.2.3:8888"


def test_port_of_an_earlier_pod_is_not_taken_over() -> None:
    found = recorded(state="Running", observedUid="an earlier one", portNumber=9999)

    assert state_of(found, serving(labels={f"{PREFIX}/instance": "a"})).pods["notebook"].port_number is None


def test_pod_that_is_there_and_not_ours_is_not_called_deleted() -> None:
    found = recorded(state="Running", observedUid="uid-notebook-1", portNumber=8888)

    released, gone = state_of(found, None, released=True), state_of(found, None)

    assert (released.pods["notebook"].state, released.pods["notebook"].reason) == ("Stopped", "PodReleased")
    assert "ownerReferences" in released.pods["notebook"].message
    assert "notebook-1" in released.pods["notebook"].message
    assert released.terminations["notebook"].reason == "PodReleased"
    assert gone.pods["notebook"].reason == "PodGone"
    assert INSTANCE_UID not in released.pods["notebook"].message
