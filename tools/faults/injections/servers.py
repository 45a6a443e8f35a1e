"""Servers of single users: healthy ones by the dozen, and those that fail for reasons of their own."""

import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from jupyternetes.api.labels import INSTANCE, USERNAME
from tools.faults.site import Site, is_ready, until

Json = dict[str, Any]

#: How the names of servers begin that are to fail.
BROKEN: Final = "broken"
SERVES: Final = "from http.server import *; HTTPServer(('', 8888), SimpleHTTPRequestHandler).serve_forever()"
NO_IMAGE: Final = "registry.invalid/nobody/nothing:1"
_GROUP: Final = "kadense.io/v1"
_TAKES_MEMORY: Final = "import time; held = bytearray(10_000_000); time.sleep(2); held = bytearray(10**9)"
_FILLS_VOLUME: Final = "open('/files/all', 'wb', buffering=0).write(bytes(64_000_000)); raise SystemExit('it fitted')"
_FORGES: Final = (
    "import sys, time\n"
    "for _ in range(3):\n"
    "    print('sqlalchemy.exc.OperationalError: connection to server at \"postgres\" failed: Connection refused')\n"
    "    print('FATAL: the database system is shutting down. Rolling back session due to database error', flush=True)\n"
    "    time.sleep(1)\n"
    "sys.exit('hub: Failed to connect to db: postgres: No space left on device')"
)
_READY_SECONDS: Final = 300


@contextmanager
def three_users(site: Site) -> Generator[float]:
    """One user's image cannot be had, another's volume is full, and a third one's program takes too much memory."""
    image, volume, memory = names = [f"{BROKEN}-{why}" for why in ("image", "volume", "memory")]
    files = {"name": "files", "emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}}
    mounts = [{"name": "files", "mountPath": "/files"}]
    try:
        ask_for(site, image, container(site, SERVES, image=NO_IMAGE))
        ask_for(site, volume, container(site, _FILLS_VOLUME, volumeMounts=mounts), volumes=[files])
        ask_for(site, memory, container(site, _TAKES_MEMORY))
        until(lambda: all(fails(site, name) for name in names), "all three servers fail")
        yield time.monotonic()
    finally:
        remove(site, names)


@contextmanager
def out_of_memory(site: Site) -> Generator[float]:
    """A user's program takes too much memory, and is killed."""
    with _one_that_fails(site, f"{BROKEN}-memory", container(site, _TAKES_MEMORY)) as made:
        yield made


@contextmanager
def forged_errors(site: Site) -> Generator[float]:
    """A user's program writes what a hub writes whose database is gone, and ends with it."""
    forger = container(site, _FORGES, terminationMessagePolicy="FallbackToLogsOnError")
    with _one_that_fails(site, f"{BROKEN}-forger", forger) as made:
        yield made


@contextmanager
def _one_that_fails(site: Site, name: str, container: Json) -> Generator[float]:
    try:
        ask_for(site, name, container)
        until(lambda: fails(site, name), "the server fails")
        yield time.monotonic()
    finally:
        remove(site, [name])


@contextmanager
def started_and_stopped(site: Site, number: int, *, at_once: int) -> Generator[float]:
    """So many servers start, some at a time, and are all stopped then, as a culler does."""
    names, made = [f"start-{each:02}" for each in range(number)], time.monotonic()

    def start_one(name: str) -> None:
        ask_for(site, name, container(site, SERVES))
        until(lambda: serves(site, name), f"the server {name} is ready", seconds=_READY_SECONDS)

    try:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(start_one, names))
        stop(site, names)
        yield made
    finally:
        remove(site, names)


def container(site: Site, program: str, **fields: object) -> Json:
    """A container that runs a few lines of Python."""
    command = ["python3", "-c", program]
    resources = {"requests": {"memory": "16Mi", "cpu": "5m"}, "limits": {"memory": "96Mi"}}
    image = site.demo.images.notebook
    return {"name": "notebook", "image": image, "command": command, "resources": resources, **fields}


def ask_for(site: Site, name: str, container: Json, **spec: object) -> None:
    """Ask the operators for a server of this container, by a Template of its own."""
    set_template(site, name, container, **spec)
    start(site, name, template=name)


def set_template(site: Site, name: str, container: Json, **spec: object) -> None:
    """Make a Template of this container, or change it."""
    pod = {"containers": [container], "terminationGracePeriodSeconds": 1, **spec}
    template = {"pods": [{"name": "notebook", "spec": pod}], "pvcs": []}
    where = {"name": name, "namespace": site.release.namespace}
    site.release.apply([{"apiVersion": _GROUP, "kind": "JupyterNotebookTemplate", "metadata": where, "spec": template}])


def start(site: Site, name: str, *, template: str, start_id: str = "1") -> None:
    """Ask for a server as a hub does, or for its next start."""
    metadata = {"name": name, "namespace": site.hub.namespace, "annotations": {USERNAME: name}}
    where = {"name": template, "namespace": site.release.namespace}
    spec: Json = {"template": where, "startId": start_id, "hubEnvironment": [], "suspend": False}
    site.hub.apply([{"apiVersion": _GROUP, "kind": "JupyterNotebookInstance", "metadata": metadata, "spec": spec}])


def stop(site: Site, names: Iterable[str]) -> None:
    """Stop servers, and wait until their pods are gone."""
    every = list(names)
    for name in every:
        site.hub.run("patch", "jupyternotebookinstance", name, "--type=merge", '--patch={"spec": {"suspend": true}}')
    until(lambda: not any(_pods(site, name) for name in every), "the servers are stopped", seconds=_READY_SECONDS)


def remove(site: Site, names: Iterable[str]) -> None:
    """Remove servers with the Templates of their names, and wait until they are gone."""
    every = list(names)
    site.hub.run("delete", "jupyternotebookinstance", *every, "--ignore-not-found")
    site.release.run("delete", "jupyternotebooktemplate", *every, "--ignore-not-found")
    until(lambda: not any(_pods(site, name) for name in every), "the pods are gone")


def serves(site: Site, name: str) -> bool:
    """Whether a server runs."""
    return is_ready(site.hub.get("jupyternotebookinstance", name))


def fails(site: Site, name: str) -> bool:
    """Whether the kubelet says that a container of it waits for something unusual, or has ended."""
    usual = ("ContainerCreating", "PodInitializing")
    states = [
        state
        for pod in _pods(site, name)
        for status in pod["status"].get("containerStatuses", ())
        for state in (status["state"], status.get("lastState", {}))
    ]
    waits = (state["waiting"].get("reason", "") for state in states if "waiting" in state)
    return any(reason not in usual for reason in waits) or any("terminated" in state for state in states)


def _pods(site: Site, name: str) -> list[Json]:
    return site.hub.items("pods", f"--selector={INSTANCE}={name}")
