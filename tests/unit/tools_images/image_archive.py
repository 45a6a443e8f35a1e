"""Writes small image archives as `docker save` does."""

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def add_file(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    header = tarfile.TarInfo(name)
    header.size = len(content)
    archive.addfile(header, io.BytesIO(content))


def layer(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            add_file(archive, name, content)
    return buffer.getvalue()


def write_image(
    path: Path, *, layers: Sequence[bytes], config: Mapping[str, object], names: Sequence[str] = ("localhost/x:1",)
) -> None:
    layer_names = [f"layer{number}.tar" for number, _ in enumerate(layers)]
    manifest = [{"Config": "config.json", "RepoTags": list(names), "Layers": layer_names}]
    with tarfile.open(path, "w") as archive:
        for name, content in zip(layer_names, layers, strict=True):
            add_file(archive, name, content)
        add_file(archive, "config.json", json.dumps({"architecture": "amd64", "config": config}).encode())
        add_file(archive, "manifest.json", json.dumps(manifest).encode())
