"""The Templates and the schemas of a cluster, for ``lint``."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from jupyternetes.api.resources import TEMPLATES
from jupyternetes.cli.templates.manifests import Manifest
from jupyternetes.operators.templates.server_schemas import find_place, read_schemas
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, Forbidden, NotFound, Unauthorized, Unreachable
from jupyternetes.templating.jsontree import as_mapping
from jupyternetes.templating.schemas import SchemaError, Schemas

_PAGE: Final = 500


class ClusterError(Exception):
    """The cluster does not let itself be looked at; the text says what to do."""


class _Continue(Struct, rename={"token": "continue"}):
    token: str = ""


class _Page(Struct):
    metadata: _Continue
    items: list[dict[str, object]] = []


async def schemas_of(client: Client) -> Schemas:
    """What the API server says of pods and claims. Raises ClusterError, and Unreachable."""
    try:
        return await read_schemas(client, await find_place(client))
    except (ApiError, msgspec.DecodeError, SchemaError, KeyError) as error:
        text = f"the schemas of {client.server} cannot be read: {error}; leave out --cluster to use those we ship"
        raise ClusterError(text) from error


async def templates_of(client: Client, namespaces: Sequence[str]) -> list[Manifest]:
    """The Templates of these namespaces; of all, if there are none. Raises ClusterError, and Unreachable."""
    found: list[Manifest] = []
    for namespace in namespaces or (None,):
        token = ""
        while True:
            page = await _page(client, namespace, token)
            found += map(_manifest, page.items)
            token = page.metadata.token
            if not token:
                break
    return sorted(found, key=lambda each: each.file)


async def _page(client: Client, namespace: str | None, token: str) -> _Page:
    """As plain JSON: what does not fit our structs is what is looked for."""
    query = {"limit": str(_PAGE)} | ({"continue": token} if token else {})
    name = TEMPLATES.full_name
    where = f"in namespace {namespace}" if namespace else "in all namespaces"
    try:
        return msgspec.json.decode(await client.read(name, TEMPLATES.path(namespace), query), type=_Page)
    except Forbidden as error:
        way_out = "" if namespace else ", or name namespaces with --namespace"
        raise ClusterError(f"{error}; to look at Templates takes the right to list {name} {where}{way_out}") from error
    except NotFound as error:
        raise ClusterError(f"{client.server} does not know {name}: Jupyternetes is not installed there") from error
    except Unauthorized as error:
        raise ClusterError(f"{client.server} refused the credentials: {error}") from error
    except msgspec.DecodeError as error:
        raise Unreachable(f"{client.server} answers with what is no list of {name}: {error}") from error


def _manifest(content: Mapping[str, object]) -> Manifest:
    known = as_mapping(content.get("metadata")) or {}
    called = "/".join(str(known[key]) for key in ("namespace", "name") if known.get(key))
    return Manifest(called, content, size=len(msgspec.json.encode(content)))
