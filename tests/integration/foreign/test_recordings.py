"""Starts wait for objects of operators that know nothing of us; the test writes what these write."""

from typing import Any

import pytest

from tests.integration.foreign.recordings import NAME, RECORDINGS, Recording
from tests.support.kube import Json
from tests.support.lab import Lab, condition, says, suspended
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually

FOREIGN = tuple(each.foreign for each in RECORDINGS)
SIZES: Json = {"name": "size", "enum": ["1Gi", "5Gi"], "default": "1Gi"}
ALL = pytest.mark.parametrize("recording", RECORDINGS, ids=str)


class Played:
    """One operator's object in one lab."""

    def __init__(self, lab: Lab, recording: Recording) -> None:
        self.lab = lab
        self.recording = recording
        lab.add_template(self.template(timeout=300))
        lab.hub.first_start("a", order(size="5Gi"))
        self.name: str = eventually(lambda: self._objects())[0]["metadata"]["name"]

    def template(self, *, timeout: int) -> Json:
        """The Template; `timeout` in seconds."""
        entry = self.recording.entry | {"timeoutSeconds": timeout}
        spec = pod_spec(containers=[container(env=[written for written, _ in self.recording.env])])
        return template(variables=[SIZES], otherResources=[entry], pods=[{"name": "notebook", "spec": spec}])

    def write(self, status: Json) -> None:
        """As the operator does."""
        body = {"status": self.filled(status)}
        resource = f"{self.recording.foreign.kind.resource}/status"
        self.lab.kube.merge_patch(resource, self.lab.namespace, self.name, body, manager=self.recording.manager)

    def told(self, words: str) -> Json:
        """The Instance, once whoever waits for its server reads these words."""
        return self.lab.until(lambda instance: self.filled(words) in self.message(instance))

    def message(self, instance: Json) -> str:
        return condition(instance, "OtherResourcesProvisioned").get("message", "")

    def filled(self, value: Any) -> Any:
        """With the object's name where it belongs."""
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        return value.replace(NAME, self.name) if isinstance(value, str) else value

    def _objects(self) -> list[Json]:
        return self.lab.kube.all(self.recording.foreign.kind.resource, self.lab.namespace)


@ALL
def test_a_start_waits_until_a_foreign_operator_is_done_and_tells_how_far_it_is(lab: Lab, recording: Recording) -> None:
    played = Played(lab, recording)

    for step in recording.steps:
        played.write(step.status)
        instance = played.told(step.words)
        assert f"entry {recording.entry['name']}" in played.message(instance)
        assert played.name in played.message(instance)
        assert lab.pods() == []
    played.write(recording.ready)

    pod = lab.kube.get("pods", lab.namespace, lab.made_pod())
    (made,) = pod["spec"]["containers"]
    assert [each for each in made["env"] if each["name"] in ("HOST", "PASSWORD")] == [
        played.filled(wanted) for _, wanted in recording.env
    ]


@ALL
def test_a_failure_of_a_foreign_operator_is_told_at_once_and_ends_the_start_in_time_B31(
    lab: Lab, recording: Recording
) -> None:
    played = Played(lab, recording)

    played.write(recording.failure.status)

    first = played.told(recording.failure.words)
    assert condition(first, "OtherResourcesProvisioned")["reason"] == "WaitingForOtherResource"
    lab.change_template(played.template(timeout=1))
    late = lab.until(says("OtherResourcesProvisioned", "OtherResourceNotReady"))
    assert played.filled(recording.failure.words) in played.message(late)
    assert lab.pods() == []
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    # It was repaired meanwhile; the object is the Instance's, and so the same one.
    played.write(recording.ready)
    lab.hub.start("a")
    lab.made_pod()


@ALL
def test_what_a_foreign_operator_writes_into_its_own_object_is_left_alone(lab: Lab, recording: Recording) -> None:
    played = Played(lab, recording)
    kind = recording.foreign.kind
    theirs: Json = {"metadata": {"finalizers": ["example.org/theirs"], "annotations": {"example.org/seen": "yes"}}}
    lab.kube.merge_patch(kind.resource, lab.namespace, played.name, theirs, manager=recording.manager)
    played.write(recording.ready)
    lab.made_pod()

    lab.kube.delete("jupyternotebookinstances", lab.namespace, "a")

    # The finalizer keeps its object, and neither the Instance nor the pod waits for that.
    eventually(lambda: lab.kube.find("jupyternotebookinstances", lab.namespace, "a") is None)
    eventually(lambda: lab.pods() == [])
    kept = eventually(
        lambda: lab.kube.get(kind.resource, lab.namespace, played.name),
        until=lambda found: "deletionTimestamp" in found["metadata"],
    )
    assert kept["metadata"]["annotations"]["example.org/seen"] == "yes"
    lab.kube.merge_patch(kind.resource, lab.namespace, played.name, {"metadata": {"finalizers": None}})
    eventually(lambda: lab.kube.find(kind.resource, lab.namespace, played.name) is None)
