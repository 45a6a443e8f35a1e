"""Reads what a server waits for beside its pods and claims: other resources, and the Leases of who answers gates."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from jupyternetes.api.instance import Instance, OtherState
from jupyternetes.api.other_kinds import OtherKind
from jupyternetes.api.other_object import resource_of
from jupyternetes.cli.explanation.missing_rights import missing_right
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Forbidden, NotFound
from jupyternetes.runtime.lease import LEASES, LeaseRecord

Json = dict[str, Any]


class _Resource(msgspec.Struct):
    name: str = ""
    kind: str = ""


class _Resources(msgspec.Struct):
    resources: list[_Resource] = []


async def read_objects(client: Client, instance: Instance, unseen: list[str]) -> dict[str, Json | None]:
    """By entry: its object, None if it is gone. What may not be read is missing, with a line in ``unseen``."""
    found: dict[str, Json | None] = {}
    for entry, state in instance.status.other_resources.items():
        if not (state.resource_name and state.kind and state.api_version):
            continue
        namespace = instance.metadata.namespace
        kind = await _kind_of(client, state)
        if kind is None:
            unseen.append(f"{state.kind} {state.resource_name} could not be looked at: its kind is not installed.")
            continue
        resource = resource_of(kind)
        path = resource.path(namespace, state.resource_name)
        try:
            found[entry] = msgspec.json.decode(await client.read(resource.full_name, path), type=Json)
        except NotFound:
            found[entry] = None
        except Forbidden:
            missing = missing_right("get", resource.full_name, namespace)
            unseen.append(f"{state.kind} {state.resource_name} could not be looked at: {missing}.")
    return found


async def read_leases(client: Client, names: Iterable[str], unseen: list[str]) -> Mapping[str, LeaseRecord | None]:
    """By ``namespace/name``: the Lease, None if there is none. What may not be read is missing."""
    found: dict[str, LeaseRecord | None] = {}
    for each in dict.fromkeys(names):
        namespace, _, name = each.partition("/")
        try:
            found[each] = await client.get(LEASES, namespace, name)
        except NotFound:
            found[each] = None
        except Forbidden:
            missing = missing_right("get", LEASES.full_name, namespace)
            unseen.append(f"Lease {each} could not be looked at: {missing}.")
    return found


async def _kind_of(client: Client, state: OtherState) -> OtherKind | None:
    """The kind with its plural, which every account may ask for; None if the cluster does not have it."""
    group = "apis" if "/" in state.api_version else "api"
    try:
        answer = await client.read("kinds", f"/{group}/{state.api_version}")
    except NotFound:
        return None
    served = msgspec.json.decode(answer, type=_Resources).resources
    plural = next((each.name for each in served if each.kind == state.kind and "/" not in each.name), None)
    return None if plural is None else OtherKind(state.api_version, state.kind, plural)
