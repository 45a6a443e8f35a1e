"""A hub that is set up like a site's: JupyterHub as a process of this machine, its proxy as a pod of the cluster.

The process is of whichever Python environment has the JupyterHub to be tested; no image is built for it.
"""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import requests

from tests.support.waiting import eventually
from tools.cluster.layout import NODE_ADDRESS, free_ports
from tools.demo.demo import Demo
from tools.demo.settings import NAMESPACE, PASSWORD

_CONFIGURATION = Path(__file__).with_name("site") / "jupyterhub_config.py"
_PUBLIC_PORT, _API_PORT = 8000, 8001
_SECONDS_TO_BEGIN = 180  # on a busy machine JupyterHub's imports alone take half a minute
_SECONDS_TO_END = 40  # JupyterHub gives a service twenty


@dataclass(kw_only=True)
class SiteHub:
    """One hub. `name` tells it apart from others, also in the cluster; `folder` has its database, records and log.
    `templates`: those that people choose from, by name; none: the site has a form of its own.
    """

    name: str
    python: Path
    folder: Path
    demo: Demo
    templates: tuple[str, ...] = ()
    grader_token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    _proxy_token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    _process: subprocess.Popen[bytes] | None = None
    _address: str = ""

    @property
    def address(self) -> str:
        """Where users find the hub, with its base URL."""
        return f"http://{self._proxy_address}:{_PUBLIC_PORT}/site/"

    @property
    def log(self) -> str:
        return (self.folder / "hub.log").read_text()

    @property
    def events(self) -> list[str]:
        """What the hooks of the configuration noted, oldest first."""
        records = self.folder / "events.txt"
        return records.read_text().splitlines() if records.exists() else []

    def start_proxy(self) -> None:
        """Start the proxy, which need not be there on return, and choose where the hub will be."""
        self._address = f"{NODE_ADDRESS}:{free_ports(1)[0]}"
        self.demo.kubectl.apply([self._proxy()])

    def start_hub(self) -> None:
        """Start JupyterHub, once its proxy has an address."""
        environment = {
            "PATH": f"{self.python.parent}:{os.environ['PATH']}",
            "CONFIGPROXY_AUTH_TOKEN": self._proxy_token,
            "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
            "SITE_NAME": self.name,
            "SITE_HUB_ADDRESS": self._address,
            "SITE_PROXY_API": f"http://{self._proxy_address}:{_API_PORT}",
            "SITE_DATA": str(self.folder),
            "SITE_PASSWORD": PASSWORD,
            "SITE_GRADER_TOKEN": self.grader_token,
            "SITE_NAMESPACE": NAMESPACE,
            "SITE_TEMPLATES": " ".join(self.templates),
            "SITE_KUBECONFIG": str(self._kubeconfig()),
        }
        command = [self.python, "-m", "jupyterhub", f"--config={_CONFIGURATION}"]
        with (self.folder / "hub.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def wait_serving(self) -> None:
        """Until users reach the hub."""
        eventually(self._serves, seconds=_SECONDS_TO_BEGIN)

    @contextmanager
    def running(self) -> Iterator[Self]:
        """With its proxy, until users reach it; it ends afterwards."""
        try:
            self.start_proxy()
            self.start_hub()
            self.wait_serving()
            yield self
        finally:
            self.end()

    def as_grader(self, verb: str, path: str, body: Any = None) -> requests.Response:
        """A request to the hub's API with the token of a service."""
        headers = {"Authorization": f"token {self.grader_token}"}
        return requests.request(verb, f"{self.address}hub/api/{path}", headers=headers, json=body, timeout=60)

    def end(self) -> None:
        """End the hub, which leaves its servers alone, and its proxy."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self.demo.kubectl.run("delete", "pod", self._proxy_name, "--ignore-not-found", "--wait=false", "--now")

    @property
    def _proxy_name(self) -> str:
        return f"{self.name}-proxy"

    @cached_property
    def _proxy_address(self) -> str:
        def address() -> str:
            return self.demo.kubectl.get("pod", self._proxy_name)["status"].get("podIP", "")

        return eventually(address)

    def _serves(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        try:
            return requests.get(f"{self.address}hub/api/", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def _kubeconfig(self) -> Path:
        assert self.demo.cluster is not None
        return self.demo.cluster.service_account_kubeconfig(NAMESPACE, "hub")

    def _proxy(self) -> dict[str, object]:
        arguments = [
            "configurable-http-proxy",
            *("--ip=0.0.0.0", f"--port={_PUBLIC_PORT}", "--api-ip=0.0.0.0", f"--api-port={_API_PORT}"),
            f"--default-target=http://{self._address}",
            f"--error-target=http://{self._address}/site/hub/error",
        ]
        container = {
            "name": "proxy",
            "image": self.demo.images.hub,
            "args": arguments,
            "env": [{"name": "CONFIGPROXY_AUTH_TOKEN", "value": self._proxy_token}],
        }
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": self._proxy_name, "namespace": NAMESPACE},
            "spec": {"automountServiceAccountToken": False, "containers": [container]},
        }
