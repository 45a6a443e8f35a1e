"""The JupyterNotebookTemplate: whole pod and PVC specs with placeholders, written by an administrator."""

from collections.abc import Mapping
from typing import Self

from msgspec import field

from jupyternetes.api.conditions import Condition
from jupyternetes.api.metadata import Metadata, Slim
from jupyternetes.api.partial_decode import Fault, partial_decode


class TemplateStatus(Slim, frozen=True, kw_only=True):
    """Whether the Template can be used at all."""

    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()


class Template(Slim, frozen=True, kw_only=True):
    """A JupyterNotebookTemplate; its spec stays plain data for the templating package, which compiles it.

    ``unreadable`` says which of its values could not be read, and why.
    """

    metadata: Metadata
    spec: dict[str, object] = field(default_factory=dict[str, object])
    status: TemplateStatus = TemplateStatus()
    unreadable: tuple[Fault, ...] = field(default=(), name="jupyternetes:unreadable")

    @classmethod
    def partial_decode(cls, data: Mapping[str, object]) -> Self:
        """A Template that does not fit, but for what is ``unreadable``. Raises msgspec.ValidationError."""
        fields, faults = partial_decode(cls, data)
        return cls(**{**fields, "unreadable": tuple(faults)})  # pyright: ignore[reportArgumentType]
