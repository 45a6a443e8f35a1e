"""What an image is made from, read once: the key is of the very bytes that are then built.

Other programs may write to the checkout meanwhile, so nothing is read a second time.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.images.errors import ImageError
from tools.images.recipes import CHECKOUT, Recipe

_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src")
_VERSION_FILE = "src/jupyternetes/__init__.py"


@dataclass(frozen=True)
class Inputs:
    """Path relative to the checkout -> content."""

    containerfile: bytes
    context: Mapping[str, bytes]
    source: Mapping[str, bytes]
    """What the wheel is built from; empty for an image without it."""
    version: str

    @classmethod
    def read(cls, recipe: Recipe, source: Mapping[str, bytes], checkout: Path = CHECKOUT) -> "Inputs":
        """Read what `recipe` needs beside our source. Raises ImageError if a file is not there."""
        return cls(
            containerfile=_read(checkout, recipe.containerfile),
            context={path: _read(checkout, path) for path in recipe.context},
            source=source if recipe.uses_wheel else {},
            version=_version(source),
        )

    def key(self, base: str, names: Sequence[str]) -> str:
        """Twelve hex digits that stand for an image of all this on top of `base`, known by these names too."""
        return fingerprint(
            {
                "base": base.encode(),
                "names": "\n".join(names).encode(),
                "version": self.version.encode(),
                "containerfile": self.containerfile,
                **{f"context/{path}": content for path, content in self.context.items()},
                **{f"source/{path}": content for path, content in self.source.items()},
            }
        )


def read_source(checkout: Path = CHECKOUT) -> dict[str, bytes]:
    """All files that the wheel is built from. Raises ImageError if one cannot be read."""
    found: dict[str, bytes] = {}
    for name in _SOURCES:
        entry = checkout / name
        files = entry.rglob("*") if entry.is_dir() else [entry]
        for file in files:
            if "__pycache__" not in file.parts and not file.is_dir():
                path = file.relative_to(checkout).as_posix()
                found[path] = _read(checkout, path)
    return found


def fingerprint(parts: Mapping[str, bytes]) -> str:
    """Twelve hex digits for names and contents, whatever their order."""
    digest = hashlib.sha256()
    for name, content in sorted(parts.items()):
        digest.update(f"{len(name)}:{name}{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Lay files out in a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _read(checkout: Path, path: str) -> bytes:
    try:
        return (checkout / path).read_bytes()
    except OSError as error:
        raise ImageError(f"{path} is needed for an image and cannot be read: {error.strerror}") from error


def _version(source: Mapping[str, bytes]) -> str:
    found = re.search(r'^__version__ = "([^"]+)"', source.get(_VERSION_FILE, b"").decode(), re.MULTILINE)
    if found is None:
        raise ImageError(f'{_VERSION_FILE} has no line __version__ = "…"')
    return found[1]
