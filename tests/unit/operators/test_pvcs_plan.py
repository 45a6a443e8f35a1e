"""Which claim is used, looked for or made: a second, empty claim would look to its user like lost files."""

from typing import Any

import pytest

from jupyternetes.api.core import Claim
from jupyternetes.operators.pvcs.plan import Create, Use, Verify, choose, claim_body, decide, reclaim_policy
from tests.support.objects import INSTANCE_UID, claim, instance, owned_by, rendered

SPEC = {"accessModes": ["ReadWriteOnce"]}
DELETING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}
PREFIX = "jupyternetes.kadense.io"


def recorded(name: str) -> dict[str, Any]:
    return {"pvcs": {"workspace": {"resourceName": name}}}


@pytest.mark.parametrize(
    ("status", "claims", "chosen"),
    [
        ({}, [], None),
        ({}, [claim("w-1")], "w-1"),
        ({}, [claim("w-1", entry="other")], None),
        ({}, [claim("w-1", **DELETING)], None),
        ({}, [claim("w-1", template="old"), claim("w-2")], "w-2"),
        ({}, [claim("w-1", template="old")], "w-1"),
        ({}, [claim("w-2"), claim("w-1")], "w-1"),
        ({}, [claim("w-1", creationTimestamp="2026-05-01T00:00:00Z"), claim("w-2")], "w-2"),
        (recorded("w-2"), [claim("w-1"), claim("w-2", template="old")], "w-2"),
        (recorded("w-2"), [claim("w-1"), claim("w-2", **DELETING)], "w-1"),
        ({}, [claim("w-1", ownerReferences=owned_by("earlier", controller=False))], None),
        ({}, [claim("w-1", ownerReferences=owned_by(controller=False))], "w-1"),
        ({}, [claim("w-1", ownerReferences=owned_by("earlier") + owned_by())], "w-1"),
    ],
)
def test_choice_among_claims_V08(status: dict[str, Any], claims: list[Claim], chosen: str | None) -> None:
    found = choose(instance(status=status), "workspace", claims)

    assert (found.metadata.name if found else None) == chosen


def test_choice_does_not_depend_on_the_order() -> None:
    claims = [claim("w-1", template="old"), claim("w-2"), claim("w-3")]

    assert choose(instance(), "workspace", claims) == choose(instance(), "workspace", claims[::-1])


@pytest.mark.parametrize(
    ("status", "claims", "decision"),
    [
        ({}, [claim("w-1")], Use(claim("w-1"))),
        (recorded("w-1"), [claim("w-1")], Use(claim("w-1"))),
        (recorded("w-1"), [], Verify("w-1", recorded=True)),
        (recorded("w-1"), [claim("w-2")], Verify("w-1", recorded=True)),
        (recorded("w-1"), [claim("w-1", **DELETING)], Verify("w-1", recorded=True)),
    ],
)
def test_recorded_claim_is_never_replaced_by_another(status: Any, claims: list[Claim], decision: Any) -> None:
    entry = rendered("pvcs", SPEC)

    assert decide(instance(status=status), entry, claims, stable_names=False) == decision


def test_claim_is_made_only_where_none_was_recorded_and_none_is_found() -> None:
    decision = decide(instance(), rendered("pvcs", SPEC), [], stable_names=False)

    assert isinstance(decision, Create)
    assert decision.body["metadata"] == {
        "generateName": "workspace-",
        "namespace": "lab",
        "labels": {
            f"{PREFIX}/instance": "a",
            f"{PREFIX}/instanceNamespace": "lab",
            f"{PREFIX}/template": "lab",
            f"{PREFIX}/templateNamespace": "lab",
            f"{PREFIX}/pvcName": "workspace",
        },
    }
    assert decision.body["spec"] == SPEC


def test_claim_name_adopts_and_never_makes_one_V08() -> None:
    entry = rendered("pvcs", SPEC, claimName="theirs", reclaimPolicy="Delete")

    assert decide(instance(), entry, [claim("w-1")], stable_names=False) == Verify("theirs", recorded=False)
    assert reclaim_policy(entry) == "Retain"


def test_only_a_claim_that_is_to_go_with_its_instance_has_an_owner() -> None:
    entry = rendered("pvcs", SPEC, reclaimPolicy="Delete")

    [owner] = claim_body(instance(), entry, stable_names=False)["metadata"]["ownerReferences"]  # type: ignore[index]

    assert owner["uid"] == INSTANCE_UID
    assert "controller" not in owner
    assert "blockOwnerDeletion" not in owner


def test_stable_name_follows_from_the_name_not_from_the_uid_of_the_instance() -> None:
    entry = rendered("pvcs", SPEC)

    first, second = (claim_body(instance(uid=uid), entry, stable_names=True)["metadata"] for uid in ("u-1", "u-2"))

    assert first["name"] == second["name"]  # type: ignore[index]


def test_storage_class_empty_stays_empty_and_absent_stays_absent_V12() -> None:
    empty, absent = rendered("pvcs", SPEC | {"storageClassName": ""}), rendered("pvcs", SPEC)

    assert claim_body(instance(), empty, stable_names=False)["spec"] == SPEC | {"storageClassName": ""}
    assert "storageClassName" not in claim_body(instance(), absent, stable_names=False)["spec"]  # type: ignore[operator]


def test_labels_of_the_template_cannot_take_over_the_identity() -> None:
    entry = rendered("pvcs", SPEC, labels={f"{PREFIX}/instance": "b", "team": "x"})

    labels = claim_body(instance(), entry, stable_names=False)["metadata"]["labels"]  # type: ignore[index]

    assert (labels[f"{PREFIX}/instance"], labels["team"]) == ("a", "x")
