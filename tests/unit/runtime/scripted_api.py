"""An API server that answers what a test told it to, and the one kind of object that the tests are about."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from jupyternetes.runtime.resource import Resource

Json = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    uid: str
    resource_version: str
    namespace: str = ""
    labels: dict[str, str] = {}
    deletion_timestamp: str | None = None


class Widget(msgspec.Struct, frozen=True):
    metadata: Meta
    size: int = 0


WIDGETS = Resource("example.org", "v1", "widgets", "Widget", Widget)


def widget_json(name: str, version: int, *, uid: str = "", size: int = 0, namespace: str = "lab") -> Json:
    metadata = {"name": name, "namespace": namespace, "uid": uid or f"uid-{name}", "resourceVersion": str(version)}
    return {"metadata": metadata, "size": size}


def widget(name: str, version: int, **others: Any) -> Widget:
    return msgspec.convert(widget_json(name, version, **others), Widget)


def line(kind: str, obj: Json) -> bytes:
    return json.dumps({"type": kind, "object": obj}, ensure_ascii=False).encode() + b"\n"


def bookmark(version: int) -> bytes:
    return line("BOOKMARK", {"kind": "Widget", "metadata": {"resourceVersion": str(version)}})


def status_json(code: int, reason: str, message: str = "as the test says", **details: Any) -> Json:
    return {"kind": "Status", "code": code, "reason": reason, "message": message, "details": details}


def answer(body: object, *, code: int = 200, warnings: Sequence[str] = (), **headers: str) -> Answer:
    """A complete answer; header names are written with underscores."""

    async def respond(_: web.Request) -> web.Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = web.Response(status=code, body=data, headers={k.replace("_", "-"): v for k, v in headers.items()})
        for text in warnings:
            response.headers.add("Warning", f'299 - "{text}"')
        return response

    return respond


def refusal(code: int, reason: str, message: str = "as the test says", **headers: str) -> Answer:
    return answer(status_json(code, reason, message), code=code, **headers)


def page(version: int, *objects: Json, token: str = "") -> Answer:
    return answer({"metadata": {"resourceVersion": str(version), "continue": token}, "items": list(objects)})


def stream(*chunks: bytes, then: str = "stay") -> Answer:
    """A watch that sends chunks and then stays open and silent, ends ("end"), or drops the connection ("drop")."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
            await asyncio.sleep(0)  # lets the client read what there is, so that it sees the cuts
        if then == "stay":
            await request.app[STOPPED].wait()
        elif then == "drop":
            assert request.transport is not None
            request.transport.abort()
        return response

    return respond


async def hang(request: web.Request) -> web.StreamResponse:
    """Never answers."""
    await request.app[STOPPED].wait()
    return web.Response()


async def reset(request: web.Request) -> web.StreamResponse:
    """Takes the request and breaks the connection."""
    await request.read()
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


STOPPED = web.AppKey("stopped", asyncio.Event)


@dataclass
class Seen:
    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedApi:
    """Answers lists, watches and everything else ("others") from three scripts, each in its order.

    A list or another request beyond its script is answered 500; a watch beyond it stays open and silent.
    """

    lists: deque[Answer] = field(default_factory=deque[Answer])
    watches: deque[Answer] = field(default_factory=deque[Answer])
    others: deque[Answer] = field(default_factory=deque[Answer])
    seen: list[Seen] = field(default_factory=list[Seen])
    url: str = ""

    def __post_init__(self) -> None:
        self.app = web.Application(client_max_size=2**26)
        self.app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(self.app, shutdown_timeout=0.1, access_log=None)

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self.app[STOPPED] = asyncio.Event()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self.app[STOPPED].set()
        await self._runner.cleanup()

    def verbs(self) -> list[str]:
        return [seen.verb for seen in self.seen]

    def asked(self, verb: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.verb == verb]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        verb = "watch" if "watch" in request.query else request.method.lower()
        if verb == "get" and request.path.rpartition("/")[2] == WIDGETS.plural:
            verb = "list"
        self.seen.append(Seen(verb, request.path, dict(request.query), dict(request.headers), await request.read()))
        script = {"list": self.lists, "watch": self.watches}.get(verb, self.others)
        if script:
            return await script.popleft()(request)
        beyond = stream() if verb == "watch" else refusal(500, "InternalError", "beyond the script")
        return await beyond(request)
