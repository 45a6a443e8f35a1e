"""One Instance of one Template on the real node, made without a hub."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from tests.support.waiting import PATIENCE, eventually
from tools.demo.demo import Demo

Json = dict[str, Any]
_BACK_OFFS = 70  # the kubelet waits 10, 20 and 40 seconds between the starts of a container
SERVES = "from http.server import *; HTTPServer(('', 8888), SimpleHTTPRequestHandler).serve_forever()"


class Case:
    """One Instance of one Template, with what became of it."""

    def __init__(self, demo: Demo) -> None:
        self.name = f"containers-{uuid.uuid4().hex[:8]}"
        self.kubectl = demo.kubectl
        self._image = demo.images.notebook

    def container(self, name: str, program: str, **fields: Any) -> Json:
        """A container that runs a few lines of Python."""
        return {"name": name, "image": self._image, "command": ["python3", "-c", program]} | fields

    def start(self, *containers: Json, init: Json | None = None, **spec: Any) -> None:
        """Ask for a pod of these containers, of which the first one serves."""
        pod = {"containers": [*containers], "terminationGracePeriodSeconds": 1} | spec
        pod |= {"initContainers": [init]} if init else {}
        self.start_entry({"spec": pod})

    def start_entry(self, entry: Json, environment: Sequence[str] = ()) -> None:
        """Ask for the pod of this entry of a Template, with these names of the hub's variables."""
        group, metadata = "kadense.io/v1", {"name": self.name}
        template = {"pods": [{"name": "notebook"} | entry], "pvcs": []}
        instance = {"template": {"name": self.name}, "startId": "1", "hubEnvironment": [*environment]}
        self.kubectl.apply(
            [
                {"apiVersion": group, "kind": "JupyterNotebookTemplate", "metadata": metadata, "spec": template},
                {"apiVersion": group, "kind": "JupyterNotebookInstance", "metadata": metadata, "spec": instance},
            ]
        )

    def start_again(self, start_id: str) -> None:
        """Ask for the next start, as a hub does once the server has stopped."""
        patch = json.dumps({"spec": {"startId": start_id}})
        self.kubectl.run("patch", "jupyternotebookinstance", self.name, "--type=merge", f"--patch={patch}")

    def entry(self) -> Json:
        """What the status says of the pod."""
        return self.instance().get("status", {}).get("pods", {}).get("notebook", {})

    def instance(self) -> Json:
        return self.kubectl.get("jupyternotebookinstance", self.name)

    def until(self, **expected: object) -> Json:
        """The entry, once these fields of it read so."""

        def reads(entry: Json) -> bool:
            return all(entry.get(field) == value for field, value in expected.items())

        return eventually(self.entry, until=reads, seconds=PATIENCE + _BACK_OFFS)

    def pods(self) -> list[Json]:
        return self.kubectl.items("pods", f"--selector=jupyternetes.kadense.io/instance={self.name}")

    def remove(self) -> None:
        self.kubectl.run("delete", "jupyternotebookinstance", self.name, "--ignore-not-found")
        self.kubectl.run("delete", "jupyternotebooktemplate", self.name, "--ignore-not-found")
