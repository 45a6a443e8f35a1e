"""Files that are there whole or not at all: the command may be killed at any moment."""

import os
from pathlib import Path


def write_file(path: Path, content: bytes | str, *, mode: int = 0o600) -> None:
    """Write a file, replacing what was there in one step; only its owner may read it unless `mode` says more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
    unfinished.replace(path)
