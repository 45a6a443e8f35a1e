"""The examples of Templates, as the files that people apply."""

from pathlib import Path

import yaml

from tests.support.kube import Json

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(file: str) -> Json:
    """The object in a file below ``examples``."""
    return yaml.safe_load((EXAMPLES / file).read_text())
