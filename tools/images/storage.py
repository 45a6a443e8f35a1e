"""Where this tool keeps things, and buildah working on a storage of its own in there.

The storage is shared with nobody, so what a killed build left in it is ours to remove.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.images.errors import ImageError
from tools.images.inputs import fingerprint

_LAST_LINES = 25


@dataclass(frozen=True)
class Cache:
    """The folder of this tool. `archives` holds the results; the rest only makes the next build fast."""

    folder: Path

    @classmethod
    def default(cls) -> "Cache":
        """In the user's cache folder (XDG Base Directory Specification)."""
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return cls(Path(home) / "jupyternetes" / "images")

    @property
    def archives(self) -> Path:
        return self.folder / "archives"

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    @property
    def run(self) -> Path:
        """What buildah must forget when the machine restarts: which layers are mounted."""
        parent = Path("/run") if os.geteuid() == 0 else Path(os.environ.get("XDG_RUNTIME_DIR") or self.folder)
        return parent / f"jupyternetes-images-{fingerprint({str(self.folder): b''})}"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def archive(self, name: str, key: str) -> Path:
        return self.archives / f"{name}-{key}.tar"


class Buildah:
    """buildah on the storage of a cache."""

    def __init__(self, cache: Cache) -> None:
        self._roots = ["buildah", "--root", str(cache.storage), "--runroot", str(cache.run)]
        overlay = subprocess.run([*self._roots, "--storage-driver=overlay", "info"], capture_output=True, check=False)
        # overlay needs a file system that can carry it, vfs only room: it copies every layer whole.
        self._command = [*self._roots, f"--storage-driver={'vfs' if overlay.returncode else 'overlay'}"]

    def run(self, arguments: Sequence[str], *, log: Path) -> None:
        """Run buildah, its output into `log`. Raises ImageError with the last lines if it fails."""
        run_logged([*self._command, *arguments], log=log)

    def ask(self, arguments: Sequence[str]) -> str:
        """What buildah prints. Raises ImageError if it fails."""
        command = contained([*self._command, *arguments])
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ImageError(f"buildah {' '.join(arguments)}: {result.stderr.strip()}")
        return result.stdout.strip()

    def has(self, reference: str) -> bool:
        """Whether the storage holds an image of this name."""
        command = [*self._command, "inspect", "--type=image", "--format={{.FromImageID}}", reference]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def forget(self, reference: str) -> None:
        """Remove an image and the layers that no other one uses, if it is there."""
        with suppress(ImageError):
            self.ask(["rmi", reference])


def contained(command: Sequence[str]) -> list[str]:
    """How to run a command that ends when we do, however that is, and takes its children and mounts with it.

    Otherwise what a killed build started would go on working on a storage whose lock is free again, and leave mounts
    through which deleting a folder would reach the machine's own devices. So processes and mounts get namespaces of
    their own. An ordinary user lacks the right to that and to such mounts; there the command alone is ended.
    """
    namespaces = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] if os.geteuid() == 0 else []
    return ["setpriv", "--pdeathsig=KILL", *namespaces, *command]


def run_logged(command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run a command with its output in a file. Raises ImageError with the last lines of it if the command fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        try:
            result = subprocess.run(
                contained(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                env={**os.environ, **(environment or {})},
            )
        except OSError as error:
            raise ImageError(f"setpriv (of util-linux) cannot be run: {error.strerror}") from error
    if result.returncode != 0:
        last = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
        raise ImageError("\n".join([f"{command[0]} failed; whole output in {log}, its end:", *last]))
