"""Which fields of Instances does the graph read? Of 30,000, what it passes over would take more than all the rest."""

import sys
from collections.abc import Mapping
from typing import Final

from msgspec import field
from msgspec.structs import force_setattr

from jupyternetes.api import identity
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import TemplateReference, Termination, serving_entry
from jupyternetes.api.labels import SERVERNAME, USERNAME
from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.api.shared import share
from jupyternetes.runtime.resource import Resource


class ClaimEntry(Slim, frozen=True, kw_only=True):
    """``status.pvcs.<entry>`` of an Instance."""

    resource_name: str = ""


class PodEntry(Slim, frozen=True, kw_only=True):
    """``status.pods.<entry>`` of an Instance."""

    resource_name: str = ""
    state: str = ""
    error_message: str = ""
    uid: str = ""
    observed_uid: str = ""
    start_id: str = ""
    port_number: int | None = None
    reason: str = ""
    message: str = ""


class OtherEntry(Slim, frozen=True, kw_only=True):
    """``status.otherResources.<entry>`` of an Instance."""

    resource_name: str = ""
    api_version: str = ""
    kind: str = ""
    reason: str = ""
    message: str = ""
    error_message: str = ""
    observed_generation: int = 0
    since: str = ""


class GateEntry(Slim, frozen=True, kw_only=True):
    """``status.gates.<name>`` of an Instance."""

    before: str = ""
    generation: int = 0
    start_id: str = ""
    asked_at: str = ""


class InstanceSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of an Instance."""

    template: TemplateReference = TemplateReference()
    suspend: bool = False
    start_id: str = ""


class InstanceStatus(Slim, frozen=True, kw_only=True):
    """``status`` of an Instance."""

    pvcs: dict[str, ClaimEntry] = field(default_factory=dict[str, ClaimEntry])
    pods: dict[str, PodEntry] = field(default_factory=dict[str, PodEntry])
    other_resources: dict[str, OtherEntry] = field(default_factory=dict[str, OtherEntry])
    other_resources_provisioned: dict[str, str] = field(default_factory=dict[str, str])
    gates: dict[str, GateEntry] = field(default_factory=dict[str, GateEntry])
    last_termination: dict[str, Termination] = field(default_factory=dict[str, Termination])
    node_name: str = ""
    conditions: tuple[Condition, ...] = ()


class Instance(Slim, frozen=True, kw_only=True):
    """A JupyterNotebookInstance, without its variables and the story of its start.

    Of its annotations only those are kept that name its owner, and labels only where no annotation does.
    """

    metadata: Metadata
    spec: InstanceSpec = InstanceSpec()
    status: InstanceStatus = InstanceStatus()

    def __post_init__(self) -> None:
        meta = self.metadata
        force_setattr(meta, "finalizers", tuple(map(sys.intern, meta.finalizers)))
        force_setattr(meta, "annotations", _owner_names(meta.annotations))
        force_setattr(meta, "labels", _NONE if meta.annotations.get(USERNAME) else _owner_names(meta.labels))
        share(self.spec.template, "name", "namespace")
        share(self.status, "node_name")
        for pod in self.status.pods.values():
            share(pod, "state", "start_id", "reason", "message")
            if pod.observed_uid == pod.uid:
                force_setattr(pod, "observed_uid", pod.uid)
        for other in self.status.other_resources.values():
            share(other, "api_version", "kind", "reason", "message", "error_message")
        for condition in self.status.conditions:
            share(condition, "type", "reason", "message")

    @property
    def serving_entry(self) -> str:
        """The entry of ``status.pods`` that serves, as far as the status tells."""
        return serving_entry(self.status.pods) or ""


_NONE: Final[dict[str, str]] = {}


def _owner_names(found: Mapping[str, str]) -> dict[str, str]:
    return {key: found[key] for key in (USERNAME, SERVERNAME) if key in found} or _NONE


INSTANCES: Final = Resource(
    identity.GROUP, identity.VERSION, "jupyternotebookinstances", identity.INSTANCE_KIND, Instance
)
