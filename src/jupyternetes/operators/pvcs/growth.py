"""Lets claims grow, and remembers what the API server does not let grow: it is not asked again at each pass.

The right to change claims is granted only together with an admission policy that holds it to their size. Without the
right nothing grows, which is told.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from jupyternetes.api import claim_reasons
from jupyternetes.api.answers import lacks_right
from jupyternetes.api.core import Claim
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.api.resources import CLAIMS
from jupyternetes.operators.assembly.announce import Announcer
from jupyternetes.operators.pvcs.fit import Fit, storage_of
from jupyternetes.operators.status.failures import refusal_message
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import (
    ApiError,
    Conflict,
    NotFound,
    TooManyRequests,
    Unauthorized,
    UnknownOutcome,
)
from jupyternetes.runtime.objects import ObjectKey, key_of

#: Seconds after which a refused growth is tried again: we watch neither classes nor quotas nor rights.
REFUSED_SECONDS: Final = 600.0
#: For so long a claim that was let grow may look in the cache as it was before.
_UNSEEN_SECONDS: Final = 60.0


class Note(NamedTuple):
    """Why a claim that can be used is not as the Template says; after ``retry_seconds`` that may be different."""

    reason: Reason
    message: str
    retry_seconds: float | None = None


class Wanted(NamedTuple):
    """A claim that is to ask for so much ``storage`` from now on."""

    claim: Claim
    storage: str


class _Tried(NamedTuple):
    storage: str
    note: Note | None
    until: float


@dataclass(slots=True)
class Growth:
    """Times are in seconds of the event loop's clock."""

    client: Client
    announcer: Announcer
    _tried: dict[ObjectKey, dict[str, _Tried]] = field(default_factory=dict[ObjectKey, dict[str, _Tried]], init=False)
    _off: dict[str, float] = field(default_factory=dict[str, float], init=False)
    _awaited: dict[ObjectKey, list[str]] = field(default_factory=dict[ObjectKey, list[str]], init=False)
    """The uids of claims that are to grow once they are bound, by Instance."""

    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone."""
        self._tried.pop(key, None)
        self._awaited.pop(key, None)

    def awaits(self, key: ObjectKey, claim: Claim) -> bool:
        """Whether it is news to the growth of the Instance's ``claim`` that it is bound."""
        return claim.metadata.uid in self._awaited.get(key, ())

    def plan(
        self, key: ObjectKey, fits: Iterable[tuple[Claim, Fit]], own: Iterable[Claim]
    ) -> tuple[list[Wanted], list[Note]]:
        """Which claims to let grow now, and what to say of those that stay as they are.

        ``own``: the claims that were made for the Instance, as the cache has them now. Nothing of others is changed.
        """
        wanted, notes, unbound = list[Wanted](), list[Note](), list[str]()
        newest = {claim.metadata.uid: claim for claim in own}
        for claim, found in fits:
            meta, tried = claim.metadata, self._tried.get(key, {})
            now = newest.get(meta.uid)
            kept = list(found.kept)
            if found.more and now is None:
                asked = f"the Template asks for {found.more}, and the claim was not made for this server"
                kept.append(f"its size of {storage_of(claim)} ({asked})")
            if kept:
                notes.append(Note(claim_reasons.CLAIM_DIFFERS, f"{_name(claim)} keeps {'; '.join(kept)}"))
            if not found.more:
                tried.pop(meta.uid, None)
            elif now is not None and now.status.phase != "Bound":  # the API server changes no such one
                unbound.append(meta.uid)
            elif now is not None:
                known = self._remembered(key, now, found.more)
                if known is None:
                    wanted.append(Wanted(now, found.more))
                elif known.note is not None:
                    notes.append(known.note)
        if unbound:
            self._awaited[key] = unbound
        else:
            self._awaited.pop(key, None)
        return wanted, notes

    async def grow(self, instance: Instance, wanted: Wanted) -> Note | None:
        """Let one claim ask for more, or say why it cannot. Raises Conflict if it is another one meanwhile."""
        meta, storage = wanted.claim.metadata, wanted.storage
        body = {
            "metadata": {"uid": meta.uid, "resourceVersion": meta.resource_version},
            "spec": {"resources": {"requests": {"storage": storage}}},
        }
        now, note = asyncio.get_running_loop().time(), None
        until = now + _UNSEEN_SECONDS
        try:
            await self.client.merge_patch(CLAIMS, meta.namespace, meta.name, body)
        except NotFound:
            return None
        except (Conflict, TooManyRequests, Unauthorized):
            raise
        except (ApiError, UnknownOutcome) as error:
            seconds = REFUSED_SECONDS if isinstance(error, ApiError) else _UNSEEN_SECONDS
            until = now + seconds
            if lacks_right(error):
                self._off[meta.namespace] = until
                note = _off(wanted.claim, storage)
            else:
                note = _refused(wanted, error, seconds)
        else:
            text = f"PersistentVolumeClaim {meta.name} asks for {storage}, before {storage_of(wanted.claim)}"
            self.announcer.normal(instance, claim_reasons.VOLUME_CLAIM_GROWN, text)
        self._tried.setdefault(key_of(instance), {})[meta.uid] = _Tried(storage, note, until)
        return note

    def _remembered(self, key: ObjectKey, claim: Claim, storage: str) -> _Tried | None:
        now = asyncio.get_running_loop().time()
        off_until = self._off.get(claim.metadata.namespace, 0.0)
        if now < off_until:
            return _Tried(storage, _off(claim, storage), off_until)
        self._off.pop(claim.metadata.namespace, None)
        tried = self._tried.get(key, {}).get(claim.metadata.uid)
        return tried if tried is not None and tried.storage == storage and now < tried.until else None


def _off(claim: Claim, storage: str) -> Note:
    return Note(claim_reasons.GROWTH_OFF, f"{_name(claim)} does not grow to {storage}", REFUSED_SECONDS)


def _refused(wanted: Wanted, error: ApiError | UnknownOutcome, seconds: float) -> Note:
    refusal = error if isinstance(error, ApiError) else error.refusal
    said = refusal_message(refusal, {}, "") if refusal is not None else "the API server did not answer"
    kept = f"{_name(wanted.claim)} keeps its size of {storage_of(wanted.claim)}"
    return Note(claim_reasons.GROWTH_REFUSED, f"{kept} and does not grow to {wanted.storage}: {said}", seconds)


def _name(claim: Claim) -> str:
    return f"PersistentVolumeClaim {claim.metadata.namespace}/{claim.metadata.name}"


def summary(notes: Iterable[Note]) -> Note | None:
    """One note that says all; the same text at each pass, so that it is written once."""
    found = list(notes)
    if not found:
        return None
    advice = dict.fromkeys(note.reason.advice for note in found)
    waits = [note.retry_seconds for note in found if note.retry_seconds is not None]
    text = ". ".join([*(note.message.rstrip(".") for note in found), *advice])
    return Note(found[-1].reason, text, min(waits, default=None))
