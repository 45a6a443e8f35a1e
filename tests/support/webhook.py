"""An admission webhook of ours for a real API server: it delays, refuses, fails or changes what is written.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
"""

import asyncio
import base64
import json
import ssl
import threading
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.support.kube import Json, Kube
from tests.support.waiting import eventually
from tools.cluster.certificates import Authority

_PROBE = "admission-webhook-probe"
_PROBE_SECONDS = 30
"""However short a webhook's own time is: a probe that is late fails nothing."""


@dataclass(frozen=True, slots=True)
class Allow:
    """Let it pass, ``after`` so many seconds, and let the API server send these warnings along."""

    after: float = 0.0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """The request is refused, as a policy would do it: the client gets this status and message."""

    message: str = "the policy says no"
    code: int = 403
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Fail:
    """The webhook itself answers this HTTP status, so that it could not be asked: the client gets a 500."""

    status: int = 500
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Mutate:
    """Change the object: ``patch`` gives JSON Patch operations for it. Only for an interception that is mutating."""

    patch: Callable[[Json], list[Json]]
    after: float = 0.0


Act = Allow | Refuse | Fail | Mutate


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the API server; times are of the monotonic clock."""

    operation: str
    resource: str
    namespace: str
    name: str
    """Empty while the API server has yet to make it of generateName."""
    user: str
    at: float


@dataclass
class Interception:
    """What is done to some requests; ``act`` may be changed at any time, for questions that come later.

    It is done to dry runs too, which are not counted.
    """

    act: Act
    asked: list[Asked] = field(default_factory=list[Asked])
    most_at_once: int = 0
    """The greatest number of questions that waited for their answer at one time."""
    waiting: int = 0
    probed: int = 0


class Webhook:
    """The server, in a thread of its own; use it as a context manager. ``folder`` is for its certificates."""

    def __init__(self, kube: Kube, folder: Path) -> None:
        self._kube = kube
        self._authority = Authority(folder)
        self._authority.issue_files("webhook", "webhook", hosts=["127.0.0.1"])
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(folder / "webhook.crt", folder / "webhook.key")
        self._interceptions: dict[str, Interception] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="admission webhook", daemon=True)
        self._runner: web.ServerRunner | None = None
        self._connections: set[asyncio.WriteTransport] = set()
        self._port = 0

    @contextmanager
    def intercepts(
        self,
        resource: str,
        act: Act,
        *,
        operations: Sequence[str] = ("CREATE",),
        groups: Sequence[str] = ("*",),
        namespaces: Sequence[str] = (),
        timeout_seconds: int = 30,
        failure_policy: str = "Fail",
    ) -> Generator[Interception]:
        """While entered, the API server asks about these writes; it does so from the first moment to the last.

        ``resource`` is the plural, ``pods/status`` and ``*`` are possible. No ``namespaces`` are all. A ``Mutate``
        makes it a mutating webhook, anything else a validating one.
        """
        name = f"i{uuid.uuid4().hex[:10]}"
        kind = "mutating" if isinstance(act, Mutate) else "validating"
        interception = self._interceptions[name] = Interception(act)
        rule = {"apiGroups": [*groups], "apiVersions": ["*"], "operations": [*operations], "resources": [resource]}
        selector: Json = {"namespaceSelector": {}}
        if namespaces:
            terms = [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": [*namespaces]}]
            selector = {"namespaceSelector": {"matchExpressions": terms}}
        probes = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
        labelled = {"objectSelector": {"matchLabels": {_PROBE: name}}}
        hooks = [
            self._hook(name, "write", rule, timeout_seconds, failure_policy) | selector,
            self._hook(name, "probe", probes, _PROBE_SECONDS, failure_policy) | labelled,
        ]
        plural = f"{kind}webhookconfigurations"
        body = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": f"{kind.title()}WebhookConfiguration"}
        self._kube.create(plural, "", {**body, "metadata": {"name": name}, "webhooks": hooks})
        try:
            eventually(lambda: self._is_in_force(name))
            yield interception
        finally:
            self._kube.delete(plural, "", name)
            eventually(lambda: not self._is_in_force(name))
            del self._interceptions[name]

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _hook(self, name: str, part: str, rule: Json, timeout_seconds: int, failure_policy: str) -> Json:
        authority = base64.b64encode(self._authority.certificate_file.read_bytes()).decode()
        url = f"https://127.0.0.1:{self._port}/{name}/{part}"
        return {
            "name": f"{part}.{name}.jupyternetes.test",
            "clientConfig": {"url": url, "caBundle": authority},
            "rules": [rule],
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": timeout_seconds,
            "failurePolicy": failure_policy,
        }

    def _is_in_force(self, name: str) -> bool:
        """Whether the API server asks by now: it learns a moment later of a configuration, and of its end."""
        before = self._interceptions[name].probed
        body = {"metadata": {"generateName": "probe-", "labels": {_PROBE: name}}}
        self._kube.request("POST", f"{Kube.path('configmaps', 'default')}?dryRun=All", body)
        return self._interceptions[name].probed > before

    async def _listen(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._answer))
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def _end(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        # A TLS connection that is closed waits for its peer's farewell; one that is aborted goes in the next turns.
        for connection in self._connections:
            connection.abort()
        for _ in range(2):
            await asyncio.sleep(0)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.transport is not None:
            self._connections.add(request.transport)
        _, name, part = request.path.split("/")
        review: Json = json.loads(await request.read())
        interception = self._interceptions[name]
        if part == "probe":
            interception.probed += 1
            return _review(review, {"allowed": True})
        if review["request"].get("dryRun"):
            return await _acted(interception.act, review)
        interception.asked.append(_asked(review["request"], self._loop.time()))
        interception.waiting += 1
        interception.most_at_once = max(interception.most_at_once, interception.waiting)
        try:
            return await _acted(interception.act, review)
        finally:
            interception.waiting -= 1


async def _acted(act: Act, review: Json) -> web.Response:
    if act.after:
        await asyncio.sleep(act.after)
    match act:
        case Allow(warnings=warnings):
            return _review(review, {"allowed": True, "warnings": [*warnings]})
        case Refuse():
            return _review(review, {"allowed": False, "status": {"code": act.code, "message": act.message}})
        case Fail():
            return web.Response(status=act.status, text="the webhook is out of order")
        case Mutate():
            patch = base64.b64encode(json.dumps(act.patch(review["request"]["object"])).encode()).decode()
            return _review(review, {"allowed": True, "patchType": "JSONPatch", "patch": patch})


def _review(review: Json, response: dict[str, Any]) -> web.Response:
    response = {"uid": review["request"]["uid"], **response}
    return web.json_response({"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response})


def _asked(request: Json, at: float) -> Asked:
    plural, subresource = request["resource"]["resource"], request.get("subResource", "")
    return Asked(
        operation=request["operation"],
        resource=f"{plural}/{subresource}" if subresource else plural,
        namespace=request.get("namespace", ""),
        name=request.get("name", ""),
        user=request["userInfo"]["username"],
        at=at,
    )
