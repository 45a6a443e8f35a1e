"""A resource type of our own on the real API server, with a status, for all that built-in types cannot show."""

import json
from typing import Any

import msgspec

from jupyternetes.runtime.decoding import Partial
from jupyternetes.runtime.resource import Resource


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    uid: str
    resource_version: str
    namespace: str = ""
    generation: int = 0
    deletion_timestamp: str | None = None


class GadgetSpec(msgspec.Struct, frozen=True):
    size: int = 0
    color: str = ""


class GadgetStatus(msgspec.Struct, frozen=True):
    left: str = ""
    right: str = ""


class Gadget(msgspec.Struct, frozen=True):
    metadata: Meta
    spec: GadgetSpec = GadgetSpec()
    status: GadgetStatus = GadgetStatus()


GADGETS = Resource("runtime.example.org", "v1", "gadgets", "Gadget", Gadget)
CONFIG_MAPS = Resource("", "v1", "configmaps", "ConfigMap", Partial)


def gadget(name: str, **spec: object) -> dict[str, Any]:
    return {
        "apiVersion": GADGETS.api_version,
        "kind": GADGETS.kind,
        "metadata": {"generateName": name} if name.endswith("-") else {"name": name},
        "spec": spec,
    }


def _text(*names: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


CRD = json.dumps(
    {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": GADGETS.full_name},
        "spec": {
            "group": GADGETS.group,
            "scope": "Namespaced",
            "names": {"plural": GADGETS.plural, "singular": "gadget", "kind": GADGETS.kind},
            "versions": [
                {
                    "name": GADGETS.version,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "properties": {
                                # Anything goes for the size, so that objects can be made that do not fit the struct.
                                "spec": {
                                    "type": "object",
                                    "properties": {
                                        "size": {"x-kubernetes-preserve-unknown-fields": True},
                                        "color": {"type": "string", "maxLength": 10},
                                    },
                                },
                                "status": _text("left", "right"),
                            },
                        }
                    },
                }
            ],
        },
    }
)
