"""The chart's roles against the one table of rights: nothing missing, nothing more."""

import json
from typing import Any

import pytest

from jupyternetes.api.fields import fields_of
from jupyternetes.api.rights import RIGHTS, Right, Scope
from jupyternetes.api.template import TemplateStatus

OPERATORS = sorted(set(RIGHTS) - {"hub", "graph", "availability", "gates", "other-resources"})

Grants = dict[tuple[str, str, str], set[tuple[str, str, str]]]


def triples(rights: tuple[Right, ...], *scopes: Scope) -> set[tuple[str, str, str]]:
    return {
        (right.group, resource, verb)
        for right in rights
        if right.scope in scopes
        for resource in right.resources
        for verb in right.verbs
    }


def granted(manifests: list[dict[str, Any]], *, everywhere: str = "*") -> Grants:
    """What each account may do where: (its namespace, its name, where) -> (group, resource, verb)."""
    named = {(m["kind"], m["metadata"].get("namespace", ""), m["metadata"]["name"]): m for m in manifests}
    grants: Grants = {}
    for binding in (m for m in manifests if m["kind"].endswith("RoleBinding")):
        namespace = binding["metadata"].get("namespace", "")
        role = named[binding["roleRef"]["kind"], namespace, binding["roleRef"]["name"]]
        rules = {
            (group, resource, verb)
            for rule in role["rules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }
        for subject in binding["subjects"]:
            key = (subject["namespace"], subject["name"], namespace or everywhere)
            grants[key] = grants.get(key, set()) | rules
    return grants


def account(name: str) -> str:
    return f"one-jupyternetes-{name}"


def test_every_account_of_the_table_is_known_to_the_chart(render) -> None:
    accounts = {name for _, name, _ in granted(render(graph={"enabled": True}))}
    assert accounts == {"hub"} | {account(name) for name in (*OPERATORS, "graph")}


def test_there_is_no_account_for_the_graph_unless_it_is_asked_for(render) -> None:
    assert "graph" not in json.dumps([m["metadata"] for m in render()])


@pytest.mark.parametrize("options", [(), ("logs",), ("cluster",), ("logs", "cluster")])
def test_the_graph_reads_where_instances_hubs_and_operators_are(render, options: tuple[str, ...]) -> None:
    manifests = render(
        graph={"enabled": True, **dict.fromkeys(options, True)},
        hub={"serviceAccounts": [{"name": "hub", "namespace": "z2jh"}]},
        instanceNamespaces=["users"],
        templateNamespaces=["templates"],
    )

    grants = {key[2]: rules for key, rules in granted(manifests).items() if key[1] == account("graph")}

    rights = tuple(right for right in RIGHTS["graph"] if not right.option or right.option in options)
    looked = triples(rights, Scope.INSTANCES, Scope.TEMPLATES)
    assert grants == {
        "users": looked,
        "z2jh": looked,
        "kadense": looked | triples(rights, Scope.RELEASE),
        "templates": triples(rights, Scope.TEMPLATES),
        **({"*": triples(rights, Scope.CLUSTER)} if "cluster" in options else {}),
    }


@pytest.mark.parametrize("name", OPERATORS)
def test_a_cluster_wide_install_grants_the_table_everywhere(render, name: str) -> None:
    # the policies included that some rights are not granted without
    grants = {key: rules for key, rules in granted(render()).items() if key[1] == account(name)}
    expected = {("kadense", account(name), "*"): triples(RIGHTS[name], Scope.INSTANCES, Scope.TEMPLATES)}
    release = triples(RIGHTS[name], Scope.RELEASE)
    assert grants == expected | ({("kadense", account(name), "kadense"): release} if release else {})


def without_policies(name: str) -> tuple[Right, ...]:
    return tuple(right for right in RIGHTS[name] if right.option != "growth")


def test_nobody_may_change_claims_where_no_policy_holds_it_to_their_size_B29(render) -> None:
    change = ("", "persistentvolumeclaims", "patch")
    withheld = (render(admissionPolicies={"enabled": False}), render(namespaces=["a"]))

    for manifests in withheld:
        assert not [key for key, rules in granted(manifests).items() if change in rules]
    assert not [m for m in withheld[0] if m["kind"].startswith("ValidatingAdmissionPolicy")]
    assert [key for key, rules in granted(render()).items() if change in rules] == [("kadense", account("pvcs"), "*")]
    assert change in triples(RIGHTS["pvcs"], Scope.INSTANCES)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_confined_install_grants_the_table_in_its_namespaces(render, name: str) -> None:
    manifests = render(namespaces=["a", "b"], templateNamespaces=["templates"])
    grants = {key[2]: rules for key, rules in granted(manifests).items() if key[1] == account(name)}
    instances = triples(without_policies(name), Scope.INSTANCES, Scope.TEMPLATES)
    expected = {
        "a": instances,
        "b": instances,
        "templates": triples(RIGHTS[name], Scope.TEMPLATES),
        "kadense": triples(RIGHTS[name], Scope.RELEASE),
    }
    assert grants == {where: rules for where, rules in expected.items() if rules}


def test_a_confined_install_has_no_object_of_the_cluster(render) -> None:
    assert [m["kind"] for m in render(namespaces=["a"]) if "namespace" not in m["metadata"]] == []


def test_the_hub_has_its_rights_in_its_namespaces_and_reads_shared_templates_only(render) -> None:
    hub = {"serviceAccounts": [{"name": "hub", "namespace": "z2jh"}, {"name": "second"}]}
    grants = granted(render(hub=hub, instanceNamespaces=["users", "guests"], templateNamespaces=["shared", "users"]))
    rules = triples(RIGHTS["hub"], *Scope)
    reading = {("kadense.io", "jupyternotebooktemplates", verb) for verb in ("get", "list", "watch")}
    assert {key: grants[key] for key in grants if not key[1].startswith("one-")} == {
        (namespace, name, where): reading if where == "shared" else rules
        for namespace, name in (("z2jh", "hub"), ("kadense", "second"))
        for where in ("users", "guests", "shared")
    }


def test_who_counts_what_is_left_writes_that_of_templates_only(render) -> None:
    availability = {"serviceAccounts": [{"name": "gpu-counter", "namespace": "monitoring"}]}
    manifests = render(availability=availability, instanceNamespaces=["users"], templateNamespaces=["shared"])
    grants = {key: rules for key, rules in granted(manifests).items() if key[1] == "gpu-counter"}
    named = {(m["kind"], m["metadata"]["name"].partition(".")[0]): m for m in manifests}

    assert grants == {
        ("monitoring", "gpu-counter", where): triples(RIGHTS["availability"], Scope.TEMPLATES)
        for where in ("users", "shared")
    }
    rules = " ".join(
        each["expression"] for each in named["ValidatingAdmissionPolicy", "availability"]["spec"]["validations"]
    )
    others = [field.name for field in fields_of(TemplateStatus) if field.name != "availability"]
    assert [name for name in others if f"object.status.{name} == oldObject.status.{name}" not in rules] == []


def test_no_hub_no_rights_for_it(render) -> None:
    manifests = render(hub={"serviceAccounts": []})
    assert not [key for key in granted(manifests) if not key[1].startswith("one-")]
    assert not [m for m in manifests if m["metadata"]["name"].startswith("hub-secrets")]


def test_policies_hold_for_exactly_the_accounts_of_the_release(render) -> None:
    hub = {"serviceAccounts": [{"name": "hub", "namespace": "z2jh"}, {"name": "second"}]}
    conditions = {
        m["metadata"]["name"].partition(".")[0]: m["spec"]["matchConditions"][0]["expression"]
        for m in render(hub=hub)
        if m["kind"] == "ValidatingAdmissionPolicy"
    }
    assert conditions == {
        "hub-secrets": 'request.userInfo.username in ["system:serviceaccount:z2jh:hub",'
        '"system:serviceaccount:kadense:second"]',
        "secret-deletes": "request.userInfo.username == 'system:serviceaccount:kadense:one-jupyternetes-pods'",
        "claim-growth": "request.userInfo.username == 'system:serviceaccount:kadense:one-jupyternetes-pvcs'",
    }
