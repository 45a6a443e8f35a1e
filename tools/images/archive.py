"""Reads an image archive as `docker save` writes them, without unpacking it.

Of the two formats that both Docker and containerd import, it is the one that buildah writes without compressing: nobody
sends these archives anywhere, and compressing takes longer than all the rest of a rebuild.
Format: https://github.com/moby/moby/blob/master/image/spec/spec.md
"""

import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from tools.images.errors import ImageError

_MANIFEST = "manifest.json"


class _Image(msgspec.Struct, rename="pascal"):
    config: str
    layers: list[str]
    repo_tags: list[str]


class _RunConfig(msgspec.Struct, rename="pascal"):
    user: str = ""
    labels: dict[str, str] = {}


class _Config(msgspec.Struct):
    config: _RunConfig


@dataclass(frozen=True)
class ImageContent:
    """What an image is, and every file that any of its layers carries."""

    names: tuple[str, ...]
    user: str
    labels: dict[str, str]
    size: int
    """Bytes of all layers, not compressed."""
    paths: frozenset[str]
    """Without a leading slash. A file that a later layer removes is still here: it is still shipped."""


def read_archive(path: Path) -> ImageContent:
    """Read an archive of one image. Raises ImageError if it is something else, or compressed."""
    try:
        with tarfile.open(path, "r:") as archive:
            (image,) = msgspec.json.decode(_member(archive, _MANIFEST).read(), type=list[_Image])
            config = msgspec.json.decode(_member(archive, image.config).read(), type=_Config).config
            paths: set[str] = set()
            for layer in image.layers:
                with tarfile.open(fileobj=_member(archive, layer), mode="r:") as files:
                    paths.update(entry.name.removeprefix("./").rstrip("/") for entry in files)
            size = sum(archive.getmember(layer).size for layer in image.layers)
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise ImageError(f"{path} is no readable image archive ({error}); delete it and build again") from error
    return ImageContent(
        names=tuple(image.repo_tags), user=config.user, labels=config.labels, size=size, paths=frozenset(paths)
    )


def set_names(path: Path, names: Sequence[str]) -> None:
    """Give the image in an archive these names, all of which it has once imported; buildah can write only one.

    The new list of names goes to the end: of two files with the same name in a tar archive the later one counts.
    """
    with tarfile.open(path, "r:") as archive:
        (image,) = msgspec.json.decode(_member(archive, _MANIFEST).read(), type=list[_Image])
    image.repo_tags = list(names)
    content = msgspec.json.encode([image])
    header = tarfile.TarInfo(_MANIFEST)
    header.size = len(content)
    with tarfile.open(path, "a:") as archive:
        archive.addfile(header, io.BytesIO(content))


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file
