"""Whom operators and servers run as, also on clusters that give out the ids themselves, as OpenShift does."""

from typing import Any

import pytest

from tests.unit.chart.test_default_template import template_of
from tools.chart.helm import Helm
from tools.cluster import ClusterError

IDS = ("runAsUser", "runAsGroup", "fsGroup", "supplementalGroups")
Manifests = list[dict[str, Any]]


def operators(manifests: Manifests) -> list[dict[str, Any]]:
    return [each["spec"]["template"]["spec"] for each in manifests if each["kind"] == "Deployment"]


def server(manifests: Manifests) -> dict[str, Any]:
    return template_of(manifests)["spec"]["pods"][0]["spec"]


def ids(pod: dict[str, Any]) -> dict[str, int]:
    """The numbers that a pod asks for, in its own security context and in those of its containers."""
    contexts = [pod["securityContext"], *(each.get("securityContext", {}) for each in pod["containers"])]
    return {name: context[name] for context in contexts for name in IDS if name in context}


def test_ids_are_those_of_the_images_unless_said_otherwise_C29(render) -> None:
    manifests = render()
    assert [ids(pod) for pod in operators(manifests)] == [{"runAsUser": 65532, "runAsGroup": 65532}] * 3
    assert ids(server(manifests)) == {"runAsUser": 1000, "runAsGroup": 100, "fsGroup": 100}


def test_null_leaves_ids_to_the_cluster_and_nothing_else_C29(render) -> None:
    """What restricted-v2 refuses are ids outside the namespace's range; it wants all the rest."""
    none = {"runAsUser": None, "runAsGroup": None}
    manifests = render(securityContext=none, template={"securityContext": none | {"fsGroup": None}})
    for pod in [*operators(manifests), server(manifests)]:
        assert ids(pod) == {}
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("value", [None, {}])
def test_no_context_at_all_is_as_good_C29(render, value: object) -> None:
    manifests = render(securityContext=value, template={"securityContext": value})
    asked = [ids(pod) for pod in [*operators(manifests), server(manifests)]]
    expected = [{}] * 4 if value is None else [ids(pod) for pod in [*operators(render()), server(render())]]
    assert asked == expected


def test_one_null_leaves_the_others_and_large_numbers_stay_numbers_C29(render) -> None:
    manifests = render(
        securityContext={"runAsUser": 1000660000, "runAsGroup": None},
        template={"securityContext": {"runAsUser": None, "runAsGroup": 0, "fsGroup": 1000660000}},
    )
    asked = [ids(pod) for pod in [*operators(manifests), server(manifests)]]
    assert asked == [{"runAsUser": 1000660000}] * 3 + [{"runAsGroup": 0, "fsGroup": 1000660000}]
    assert {type(number) for pod in asked for number in pod.values()} == {int}, "the API server takes no 1.00066e+09"


@pytest.mark.parametrize("setting", ["securityContext.runAsUser=0", "template.securityContext.runAsUser=root"])
def test_root_and_names_are_refused(helm: Helm, setting: str) -> None:
    with pytest.raises(ClusterError, match="runAsUser"):
        helm.template("one", "kadense", f"--set={setting}")
