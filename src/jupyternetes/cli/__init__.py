"""The command ``jupyternetes``."""

from jupyternetes.cli.main import main

__all__ = ["main"]
