"""Copies of what Kubernetes' releases say of pods and claims, for a check without a cluster.

`make schemas` derives them from Kubernetes' sources. These list no allowed words (``enum``); a real API server does.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from jupyternetes.templating.schemas.schema import Schemas

#: Minor releases of Kubernetes 1 of which there is a copy.
MINORS: Final = (31, 32, 33, 34, 35, 36, 37)


def file_name(minor: int) -> str:
    """The file of Kubernetes 1.``minor``, beside this one."""
    return f"kubernetes-1.{minor}.json"


@cache
def shipped(minor: int = MINORS[-1]) -> Schemas:
    """The schemas of Kubernetes 1.``minor``; raises FileNotFoundError if there is no copy."""
    return Schemas.read(files("jupyternetes.templating.schemas").joinpath(file_name(minor)).read_bytes())
