"""The table of rights against what the design forbids, and the labels that only operators set."""

import pytest

from jupyternetes.api import labels
from jupyternetes.api.rights import OPTIONS, RIGHTS, Scope
from jupyternetes.api.slugs import is_label_value

READS = {"get", "list", "watch"}


def may(account: str, resource: str) -> set[str]:
    return {verb for right in RIGHTS[account] for verb in right.verbs if resource in right.resources}


@pytest.mark.parametrize("resource", ["pods", "persistentvolumeclaims", "services", "events"])
def test_hub_has_no_right_on_what_operators_make_X01_B55(resource: str) -> None:
    assert may("hub", resource) == set()


def test_hub_hands_secrets_over_and_never_reads_one_X01() -> None:
    assert may("hub", "secrets") == {"create"}
    assert may("hub", "jupyternotebooktemplates") == READS
    assert may("hub", "jupyternotebookinstances/status") == set()


@pytest.mark.parametrize("account", RIGHTS)
def test_no_account_reads_secrets_or_has_every_verb(account: str) -> None:
    assert not may(account, "secrets") & (READS | {"update", "patch"})
    for right in RIGHTS[account]:
        assert "*" not in (right.group, *right.resources, *right.verbs)
        assert right.why


@pytest.mark.parametrize(
    ("account", "resource", "forbidden"),
    [
        ("pvcs", "persistentvolumeclaims", {"delete", "update", "deletecollection"}),
        ("pvcs", "pods", {"create", "delete"}),
        ("pods", "persistentvolumeclaims", {"create", "delete"}),
        ("pods", "secrets", {"create"}),
        ("pod-status", "pods", {"create", "delete", "patch"}),
    ],
)
def test_operators_cannot_do_each_others_work(account: str, resource: str, forbidden: set[str]) -> None:
    assert not may(account, resource) & forbidden


def test_claims_are_changed_only_where_the_chart_says_what_may_change_of_them_B29() -> None:
    changes = [right for rights in RIGHTS.values() for right in rights if {"patch", "update"} & {*right.verbs}]

    of_claims = [right for right in changes if "persistentvolumeclaims" in right.resources]
    assert [(right.verbs, right.option) for right in of_claims] == [(("patch",), "growth")]


def test_it_is_said_where_an_option_is_granted() -> None:
    options = {(account, right.option) for account, rights in RIGHTS.items() for right in rights if right.option}
    assert options == set(OPTIONS)


@pytest.mark.parametrize("account", ["pvcs", "pods", "pod-status"])
def test_operators_read_instances_and_patch_their_status_only(account: str) -> None:
    assert may(account, "jupyternotebookinstances") == READS
    assert may(account, "jupyternotebookinstances/status") == {"patch"}
    assert all(right.scope in Scope for right in RIGHTS[account])


def test_the_graph_only_reads_and_never_what_holds_secrets() -> None:
    verbs = {verb for right in RIGHTS["graph"] for verb in right.verbs}
    resources = {resource for right in RIGHTS["graph"] for resource in right.resources}

    assert verbs <= READS
    assert not resources & {"secrets", "configmaps", "pods/exec", "pods/proxy", "nodes/proxy", "services/proxy"}
    assert [right.resources for right in RIGHTS["graph"] if right.option == "logs"] == [("pods/log",)]
    assert {right.option for right in RIGHTS["graph"] if right.scope is Scope.CLUSTER} == {"cluster"}


def test_reserved_labels_are_exactly_the_identity() -> None:
    assert labels.INSTANCE in labels.RESERVED
    assert f"{labels.PREFIX}/userId" not in labels.RESERVED, "as published, it is the Template's own"
    assert labels.HUB not in labels.RESERVED
    assert all(is_label_value(key.partition("/")[2]) for key in labels.RESERVED)
