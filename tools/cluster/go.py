"""Builds programs from their Go modules, without a checkout of their sources.

A throw-away module that requires the program's module is enough for `go build` of any package in it. `go install
path@version` would be shorter, but refuses modules with replace lines, which Kubernetes and etcd have.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from tools.cluster import versions
from tools.cluster.errors import ClusterError
from tools.cluster.programs import Program


def find_toolchain() -> Path | None:
    """The machine's own Go, if it is new enough."""
    on_path = shutil.which("go")
    if on_path is None:
        return None
    answer = subprocess.run(
        [on_path, "env", "GOVERSION"], capture_output=True, text=True, check=False, env=_environment()
    )
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    if match is None or tuple(int(part or 0) for part in match.groups()) < versions.GO_MINIMUM:
        return None
    return Path(on_path)


def build(program: Program, destination: Path, *, toolchain: Path, detail: Callable[[str], None]) -> None:
    """Build a program; `destination` appears complete or not at all. `detail` is told what is being compiled.

    The caller keeps others from building the same program. Raises ClusterError with Go's last words.
    """
    workspace = destination.parent.with_name(destination.parent.name + ".building")
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True)
    go = _Go(toolchain, workspace, f"building {program.name}", detail)
    go.run("mod", "init", "local/build")
    if program.module == "k8s.io/kubernetes":
        _require_kubernetes(go, program.version)
    else:
        go.run("get", f"{program.module}@v{program.version}")
    variables = [f"-X {variable}=v{program.version}" for variable in program.version_variables]
    go.run(
        "build", "-v", "-trimpath", "-ldflags", " ".join(["-s", "-w", *variables]), "-o", program.name, program.package
    )
    destination.parent.mkdir(exist_ok=True)
    (workspace / program.name).replace(destination)
    shutil.rmtree(workspace)


def build_file(source: Path, destination: Path, *, toolchain: Path) -> None:
    """Build one static program from one Go file of our own that needs nothing but the standard library."""
    unfinished = destination.with_name(destination.name + ".unfinished")
    destination.parent.mkdir(parents=True, exist_ok=True)
    go = _Go(toolchain, source.parent, f"building {source.name}", lambda line: None)
    go.run("build", "-trimpath", "-ldflags", "-s -w", "-o", str(unfinished), source.name)
    unfinished.replace(destination)


def download_module(module: str, version: str, *, toolchain: Path) -> Path:
    """The folder with the files of a module in Go's own cache, read-only. Raises ClusterError with Go's last words."""
    with TemporaryDirectory() as folder:
        go = _Go(toolchain, Path(folder), f"fetching {module}", lambda line: None)
        go.run("mod", "init", "local/download")
        return Path(go.read_json("mod", "download", "-json", f"{module}@v{version}")["Dir"])


class _Go:
    """The go command in one folder."""

    def __init__(self, toolchain: Path, folder: Path, work: str, detail: Callable[[str], None]) -> None:
        self._toolchain = toolchain
        self._folder = folder
        self._work = work
        self._detail = detail

    def run(self, *arguments: str) -> None:
        command = [str(self._toolchain), *arguments]
        lines: list[str] = []
        with subprocess.Popen(
            command, cwd=self._folder, env=_environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                self._detail(line.strip())
        if process.returncode != 0:
            tail = "\n  ".join(lines[-15:])
            raise ClusterError(f"{self._work} failed: go {arguments[0]} in {self._folder}:\n  {tail}")

    def read_json(self, *arguments: str) -> Any:
        command = [str(self._toolchain), *arguments]
        result = subprocess.run(
            command, cwd=self._folder, env=_environment(), capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise ClusterError(f"{self._work} failed: go {' '.join(arguments)}: {result.stderr.strip()}")
        return json.loads(result.stdout)


def _require_kubernetes(go: _Go, version: str) -> None:
    """Require k8s.io/kubernetes, which names its staging modules in version v0.0.0 and replaces them by folders.

    Outside its own tree these are the published modules v0.<minor>.<patch>.
    """
    module = f"k8s.io/kubernetes@v{version}"
    go_mod = go.read_json("mod", "download", "-json", module)["GoMod"]
    requirements = cast("list[dict[str, str]]", go.read_json("mod", "edit", "-json", go_mod)["Require"])
    staging = [required["Path"] for required in requirements if required["Version"] == "v0.0.0"]
    published = "v0." + version.split(".", 1)[1]
    go.run("mod", "edit", f"-require={module}", *(f"-replace={path}={path}@{published}" for path in staging))


def _environment() -> Mapping[str, str]:
    """Static binaries; the toolchain that was found and no other; no asking git about the folder around us."""
    return os.environ | {
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=mod -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
