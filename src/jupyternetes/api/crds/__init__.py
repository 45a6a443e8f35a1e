"""The CustomResourceDefinitions: the one source of the files in the chart and of ``jupyternetes crds``."""

from jupyternetes.api.crds.definition import definition
from jupyternetes.api.crds.instance import instance_definition
from jupyternetes.api.crds.template import template_definition

__all__ = ["custom_resource_definitions", "definition"]


def custom_resource_definitions() -> list[dict[str, object]]:
    """Both definitions as plain data, in the order in which to apply them."""
    return [template_definition(), instance_definition()]
