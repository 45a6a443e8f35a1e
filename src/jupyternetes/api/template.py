"""The JupyterNotebookTemplate: whole pod and PVC specs with placeholders, written by an administrator."""

from msgspec import field

from jupyternetes.api.conditions import Condition
from jupyternetes.api.metadata import Metadata, Slim


class TemplateStatus(Slim, frozen=True, kw_only=True):
    """Whether the Template can be used at all."""

    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()


class Template(Slim, frozen=True, kw_only=True):
    """A JupyterNotebookTemplate; its spec stays plain data for the templating package, which compiles it."""

    metadata: Metadata
    spec: dict[str, object] = field(default_factory=dict[str, object])
    status: TemplateStatus = TemplateStatus()
