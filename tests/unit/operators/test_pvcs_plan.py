"""Which claim is used, looked for or made: a second, empty claim would look to its user like lost files."""

from typing import Any

import pytest

from jupyternetes.api.core import Claim
from jupyternetes.operators.pvcs.faults import fault
from jupyternetes.operators.pvcs.plan import (
    Create,
    Use,
    Verify,
    choose,
    claim_body,
    decide,
    decide_missing,
    reclaim_policy,
)
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


NAMED = {"claimName": "ana-home", "create": "IfMissing"}


@pytest.mark.parametrize(
    ("status", "claims", "decision"),
    [
        ({}, [], Verify("ana-home", recorded=False, made_if_missing=True)),
        (recorded("w-1"), [claim("w-1")], Verify("ana-home", recorded=False, made_if_missing=True)),
        ({}, [claim("ana-home")], Use(claim("ana-home"))),
        (recorded("ana-home"), [claim("ana-home")], Use(claim("ana-home"))),
        # the server had it, so it is not made again
        (recorded("ana-home"), [], Verify("ana-home", recorded=True)),
        (recorded("ana-home"), [claim("ana-home", **DELETING)], Verify("ana-home", recorded=True)),
    ],
)
def test_claim_by_name_is_looked_for_before_it_is_made_V08(status: Any, claims: list[Claim], decision: Any) -> None:
    entry = rendered("pvcs", SPEC, **NAMED)

    assert decide(instance(status=status), entry, claims, stable_names=False) == decision


@pytest.mark.parametrize(
    ("status", "claims", "decision"),
    [
        # the Template named no claim before, or another one: the files are there
        (recorded("w-1"), [claim("w-1")], Use(claim("w-1"))),
        ({}, [claim("w-1")], Use(claim("w-1"))),
        (recorded("theirs"), [], Verify("theirs", recorded=True)),
    ],
)
def test_no_empty_claim_is_made_beside_one_that_the_server_had_V08(
    status: Any, claims: list[Claim], decision: Any
) -> None:
    entry = rendered("pvcs", SPEC, **NAMED)

    assert decide_missing(instance(status=status), entry, claims) == decision


def test_claim_by_name_is_made_under_that_very_name_and_belongs_to_nobody_B28() -> None:
    entry = rendered("pvcs", SPEC, **NAMED, reclaimPolicy="Delete")

    decision = decide_missing(instance(), entry, [claim("w-1", entry="other")])

    assert isinstance(decision, Create)
    assert decision.name == "ana-home"
    made: Any = decision.body
    assert made["metadata"]["name"] == "ana-home"
    assert not made["metadata"].keys() & {"generateName", "ownerReferences"}
    assert made["metadata"]["labels"][f"{PREFIX}/instance"] == "a"
    assert (made["spec"], reclaim_policy(entry)) == (SPEC, "Retain")


@pytest.mark.parametrize("create", ["Never", "IfMissing"])
def test_hyphens_at_the_end_of_a_name_are_those_of_a_server_without_a_name(create: str) -> None:
    entry = rendered("pvcs", SPEC, claimName="claim-ana--{jupyterhub.server.name:kubespawner}", create=create)

    decision = decide(instance(), entry, [], stable_names=False)

    assert isinstance(decision, Verify)
    assert decision.name == "claim-ana"


LOST = {"phase": "Lost"}


@pytest.mark.parametrize(
    ("wanted", "found", "reason", "what"),
    [
        (Verify("w", recorded=True), None, "ClaimLost", "does not exist"),
        (Verify("w", recorded=False), None, "ClaimNotFound", "does not exist"),
        (Verify("w", recorded=True), claim("w", **DELETING), "ClaimLost", "is being deleted"),
        (Verify("w", recorded=False), claim("w", **DELETING), "ClaimNotFound", "is being deleted"),
        (
            Verify("w", recorded=False, made_if_missing=True),
            claim("w", **DELETING),
            "ClaimBeingDeleted",
            "is being deleted",
        ),
        (Verify("w", recorded=True), claim("w", status=LOST), "ClaimLost", "has lost its PersistentVolume"),
        (Verify("w", recorded=False), claim("w", status=LOST), "ClaimLost", "has lost its PersistentVolume"),
    ],
)
def test_claim_that_cannot_be_used_is_told_with_the_way_out(
    wanted: Verify, found: Claim | None, reason: str, what: str
) -> None:
    told = fault(instance(), wanted, found)

    assert told is not None
    assert told.reason.name == reason
    assert told.message == f"PersistentVolumeClaim lab/w {what}. {told.reason.advice}"


@pytest.mark.parametrize("phase", ["Pending", "Bound"])
def test_claim_that_is_there_can_be_used_bound_or_not(phase: str) -> None:
    found = claim("w", status={"phase": phase})

    assert fault(instance(), Verify("w", recorded=True), found) is None


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
