"""What an API server says of the kinds that it serves.

https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api
"""

import json

import pytest

from jupyternetes.runtime import errors
from jupyternetes.runtime.client import Client
from tests.contract.gizmos import GIZMOS


async def test_a_group_that_is_served_names_its_kinds(client: Client) -> None:
    body = json.loads(await client.read("apis", f"/apis/{GIZMOS.api_version}"))

    assert [each["name"] for each in body["resources"] if "/" not in each["name"]] == [GIZMOS.plural]


async def test_a_group_that_is_not_served_is_not_found(client: Client) -> None:
    with pytest.raises(errors.NotFound):
        await client.read("apis", "/apis/route.openshift.io/v1")
