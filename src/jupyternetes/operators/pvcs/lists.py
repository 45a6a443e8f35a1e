"""Live lists of claims, one for all Instances that wait for one.

Before a claim is made for an Instance, a list must show that there is none, which the cache alone cannot prove. In a
burst of first starts one list an Instance would be a ninth of all requests, and each looks through all claims.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from jupyternetes.api import labels
from jupyternetes.api.core import Claim
from jupyternetes.api.resources import CLAIMS
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import Invalid, Unreadable
from jupyternetes.runtime.objects import ObjectKey

_AT_ONCE: Final = 100
"""Instances in one list: their names are part of its URL."""

Answer = asyncio.Future[list[Claim]]


@dataclass(slots=True)
class SharedLists:
    """While one list of a namespace is under way, those who come wait together for the next."""

    client: Client
    _waiting: dict[str, dict[Answer, str]] = field(default_factory=dict[str, dict[Answer, str]])
    _listing: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])

    async def claims_of(self, key: ObjectKey) -> list[Claim]:
        """The claims labelled with the Instance's name, from a list that is begun after this call.

        Raises what a list raises, and Unreadable if one of the claims cannot be read.
        """
        answer: Answer = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key.namespace, {})[answer] = key.name
        if key.namespace not in self._listing:
            self._listing[key.namespace] = asyncio.create_task(self._serve(key.namespace))
        return await answer

    async def _serve(self, namespace: str) -> None:
        waiting = self._waiting[namespace]
        try:
            while waiting:
                batch = dict(list(waiting.items())[:_AT_ONCE])
                for answer in batch:
                    del waiting[answer]
                await self._answer(namespace, batch)
        finally:
            del self._waiting[namespace], self._listing[namespace]

    async def _answer(self, namespace: str, batch: dict[Answer, str]) -> None:
        try:
            found = await self._list(namespace, sorted(set(batch.values())))
        except Exception as error:
            if isinstance(error, Invalid | Unreadable) and len(batch) > 1:  # by the fault of one of them
                for answer, name in batch.items():
                    await self._answer(namespace, {answer: name})
                return
            for answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for answer, name in batch.items():
            if not answer.done():
                answer.set_result(found[name])

    async def _list(self, namespace: str, names: list[str]) -> dict[str, list[Claim]]:
        selector = f"{labels.INSTANCE} in ({','.join(names)})"
        listing = await self.client.list(CLAIMS, namespace, label_selector=selector)
        found: dict[str, list[Claim]] = {name: [] for name in names}
        for claim in listing.complete(CLAIMS):
            found[claim.metadata.labels[labels.INSTANCE]].append(claim)
        return found
