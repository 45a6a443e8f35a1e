"""Gates in the chart: when they are on, and who gets which rights."""

from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS, Scope
from tests.unit.chart.test_rights import account, granted, triples
from tools.cluster import ClusterError

LICENCE = {"serviceAccount": "licence", "namespace": "licence-system", "prefix": "licence.example.org"}
AUDIT = {"serviceAccount": "audit", "prefix": "audit.example.org"}
LEASES = [
    {"namespace": "licence-system", "name": "a"},
    {"namespace": "licence-system", "name": "b"},
    {"namespace": "kadense", "name": "a"},
]


def arguments(manifests: list[dict[str, Any]], name: str = "pods") -> list[str]:
    (found,) = [m for m in manifests if m["kind"] == "Deployment" and m["metadata"]["name"] == account(name)]
    return [each for each in found["spec"]["template"]["spec"]["containers"][0]["args"] if "gate" in each]


def policies(manifests: list[dict[str, Any]]) -> list[str]:
    return [m["kind"] for m in manifests if m["metadata"]["name"].startswith("gate-answers.")]


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ({}, True),
        ({"admissionPolicies": {"enabled": False}}, False),
        ({"namespaces": ["a"]}, False),
        ({"namespaces": ["a"], "gates": {"enabled": True, "accounts": [AUDIT]}}, True),
        ({"gates": {"enabled": False, "accounts": [AUDIT], "leases": LEASES}}, False),
    ],
)
def test_gates_are_on_where_a_policy_holds_those_who_answer_or_somebody_says_so(render, values, on: bool) -> None:
    manifests = render(**values)

    assert ("--gates" in arguments(manifests)) == on
    if not on:
        assert arguments(manifests) == []
        assert policies(manifests) == []
        assert "gates" not in str([m["metadata"]["name"] for m in manifests])


@pytest.mark.parametrize("values", [{"namespaces": ["a"]}, {"admissionPolicies": {"enabled": False}}])
def test_accounts_without_a_policy_take_a_word_of_the_administrator(render, values) -> None:
    with pytest.raises(ClusterError, match=r"can write all of an Instance's status.*gates.enabled to true"):
        render(gates={"accounts": [LICENCE]}, **values)


def test_only_the_pod_operator_is_told_of_gates(render) -> None:
    manifests = render(gates={"leases": LEASES})

    assert arguments(manifests) == [
        "--gates",
        *("--gate-lease=licence-system/a", "--gate-lease=licence-system/b", "--gate-lease=kadense/a"),
    ]
    assert arguments(manifests, "pvcs") == arguments(manifests, "pod-status") == []


@pytest.mark.parametrize("namespaces", [[], ["a", "b"]])
def test_pod_operator_reads_the_named_leases_and_no_others(render, namespaces: list[str]) -> None:
    manifests = render(namespaces=namespaces, gates={"enabled": True, "leases": LEASES})

    rules = {
        m["metadata"]["namespace"]: m["rules"]
        for m in manifests
        if m["kind"] == "Role" and m["metadata"]["name"] == f"{account('pods')}-gates"
    }
    read = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "list", "watch"]}
    assert rules == {
        "licence-system": [read | {"resourceNames": ["a", "b"]}],
        "kadense": [read | {"resourceNames": ["a"]}],
    }
    assert granted(manifests)["kadense", account("pods"), "licence-system"] == triples(RIGHTS["pods"], Scope.LEASES)


@pytest.mark.parametrize("namespaces", [[], ["a", "b"]])
def test_accounts_get_the_rights_of_the_table_where_the_operators_have_theirs(render, namespaces: list[str]) -> None:
    manifests = render(namespaces=namespaces, gates={"enabled": True, "accounts": [LICENCE, AUDIT]})

    grants = {key: rules for key, rules in granted(manifests).items() if key[1] in ("licence", "audit")}
    rules = triples(RIGHTS["gates"], *Scope)
    assert grants == {
        (namespace, name, where): rules
        for namespace, name in (("licence-system", "licence"), ("kadense", "audit"))
        for where in namespaces or ["*"]
    }


def test_policy_holds_for_exactly_the_accounts_each_with_its_prefixes(render) -> None:
    second = {**LICENCE, "prefix": "quota.example.org"}
    manifests = render(gates={"accounts": [LICENCE, AUDIT, second]})

    assert policies(manifests) == ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]
    (spec,) = [
        m["spec"]
        for m in manifests
        if m["kind"] == "ValidatingAdmissionPolicy" and m["metadata"]["name"].startswith("gate-answers.")
    ]
    users = ["system:serviceaccount:licence-system:licence", "system:serviceaccount:kadense:audit"]
    listed = ",".join(f'"{user}"' for user in users)
    assert spec["matchConditions"][0]["expression"] == f"request.userInfo.username in [{listed}]"
    prefixes = spec["variables"][0]["expression"]
    for user, prefix in ((users[0], "licence"), (users[1], "audit"), (users[0], "quota")):
        assert f'{{"prefix":"{prefix}.example.org/","user":"{user}"}}' in prefixes
    assert spec["failurePolicy"] == "Fail"


def test_no_account_no_policy(render) -> None:
    assert policies(render()) == []


@pytest.mark.parametrize(
    "prefix", ["example", "kadense.io", "jupyternetes.kadense.io", "Licence.org", "a.org/", "a..b", ""]
)
def test_prefix_is_a_domain_that_is_not_ours(render, prefix: str) -> None:
    with pytest.raises(ClusterError, match="prefix"):
        render(gates={"accounts": [{**LICENCE, "prefix": prefix}]})
