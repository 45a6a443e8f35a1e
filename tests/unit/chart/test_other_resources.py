"""The chart's list of kinds: rights on exactly these, an operator only with them, and kinds that nothing allows."""

import pytest

from jupyternetes.api.other_kinds import DANGEROUS, NEVER, NEVER_GROUPS
from jupyternetes.api.rights import VERBS_ON_OTHER_RESOURCES
from tests.support.examples import example
from tools.chart.helm import Helm
from tools.cluster import ClusterError

POLICY = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "resource": "networkpolicies"}
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "resource": "configmaps"}
OPERATOR = "one-jupyternetes-other-resources"


def named(manifests, kind):
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] == kind}


def arguments(manifests, operator):
    deployment = named(manifests, "Deployment")[f"one-jupyternetes-{operator}"]
    return deployment["spec"]["template"]["spec"]["containers"][0]["args"]


def test_without_kinds_there_is_neither_operator_nor_account_nor_right(render) -> None:
    manifests = render()

    assert not [each for each in manifests if each["metadata"]["name"].endswith("other-resources")]
    assert not any("--other-resource" in text for text in arguments(manifests, "pods"))


def test_all_who_read_templates_are_told_the_same_kinds(render) -> None:
    manifests = render(otherResources={"kinds": [CONFIG, POLICY]})
    told = {"--other-resource=v1/ConfigMap=configmaps"}
    told.add("--other-resource=networking.k8s.io/v1/NetworkPolicy=networkpolicies")

    for operator in ("pvcs", "pods", "other-resources"):
        assert {text for text in arguments(manifests, operator) if "other" in text} - {
            "other-resources",
            f"--lease-name={OPERATOR}",
        } == told
    assert not any("--other-resource" in text for text in arguments(manifests, "pod-status"))


def test_rights_follow_from_the_list_cluster_wide(render) -> None:
    manifests = render(otherResources={"kinds": [CONFIG, POLICY]})

    rules = named(manifests, "ClusterRole")[f"kadense:{OPERATOR}"]["rules"]

    others = [rule for rule in rules if rule["verbs"] == [*VERBS_ON_OTHER_RESOURCES]]
    assert [(rule["apiGroups"], rule["resources"]) for rule in others] == [
        ([""], ["configmaps"]),
        (["networking.k8s.io"], ["networkpolicies"]),
    ]
    granted = {
        resource
        for role in ("ClusterRole", "Role")
        for name, manifest in named(manifests, role).items()
        if not name.endswith("other-resources")
        for rule in manifest["rules"]
        for resource in rule["resources"]
    }
    assert granted.isdisjoint({"configmaps", "networkpolicies"})


def test_rights_follow_from_the_list_in_the_namespaces_of_a_confined_install(render) -> None:
    manifests = render(namespaces=["a"], otherResources={"kinds": [CONFIG]})

    roles = [each for each in manifests if each["kind"] == "Role" and each["metadata"]["name"] == OPERATOR]
    where = {
        role["metadata"]["namespace"]
        for role in roles
        if any("configmaps" in rule["resources"] for rule in role["rules"])
    }

    assert where == {"a"}
    assert not named(manifests, "ClusterRole")


def test_a_dangerous_kind_takes_its_own_value(render, helm: Helm) -> None:
    jobs = {"apiVersion": "batch/v1", "kind": "Job", "resource": "jobs"}
    with pytest.raises(ClusterError, match="allowDangerousKinds"):
        render(otherResources={"kinds": [jobs]})

    manifests = render(otherResources={"kinds": [jobs], "allowDangerousKinds": True})

    assert "--allow-dangerous-kinds" in arguments(manifests, "other-resources")


@pytest.mark.parametrize(
    ("api_version", "kind", "resource"),
    [
        *(("v1", kind, "innocent") for kind in NEVER.values()),
        *(("v1", "Innocent", resource) for resource in NEVER),
        *((f"{group}/v1", "Innocent", "innocent") for group in sorted(NEVER_GROUPS)),
    ],
)
def test_what_is_never_allowed_is_refused_whatever_else_is_set_X02(render, api_version, kind, resource) -> None:
    listed = {"apiVersion": api_version, "kind": kind, "resource": resource}
    with pytest.raises(ClusterError, match="never allowed"):
        render(otherResources={"kinds": [listed], "allowDangerousKinds": True})


@pytest.mark.parametrize("resource", ["pods", "deployments.apps", "endpointslices.discovery.k8s.io"])
def test_a_dangerous_resource_under_another_kind_is_refused_as_well_X02(render, resource: str) -> None:
    assert resource in DANGEROUS
    plural, _, group = resource.partition(".")
    listed = {"apiVersion": f"{group}/v1" if group else "v1", "kind": "Innocent", "resource": plural}
    with pytest.raises(ClusterError, match="allowDangerousKinds"):
        render(otherResources={"kinds": [listed]})


@pytest.mark.parametrize("resource", ["*", "pods/exec", "a,b", ""])
def test_a_resource_is_one_plural(render, resource: str) -> None:
    with pytest.raises(ClusterError, match="resource"):
        render(otherResources={"kinds": [CONFIG | {"resource": resource}]})


def test_values_beside_the_examples_are_accepted_and_complete(render) -> None:
    values = example("other-resources/chart-values.yaml")

    rules = named(render(**values), "ClusterRole")[f"kadense:{OPERATOR}"]["rules"]

    made = {resource for rule in rules if "create" in rule["verbs"] for resource in rule["resources"]}
    assert {kind["resource"] for kind in values["otherResources"]["kinds"]} <= made
