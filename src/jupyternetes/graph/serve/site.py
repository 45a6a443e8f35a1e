"""What is served, and to whom? Pages to people at this machine, health and numbers to whoever reaches the process."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry

from jupyternetes.graph.drawing.html import render_html
from jupyternetes.graph.drawing.judged import locate_causes
from jupyternetes.graph.model import recording
from jupyternetes.graph.model.graph import Graph
from jupyternetes.graph.serve.current import Current, Moment
from jupyternetes.graph.serve.events import Events
from jupyternetes.graph.serve.guard import refusal
from jupyternetes.graph.serve.metrics import GraphMetrics
from jupyternetes.runtime.health import metrics_answer, probe_answer

#: Seconds without a verdict after which the process is better restarted. A first look may take half a minute.
STUCK: Final = 180.0

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
#: What only a header can say; the rest stands in the page itself. https://www.w3.org/TR/CSP3/#meta-element
_PAGE_POLICY: Final = "frame-ancestors 'none'"
_DATA_POLICY: Final = f"default-src 'none'; {_PAGE_POLICY}"

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """Makes the applications of the listeners. Each answers GET alone, and no request changes anything."""

    def __init__(self, current: Current, metrics: GraphMetrics, registry: CollectorRegistry) -> None:
        self._current = current
        self._metrics = metrics
        self._registry = registry
        self._events = Events(current, metrics)
        self._page: tuple[str, bytes] = ("", b"")
        self._rendering = asyncio.Lock()

    def probes(self) -> web.Application:
        """Health and numbers, which name nobody."""
        app = web.Application()
        self._add_probes(app)
        return app

    def pages(self) -> web.Application:
        """All there is, for requests that the guard lets through."""
        app = web.Application(middlewares=[_guarded])
        app.on_response_prepare.append(_harden)
        app.on_shutdown.append(self._end_streams)
        self._add_probes(app)
        for path, handler in (
            ("/", self._index),
            ("/graph.json", self._graph),
            ("/causes.json", self._causes),
            ("/events", self._events.answer),
        ):
            app.router.add_get(path, handler, allow_head=False)
        return app

    def _add_probes(self, app: web.Application) -> None:
        for path, handler in (("/healthz", self._healthz), ("/readyz", self._readyz), ("/metrics", self._numbers)):
            app.router.add_get(path, handler, allow_head=False)

    async def _end_streams(self, _: web.Application) -> None:
        self._current.close()

    async def _healthz(self, _: web.Request) -> web.Response:
        age = self._metrics.verdict_age()
        return probe_answer([f"no verdict for {age:.0f} s"] if age > STUCK else [])

    async def _readyz(self, _: web.Request) -> web.Response:
        return probe_answer([] if self._current.moment is not None else ["the first look has not ended"])

    async def _numbers(self, _: web.Request) -> web.Response:
        return metrics_answer(self._registry)

    async def _index(self, _request: web.Request) -> web.Response:
        moment, graph = self._now()
        moment_id = f"{moment.version} {moment.verdict.taken}"
        async with self._rendering:  # however many ask, a moment is drawn once
            if self._page[0] != moment_id:
                self._page = moment_id, await asyncio.to_thread(_rendered, moment, graph)
            page = self._page[1]
        return web.Response(
            body=page, content_type="text/html", charset="utf-8", headers={"Content-Security-Policy": _PAGE_POLICY}
        )

    async def _graph(self, _request: web.Request) -> web.Response:
        _, graph = self._now()
        async with self._rendering:
            body = await asyncio.to_thread(recording.write, graph)
        return web.Response(body=body, content_type="application/json")

    async def _causes(self, _request: web.Request) -> web.Response:
        moment, _ = self._now()
        return web.Response(body=recording.as_json(moment.verdict), content_type="application/json")

    def _now(self) -> tuple[Moment, Graph]:
        moment = self._current.moment
        if moment is None or moment.graph is None:
            raise web.HTTPServiceUnavailable(
                text="The first look at the deployment has not ended. Ask again in a moment.\n",
                headers={"Retry-After": "5"},
            )
        return moment, moment.graph


def _rendered(moment: Moment, graph: Graph) -> bytes:
    drawn, verdict = locate_causes(moment.verdict, graph)
    return render_html(drawn, graph, verdict, version=moment.version).encode()


@web.middleware
async def _guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
    names = ("Host", "Origin", "Sec-Fetch-Site")
    why_not = refusal(*(request.headers.getall(name, []) for name in names))
    return web.Response(status=403, text=f"{why_not}\n") if why_not else await handler(request)


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
    response.headers.setdefault("Content-Security-Policy", _DATA_POLICY)
