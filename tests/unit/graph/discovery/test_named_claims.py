"""Of several volumes of a pod only the one that the Event names is accused."""

import pytest

from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.discovery.named_claims import named_claims
from jupyternetes.graph.model.graph import Graph
from tests.unit.graph.discovery.recordings import Z2JH, arrows, named, names, node, observe, recorded

BOUND = {"home-ana": "pvc-1", "scratch": "pvc-2", "unbound": ""}
IN_POD = {"home": "home-ana", "tmp": "scratch"}
WAITING = "unattached volumes=[home tmp kube-api-access-x]: timed out waiting for the condition"


@pytest.mark.parametrize(
    ("message", "claims"),
    [
        ('MountVolume.SetUp failed for volume "pvc-1" : mount failed: exit status 32', ["home-ana"]),
        ('MountVolume.MountDevice failed for volume "pvc-2" : rpc error', ["scratch"]),
        ('Multi-Attach error for volume "pvc-2" Volume is already used by pod(s) notebook-ben', ["scratch"]),
        ('AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = Internal', ["home-ana"]),
        (f"Unable to attach or mount volumes: unmounted volumes=[tmp], {WAITING}", ["scratch"]),
        (f"Unable to attach or mount volumes: unmounted volumes=[home tmp], {WAITING}", ["home-ana", "scratch"]),
        (
            "Unable to attach or mount volumes: unmounted volumes=[], unattached volumes=[], failed to process "
            'volumes=[home]: error processing PVC lab/home-ana: persistentvolumeclaim "home-ana" not found',
            ["home-ana"],
        ),
        ('MountVolume.SetUp failed for volume "config" : configmap "settings" not found', []),
        ('MountVolume.SetUp failed for volume "pvc-10" : another one', []),
        ("Unable to attach or mount volumes: timed out waiting for the condition", []),
        ("", []),
    ],
)
def test_claims_are_found_by_bound_volume_by_volume_of_the_pod_or_by_name(message: str, claims: list[str]) -> None:
    assert named_claims(message, BOUND, IN_POD) == claims


def mounting(message: str, reason: str = "FailedMount", **state: dict[str, str]) -> Graph:
    """The recording with a pod that mounts two claims, of different storage classes, and an Event about that pod.

    ``state``: of its container, if it has begun.
    """
    objects = recorded(Z2JH)
    pod, event = named(objects, "jupyter-grace"), named(objects, "claim-grace.17f2", "Event")
    pod["spec"]["volumes"].append({"name": "shared", "persistentVolumeClaim": {"claimName": "claim-ada"}})
    event |= {"reason": reason, "message": message, "involvedObject": {"kind": "Pod", "uid": pod["metadata"]["uid"]}}
    if state:
        pod["status"] |= {"phase": "Running", "containerStatuses": [{"name": "notebook", "state": state}]}
    return build(observe(objects))


@pytest.mark.parametrize("reason", ["FailedMount", "FailedAttachVolume"])
def test_class_of_the_named_claim_is_accused_and_no_other(reason: str) -> None:
    graph = mounting('MountVolume.MountDevice failed for volume "pvc-52" : rpc error', reason)

    assert arrows(graph, "provisions") == {("standard", "grace@example.org/gpu")}


def test_where_no_claim_is_named_no_class_is_accused_and_the_server_says_it() -> None:
    graph = mounting('MountVolume.SetUp failed for volume "config" : configmap "settings" not found')

    assert names(graph, "storage") == set()
    assert node(graph, "server", "grace@example.org/gpu").message.endswith(
        'Event FailedMount: MountVolume.SetUp failed for volume "config" : configmap "settings" not found'
    )


@pytest.mark.parametrize(
    ("state", "accused"),
    [
        ({"running": {"startedAt": "2026-11-28T11:45:00Z"}}, set()),
        ({"terminated": {"finishedAt": "2026-11-28T11:45:00Z"}}, set()),
        ({"terminated": {"finishedAt": "2026-11-28T11:40:00Z"}}, {"standard"}),
    ],
)
def test_what_a_container_began_with_since_is_no_trouble(state: dict[str, dict[str, str]], accused: set[str]) -> None:
    graph = mounting('MountVolume.MountDevice failed for volume "pvc-52" : rpc error', **state)

    assert names(graph, "storage") == accused
