"""The chart, installed for the demonstration's hubs."""

import json
from collections.abc import Mapping, Sequence

from tools.chart.helm import Helm
from tools.cluster import Steps
from tools.demo.errors import DemoError
from tools.demo.kubectl import Kubectl
from tools.demo.settings import NAMESPACE, RELEASE, HubSettings, ImageNames


def install(
    kubectl: Kubectl,
    images: ImageNames,
    hubs: Sequence[HubSettings],
    steps: Steps,
    more: Mapping[str, object] | None = None,
) -> None:
    """Install or upgrade the release and wait until its operators are ready. Raises DemoError if they do not get so.

    It serves these hubs, and those that are there. `more`: further values of the chart.
    """
    served = {hub.namespace: hub for hub in hubs}
    for namespace in kubectl.namespaces():
        served.setdefault(namespace, HubSettings(namespace=namespace))
    with steps.step("installing the chart"):
        helm = Helm(kubectl.kubeconfig, steps)
        helm.install(
            RELEASE,
            NAMESPACE,
            "--values=-",
            stdin=json.dumps({**values(images, list(served.values())), **(more or {})}),
        )
    with steps.step("waiting for the operators"):
        wait_ready(kubectl, f"app.kubernetes.io/instance={RELEASE}")


def uninstall(kubectl: Kubectl, steps: Steps) -> None:
    """Remove the release. What chart and API keep on purpose stays: definitions, Template and volumes."""
    with steps.step("removing the chart"):
        Helm(kubectl.kubeconfig, steps).run("uninstall", RELEASE, f"--namespace={NAMESPACE}", "--ignore-not-found")


def values(images: ImageNames, hubs: Sequence[HubSettings]) -> dict[str, object]:
    """The values of the release."""
    repository, _, tag = images.operators.rpartition(":")
    return {
        "image": {"repository": repository, "tag": tag},
        "instanceNamespaces": [hub.namespace for hub in hubs],
        "hub": {"serviceAccounts": [{"name": "hub", "namespace": hub.namespace} for hub in hubs]},
        "template": {
            "image": images.notebook,
            "storage": {"size": "1Gi"},
            "resources": {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
        },
    }


def wait_ready(kubectl: Kubectl, selector: str, *, timeout: str = "180s") -> None:
    """Wait until the Deployments of a selector are rolled out. Raises DemoError with the state of their pods."""
    try:
        kubectl.run("rollout", "status", "deployment", f"--selector={selector}", f"--timeout={timeout}")
    except DemoError as late:
        pods = kubectl.run("get", "pods", f"--selector={selector}", "--output=wide")
        events = kubectl.run("get", "events", "--field-selector=type=Warning", "--sort-by=.lastTimestamp")
        raise DemoError(f"{late}\n{pods}\n{events}") from late
