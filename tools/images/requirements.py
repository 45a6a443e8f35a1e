"""Locks the requirements of the images, and of the tests' second JupyterHub.

Exact versions with hashes, and no word about where they were found.

What is asked for stands in pyproject.toml and in `requirements/*.in`; what was resolved in `requirements/*.txt`, for
all platforms and every Python from our oldest on.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.images.errors import ImageError
from tools.images.recipes import CHECKOUT


@dataclass(frozen=True)
class Lock:
    """One file of requirements and what it is resolved from."""

    name: str
    extras: tuple[str, ...] = ()
    """Of our own package; none: our package is not in it."""
    extra_file: bool = False
    """Whether `requirements/<name>.in` asks for more."""

    @property
    def path(self) -> str:
        return f"requirements/{self.name}.txt"

    @property
    def sources(self) -> tuple[str, ...]:
        ours = ("pyproject.toml", *(f"--extra={extra}" for extra in self.extras)) if self.extras else ()
        return (*ours, *((f"requirements/{self.name}.in",) if self.extra_file else ()))


LOCKS = (
    Lock("operators", extras=("operators", "cel", "uvloop")),
    Lock("hub", extras=("spawner", "cel"), extra_file=True),
    Lock("node", extra_file=True),
    Lock("notebook", extra_file=True),
    Lock("login", extra_file=True),
    Lock("jupyterhub-5", extras=("spawner", "cel"), extra_file=True),  # no image: the tests' second JupyterHub
)

_OPTIONS = (
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=python -m tools.images lock",
)
_PROXY_FOLDER = "images/hub"
_NPM_COMMAND = (
    "npm",
    "install",
    "--package-lock-only",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--omit-lockfile-registry-resolved",
)


def lock_python(lock: Lock, *, upgrade: bool, checkout: Path = CHECKOUT) -> None:
    """Resolve one file. What is pinned stays so unless `upgrade`, or it no longer fits. Raises ImageError."""
    upgrades = ("--upgrade",) if upgrade else ()
    _run([sys.executable, "-m", "uv", "pip", "compile", *_OPTIONS, *upgrades, *lock.sources, "-o", lock.path], checkout)


def lock_proxy(checkout: Path = CHECKOUT) -> None:
    """Resolve the packages of configurable-http-proxy; needs npm. Raises ImageError."""
    _run(_NPM_COMMAND, checkout / _PROXY_FOLDER)


def _run(command: list[str] | tuple[str, ...], folder: Path) -> None:
    try:
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ImageError(f"{command[0]} cannot be run: {error.strerror}") from error
    if result.returncode != 0:
        raise ImageError(f"{' '.join(command)}: {result.stderr.strip()}")
