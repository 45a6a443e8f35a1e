"""What an API server says of the kinds that it serves.

https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api
"""

import asyncio
import json

import msgspec
import pytest

from jupyternetes.operators.templates.server_schemas import ServerSchemas
from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from jupyternetes.templating.schemas.schema import Schema
from jupyternetes.templating.schemas.shipped import shipped
from tests.contract.gizmos import GIZMOS
from tests.contract.servers import real_only
from tools.cluster import versions


async def test_a_group_that_is_served_names_its_kinds(client: Client) -> None:
    body = json.loads(await client.read("apis", f"/apis/{GIZMOS.api_version}"))

    assert [each["name"] for each in body["resources"] if "/" not in each["name"]] == [GIZMOS.plural]


async def test_a_group_that_is_not_served_is_not_found(client: Client) -> None:
    with pytest.raises(errors.NotFound):
        await client.read("apis", "/apis/route.openshift.io/v1")


@real_only("the fake has no description of itself")
async def test_what_it_says_of_pods_and_claims_is_our_copy_and_lists_of_words_C33(client: Client) -> None:
    minor = int(versions.KUBERNETES.split(".")[1])
    heard = asyncio.Event()
    schemas = ServerSchemas(client, news=heard.set)
    following = asyncio.create_task(schemas.run())

    async with asyncio.timeout(20):
        await heard.wait()
    following.cancel()

    assert schemas.current is not None
    policy = schemas.current.named["io.k8s.api.core.v1.PodSpec"].properties["restartPolicy"]
    assert set(policy.enum) == {"Always", "Never", "OnFailure"}
    assert {name: wordless(each) for name, each in schemas.current.named.items()} == shipped(minor).named


def wordless(schema: Schema) -> Schema:
    """Without the lists of allowed words, which Kubernetes' own sources leave out."""
    properties = {name: wordless(each) for name, each in schema.properties.items()}
    return msgspec.structs.replace(
        schema, enum=(), properties=properties, items=schema.items and wordless(schema.items)
    )
