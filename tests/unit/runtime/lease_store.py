"""One Lease in memory, with the API server's rules: a name is taken once, a patch of an old version is a conflict."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from jupyternetes.runtime.errors import AlreadyExists, ApiError, Conflict, NotFound, Status, UnknownOutcome, Unreachable
from jupyternetes.runtime.lease import LeaseRecord
from jupyternetes.runtime.resource import Resource


class LeaseStore:
    """Stands for the client of any number of candidates. ``down``: nothing is answered and nothing happens.

    ``lose_answers`` counts writes that happen and whose answer is lost; ``delay`` in seconds comes before anything.
    """

    def __init__(self) -> None:
        self.record: dict[str, Any] | None = None
        self.writes: list[str] = []
        self.down = False
        self.lose_answers = 0
        self.delay = 0.0
        self._version = 0

    async def get(self, _: Resource[LeaseRecord], __: str, name: str) -> LeaseRecord:
        await self._reach()
        if self.record is None:
            raise self._refusal(NotFound, 404, name)
        return msgspec.convert(self.record, LeaseRecord)

    async def create(self, _: Resource[LeaseRecord], __: str, body: Mapping[str, Any]) -> LeaseRecord:
        await self._reach()
        if self.record is not None:
            raise self._refusal(AlreadyExists, 409, body["metadata"]["name"])
        return self._store(body["spec"], body["metadata"]["name"])

    async def merge_patch(self, _: Resource[LeaseRecord], __: str, name: str, body: Mapping[str, Any]) -> LeaseRecord:
        await self._reach()
        if self.record is None:
            raise self._refusal(NotFound, 404, name)
        if body["metadata"]["resourceVersion"] != self.record["metadata"]["resourceVersion"]:
            raise self._refusal(Conflict, 409, name)
        return self._store(body["spec"], name)

    @property
    def holder(self) -> str:
        return self.record["spec"]["holderIdentity"] if self.record else ""

    def edit(self) -> None:
        """Somebody labels it, say."""
        assert self.record is not None
        self._store(self.record["spec"], "edited")

    async def _reach(self) -> None:
        await asyncio.sleep(self.delay)
        if self.down:
            raise Unreachable("no API server")

    def _store(self, spec: dict[str, Any], name: str) -> LeaseRecord:
        self._version += 1
        self.record = {"metadata": {"name": name, "resourceVersion": str(self._version)}, "spec": spec}
        self.writes.append(spec["holderIdentity"])
        if self.lose_answers:
            self.lose_answers -= 1
            raise UnknownOutcome("the answer was lost", settled_at=0.0)
        return msgspec.convert(self.record, LeaseRecord)

    @staticmethod
    def _refusal(kind: type[ApiError], code: int, name: str) -> ApiError:
        return kind(f"lease {name}", Status(code=code))
