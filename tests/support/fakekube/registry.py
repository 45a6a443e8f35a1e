"""The rules of the API server: what becomes of an object that somebody creates, changes or deletes.

Everything happens at once and in memory. Arguments are copied, answers are the state's own: read them only.
"""

import copy
import random
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tests.support.fakekube import patches, schema
from tests.support.fakekube.kinds import NAMESPACES, Kind
from tests.support.fakekube.refusals import Refused, conflict, invalid, not_found
from tests.support.fakekube.state import Json, Key, State

PatchType = Literal["json", "merge"]

_WRITABLE_METADATA = ("labels", "annotations", "finalizers", "ownerReferences")
_NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST_BASE = 58


class Registry:
    """Writes into ``state``. Names and uids follow from ``seed``; ``now`` is the clock of the timestamps.

    ``subresource`` is empty or ``status``. All raise Refused. Nobody owns a field: there are no ``managedFields``.
    """

    def __init__(
        self, kinds: Iterable[Kind], *, seed: int = 0, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.state = State()
        self.kinds = {(kind.api_version, kind.plural): kind for kind in kinds}
        self._random = random.Random(seed)  # noqa: S311
        self._now = now
        self._unstored_defaults: set[Key] = set()

    def get(self, kind: Kind, namespace: str, name: str) -> Json:
        """The object; Refused (404) if there is none."""
        found = self.state.get(Key(kind, namespace, name))
        if found is None:
            raise not_found(str(kind), name)
        return found

    def create(self, kind: Kind, namespace: str, body: Json, *, dry_run: bool = False) -> Json:
        """A new object, with what the server adds; a ``dry_run`` makes none."""
        self._check_body(kind, namespace, body)
        body = copy.deepcopy(body)
        given = body.get("metadata", {})
        if given.get("resourceVersion"):
            raise Refused("InternalError", "resourceVersion should not be set on objects to be created")
        name = given.get("name") or self._generated(kind, namespace, given.get("generateName", ""))
        key = Key(kind, namespace, name)
        self._check_new(key)
        new = {**kind.initial, **{k: v for k, v in body.items() if k != "status" or not kind.has_status}}
        new |= {"apiVersion": kind.api_version, "kind": kind.kind}
        metadata = {"name": name, "uid": str(uuid.UUID(int=self._random.getrandbits(128), version=4))}
        metadata |= {"namespace": namespace} if namespace else {}
        metadata |= {"creationTimestamp": self._timestamp()} | ({"generation": 1} if kind.has_generation else {})
        new["metadata"] = {k: given[k] for k in ("generateName", *_WRITABLE_METADATA) if given.get(k)} | metadata
        if kind.finalizer:
            new["metadata"].setdefault("finalizers", []).append(kind.finalizer)
        new = self._shaped(key, new)
        if dry_run:
            return new  # without a version: it was never stored
        # Its status was dropped before it was stored: the defaults that readers see are written by the next change.
        if "status" in new and kind.schema is not None:
            self._unstored_defaults.add(key)
        return self.state.commit(key, new)

    def update(self, kind: Kind, namespace: str, name: str, body: Json, *, subresource: str = "") -> Json:
        """Put ``body`` in the object's place, where ``subresource`` allows it."""
        self._check_body(kind, namespace, body)
        key, old = Key(kind, namespace, name), self.get(kind, namespace, name)
        if not body.get("metadata", {}).get("resourceVersion") and kind.schema is not None:
            raise invalid(kind.kind, name, "metadata.resourceVersion", "must be specified for an update")
        return self._write(key, old, copy.deepcopy(body), subresource)

    def patch(self, how: PatchType, kind: Kind, namespace: str, name: str, body: Any, *, subresource: str = "") -> Json:
        """Change the object."""
        old = self.get(kind, namespace, name)
        wanted = patches.patched(old, body) if how == "json" else patches.merged(old, body)
        return self._write(Key(kind, namespace, name), old, wanted, subresource)

    def delete(self, kind: Kind, namespace: str, name: str, options: Mapping[str, Any] | None = None) -> Json | None:
        """Delete, or begin to: the answer is None once it is gone, the object while something holds it."""
        options = options or {}
        key, old = Key(kind, namespace, name), self.get(kind, namespace, name)
        for field, wanted in (options.get("preconditions") or {}).items():
            if wanted != old["metadata"][field]:
                why = f"the {field} in the precondition ({wanted}) does not match record ({old['metadata'][field]})"
                raise conflict(str(kind), name, why)
        grace = _grace(old, options.get("gracePeriodSeconds"))
        marked = self._marked(old, grace)
        if grace or marked["metadata"].get("finalizers"):
            return old if marked == old else self.state.commit(key, marked)
        self._remove(key)
        return None

    def _write(self, key: Key, old: Json, body: Json, subresource: str) -> Json:
        self._check_version(key, old, body, subresource)
        new = self._shaped(key, _kept(key.kind, old, body, subresource))
        metadata = new["metadata"]
        if key.kind.has_generation and _spec(new) != _spec(old):
            metadata["generation"] = old["metadata"]["generation"] + 1
        if new == old and key not in self._unstored_defaults:
            return old
        self._unstored_defaults.discard(key)
        if metadata.get("deletionTimestamp"):
            if set(metadata.get("finalizers", ())) - set(old["metadata"].get("finalizers", ())):
                why = "no new finalizers can be added if the object is being deleted"
                raise invalid(key.kind.kind, key.name, "metadata.finalizers", why)
            if not metadata.get("finalizers") and not metadata.get("deletionGracePeriodSeconds"):
                self._remove(key)
                return new
        return self.state.commit(key, new)

    def _remove(self, key: Key) -> None:
        self._unstored_defaults.discard(key)
        self.state.commit(key, None)

    def _marked(self, old: Json, grace: int) -> Json:
        """The object as it waits for its end; a shorter grace period replaces a longer one."""
        metadata = dict(old["metadata"])
        if metadata.get("deletionGracePeriodSeconds", grace + 1) <= grace:
            return old
        if "generation" in metadata and "deletionTimestamp" not in metadata:
            metadata["generation"] += 1
        metadata |= {"deletionTimestamp": self._timestamp(grace), "deletionGracePeriodSeconds": grace}
        return {**old, "metadata": metadata}

    def _shaped(self, key: Key, new: Json) -> Json:
        if key.kind.schema is None:
            return new
        metadata, shape = new["metadata"], schema.shaped(key.kind.schema, new)
        schema.validate(key.kind.schema, shape, f'{key.kind.kind} "{key.name}"')
        return {**shape, **{name: new[name] for name in ("apiVersion", "kind")}, "metadata": metadata}

    def _check_body(self, kind: Kind, namespace: str, body: Json) -> None:
        expected = {"apiVersion": kind.api_version, "kind": kind.kind}
        for field, value in expected.items():
            if body.get(field, value if kind.schema is None else None) != value:
                raise Refused("BadRequest", f"{field} of the body is {body.get(field)!r}, of the request {value!r}")
        if (body.get("metadata") or {}).get("namespace", namespace) != namespace:
            raise Refused("BadRequest", "the namespace of the provided object does not match the namespace sent")

    def _check_new(self, key: Key) -> None:
        if key.kind.namespaced and self.state.get(Key(NAMESPACES, "", key.namespace)) is None:
            raise not_found("namespaces", key.namespace)
        if not schema.is_name(key.name):
            raise invalid(key.kind.kind, key.name, "metadata.name", "must be a lowercase RFC 1123 subdomain")
        if self.state.get(key) is not None:
            raise Refused("AlreadyExists", f'{key.kind} "{key.name}" already exists')

    def _check_version(self, key: Key, old: Json, body: Json, subresource: str) -> None:
        sent, there = body.get("metadata", {}), old["metadata"]
        if sent.get("resourceVersion", there["resourceVersion"]) not in ("", there["resourceVersion"]):
            why = "the object has been modified; please apply your changes to the latest version and try again"
            raise conflict(str(key.kind), key.name, why)
        # Through the status subresource, the uid is overlooked like all metadata.
        if not subresource and sent.get("uid", there["uid"]) != there["uid"]:
            raise invalid(key.kind.kind, key.name, "metadata.uid", "field is immutable")

    def _generated(self, kind: Kind, namespace: str, base: str) -> str:
        if not base:
            raise invalid(kind.kind, "", "metadata.name", "name or generateName is required")
        while True:
            name = base[:_LONGEST_BASE] + "".join(self._random.choices(_NAME_LETTERS, k=5))
            if self.state.get(Key(kind, namespace, name)) is None:
                return name

    def _timestamp(self, seconds: int = 0) -> str:
        return (self._now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _spec(obj: Json) -> Json:
    """What makes a new generation when it changes; that a pod is bound to a node does not."""
    spec = {name: value for name, value in obj.get("spec", {}).items() if name != "nodeName"}
    return {name: value for name, value in obj.items() if name not in ("metadata", "status")} | {"spec": spec}


def _kept(kind: Kind, old: Json, body: Json, subresource: str) -> Json:
    """What of ``body`` may be written: the status through its subresource only, and there nothing else."""
    if subresource:
        rest = {name: value for name, value in old.items() if name != "status"}
        return {**rest, "metadata": dict(old["metadata"])} | ({"status": body["status"]} if "status" in body else {})
    new = {name: value for name, value in body.items() if name != "status" or not kind.has_status}
    if kind.has_status and "status" in old:
        new["status"] = old["status"]
    sent = body.get("metadata", {})
    fixed = {name: value for name, value in old["metadata"].items() if name not in _WRITABLE_METADATA}
    new["metadata"] = {name: sent[name] for name in _WRITABLE_METADATA if sent.get(name)} | fixed
    return new


def _grace(obj: Json, asked: int | None) -> int:
    """Seconds that a pod gets, if it is on a node and has not ended; nothing else gets any."""
    spec, status = obj.get("spec", {}), obj.get("status", {})
    if obj["kind"] != "Pod" or not spec.get("nodeName") or status.get("phase") in ("Succeeded", "Failed"):
        return 0
    return asked if asked is not None else spec.get("terminationGracePeriodSeconds", 30)
