"""What the documentation tells people to write."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)


def blocks(page: str) -> Iterator[Any]:
    """The YAML documents in a page, such as `how-to/storage.md`, in its order."""
    for found in _BLOCK.finditer((DOCS / page).read_text()):
        yield from yaml.safe_load_all(found[1])
