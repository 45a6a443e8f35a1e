"""Runs Helm on the chart."""

import subprocess
from pathlib import Path

from tools.cluster import ClusterError, Steps
from tools.cluster.binaries import find_or_build
from tools.cluster.versions import KUBERNETES

CHART = Path(__file__).parents[2] / "charts/jupyternetes"


class Helm:
    """The helm of this machine, found or built, on one cluster (on none for `lint` and `template`)."""

    def __init__(self, kubeconfig: Path | None = None, steps: Steps | None = None) -> None:
        self._program = find_or_build("helm", steps or Steps())
        self._kubeconfig = kubeconfig

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """What a command prints. Raises ClusterError with Helm's own words if it fails."""
        command = [str(self._program), *arguments]
        if self._kubeconfig is not None:
            command.append(f"--kubeconfig={self._kubeconfig}")
        result = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ClusterError(f"helm {arguments[0]}: {(result.stderr or result.stdout).strip()}")
        return result.stdout

    def lint(self, *arguments: str) -> str:
        """Helm's opinion of the chart, warnings taken for errors."""
        return self.run("lint", str(CHART), "--strict", f"--kube-version={KUBERNETES}", *arguments)

    def template(self, release: str, namespace: str, *arguments: str, stdin: str | None = None) -> str:
        """The manifests of a release, as YAML."""
        where = (release, str(CHART), f"--namespace={namespace}", f"--kube-version={KUBERNETES}")
        return self.run("template", *where, *arguments, stdin=stdin)

    def install(self, release: str, namespace: str, *arguments: str, stdin: str | None = None) -> str:
        """Install the release, or bring an installed one to the chart and the values given here and nothing else."""
        where = (release, str(CHART), f"--namespace={namespace}", "--create-namespace", "--reset-values")
        return self.run("upgrade", "--install", *where, *arguments, stdin=stdin)
