"""A resource type of our own on the real API server, with a status, for all that built-in types cannot show."""

import json
from typing import Annotated

import msgspec

from jupyternetes.api.crds.schema import OPEN_ENDED, record
from jupyternetes.api.fields import about
from jupyternetes.runtime.decoding import Partial
from jupyternetes.runtime.resource import Resource
from tests.support.kinds import Json, body, definition


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    uid: str
    resource_version: str
    namespace: str = ""
    generation: int = 0
    deletion_timestamp: str | None = None


class GadgetSpec(msgspec.Struct, frozen=True):
    size: int = 0
    color: Annotated[str, about(maxLength=10)] = ""


class GadgetStatus(msgspec.Struct, frozen=True):
    left: str = ""
    right: str = ""


class Gadget(msgspec.Struct, frozen=True):
    metadata: Meta
    spec: GadgetSpec = GadgetSpec()
    status: GadgetStatus = GadgetStatus()


GADGETS = Resource("runtime.example.org", "v1", "gadgets", "Gadget", Gadget)
CONFIG_MAPS = Resource("", "v1", "configmaps", "ConfigMap", Partial)


def gadget(name: str, **spec: object) -> Json:
    """A Gadget; a name that ends in a dash is one to be generated from."""
    return body(GADGETS, name, spec)


_SCHEMA: Json = {
    "type": "object",
    "properties": {"spec": record(GadgetSpec, {}, "spec"), "status": record(GadgetStatus, {}, "status")},
}
# Anything goes for the size, so that objects can be made that do not fit the struct.
_SCHEMA["properties"]["spec"]["properties"]["size"] = OPEN_ENDED
CRD = json.dumps(definition(GADGETS, _SCHEMA))
