"""kubectl on the cluster of the demonstration."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.cluster import Steps
from tools.cluster.binaries import find_or_build
from tools.demo.errors import DemoError

#: Of the namespaces of the demonstration's hubs, among those of others on a cluster that exists.
_LABEL = "jupyternetes-demonstration"


class Kubectl:
    """kubectl with one kubeconfig, and one namespace unless a command names another."""

    def __init__(self, kubeconfig: Path | None, namespace: str, steps: Steps) -> None:
        self._program = find_or_build("kubectl", steps)
        self.kubeconfig = kubeconfig
        self.namespace = namespace

    @property
    def command(self) -> tuple[str, ...]:
        """The beginning of every command line."""
        kubeconfig = () if self.kubeconfig is None else (f"--kubeconfig={self.kubeconfig}",)
        return (str(self._program), *kubeconfig, f"--namespace={self.namespace}")

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """What a command prints. Raises DemoError with kubectl's own words if it fails."""
        command = [*self.command, *arguments]
        result = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise DemoError(f"kubectl {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout

    def get(self, *arguments: str) -> dict[str, Any]:
        """An object, or a list of them."""
        return json.loads(self.run("get", "--output=json", *arguments))

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        """The objects of a list."""
        return self.get(*arguments)["items"]

    def exists(self, *arguments: str) -> bool:
        """Whether there is such an object."""
        return bool(self.run("get", "--ignore-not-found", "--output=name", *arguments).strip())

    def apply(self, manifests: Sequence[Mapping[str, object]], *, manager: str = "kubectl") -> None:
        """Server-side apply. What a ``manager`` applied and no longer mentions goes; of others it does not."""
        content = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        self.run(
            "apply", "--server-side", "--force-conflicts", f"--field-manager={manager}", "--filename=-", stdin=content
        )

    def check_answers(self) -> None:
        """Raises DemoError if no cluster answers."""
        try:
            self.run("version", "--request-timeout=10s")
        except DemoError as error:
            raise DemoError(f"no cluster answers; set KUBECONFIG, or choose another context: {error}") from None

    def ensure_namespace(self) -> None:
        """Make the namespace if it is not there, as one of a hub of the demonstration."""
        metadata = {"name": self.namespace, "labels": {_LABEL: "hub"}}
        self.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}])

    def namespaces(self) -> list[str]:
        """The namespaces of all hubs of the demonstration, but those that are being removed."""
        found = self.items("namespaces", f"--selector={_LABEL}", "--field-selector=status.phase=Active")
        return sorted(each["metadata"]["name"] for each in found)
