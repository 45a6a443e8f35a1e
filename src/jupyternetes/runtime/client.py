"""The API server as typed calls: structs come out, plain mappings go in."""

import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, Self

import msgspec

from jupyternetes.runtime import config, requests
from jupyternetes.runtime.decoding import Codec, Listing, WatchEvent
from jupyternetes.runtime.errors import Status, UnknownOutcome, Unreadable, api_error
from jupyternetes.runtime.lines import LineSplitter
from jupyternetes.runtime.objects import ObjectKey, T
from jupyternetes.runtime.requests import Patch, Request
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.transport import Transport
from jupyternetes.runtime.wire import WRITE_BOUND, WriteBound

Body = Mapping[str, object]

INACTIVITY = 90.0
"""Seconds of silence after which a watch counts as dead: the API server sends a bookmark about every minute.

It does so if etcd often says how far it is, as with kubeadm and k3s (``--watch-progress-notify-interval``). Elsewhere a
watch without changes may be given up, which costs a list. For resources without any bookmarks these seconds count from
when the server was to end the watch.
"""


@dataclass(frozen=True, slots=True)
class Created(Generic[T]):
    """An object that was made, and what the API server warns of in it, such as a field that it does not know."""

    obj: T
    warnings: tuple[str, ...] = ()


class Client:
    """All calls raise the kinds of ``errors``; writes carry a bound and are never repeated here.

    Bodies are plain dicts and lists. ``namespace`` is the one of the kubeconfig's context or of the pod.
    """

    def __init__(self, transport: Transport, field_manager: str) -> None:
        self._transport = transport
        self._field_manager = field_manager
        self._codecs: dict[type, Codec[Any]] = {}

    @classmethod
    async def connect(
        cls,
        kubeconfig: str | Path | None = None,
        *,
        user_agent: str,
        max_requests: int = 16,
        write_bound: float = WRITE_BOUND,
        writes_until: Callable[[], float] | None = None,
    ) -> "Client":
        """Load the configuration; nothing is sent yet.

        ``user_agent`` up to its first slash is the field manager of creates and patches. ``max_requests`` bounds those
        in flight that are answered soon, watches not counted; the others wait for their turn. A write that was begun
        happens within ``write_bound`` seconds or not at all, and before ``writes_until``, a time of the event loop: it
        is given less where less is left, and raises NotLeader, at the last moment, where nothing is. Raises
        ConfigurationError.
        """
        transport = Transport(
            await config.load(kubeconfig),
            user_agent=user_agent,
            max_requests=max_requests,
            reload=partial(config.load, kubeconfig),
            write_bound=WriteBound(write_bound),
            writes_until=writes_until,
        )
        return cls(transport, user_agent.partition("/")[0])

    @property
    def namespace(self) -> str:
        """Where this account lives."""
        return self._transport.settings.namespace

    @property
    def server(self) -> str:
        """The API server's URL and where it was read from, for messages."""
        return f"{self._transport.settings.endpoint.url} ({self._transport.settings.origin})"

    @property
    def calls(self) -> Counter[tuple[str, str, int]]:
        """Answers so far by verb, resource and HTTP status; status 0 is no answer."""
        return self._transport.calls

    @property
    def write_bound(self) -> float:
        """Seconds after which a write that was begun can no longer happen."""
        return self._transport.write_bound.total

    @property
    def brief_write_bound(self) -> float:
        """The same for a brief one."""
        return self._transport.write_bound.brief.total

    @property
    def unsettled_until(self) -> float:
        """The event loop's time until which a write that got no answer, of an Event aside, may still happen."""
        return self._transport.unsettled_until

    async def get(self, resource: Resource[T], namespace: str | None, name: str) -> T:
        """One object, as it is now."""
        request = requests.get(resource, namespace, name)
        body = await self._transport.read(request)
        try:
            return self._codec(resource).object(body)
        except msgspec.DecodeError as error:
            raise Unreadable(f"{request}: the answer cannot be read: {error}") from error

    async def read(self, what: str, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """The body of what is no object of a resource: a log, samples of metrics, the server's version."""
        return await self._transport.read(requests.read(what, path, query or {}))

    async def review(self, what: str, path: str, body: Body) -> bytes:
        """The answer to a question that is put as a POST and makes nothing, such as what the account may do."""
        return await self._transport.read(requests.review(what, path, body))

    async def version(self, resource: Resource[T], namespace: str | None = None) -> int:
        """The version that the server has come to with everything; one that was restored has lower ones than before."""
        request, listing = requests.list_page(resource, namespace, {}, "", limit=1), Listing[T]()
        await self._page(resource, request, listing)
        return int(listing.resource_version)

    async def list(
        self,
        resource: Resource[T],
        namespace: str | None = None,
        *,
        label_selector: str = "",
        field_selector: str = "",
        keep: Callable[[T], bool] | None = None,
    ) -> Listing[T]:
        """All objects as of one moment, consistent and not from a cache. Raises Gone if the pages take too long.

        Those that ``keep`` does not want are left out page by page, where no selector can say what is wanted.
        """
        selectors = requests.selectors(label_selector, field_selector)
        listing, token = Listing[T](), ""
        while True:
            request = requests.list_page(resource, namespace, selectors, token)
            token = await self._page(resource, request, listing, keep)
            if not token:
                return listing

    async def create(self, resource: Resource[T], namespace: str, body: Body) -> T:
        """Create an object; the answer carries the name, uid and version that the server gave it."""
        return (await self.create_with_warnings(resource, namespace, body)).obj

    async def create_with_warnings(
        self, resource: Resource[T], namespace: str, body: Body, *, brief: bool = False, strict: bool = False
    ) -> Created[T]:
        """Create an object, and hear what the server warns of in it.

        A ``brief`` create is not given the time that an admission webhook may take; a ``strict`` one is refused
        (Invalid) if the server does not know one of its fields, which it drops otherwise.
        """
        request = requests.create(resource, namespace, body, self._field_manager, strict=strict)
        answer = await self._transport.write(request, brief=brief)
        return Created(self._decoded_write(resource, request, answer.body), answer.warnings)

    async def try_create(self, resource: Resource[Any], namespace: str, body: Body) -> tuple[str, ...]:
        """What the server would warn of if it created the object strictly. Raises what a create raises; makes nothing.

        https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
        """
        request = requests.create(resource, namespace, body, self._field_manager, strict=True, dry_run=True)
        return (await self._transport.write(request)).warnings

    async def json_patch(
        self,
        resource: Resource[T],
        namespace: str,
        name: str,
        operations: Sequence[Body],
        *,
        subresource: str | None = None,
    ) -> T:
        """RFC 6902. A failed ``test`` is an Invalid."""
        key, steps = ObjectKey(namespace, name), list(operations)
        request = requests.patch(Patch.JSON, resource, key, steps, self._field_manager, subresource)
        return await self._write(resource, request)

    async def merge_patch(
        self, resource: Resource[T], namespace: str, name: str, body: Body, *, subresource: str | None = None
    ) -> T:
        """RFC 7386: null removes a key."""
        key = ObjectKey(namespace, name)
        request = requests.patch(Patch.MERGE, resource, key, dict(body), self._field_manager, subresource)
        return await self._write(resource, request)

    async def apply(
        self, resource: Resource[T], namespace: str, name: str, body: Body, *, strict: bool = False
    ) -> Created[T]:
        """Server-side apply without force. Raises Conflict if somebody else holds a field, or holds the name.

        The body carries the uid of the object, or an object is made where there is none. ``strict``: as of a create.
        """
        request = requests.apply(resource, ObjectKey(namespace, name), body, self._field_manager, strict=strict)
        answer = await self._transport.write(request)
        return Created(self._decoded_write(resource, request, answer.body), answer.warnings)

    async def delete(
        self,
        resource: Resource[T],
        namespace: str,
        name: str,
        *,
        uid: str | None = None,
        grace_seconds: int | None = None,
    ) -> None:
        """A plain background delete. Raises NotFound, and Conflict if the object has another uid than given."""
        # The answer may hold the object, and that a secret: it is not looked at.
        await self._transport.write(requests.delete(resource, namespace, name, uid, grace_seconds))

    async def watch(
        self,
        resource: Resource[T],
        namespace: str | None,
        *,
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
        inactivity: float = INACTIVITY,
    ) -> AsyncGenerator[WatchEvent[T]]:
        """Changes after ``resource_version``, until the server ends the stream, which it does every few minutes.

        Raises Gone, as status or as ERROR event, if the version is too old; Unreachable if the connection breaks or is
        silent for ``inactivity`` seconds, if need be after its end was due; Unreadable if a line is no watch event.
        Close it with ``aclosing``.
        """
        # Spread, so that the watches of many processes do not end together. Without bookmarks the next one goes on from
        # as long ago as this one lasts, and the API server keeps a history of five minutes.
        seconds = random.randrange(240, 480) if resource.bookmarks else random.randrange(120, 240)  # noqa: S311
        selectors = requests.selectors(label_selector, field_selector)
        request = requests.watch(resource, namespace, selectors, resource_version, seconds)
        lines = LineSplitter()
        silence = inactivity if resource.bookmarks else seconds + inactivity
        async with aclosing(self._transport.stream(request, silence)) as chunks:
            async for chunk in chunks:
                for line in lines.feed(chunk):
                    yield self._event(resource, request, line)

    async def close(self) -> None:
        """Close all connections; the client cannot be used afterwards."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _codec(self, resource: Resource[T]) -> Codec[T]:
        if resource.type not in self._codecs:
            self._codecs[resource.type] = Codec(resource.type)
        return self._codecs[resource.type]

    async def _page(
        self, resource: Resource[T], request: Request, into: Listing[T], keep: Callable[[T], bool] | None = None
    ) -> str:
        body = await self._transport.read(request)
        try:
            return self._codec(resource).page(body, into, keep)
        except msgspec.DecodeError as error:
            raise Unreadable(f"{request}: {error}") from error

    def _event(self, resource: Resource[T], request: Request, line: bytes) -> WatchEvent[T]:
        try:
            event = self._codec(resource).line(line)
        except msgspec.DecodeError as error:
            raise Unreadable(f"{request}: {error}") from error
        if isinstance(event, Status):
            raise api_error(str(request), event)
        return event

    async def _write(self, resource: Resource[T], request: Request) -> T:
        return self._decoded_write(resource, request, (await self._transport.write(request)).body)

    def _decoded_write(self, resource: Resource[T], request: Request, body: bytes) -> T:
        try:
            return self._codec(resource).object(body)
        except msgspec.DecodeError as error:
            text = f"{request}: the answer cannot be read: {error}"
            raise UnknownOutcome(text, settled_at=0.0, done=True) from error
