"""An object of any kind, as the caches keep it (api/other_object)."""

import json

import msgspec
import pytest

from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.api.other_object import FieldRecord, OtherObject, resource_of
from jupyternetes.runtime.decoding import Codec

BODY = {
    "apiVersion": "databases.example.org/v1",
    "kind": "Database",
    "metadata": {
        "name": "db-1",
        "namespace": "lab",
        "uid": "u",
        "resourceVersion": "7",
        "managedFields": [{"manager": "m", "operation": "Update", "fieldsV1": {"f:spec": {}}}],
    },
    "spec": {"size": "1Gi"},
    "status": {"deep": [{"a": None}]},
}


def test_all_of_it_is_kept_but_for_the_bookkeeping() -> None:
    obj = Codec(OtherObject).object(json.dumps(BODY).encode())

    assert obj.content["spec"] == BODY["spec"]
    assert obj.content["status"] == BODY["status"]
    assert obj.content["metadata"] == {"name": "db-1", "namespace": "lab", "uid": "u"}
    assert obj.metadata.resource_version == "7"
    assert obj.records == (FieldRecord(manager="m", operation="Update"),)


def test_another_version_of_the_same_is_the_same_content() -> None:
    newer = BODY | {"metadata": BODY["metadata"] | {"resourceVersion": "8", "managedFields": []}}  # type: ignore[operator]

    assert OtherObject.from_content(newer).content == OtherObject.from_content(BODY).content


@pytest.mark.parametrize("metadata", [None, [], {"name": 1}, {"name": "a", "ownerReferences": "x"}])
def test_one_of_odd_shape_cannot_be_read(metadata: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        OtherObject.from_content({"metadata": metadata})


def test_where_it_lives_follows_from_the_kind() -> None:
    policies = resource_of(OtherKind.read("networking.k8s.io/v1/NetworkPolicy=networkpolicies"))
    config = resource_of(OtherKind.read("v1/ConfigMap=configmaps"))

    assert policies.path("lab", "a") == "/apis/networking.k8s.io/v1/namespaces/lab/networkpolicies/a"
    assert config.path("lab", "a") == "/api/v1/namespaces/lab/configmaps/a"
