"""What the functions of an operator may ask of the cluster: kinds that are followed, and requests of their own."""

from collections.abc import Mapping
from typing import Any, cast

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import T
from jupyternetes.sdk.kinds import Json, Kind, Object, Related


class Cluster:
    """Every write is sent only while this process holds the Lease of its operator.

    Failures are the types of ``jupyternetes.runtime.errors``, such as ``Forbidden`` and ``AlreadyExists``. A function
    may let them pass: it is called again, ever more seldom.
    """

    def __init__(self, client: Client, informers: Mapping[Related[Any], Informer[Any]]) -> None:
        self._client = client
        self._informers = informers

    @property
    def namespace(self) -> str:
        """Where the operator itself lives."""
        return self._client.namespace

    def related(self, related: Related[T]) -> list[T]:
        """All objects of a followed kind, as last seen. Raises KeyError for one that the function does not name."""
        return cast("list[T]", list(self._informers[related].values()))

    async def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """An object as it is now; None if there is none. ``namespace`` is empty for a kind without namespaces."""
        try:
            return await self._client.get(kind.resource(Object), namespace, name)
        except NotFound:
            return None

    async def create(self, kind: Kind, namespace: str, body: Json) -> Object:
        """Make an object. Raises AlreadyExists if the name is taken, maybe by an earlier call of the same function."""
        return await self._client.create(kind.resource(Object), namespace, _whole(kind, body))

    async def apply(self, kind: Kind, namespace: str, body: Json) -> Object:
        """Make an object, or make its fields read so, and no others: server-side apply without force.

        Raises Conflict if somebody else set one of these fields to another value.
        """
        name = body["metadata"]["name"]
        return (await self._client.apply(kind.resource(Object), namespace, name, _whole(kind, body))).obj

    async def delete(self, kind: Kind, namespace: str, name: str, *, uid: str | None = None) -> None:
        """Delete an object, the one with ``uid`` if that is given; one that is gone is deleted."""
        try:
            await self._client.delete(kind.resource(Object), namespace, name, uid=uid)
        except NotFound:
            return


def _whole(kind: Kind, body: Json) -> Json:
    return {"apiVersion": kind.api_version, "kind": kind.kind, **body}
