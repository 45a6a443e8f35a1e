"""What tens of thousands of Instances and claims say alike is kept once."""

import msgspec
import pytest

from jupyternetes.api.labels import SERVERNAME, USERNAME
from jupyternetes.api.metadata import Metadata
from jupyternetes.graph.discovery.objects.cluster import Claim
from jupyternetes.graph.discovery.objects.instances import Instance
from jupyternetes.graph.discovery.servers.owners import owner_of
from tests.unit.graph.discovery.recordings import JUPYTERNETES, recorded


def twice(kind: str, name: str) -> tuple[bytes, bytes]:
    found = next(each for each in recorded(JUPYTERNETES) if (each["kind"], each["metadata"]["name"]) == (kind, name))
    data = msgspec.json.encode(found)
    return data, data


def test_texts_of_instances_are_shared_but_for_those_of_one() -> None:
    [one, other] = (
        msgspec.json.decode(data, type=Instance)
        for data in twice("JupyterNotebookInstance", "5e0f6a0d9c1b4c7e8f2a3b4c5d6e7f80")
    )

    assert one == other
    assert one.metadata.namespace is other.metadata.namespace
    assert one.spec.template.name is other.spec.template.name
    assert [each.message for each in one.status.conditions][-1] is other.status.conditions[-1].message
    pod, same = one.status.pods["notebook"], other.status.pods["notebook"]
    assert pod.state is same.state
    assert pod.uid is pod.observed_uid
    assert pod.uid is not same.uid


@pytest.mark.parametrize(
    ("labels", "annotations", "kept"),
    [
        ({USERNAME: "ada-slug", "other": "x"}, {USERNAME: "ada", "other": "x"}, ({}, {USERNAME: "ada"})),
        ({USERNAME: "ada-slug", "other": "x"}, {"other": "x"}, ({USERNAME: "ada-slug"}, {})),
        ({SERVERNAME: "gpu"}, {USERNAME: ""}, ({SERVERNAME: "gpu"}, {USERNAME: ""})),
    ],
)
def test_of_labels_and_annotations_those_are_kept_that_name_the_owner(
    labels: dict[str, str], annotations: dict[str, str], kept: tuple[dict[str, str], dict[str, str]]
) -> None:
    meta = {"name": "i", "labels": labels, "annotations": annotations}

    instance = msgspec.convert({"metadata": meta}, Instance)

    assert (instance.metadata.labels, instance.metadata.annotations) == kept
    assert owner_of(instance.metadata) == owner_of(msgspec.convert(meta, Metadata))


def test_texts_of_claims_are_shared_but_for_those_of_one() -> None:
    [one, other] = (msgspec.json.decode(data, type=Claim) for data in twice("PersistentVolumeClaim", "home-ada"))

    assert one == other
    assert one.spec.storage_class_name is other.spec.storage_class_name
    assert one.metadata.name is not other.metadata.name
