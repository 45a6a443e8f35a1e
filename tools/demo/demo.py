"""The demonstration as a whole: which cluster, what goes onto it, in which order."""

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.cluster import Cluster, Profile, Steps
from tools.demo import hub, images, release
from tools.demo.kubectl import Kubectl
from tools.demo.main_job import check_main_job
from tools.demo.settings import NAMESPACE, PASSWORD, HubSettings, ImageNames


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A demonstration that runs."""

    kubectl: Kubectl
    """On the namespace of the first hub."""
    addresses: Mapping[HubSettings, str]
    """Where each hub is, with its base URL, as seen from this machine (from the cluster, if that is elsewhere)."""
    images: ImageNames
    cluster: Cluster | None
    """The local cluster; None on an existing one."""
    steps: Steps = field(repr=False)

    @property
    def address(self) -> str:
        """Of the first hub."""
        return next(iter(self.addresses.values()))


def up_local(hubs: Sequence[HubSettings], steps: Steps) -> Demo:
    """The demonstration on this machine's own cluster; what is there and unchanged is left alone."""
    return _up_on(Cluster.up(profile=Profile.NODE, steps=steps), hubs, steps)


def up_existing(hubs: Sequence[HubSettings], names: ImageNames, steps: Steps) -> Demo:
    """The demonstration on the cluster that kubectl talks to. Raises DemoError if it does not answer."""
    Kubectl(None, NAMESPACE, steps).check_answers()
    return _up(None, hubs, names, None, steps)


def find_local(steps: Steps) -> Demo:
    """The demonstration on this machine's own cluster with the base URL that it has; started if it is not there."""
    cluster = Cluster.up(profile=Profile.NODE, steps=steps)
    base_url = hub.served_below(Kubectl(cluster.kubeconfig, NAMESPACE, steps))
    return _up_on(cluster, [HubSettings(base_url=base_url)], steps)


def check(demo: Demo, screenshots: Path) -> None:
    """Do the main job in a browser, as a user who was never there before. Raises DemoError if a step fails."""
    user = f"check-{secrets.token_hex(3)}"
    try:
        check_main_job(demo.address, user=user, screenshots=screenshots, steps=demo.steps)
    finally:
        hub.forget(demo.kubectl, user)


def down(kubeconfig: Path | None, steps: Steps) -> None:
    """Remove hubs, servers, their volumes and the chart; the cluster stays, and so do definitions and Template."""
    kubectl = Kubectl(kubeconfig, NAMESPACE, steps)
    kubectl.check_answers()
    for namespace in kubectl.namespaces():
        if namespace != NAMESPACE:
            with steps.step(f"removing namespace {namespace}"):
                kubectl.run("delete", "namespace", namespace)
    hub.remove(kubectl, steps)
    release.uninstall(kubectl, steps)


def directions(demo: Demo, seconds: float) -> str:
    """What to open and type, and what to look at."""
    base_url = next(iter(demo.addresses)).base_url
    if demo.cluster is None:
        forward = f"kubectl --namespace={NAMESPACE} port-forward service/proxy-public 8000:80"
        where = f"http://127.0.0.1:8000{base_url}  while this runs:  {forward}"
        kubectl = "kubectl"
    else:
        where = f"{demo.address}  (on this machine)"
        kubectl = f"{os.path.relpath(sys.executable)} -m tools.cluster kubectl"
    lines = [
        "",
        f"JupyterHub runs (after {seconds:.0f} s).",
        "",
        f"  Open      {where}",
        "  User      any name you like",
        f"  Password  {PASSWORD}",
        "",
        f"Watch what it makes:   {kubectl} --namespace={NAMESPACE} get jni,pods,pvc",
    ]
    if demo.cluster is not None:
        host = demo.address.split("/")[2]
        lines += [
            "Check the main job:    make demo-check",
            "Remove it:             make demo-down",
            f"From another machine:  ssh -L 8000:{host}:80 THIS-MACHINE  and open http://127.0.0.1:8000{base_url}",
            "On your own cluster:   make demo USE_KUBECONFIG=1 IMAGE_PREFIX=REGISTRY/PATH  (docs/how-to/demo.md)",
        ]
    return "\n".join(lines)


def _up_on(cluster: Cluster, hubs: Sequence[HubSettings], steps: Steps) -> Demo:
    return _up(cluster.kubeconfig, hubs, images.loaded(cluster, hubs, steps), cluster, steps)


def _up(
    kubeconfig: Path | None, hubs: Sequence[HubSettings], names: ImageNames, cluster: Cluster | None, steps: Steps
) -> Demo:
    kubectls = {settings: Kubectl(kubeconfig, settings.namespace, steps) for settings in hubs}
    first = kubectls[hubs[0]]
    for kubectl in kubectls.values():
        kubectl.ensure_namespace()
    release.install(Kubectl(kubeconfig, NAMESPACE, steps), names, hubs, steps)
    addresses = {settings: hub.deploy(kubectls[settings], settings, names, steps) for settings in hubs}
    return Demo(kubectl=first, addresses=addresses, images=names, cluster=cluster, steps=steps)
