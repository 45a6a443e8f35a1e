"""The operators' Deployments: who they run as, where they look, how they are watched."""

from typing import Any

import pytest

from jupyternetes.api.rights import RIGHTS
from jupyternetes.runtime.lease import LeaseTimes
from jupyternetes.runtime.wire import WRITE_BOUND

OPERATORS = set(RIGHTS) - {"hub", "graph", "availability", "gates", "other-resources"}


def of_kind(manifests: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] == kind}


def pod_of(deployment: dict[str, Any]) -> dict[str, Any]:
    return deployment["spec"]["template"]["spec"]


def arguments(deployment: dict[str, Any]) -> list[str]:
    (container,) = pod_of(deployment)["containers"]
    return container["args"]


def test_each_operator_has_an_account_of_its_own(render) -> None:
    manifests = render()
    deployments = of_kind(manifests, "Deployment")
    assert set(deployments) == {f"one-jupyternetes-{name}" for name in OPERATORS}
    accounts = {name: pod_of(deployment)["serviceAccountName"] for name, deployment in deployments.items()}
    assert len(set(accounts.values())) == len(OPERATORS)
    assert set(accounts.values()) == set(of_kind(manifests, "ServiceAccount"))


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_replicas_share_the_lease_that_their_account_may_hold(render, name: str) -> None:
    manifests, called = render(), f"one-jupyternetes-{name}"
    deployment = of_kind(manifests, "Deployment")[called]
    assert {"--lease-namespace=kadense", f"--lease-name={called}"} <= set(arguments(deployment))
    rules = of_kind(manifests, "Role")[called]["rules"]
    assert [(rule["resources"], rule["verbs"], rule.get("resourceNames")) for rule in rules] == [
        (["leases"], ["create"], None),
        (["leases"], ["get", "patch"], [called]),
    ]


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_a_drained_node_takes_one_replica_at_a_time(render, name: str) -> None:
    called = f"one-jupyternetes-{name}"
    deployment = of_kind(render(), "Deployment")[called]
    budget = of_kind(render(), "PodDisruptionBudget")[called]["spec"]
    assert deployment["spec"]["replicas"] == 2
    assert budget == {"maxUnavailable": 1, "selector": deployment["spec"]["selector"]}


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_replicas_are_on_different_nodes_where_there_are_several(render, name: str) -> None:
    deployment = of_kind(render(), "Deployment")[f"one-jupyternetes-{name}"]
    assert pod_of(deployment)["topologySpreadConstraints"] == [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": deployment["spec"]["selector"],
        }
    ]


def test_a_single_replica_does_not_keep_a_node_from_being_drained(render) -> None:
    manifests = render(replicas=1)
    assert {d["spec"]["replicas"] for d in of_kind(manifests, "Deployment").values()} == {1}
    assert not of_kind(manifests, "PodDisruptionBudget")


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_an_operator_is_probed_and_confined(render, name: str) -> None:
    pod = pod_of(of_kind(render(), "Deployment")[f"one-jupyternetes-{name}"])
    (container,) = pod["containers"]
    assert container["livenessProbe"]["httpGet"] == {"path": "/livez", "port": "health"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "health"}
    assert {"name": "health", "containerPort": 8080} in container["ports"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["resources"] == {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}


EXTRA_ENV = [
    {"name": "HTTPS_PROXY", "value": "http://proxy.example.org:3128"},
    {"name": "NO_PROXY", "value": "10.0.0.0/8,.svc"},
    {"name": "SSL_CERT_FILE", "valueFrom": {"configMapKeyRef": {"name": "trust", "key": "file"}}},
]


@pytest.mark.parametrize("name", sorted(OPERATORS))
@pytest.mark.parametrize(
    ("values", "expected"), [({}, None), ({"extraEnv": EXTRA_ENV}, EXTRA_ENV)], ids=["default", "a site with proxies"]
)
def test_an_operator_gets_the_variables_of_its_site(
    render, name: str, values: dict[str, Any], expected: list[dict[str, Any]] | None
) -> None:
    deployment = of_kind(render(**values), "Deployment")[f"one-jupyternetes-{name}"]
    (container,) = pod_of(deployment)["containers"]
    assert container.get("env") == expected


def test_the_image_is_pinned_to_the_release(render) -> None:
    image = pod_of(of_kind(render(), "Deployment")["one-jupyternetes-pods"])["containers"][0]["image"]
    assert image.endswith(":0.1.0")


def test_a_cluster_wide_install_watches_every_namespace(render) -> None:
    given = arguments(of_kind(render(), "Deployment")["one-jupyternetes-pods"])
    assert [each for each in given if "namespace" in each] == [
        "--template-namespace=kadense",
        "--lease-namespace=kadense",
    ]


def test_a_confined_install_watches_its_namespaces(render) -> None:
    manifests = render(namespaces=["a", "b"], templateNamespaces=["templates", "a"])
    given = arguments(of_kind(manifests, "Deployment")["one-jupyternetes-pvcs"])
    assert given[2:6] == [
        "--namespace=a",
        "--namespace=b",
        "--template-namespace=templates",
        "--template-namespace=a",
    ]


def test_a_disabled_operator_leaves_no_account_and_no_rights(render) -> None:
    manifests = render(operators={"pod-status": {"enabled": False}})
    assert not [m["kind"] for m in manifests if m["metadata"]["name"].endswith("pod-status")]
    assert set(of_kind(manifests, "Deployment")) == {"one-jupyternetes-pvcs", "one-jupyternetes-pods"}


def test_two_releases_share_no_object(render) -> None:
    def identities(manifests: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
        return {(m["kind"], m["metadata"].get("namespace", ""), m["metadata"]["name"]) for m in manifests}

    longest = "r" * 52  # Helm allows 53 characters
    one = identities(render(release=f"{longest}a", template={"name": "first"}))
    other_name = identities(render(release=f"{longest}b", template={"name": "second"}))
    other_namespace = identities(render(release=f"{longest}a", namespace="elsewhere"))
    assert one.isdisjoint(other_name)
    assert one.isdisjoint(other_namespace)


def test_selectors_stay_the_same_from_release_to_release_of_the_chart(render) -> None:
    for deployment in of_kind(render(), "Deployment").values():
        labels = deployment["spec"]["selector"]["matchLabels"]
        assert labels.keys() == {
            "app.kubernetes.io/name",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/component",
        }
        assert labels.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize("name", sorted(OPERATORS))
@pytest.mark.parametrize(("values", "seconds"), [({}, 10), ({"webhookSeconds": 30}, 30)], ids=["default", "30"])
def test_operators_outlast_slow_webhooks_and_are_given_time_to_finish_C11(
    render, name: str, values: dict[str, int], seconds: int
) -> None:
    deployment = of_kind(render(**values), "Deployment")[f"one-jupyternetes-{name}"]

    assert f"--webhook-seconds={seconds}" in arguments(deployment)
    times = LeaseTimes.outlasting(seconds)
    # What is in hand may last as long as the Lease; giving the Lease up is one more write.
    assert pod_of(deployment)["terminationGracePeriodSeconds"] > times.duration + WRITE_BOUND
