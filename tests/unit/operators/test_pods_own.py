"""Whose pod is whose, which of several stays, and when a delete is due."""

from typing import Any

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.operators.pods.own_pods import choose, must_delete, sort_pods
from tests.support.objects import instance, owned_by, pod

DELETING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}


@pytest.mark.parametrize(
    ("found", "where"),
    [
        (pod(start_id="2"), "current"),
        (pod(start_id="1"), "leftover"),
        (pod(), "leftover"),
        (pod(start_id="2", ownerReferences=owned_by("earlier")), "leftover"),
        (pod(start_id="2", ownerReferences=[]), "nobody's"),
        (pod(start_id="2", ownerReferences=owned_by(name="b")), "nobody's"),
        (pod(start_id="2", ownerReferences=owned_by(controller=False)), "nobody's"),
        (pod(start_id="2", ownerReferences=[owned_by()[0] | {"kind": "ReplicaSet"}]), "nobody's"),
    ],
)
def test_label_alone_makes_no_pod_ours(found: Pod, where: str) -> None:
    own = sort_pods(instance(startId="2"), [found])

    assert own.current == ({"notebook": [found]} if where == "current" else {})
    assert own.leftover == ([found] if where == "leftover" else [])
    assert own.foreign == ([found] if where == "nobody's" else [])


def test_pod_without_start_id_belongs_to_an_instance_without_one() -> None:
    assert sort_pods(instance(), [pod()]).current == {"notebook": [pod()]}


@pytest.mark.parametrize(
    ("recorded", "pods", "kept"),
    [
        ("", [], None),
        ("", [pod("b"), pod("a")], "a"),
        ("", [pod("a", creationTimestamp="2026-05-01T00:00:00Z"), pod("b")], "b"),
        ("uid-b", [pod("a"), pod("b")], "b"),
        ("uid-gone", [pod("b"), pod("a")], "a"),
    ],
)
def test_of_two_pods_the_recorded_else_the_oldest_else_the_smaller_name_stays_B27(
    recorded: str, pods: list[Pod], kept: str | None
) -> None:
    known = instance(status={"pods": {"notebook": {"uid": recorded}}})

    keep, others = choose(known, "notebook", pods)

    assert (keep.metadata.name if keep else None) == kept
    assert len(others) == max(0, len(pods) - 1)
    assert keep not in others


@pytest.mark.parametrize(
    ("metadata", "grace", "due"),
    [
        ({}, None, True),
        ({}, 0, True),
        (DELETING | {"deletionGracePeriodSeconds": 30}, None, False),
        (DELETING | {"deletionGracePeriodSeconds": 30}, 0, True),
        (DELETING | {"deletionGracePeriodSeconds": 30}, 30, False),
        (DELETING | {"deletionGracePeriodSeconds": 10}, 30, False),
        (DELETING, 0, False),
    ],
)
def test_delete_is_sent_once_and_again_only_with_less_patience_B50(
    metadata: dict[str, Any], grace: int | None, due: bool
) -> None:
    assert must_delete(pod(**metadata), grace) is due


def test_pod_made_just_now_is_ours_whatever_a_webhook_wrote_over_it() -> None:
    made = pod("notebook-2", start_id="2", labels={}, ownerReferences=[])

    assert sort_pods(instance(startId="2"), [], {"notebook": made}).current == {"notebook": [made]}
