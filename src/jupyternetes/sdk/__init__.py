"""For operators of others that join Jupyternetes: an object asks and its status answers, or a gate is answered.

What stands in ``__all__`` here and in ``jupyternetes.sdk.testing`` is the interface; it only grows within a contract.
"""

from jupyternetes.api.metadata import Metadata
from jupyternetes.sdk.answers import Answer, NotYet, Refused, allow, progress, refuse
from jupyternetes.sdk.cluster import Cluster
from jupyternetes.sdk.command import run
from jupyternetes.sdk.gates import Asking, GateOperator, gate
from jupyternetes.sdk.kinds import Json, Kind, Object, Related
from jupyternetes.sdk.operator import CONTRACT
from jupyternetes.sdk.resources import ResourceOperator, resource

__all__ = [
    "CONTRACT",
    "Answer",
    "Asking",
    "Cluster",
    "GateOperator",
    "Json",
    "Kind",
    "Metadata",
    "NotYet",
    "Object",
    "Refused",
    "Related",
    "ResourceOperator",
    "allow",
    "gate",
    "progress",
    "refuse",
    "resource",
    "run",
]
