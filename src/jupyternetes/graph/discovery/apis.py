"""Which kinds does the cluster serve? Each group is asked for once, so that nothing is asked of what is not there.

Where a kind is not served, a list of it is refused to all who have no right to it, as if a right were missing.
https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api
"""

import msgspec

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.objects import T
from jupyternetes.runtime.resource import Resource


class _Served(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    resources: list[_Served] = []


class Apis:
    """What one API server serves, as it was when it was asked first."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._served: dict[str, frozenset[str]] = {}

    async def serves(self, resource: Resource[T]) -> bool:
        """Whether there is such a resource.

        Raises the kinds of errors of ``Client``, and msgspec.DecodeError, where that cannot be found out; the next call
        tries again then.
        """
        version = resource.api_version
        if version not in self._served:
            self._served[version] = await self._ask(version)
        return resource.plural in self._served[version]

    async def _ask(self, version: str) -> frozenset[str]:
        """Every account may, by the role ``system:discovery``."""
        try:
            body = await self._client.read("apis", f"/apis/{version}")
        except NotFound:
            return frozenset()
        return frozenset(each.name for each in msgspec.json.decode(body, type=_Group).resources)
