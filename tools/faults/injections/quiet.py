"""What happens in a deployment that is well: nothing of this is trouble that concerns all."""

import json
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from jupyternetes.api.identity import instance_name
from jupyternetes.api.labels import INSTANCE
from jupyternetes.api.times import rfc3339, utc_now
from tools.cluster.node import NODE_NAME
from tools.demo import graph as demonstration
from tools.demo.oauth_login import start_servers
from tools.faults.injections.control import operator_deployments
from tools.faults.injections.servers import ask_for, container, remove, serves
from tools.faults.site import Site, is_ready, roll, until
from tools.faults.slow_registry import slow_registry

_ELSEWHERE: Final = "kadense-elsewhere"
_WARNINGS: Final = 1000
_NOISE: Final = "noise"


@contextmanager
def nothing(_: Site) -> Generator[float]:
    """A quiet night."""
    yield time.monotonic()


@contextmanager
def upgraded(site: Site) -> Generator[float]:
    """Hub and operators are replaced, as by an upgrade of their charts."""
    made = time.monotonic()
    site.hub.run("rollout", "restart", "deployment/hub")
    operators = operator_deployments(site)
    for name in operators:
        site.release.run("rollout", "restart", f"deployment/{name}")
    roll(site.hub, "hub")
    for name in operators:
        roll(site.release, name)
    yield made


@contextmanager
def cordoned(site: Site) -> Generator[float]:
    """No new pod may come to the node, and a user's server is evicted from it; later its user starts it again."""
    user = demonstration.USERS[0]
    made = time.monotonic()
    site.hub.run("cordon", NODE_NAME)
    try:
        (pod,) = _pods_of(site, user)
        eviction = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod["metadata"]["name"], "namespace": site.hub.namespace},
        }
        path = f"/api/v1/namespaces/{site.hub.namespace}/pods/{pod['metadata']['name']}/eviction"
        site.hub.run("create", f"--raw={path}", "--filename=-", stdin=json.dumps(eviction))
        yield made
    finally:
        site.hub.run("uncordon", NODE_NAME)
        until(lambda: not _pods_of(site, user), "the evicted pod is gone")
        start_servers(site.demo.address, [user], site.demo.steps)
        until(lambda: any(is_ready(pod) for pod in _pods_of(site, user)), f"{user}'s server runs again")


@contextmanager
def slow_pull(site: Site, seconds: float) -> Generator[float]:
    """A server's image comes slowly, and comes in the end."""
    name, made = "slow-image", time.monotonic()
    with slow_registry(seconds) as image:
        program = ["httpd", "-f", "-p", "8888"]
        ask_for(site, name, container(site, "", image=image, command=program))
        try:
            until(lambda: serves(site, name), "the server runs", seconds=2 * seconds)
            yield made
        finally:
            remove(site, [name])


@contextmanager
def loud_stranger(site: Site) -> Generator[float]:
    """A pod that nobody depends on fails again and again, and complains of the database."""
    program = "raise SystemExit('FATAL: database postgres: could not connect to server: Connection refused')"
    pod = {"containers": [container(site, program, terminationMessagePolicy="FallbackToLogsOnError")]}
    _deploy(site, site.hub.namespace, _NOISE, pod)
    try:
        until(lambda: _restarts(site, _NOISE) > 1, "the loud pod was restarted")
        yield time.monotonic()
    finally:
        site.hub.run("delete", "deployment", _NOISE)


@contextmanager
def namesakes(site: Site) -> Generator[float]:
    """Elsewhere a pod has the name of the hub's, and a thousand Warnings; some stand in the hub's own namespace."""
    name = site.pod("hub")["metadata"]["name"]
    site.hub.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _ELSEWHERE}}])
    try:
        events = [_warning(_ELSEWHERE, name, number) for number in range(_WARNINGS)]
        site.hub.elsewhere(_ELSEWHERE).apply(events)
        site.hub.apply([_warning(site.hub.namespace, name, number) for number in range(20)])
        yield time.monotonic()
    finally:
        site.hub.run("delete", "namespace", _ELSEWHERE)
        site.hub.run("delete", "events", "--field-selector=reason=FailedMount,reportingComponent=fault-suite")


def _warning(namespace: str, name: str, number: int) -> dict[str, Any]:
    """About a pod of this name that has another uid than the hub's."""
    now = rfc3339(utc_now())
    about = {"kind": "Pod", "apiVersion": "v1", "namespace": namespace, "name": name, "uid": f"of-another-{number}"}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"namesake-{number}", "namespace": namespace},
        "type": "Warning",
        "reason": "FailedMount",
        "message": f"MountVolume.SetUp failed for volume number {number}",
        "involvedObject": about,
        "reportingComponent": "fault-suite",
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }


def _deploy(site: Site, namespace: str, name: str, pod: dict[str, Any]) -> None:
    labels = {"app": name}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    metadata = {"name": name, "namespace": namespace}
    site.hub.apply([{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}])


def _restarts(site: Site, name: str) -> int:
    pods = site.hub.items("pods", f"--selector=app={name}")
    return sum(status["restartCount"] for pod in pods for status in pod["status"].get("containerStatuses", ()))


def _pods_of(site: Site, user: str) -> list[dict[str, Any]]:
    return site.hub.items("pods", f"--selector={INSTANCE}={instance_name(user)}")
