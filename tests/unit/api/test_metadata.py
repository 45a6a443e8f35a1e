"""What thousands of cached objects have in common is kept once, and nothing that nobody reads."""

import json

import pytest

from jupyternetes.api import labels
from jupyternetes.api.core import Claim, Pod
from jupyternetes.runtime.decoding import Codec

COMMON = {key: f"value of {key}" for key in labels.OF_MANY}


def decode(kind: type[Pod] | type[Claim], name: str) -> Pod | Claim:
    """As the API server sends it; every text is decoded anew."""
    owner = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "name": name, "uid": f"uid of {name}"}
    own = {labels.INSTANCE: name, labels.INSTANCE_UID: f"uid of {name}"}
    metadata = {
        "name": name,
        "resourceVersion": "1",
        "namespace": "class of 2026",
        "labels": COMMON | own,
        "ownerReferences": [owner],
    }
    noted = {"annotations": {"note": "a long one"}}
    return Codec(kind).object(json.dumps({"metadata": metadata | noted}).encode())


@pytest.mark.parametrize("kind", [Pod, Claim])
def test_texts_that_objects_of_many_servers_have_in_common_are_kept_once(kind: type[Pod] | type[Claim]) -> None:
    ada, bob = (decode(kind, name).metadata for name in ("ada", "bob"))

    assert ada.labels == COMMON | {labels.INSTANCE: "ada", labels.INSTANCE_UID: "uid of ada"}
    assert [key for key in COMMON if ada.labels[key] is not bob.labels[key]] == []
    assert ada.namespace is bob.namespace
    [of_ada], [of_bob] = ada.owner_references, bob.owner_references
    assert (of_ada.kind is of_bob.kind, of_ada.api_version is of_bob.api_version) == (True, True)


@pytest.mark.parametrize("kind", [Pod, Claim])
def test_annotations_of_what_operators_made_are_not_kept(kind: type[Pod] | type[Claim]) -> None:
    assert not hasattr(decode(kind, "ada").metadata, "annotations")
