"""The table of what may stand where has every place of every supported Kubernetes."""

from pathlib import Path

import pytest

from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.places import UNKNOWN, inside, rows_of
from jupyternetes.templating.reach.table import CLAIM_SPEC, POD_SPEC
from tools.positions.__main__ import RELEASES
from tools.positions.leaves import leaves

LINES = (Path(__file__).parent / "positions.txt").read_text().splitlines()
POSITIONS = [line.split()[0] for line in LINES if not line.startswith("#")]
LAST = {line.split()[0]: line.split()[2] for line in LINES if not line.startswith("#")}
ROOTS = {"pod": POD_SPEC, "claim": CLAIM_SPEC}
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")

#: Lists that a variable may give as a whole.
LISTS = {f"{containers}[].{field}" for containers in CONTAINERS for field in ("args", "command")}
_NEW_CLAIM = "pod:volumes[].ephemeral.volumeClaimTemplate.metadata"
#: The whole of DESIGN.md's list of places that take free text.
FREE = {
    f"pod:{containers}[].{place}"
    for containers in CONTAINERS
    for place in ("args[]", "command[]", "env[].value", "volumeMounts[].mountPath", "workingDir")
} | {f"{_NEW_CLAIM}.labels{{}}", f"{_NEW_CLAIM}.annotations{{}}"}
#: Its list of places that take what is fixed only: whatever lies below one of these.
FIXED = (
    "pod:securityContext.",
    *(f"pod:{containers}[].securityContext." for containers in CONTAINERS),
    "pod:hostNetwork",
    "pod:hostPID",
    "pod:hostIPC",
    "pod:hostUsers",
    "pod:volumes[].hostPath.",
    "pod:volumes[].csi.",
    "pod:volumes[].nfs.",
    "pod:serviceAccount",
    "pod:imagePullSecrets",
    "pod:volumes[].secret.secretName",
    "pod:volumes[].configMap.name",
    "pod:volumes[].projected.sources[].secret.name",
    "pod:volumes[].projected.sources[].configMap.name",
    *(f"pod:{containers}[].env[].name" for containers in CONTAINERS),
    *(f"pod:{containers}[].envFrom" for containers in CONTAINERS),
    *(f"pod:{containers}[].env[].valueFrom.secretKeyRef.name" for containers in CONTAINERS),
    *(f"pod:{containers}[].env[].valueFrom.configMapKeyRef.name" for containers in CONTAINERS),
    *(f"pod:{containers}[].resources.claims" for containers in CONTAINERS),
    "pod:resources.claims",
    "pod:resourceClaims",
    "pod:priority",
    "pod:runtimeClassName",
    "pod:nodeName",
    "pod:nodeSelector",
    "pod:affinity.nodeAffinity",
    "claim:dataSource",
    "claim:volumeName",
    "claim:selector",
)


def place_of(position):
    root, _, path = position.partition(":")
    return inside(ROOTS[root], path)


def test_every_position_of_every_supported_kubernetes_is_in_the_table():
    assert len(POSITIONS) > 850
    assert [position for position in POSITIONS if not place_of(position).known] == []


def test_all_supported_releases_are_in_the_list():
    assert RELEASES[0] == "1.31"
    assert set(LAST.values()) <= set(RELEASES)
    assert sum(last == RELEASES[-1] for last in LAST.values()) > 800


def test_a_row_that_no_kubernetes_has_is_not_in_the_table():
    for root, place in ROOTS.items():
        for row, _ in rows_of(place):
            below = row.removesuffix(".**")
            assert any(position.startswith(f"{root}:{below}") for position in POSITIONS) or below in LISTS, row


def test_free_text_may_stand_in_these_positions_only():
    assert {position for position in POSITIONS if place_of(position).most is Reach.FREE} == FREE


@pytest.mark.parametrize("prefix", FIXED)
def test_what_is_fixed_is_all_that_may_stand_in_these(prefix):
    found = [position for position in POSITIONS if position.startswith(prefix)]
    assert found
    assert {position: place_of(position).most for position in found} == dict.fromkeys(found, Reach.FIXED)


@pytest.mark.parametrize(
    "path",
    [
        "brandNew",
        "containers[].brandNew",
        "containers[].resources.brandNew",
        "volumes[].brandNew.path",
        "brandNew[].name",
    ],
)
def test_a_position_that_a_newer_kubernetes_brings_refuses_free_text(path):
    assert inside(POD_SPEC, path) is UNKNOWN
    assert UNKNOWN.most is Reach.BOUNDED


def test_a_new_field_below_what_is_fixed_is_fixed():
    assert inside(POD_SPEC, "securityContext.brandNew.deep[]").most is Reach.FIXED


def test_between_the_rows_only_what_is_fixed_may_bring_structure():
    for path in (
        "containers",
        "containers[]",
        "containers[].env",
        "containers[].env[]",
        "volumes[]",
        "containers[].resources",
    ):
        assert inside(POD_SPEC, path).most is Reach.FIXED


def test_leaves_of_a_document():
    # given lists, maps, references and a schema that says nothing
    document = {
        "components": {
            "schemas": {
                "io.k8s.api.core.v1.PodSpec": {
                    "properties": {
                        "list": {"items": {"allOf": [{"$ref": "#/components/schemas/other"}], "default": {}}},
                        "map": {"additionalProperties": {"type": "string"}},
                    }
                },
                "io.k8s.api.core.v1.PersistentVolumeClaimSpec": {"properties": {"any": {}}},
                "other": {"properties": {"name": {"type": "string"}}},
            }
        }
    }
    # then each place is named once
    assert leaves(document) == {"pod:list[].name", "pod:map{}", "claim:any"}
