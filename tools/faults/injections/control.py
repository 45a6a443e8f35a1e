"""What starts servers and leads people to them fails: operators, hub, proxy, and the hub's way to its database."""

import os
import signal
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tools.demo.settings import RELEASE
from tools.faults.errors import FaultError
from tools.faults.pod_processes import pids_of
from tools.faults.site import Site, roll, until

POD_OPERATOR = f"{RELEASE}-pods"
_POSTGRESQL_PORT = 5432


def operator_deployments(site: Site) -> list[str]:
    """The names of our operators' Deployments."""
    found = site.release.items("deployments", f"--selector=app.kubernetes.io/instance={RELEASE}")
    return [each["metadata"]["name"] for each in found]


@contextmanager
def operator_forbidden(site: Site) -> Generator[float]:
    """The Pod operator runs, and may no longer do anything: all that bound rights to its account is gone."""
    bound = [
        (kubectl, binding)
        for kubectl in (site.hub, site.release)
        for binding in kubectl.items("rolebindings")
        if any(each["name"] == POD_OPERATOR for each in binding.get("subjects", ()))
    ]
    if not bound:
        raise FaultError(f"no RoleBinding of the account {POD_OPERATOR} was found")
    made = time.monotonic()
    for kubectl, binding in bound:
        kubectl.run("delete", "rolebinding", binding["metadata"]["name"])
    try:
        yield made
    finally:
        for kubectl, binding in bound:
            kubectl.apply([_without_state(binding)])
        site.release.run("rollout", "restart", f"deployment/{POD_OPERATOR}")
        roll(site.release, POD_OPERATOR)


@contextmanager
def proxy_restarted(site: Site) -> Generator[float]:
    """The proxy's process is killed and comes back by itself, without the routes."""
    (*_, process) = pids_of(site.pod("proxy"), b"configurable-http-proxy")
    made = time.monotonic()
    os.kill(process, signal.SIGKILL)
    try:
        yield made
    finally:
        _tell_routes(site)


@contextmanager
def out_of_memory(site: Site, name: str, *, limit: str) -> Generator[float]:
    """Somebody gives a Deployment a limit that its program does not fit into, and the kernel kills it each time."""
    container = site.hub.get("deployment", name)["spec"]["template"]["spec"]["containers"][0]
    before = container["resources"]
    _set_memory(site, name, request=limit, limit=limit)
    try:
        until(lambda: _kills(site, name), f"a container of {name} is out of memory")
        yield min(_kills(site, name))
    finally:
        _set_memory(site, name, request=before["requests"]["memory"], limit=before["limits"]["memory"])
        if name == "proxy":
            roll(site.hub, name)
            _tell_routes(site)


def _tell_routes(site: Site) -> None:
    """A hub that starts tells the proxy all routes; a running one only every five minutes."""
    site.hub.run("delete", "pod", site.pod("hub")["metadata"]["name"])
    roll(site.hub, "hub")


def _set_memory(site: Site, name: str, *, request: str, limit: str) -> None:
    arguments = f"--requests=memory={request}", f"--limits=memory={limit}"
    site.hub.run("set", "resources", f"deployment/{name}", *arguments)


def _kills(site: Site, component: str) -> list[float]:
    """When containers were killed for want of memory, by `time.monotonic`; Kubernetes writes whole seconds."""
    pods = site.hub.items("pods", f"--selector=app=jupyterhub,component={component}")
    ends = [end for pod in pods for end in _ends(pod) if end.get("reason") == "OOMKilled"]
    return [monotonic(end["finishedAt"]) for end in ends]


def _ends(pod: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for status in pod["status"].get("containerStatuses", ()):
        for state in (status["state"], status.get("lastState", {})):
            if "terminated" in state:
                yield state["terminated"]


def monotonic(moment: str) -> float:
    """A time of an object as `time.monotonic` counts; writer and reader are the same machine."""
    return time.monotonic() - (time.time() - datetime.fromisoformat(moment).timestamp())


def _without_state(manifest: dict[str, Any]) -> dict[str, Any]:
    metadata: dict[str, Any] = manifest["metadata"]
    kept = {key: metadata[key] for key in ("name", "namespace", "labels", "annotations") if key in metadata}
    return manifest | {"metadata": kept}


@contextmanager
def hub_cut_off_from_database(site: Site) -> Generator[float]:
    """What the hub's pod sends to PostgreSQL is dropped in the pod's own network; both ends are well."""
    (*_, process) = pids_of(site.pod("hub"), b"jupyterhub")
    rule = ["OUTPUT", "--protocol", "tcp", "--dport", str(_POSTGRESQL_PORT), "--jump", "DROP"]
    made = time.monotonic()
    _in_network_of(process, "iptables", "--insert", *rule)
    try:
        yield made
    finally:
        _in_network_of(process, "iptables", "--delete", *rule)


def _in_network_of(process: int, *command: str) -> None:
    whole = ["nsenter", f"--target={process}", "--net", *command]
    result = subprocess.run(whole, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise FaultError(f"{' '.join(whole)}: {result.stderr.strip()}")
