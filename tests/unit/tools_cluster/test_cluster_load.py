"""The profile *load*: what the fake kubelets and the provisioner of volumes are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.cluster import control_plane, load
from tools.cluster.layout import Layout, Profile, Record, choose_ports
from tools.cluster.load import kwok, nodes, provisioner

CLAIM: dict[str, Any] = {
    "metadata": {
        "name": "home",
        "namespace": "users",
        "uid": "u-1",
        "annotations": {
            "volume.kubernetes.io/storage-provisioner": provisioner.NAME,
            "volume.kubernetes.io/selected-node": "fake-01",
        },
    },
    "spec": {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "standard",
    },
}


def test_claim_that_was_handed_over_gets_a_volume_of_its_own() -> None:
    volume = provisioner.volume_for(CLAIM)

    assert volume is not None
    assert volume["metadata"]["name"] == "pvc-u-1"
    assert volume["spec"]["claimRef"]["uid"] == "u-1"
    assert volume["spec"]["capacity"] == {"storage": "1Gi"}


@pytest.mark.parametrize("missing", list(CLAIM["metadata"]["annotations"]))
def test_claim_waits_until_a_node_is_chosen_and_it_is_handed_over(missing: str) -> None:
    annotations = {key: value for key, value in CLAIM["metadata"]["annotations"].items() if key != missing}

    assert provisioner.volume_for({**CLAIM, "metadata": {**CLAIM["metadata"], "annotations": annotations}}) is None


def test_claim_of_another_provisioner_or_with_a_volume_is_left_alone() -> None:
    other = {**CLAIM["metadata"]["annotations"], "volume.kubernetes.io/storage-provisioner": "other"}

    assert provisioner.volume_for({**CLAIM, "metadata": {**CLAIM["metadata"], "annotations": other}}) is None
    assert provisioner.volume_for({**CLAIM, "spec": {**CLAIM["spec"], "volumeName": "pvc-u-1"}}) is None


def test_configuration_of_kwok_is_one_document_for_each_stage_and_one_more(tmp_path: Path) -> None:
    layout = Layout.of("a", tmp_path)
    record = Record(Profile.LOAD, choose_ports(), {})
    authority = control_plane.prepare(layout, record)

    kwok.prepare(layout, authority, control_plane.server_url(record))

    documents = list(map(json.loads, layout.configuration("kwok.yaml").read_text().split("\n---\n")))
    kinds = [document["kind"] for document in documents]
    assert kinds == ["KwokConfiguration", *["Stage"] * len(kwok.stages())]
    assert documents[0]["options"]["podPlayStageParallelism"] > 4  # kwok's own default


def test_every_cluster_has_its_own_port_for_kwok_and_listens_on_loopback_only(tmp_path: Path) -> None:
    record = Record(Profile.LOAD, choose_ports(), {})

    found = load.components(Layout.of("a", tmp_path), record, control_plane.server_url(record))

    (component,) = [each for each in found if each.name == "kwok"]
    assert f"--server-address=127.0.0.1:{record.ports['kwok']}" in component.arguments
    assert control_plane.server_url(record).startswith("https://127.0.0.1:")


def test_client_limits_are_those_of_kubernetes_unless_they_are_given(tmp_path: Path) -> None:
    record = Record(Profile.LOAD, choose_ports(), {})

    arguments = [
        argument for each in control_plane.components(Layout.of("a", tmp_path), record) for argument in each.arguments
    ]

    assert not [argument for argument in arguments if argument.startswith("--kube-api-qps")]


def test_there_is_room_for_five_thousand_pods_and_for_those_of_a_warm_up() -> None:
    assert nodes.NODES * nodes.PODS_PER_NODE >= 5000 + 100


def ready_node(name: str, **spec: object) -> dict[str, object]:
    status = {"conditions": [{"type": "Ready", "status": "True"}]}
    return {"metadata": {"name": name}, "spec": {"podCIDR": "10.244.1.0/24", **spec}, "status": status}


@pytest.mark.parametrize(
    ("spec", "ready"),
    [({}, True), ({"taints": [{"key": "node.kubernetes.io/not-ready"}]}, False)],
)
def test_nodes_are_ready_once_the_scheduler_may_use_all_of_them(spec: dict[str, object], ready: bool) -> None:
    items = [ready_node(f"fake-{number}") for number in range(nodes.NODES - 1)]

    assert not load.is_ready(lambda *arguments: json.dumps({"items": items}))
    assert load.is_ready(lambda *arguments: json.dumps({"items": [*items, ready_node("last", **spec)]})) is ready
