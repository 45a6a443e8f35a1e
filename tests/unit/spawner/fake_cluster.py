"""A stand-in for the client, so that tests can make the API server fail at any request, and play the operators.

Instances live here as JSON and come out as the API server gives them: with uid, generation and resourceVersion, to
watches too. What real API servers say to our requests the integration tests show.
"""

import asyncio
import copy
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template
from jupyternetes.runtime.decoding import Identity, Listing, WatchEvent
from jupyternetes.runtime.errors import Status, api_error
from jupyternetes.runtime.resource import Resource

Call = tuple[str, str, str]
Fault = Callable[[], BaseException | None]


def refused(code: int, reason: str, message: str = "no", *, cause: str = "") -> Exception:
    """The client's error for an answer of the API server."""
    details = {"causes": [{"reason": cause}]} if cause else None
    status = {"code": code, "reason": reason, "message": message, "details": details}
    return api_error("the request", msgspec.convert(status, Status))


class FakeClient:
    """``calls`` are the requests as (verb, kind, name). ``before`` and ``after`` see each and may raise.

    An exception from ``after`` is an answer that was lost: the request was carried out. While ``silent``, watches lag.
    """

    def __init__(self, namespace: str = "hub-home") -> None:
        self.namespace = namespace
        self.calls: list[Call] = []
        self.instances: dict[tuple[str, str], dict[str, Any]] = {}
        self.secrets: dict[tuple[str, str], dict[str, Any]] = {}
        self.templates: dict[tuple[str, str], Template] = {}
        self.before: Callable[[Call], None] = lambda call: None
        self.after: Callable[[Call], None] = lambda call: None
        self.operators: Callable[[dict[str, Any]], None] = lambda instance: None
        self.silent = False
        self._version = 100
        self._history: list[tuple[str, dict[str, Any]]] = []
        self._streams: list[asyncio.Queue[tuple[str, dict[str, Any]]]] = []
        self._template_streams: list[asyncio.Queue[tuple[str, Template]]] = []

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(verb, kind) for verb, kind, _ in self.calls if verb not in ("list", "watch")]

    async def list(self, resource: Resource[Any], namespace: str | None = None, **selectors: str) -> Listing[Any]:
        await self._called("list", resource, selectors.get("label_selector", "") or namespace or "")
        listing = Listing[Any](resource_version=str(self._version))
        if resource.type is Template:
            listing.items = [each for each in self.templates.values() if each.metadata.namespace == namespace]
            return listing
        listing.items = [_decoded(found) for found in self.instances.values() if _selected(found, selectors)]
        return listing

    async def watch(
        self, resource: Resource[Any], namespace: str | None, **selectors: Any
    ) -> AsyncGenerator[WatchEvent[Any]]:
        if resource.type is Template:
            async for event in self._watch_templates(namespace):
                yield event
            return
        queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        await self._called("watch", resource, selectors.get("label_selector", ""))
        for kind, found in self._history:
            if int(found["metadata"]["resourceVersion"]) > int(selectors["resource_version"]):
                queue.put_nowait((kind, found))
        self._streams.append(queue)
        try:
            while True:
                kind, found = await queue.get()
                if _selected(found, selectors):
                    instance = _decoded(found)
                    meta = instance.metadata
                    identity = Identity(meta.name, meta.namespace, meta.uid, meta.resource_version)
                    yield WatchEvent(kind, identity, instance)
        finally:
            self._streams.remove(queue)

    async def get(self, resource: Resource[Any], namespace: str, name: str) -> Any:
        call = await self._called("get", resource, name)
        answer = _decoded(self._existing(namespace, name))
        self.after(call)
        return answer

    async def create(self, resource: Resource[Any], namespace: str, body: Mapping[str, Any]) -> Any:
        name = body["metadata"]["name"]
        call = await self._called("create", resource, name)
        store = self.secrets if resource.kind == "Secret" else self.instances
        if (namespace, name) in store:
            raise refused(409, "AlreadyExists")
        made = copy.deepcopy(dict(body))
        version = self._next()
        made["metadata"] |= {"uid": f"uid-{version}", "generation": 1, "resourceVersion": version}
        store[namespace, name] = made
        if store is self.instances:
            self._tell("ADDED", made)
        self.after(call)
        return resource.type(metadata=_decoded(made).metadata) if resource.kind == "Secret" else _decoded(made)

    async def json_patch(
        self, resource: Resource[Any], namespace: str, name: str, operations: Sequence[Mapping[str, Any]]
    ) -> Any:
        call = await self._called("patch", resource, name)
        found = self._existing(namespace, name)
        changed = copy.deepcopy(found)
        for operation in operations:
            _patch(changed, operation)
        if changed["spec"] != found["spec"]:
            changed["metadata"]["generation"] += 1
        if changed != found:
            self._store(changed)
        self.after(call)
        return _decoded(self._existing(namespace, name))

    async def delete(self, resource: Resource[Any], namespace: str, name: str, *, uid: str | None = None) -> None:
        call = await self._called("delete", resource, name)
        found = self._existing(namespace, name)
        if uid not in (None, found["metadata"]["uid"]):
            raise refused(409, "Conflict")
        self.remove(namespace, name)
        self.after(call)

    async def close(self) -> None:
        """Nothing to close."""

    async def _watch_templates(self, namespace: str | None) -> AsyncGenerator[WatchEvent[Any]]:
        queue: asyncio.Queue[tuple[str, Template]] = asyncio.Queue()
        self._template_streams.append(queue)
        try:
            while True:
                kind, template = await queue.get()
                meta = template.metadata
                if meta.namespace == namespace:
                    yield WatchEvent(
                        kind, Identity(meta.name, meta.namespace, meta.uid, meta.resource_version), template
                    )
        finally:
            self._template_streams.remove(queue)

    # What tests do behind the spawner's back.

    def apply(self, template: Template) -> None:
        """A Template is created or changed."""
        meta = template.metadata
        before = self.templates.get((meta.namespace, meta.name))
        generation = 1 if before is None else before.metadata.generation + 1
        meta = structs.replace(meta, resource_version=self._next(), generation=generation)
        template = self.templates[meta.namespace, meta.name] = structs.replace(template, metadata=meta)
        self._tell_templates("ADDED" if before is None else "MODIFIED", template)

    def templates_told(self) -> bool:
        """Whether all watches on Templates have been told of all changes."""
        return all(stream.empty() for stream in self._template_streams)

    def withdraw(self, namespace: str, name: str) -> None:
        """A Template is deleted."""
        gone = self.templates.pop((namespace, name))
        gone = structs.replace(gone, metadata=structs.replace(gone.metadata, resource_version=self._next()))
        self._tell_templates("DELETED", gone)

    def add(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """An Instance that is there already."""
        made = copy.deepcopy(dict(instance))
        made["metadata"] = {"uid": "uid-old", "generation": 1, "resourceVersion": self._next()} | made["metadata"]
        self.instances[made["metadata"]["namespace"], made["metadata"]["name"]] = made
        self._tell("ADDED", made)
        return made

    def set_status(self, namespace: str, name: str, status: Mapping[str, Any]) -> None:
        """Status fields as an operator writes them."""
        changed = copy.deepcopy(self._existing(namespace, name))
        changed["status"] = changed.get("status", {}) | copy.deepcopy(dict(status))
        self._store(changed)

    def edit(self, namespace: str, name: str, **spec: object) -> None:
        """Somebody changes the spec."""
        changed = copy.deepcopy(self._existing(namespace, name))
        changed["spec"] |= spec
        changed["metadata"]["generation"] += 1
        self._store(changed)

    def remove(self, namespace: str, name: str) -> None:
        """The Instance is gone."""
        gone = self.instances.pop((namespace, name))
        gone["metadata"]["resourceVersion"] = self._next()
        self._tell("DELETED", gone)

    def only(self) -> dict[str, Any]:
        """The one Instance that there is."""
        (found,) = self.instances.values()
        return found

    async def _called(self, verb: str, resource: Resource[Any], name: str) -> Call:
        call = (verb, resource.kind, name)
        self.calls.append(call)
        await asyncio.sleep(0)
        self.before(call)
        return call

    def _existing(self, namespace: str, name: str) -> dict[str, Any]:
        if (namespace, name) not in self.instances:
            raise refused(404, "NotFound")
        return self.instances[namespace, name]

    def _store(self, changed: dict[str, Any]) -> None:
        changed["metadata"]["resourceVersion"] = self._next()
        self.instances[changed["metadata"]["namespace"], changed["metadata"]["name"]] = changed
        self._tell("MODIFIED", changed)

    def _tell(self, kind: str, instance: dict[str, Any]) -> None:
        self._history.append((kind, copy.deepcopy(instance)))
        for stream in () if self.silent else self._streams:
            stream.put_nowait(self._history[-1])
        if kind != "DELETED":
            asyncio.get_running_loop().call_soon(self.operators, instance)

    def _tell_templates(self, kind: str, template: Template) -> None:
        for stream in self._template_streams:
            stream.put_nowait((kind, template))

    def _next(self) -> str:
        self._version += 1
        return str(self._version)


def _decoded(found: Mapping[str, Any]) -> Instance:
    return msgspec.json.decode(json.dumps(found), type=Instance)


def _selected(found: Mapping[str, Any], selectors: Mapping[str, str]) -> bool:
    key, _, value = selectors["label_selector"].partition("=")
    return found["metadata"].get("labels", {}).get(key) == value


def _patch(target: dict[str, Any], operation: Mapping[str, Any]) -> None:
    *parents, last = operation["path"].strip("/").split("/")
    for parent in parents:
        target = target.get(parent, {})
    if operation["op"] != "test":
        target[last] = copy.deepcopy(operation["value"])
    elif target.get(last) != operation["value"]:
        raise refused(422, "Invalid", "the server rejected our request due to an error in our request")
