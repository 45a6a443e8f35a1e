"""Writes the status of an object, only where it differs, and only over the version that the status was decided from."""

import logging

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import TerminalError
from jupyternetes.runtime.errors import NotFound
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.resource import Resource
from jupyternetes.sdk.kinds import Json, Object
from jupyternetes.sdk.work.latest import Latest
from jupyternetes.sdk.work.status import difference

log = logging.getLogger(__name__)


class StatusWriter:
    """``latest`` is told of each answer."""

    def __init__(self, client: Client, resource: Resource[Object], latest: Latest[Object]) -> None:
        self._client = client
        self._resource = resource
        self._latest = latest
        self._wanted: dict[ObjectKey, Json] = {}
        self._not_kept: dict[ObjectKey, tuple[Json, Json]] = {}  # what was asked for, and what came of it

    async def write(self, obj: Object, status: Json) -> bool:
        """Make the status of ``obj`` read as ``status``; returns whether a write was needed.

        Raises Conflict if ``obj`` is not the newest, and TerminalError if its kind has no status to write.
        """
        key, patch = key_of(obj), difference(obj.status, status)
        if not patch or self._not_kept.get(key) == (status, obj.status):
            return False
        self._wanted[key] = status
        body = {"metadata": {"resourceVersion": obj.metadata.resource_version}, "status": patch}
        try:
            answer = await self._client.merge_patch(self._resource, *key, body, subresource="status")
        except NotFound as error:
            await self._explain(obj, error)
            return False
        self._latest.wrote(answer)
        self._check(key, status, answer)
        return True

    def is_as_written(self, obj: Object) -> bool:
        """Whether its status is what was written last; the cache may show it before the answer to the write comes."""
        return self._wanted.get(key_of(obj)) == obj.status

    def forget(self, key: ObjectKey) -> None:
        """The object is gone."""
        self._wanted.pop(key, None)
        self._not_kept.pop(key, None)

    async def _explain(self, obj: Object, error: NotFound) -> None:
        """The object went meanwhile, which is fine, or there is no status of its own."""
        try:
            await self._client.get(self._resource, *key_of(obj))
        except NotFound:
            return
        what = f"{self._resource.full_name} has no status subresource; its CustomResourceDefinition has to have one"
        raise TerminalError(what) from error

    def _check(self, key: ObjectKey, status: Json, answer: Object) -> None:
        """Notice a definition that drops what it does not know: writing it again at each pass would never end."""
        lost = difference(answer.status, status)
        if not lost:
            self._not_kept.pop(key, None)
            return
        self._not_kept[key] = (status, answer.status)
        log.warning("the API server did not keep %s of the status; is it in the definition?", ", ".join(sorted(lost)))
