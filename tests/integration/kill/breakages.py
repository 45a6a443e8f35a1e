"""Operators that are broken on purpose, each in one safeguard: the kill test has to notice what comes of it.

Each function breaks the process that it is called in, and says what is left out.
"""

import asyncio
import math
from collections.abc import Mapping
from typing import Any

from jupyternetes.api.core import Claim, Pod
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import ClaimEntry
from jupyternetes.operators.pods.actions import PodActions
from jupyternetes.operators.pvcs.plan import Create, choose, claim_body
from jupyternetes.operators.pvcs.reconciler import PvcReconciler
from jupyternetes.operators.templates.usable import UsableTemplate
from jupyternetes.runtime.expectations import Expectations
from jupyternetes.runtime.lease import Lease
from jupyternetes.runtime.objects import ObjectKey
from jupyternetes.templating import Ready


def the_cache_is_believed() -> None:
    """What the cache does not show is not there, be it just made or on record."""

    def created(self: Expectations[Any, Any], obj: object) -> None: ...

    async def find(self: PodActions, namespace: str, name: str, uid: str) -> Pod | None: ...

    _replace(Expectations, "created", created)
    _replace(PodActions, "find", find)
    _replace(PvcReconciler, "_ensure", _claim_by_cache)


def no_answer_is_taken_for_no() -> None:
    """A create whose answer was lost is done again at once, with no look whether it was carried out."""
    _replace(Expectations, "create", _create_without_doubt)
    _replace(PvcReconciler, "_ensure", _claim_by_cache)


def the_lease_is_ignored() -> None:
    """Each replica works from the first moment to the last, whoever else does."""

    async def at_once(self: Lease) -> None: ...

    async def for_ever(self: Lease) -> None:
        await asyncio.Event().wait()

    _replace(Lease, "acquire", at_once)
    _replace(Lease, "hold", for_ever)
    _replace(Lease, "release", at_once)
    _let_write_for_ever()


def no_lease_is_ever_lost() -> None:
    """Who held the Lease once works on, however long it was frozen or cut off."""
    _let_write_for_ever()


async def _create_without_doubt(
    self: Expectations[Any, Any], identity: object, namespace: str, body: Mapping[str, object], *, strict: bool
) -> object:
    made = await self.client.create_with_warnings(self.resource, namespace, body, strict=strict)
    self.created(made.obj)
    return made


async def _claim_by_cache(
    self: PvcReconciler, instance: Instance, key: ObjectKey, entry: Ready[ClaimEntry], template: UsableTemplate
) -> object:
    found: Claim | None = choose(instance, entry.name, self.claims.find(key))
    if found is not None:
        return found
    wanted = Create(claim_body(instance, entry, stable_names=template.compiled.stable_names))
    return await self._create(instance, entry, wanted, strict=False)  # pyright: ignore[reportPrivateUsage]


def _let_write_for_ever() -> None:
    _replace(Lease, "valid", property(lambda self: True))
    _replace(Lease, "writes_until", property(lambda self: math.inf))


def _replace(owner: type, name: str, by: object) -> None:
    assert hasattr(owner, name), f"{owner.__name__} has no {name} that could be broken"
    setattr(owner, name, by)
