"""Reads what there is of a server, with the rights of whoever asks; what these do not allow is named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from jupyternetes.api import labels
from jupyternetes.api.instance import Instance
from jupyternetes.api.metadata import Metadata
from jupyternetes.api.resources import CLAIMS, INSTANCES, PODS, TEMPLATES
from jupyternetes.api.template import Template
from jupyternetes.api.times import utc_now
from jupyternetes.cli.explanation.beside import read_leases, read_objects
from jupyternetes.cli.explanation.missing_rights import missing_right
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Forbidden, NotFound
from jupyternetes.runtime.lease import LeaseRecord
from jupyternetes.runtime.resource import Resource
from jupyternetes.templating import compile_as_operators
from jupyternetes.templating.variables.built_in import SERVER_NAME, USER_NAME

Json = dict[str, Any]


class ExplainError(Exception):
    """There is nothing to explain; the text says why and what to do."""


class Phase(Struct, frozen=True):
    """``status`` of a pod or claim, as far as it is told."""

    phase: str = ""


class Live(Struct, frozen=True):
    """A pod or claim as it is, with its spec as plain data."""

    metadata: Metadata
    spec: Json = {}
    status: Phase = Phase()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Of one Instance. ``no_template``: that there is none. ``unseen``: what could not be looked at, and why.

    ``pods`` and ``claims``: None if they could not be looked at. ``others``: objects of ``spec.otherResources`` by
    entry, ``leases`` of gates by ``namespace/name``: None if there is none, and missing if it could not be looked at.
    ``now``: when it was read.
    """

    instance: Instance
    template: Template | None
    no_template: str = ""
    pods: Sequence[Live] | None = ()
    claims: Sequence[Live] | None = ()
    others: Mapping[str, Json | None] = field(default_factory=dict[str, Json | None])
    leases: Mapping[str, LeaseRecord | None] = field(default_factory=dict[str, LeaseRecord | None])
    unseen: tuple[str, ...] = ()
    now: datetime = field(default_factory=utc_now)


class _Items(Struct):
    items: tuple[Live, ...] = ()


async def collect(client: Client, namespace: str, who: str, server: str | None) -> list[Facts]:
    """All servers that ``who`` stands for: the name of an Instance, or JupyterHub's raw name of a user.

    ``server``: only that one of the user's; None: all. Raises ExplainError, and what a read raises.
    """
    try:
        listing = await client.list(INSTANCES, namespace)
    except Forbidden as error:
        raise ExplainError(f"{error}; {missing_right('list', INSTANCES.full_name, namespace)}") from error
    except NotFound as error:
        text = f"{client.server} does not know {INSTANCES.full_name}: Jupyternetes is not installed there"
        raise ExplainError(text) from error
    found = matching(listing.items, who, server)
    if not found:
        which = f", with a server {server!r}" if server is not None else ""
        raise ExplainError(f"there is no Instance {who!r} in namespace {namespace}, nor one of a user {who!r}{which}")
    return [await _facts(client, each) for each in found]


def matching(instances: Iterable[Instance], who: str, server: str | None) -> list[Instance]:
    """The Instance of this name, else those of the user of this name, by their names of servers."""
    instances = list(instances)
    named = [each for each in instances if each.metadata.name == who]
    of_user = [each for each in instances if user_of(each) == who and server in (None, server_of(each))]
    return named or sorted(of_user, key=server_of)


def user_of(instance: Instance) -> str:
    """JupyterHub's raw name of the user; empty if nobody has said it."""
    return instance.metadata.annotations.get(labels.USERNAME) or instance.spec.variables.get(USER_NAME, "")


def server_of(instance: Instance) -> str:
    """JupyterHub's raw name of the server; empty for the default one."""
    told = instance.metadata.annotations.get(labels.SERVERNAME)
    return told or instance.spec.variables.get(SERVER_NAME, "")


async def _facts(client: Client, instance: Instance) -> Facts:
    template, no_template = None, ""
    unseen: list[str] = []
    key = instance.template_key
    try:
        template = await client.get(TEMPLATES, *key)
    except NotFound:
        no_template = f"There is no Template {'/'.join(key)}."
    except Forbidden:
        missing = missing_right("get", TEMPLATES.full_name, key[0])
        unseen.append(f"Template {'/'.join(key)} could not be looked at: {missing}.")
    pods = await _live(client, PODS, instance, unseen)
    claims = await _live(client, CLAIMS, instance, unseen)
    others = await read_objects(client, instance, unseen)
    gates = compile_as_operators(template).gates if template is not None else ()
    leases = await read_leases(client, (gate.lease for gate in gates if gate.lease), unseen)
    return Facts(
        instance=instance,
        template=template,
        no_template=no_template,
        pods=pods,
        claims=claims,
        others=others,
        leases=leases,
        unseen=tuple(unseen),
    )


async def _live(
    client: Client, resource: Resource[Any], instance: Instance, unseen: list[str]
) -> Sequence[Live] | None:
    """The objects that are labelled with the Instance; None, and a line in ``unseen``, if they may not be listed."""
    namespace = instance.metadata.namespace
    query = {"labelSelector": f"{labels.INSTANCE}={instance.metadata.name}"}
    try:
        answer = await client.read(resource.full_name, resource.path(namespace), query)
    except Forbidden:
        missing = missing_right("list", resource.full_name, namespace)
        unseen.append(f"{resource.full_name} could not be looked at: {missing}.")
        return None
    return msgspec.json.decode(answer, type=_Items).items
