"""Which fields of Instances does the graph read? Of 30,000, what it passes over would take more than all the rest."""

from typing import Final

from msgspec import field

from jupyternetes.api import identity
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import TemplateReference, Termination, serving_entry
from jupyternetes.api.metadata import Metadata, Slim
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


class InstanceSpec(Slim, frozen=True, kw_only=True):
    """``spec`` of an Instance."""

    template: TemplateReference = TemplateReference()
    suspend: bool = False
    start_id: str = ""


class InstanceStatus(Slim, frozen=True, kw_only=True):
    """``status`` of an Instance."""

    pvcs: dict[str, ClaimEntry] = field(default_factory=dict[str, ClaimEntry])
    pods: dict[str, PodEntry] = field(default_factory=dict[str, PodEntry])
    last_termination: dict[str, Termination] = field(default_factory=dict[str, Termination])
    node_name: str = ""
    conditions: tuple[Condition, ...] = ()


class Instance(Slim, frozen=True, kw_only=True):
    """A JupyterNotebookInstance, without its variables and the story of its start."""

    metadata: Metadata
    spec: InstanceSpec = InstanceSpec()
    status: InstanceStatus = InstanceStatus()

    @property
    def serving_entry(self) -> str:
        """The entry of ``status.pods`` that serves, as far as the status tells."""
        return serving_entry(self.status.pods) or ""


INSTANCES: Final = Resource(
    identity.GROUP, identity.VERSION, "jupyternotebookinstances", identity.INSTANCE_KIND, Instance
)
