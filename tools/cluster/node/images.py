"""Images on the node: those that it needs itself, made here, and those that people bring."""

import hashlib
import subprocess
from pathlib import Path

from tools.cluster import go, oci
from tools.cluster.binaries import cache_folder, find_or_fetch_go
from tools.cluster.errors import ClusterError
from tools.cluster.locks import file_lock
from tools.cluster.node.places import CONTAINERD_NAMESPACE, CONTAINERD_SOCKET
from tools.cluster.packages import find_program
from tools.cluster.progress import Steps

PAUSE_IMAGE = "registry.k8s.io/pause:3.10"  # kubelet 1.35 expects this name
SHELL_IMAGE = "localhost/busybox:static"
_BUSYBOX = Path("/bin/busybox")
_PAUSE_SOURCE = Path(__file__).with_name("pause.go")


def names() -> list[str]:
    """What images are there, by name."""
    return [name for name in _ctr("images", "list", "--quiet").split() if not name.startswith("sha256:")]


def load(archive: Path) -> list[str]:
    """Import an OCI or Docker archive and return the names in it. Raises ClusterError if containerd refuses it."""
    output = _ctr("images", "import", str(archive))
    return [line.split()[1] for line in output.splitlines() if line.startswith("unpacking ")]


def load_own(folder: Path, steps: Steps) -> None:
    """Make and import the image that holds every pod together, and one with a shell (busybox) for volumes and tests."""
    present = names()
    if PAUSE_IMAGE not in present:
        load(_pause_archive(steps))
    if SHELL_IMAGE not in present:
        archive = folder / "busybox.tar"
        applets = subprocess.run([_BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split()
        links = {f"bin/{applet}": "busybox" for applet in applets if applet != "busybox"}
        files = {"bin/busybox": _BUSYBOX.read_bytes()}
        oci.write_archive(oci.Image(name=SHELL_IMAGE, files=files, links=links, command=("sh",)), archive)
        load(archive)
        archive.unlink()


def _pause_archive(steps: Steps) -> Path:
    recipe = _PAUSE_SOURCE.read_bytes() + Path(oci.__file__).read_bytes()
    key = hashlib.sha256(recipe).hexdigest()[:16]
    archive = cache_folder() / "images" / f"pause-{key}.tar"
    with file_lock(archive.with_suffix(".lock")):
        if not archive.exists():
            program = archive.with_suffix(".program")
            with steps.step("building the pause image"):
                go.build_file(_PAUSE_SOURCE, program, toolchain=find_or_fetch_go(steps))
            files = {"pause": program.read_bytes()}
            oci.write_archive(
                oci.Image(name=PAUSE_IMAGE, files=files, links={}, command=("/pause",), user="65535:65535"), archive
            )
            program.unlink()
    return archive


def _ctr(*arguments: str) -> str:
    program = find_program("ctr")
    if program is None:
        raise ClusterError("the program `ctr` is missing; install the package containerd")
    command = [program, "--address", CONTAINERD_SOCKET, "--namespace", CONTAINERD_NAMESPACE, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise ClusterError(f"ctr {' '.join(arguments)}: {result.stderr.strip()}")
    return result.stdout
