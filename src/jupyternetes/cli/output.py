"""What the command prints."""

import sys
from collections.abc import Iterable, Mapping
from typing import NoReturn


def print_yaml(documents: Iterable[Mapping[str, object]]) -> None:
    """Print documents as one YAML stream."""
    import yaml

    yaml.safe_dump_all([dict(document) for document in documents], sys.stdout, sort_keys=False, width=120)


def fail(message: str) -> NoReturn:
    """Print one line to standard error and exit with code 1."""
    print("jupyternetes:", " ".join(message.split()), file=sys.stderr)
    sys.exit(1)
