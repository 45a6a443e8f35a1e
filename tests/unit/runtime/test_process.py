"""One operator process: start, errors at the start, and an orderly end (B65)."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.controller import Controller
from jupyternetes.runtime.errors import LeaseLost, StartupError
from jupyternetes.runtime.events import EventRecorder, ObjectReference
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease, LeaseTimes
from jupyternetes.runtime.metrics import ControllerMetrics
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.process import Process
from tests.unit.runtime.conftest import KubeconfigWriter
from tests.unit.runtime.following import eventually
from tests.unit.runtime.lease_store import LeaseStore
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi, hang, page, refusal, widget_json

HINTS = {"widgets.example.org": "run `jupyternetes crds | kubectl apply -f -`"}
Reconcile = Callable[[ObjectKey], Awaitable[None]]


async def nothing(_: ObjectKey) -> None:
    return


def process(
    client: Client,
    reconcile: Reconcile = nothing,
    *,
    fail_fast: bool = False,
    namespaces: tuple[str, ...] = (),
    leases: LeaseStore | None = None,
    **options: Any,
) -> Process:
    """An operator for widgets, as its command would put it together."""
    registry = CollectorRegistry()
    controller = Controller[ObjectKey]("widgets", reconcile, metrics=ControllerMetrics(registry))
    informer = Informer(client, WIDGETS, namespaces=namespaces, fail_fast=fail_fast)
    informer.subscribe(lambda change: controller.enqueue(key_of(change.new or change.old), behind=change.initial))  # type: ignore[arg-type]
    settings = {"health_host": "127.0.0.1", "health_port": 0, "hints": HINTS, "start_grace": 0.0} | options
    recorder = EventRecorder(client, "tester")
    lease = Lease(cast("Client", leases or LeaseStore()), "lab", "widgets", "me", LeaseTimes())
    return Process(
        client, lease, informers=[informer], controllers=[controller], recorder=recorder, registry=registry, **settings
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signal_finishes_what_is_in_hand_and_returns_B65(
    api: ScriptedApi, client: Client, number: signal.Signals
) -> None:
    api.lists += [page(10, widget_json("a", 3), widget_json("b", 4)) for _ in range(2)]
    begun, ended = asyncio.Semaphore(0), []

    async def reconcile(key: ObjectKey) -> None:
        begun.release()
        await asyncio.sleep(0.1)
        ended.append(key.name)

    running = asyncio.create_task(process(client, reconcile).run())
    await begun.acquire()
    await begun.acquire()
    os.kill(os.getpid(), number)
    await asyncio.wait_for(running, 10)

    assert sorted(ended) == ["a", "b"]
    assert signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}


class Aside:
    """What goes on beside the controllers; ``told`` is what it and they have noted."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    async def run(self) -> None:
        self.told.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            self.told.append("ended")


async def test_what_goes_on_beside_begins_before_the_first_pass_and_ends_after_the_last_C33(
    api: ScriptedApi, client: Client
) -> None:
    api.lists += [page(10, widget_json("a", 3)) for _ in range(2)]
    told, passed = list[str](), asyncio.Event()

    async def reconcile(_: ObjectKey) -> None:
        told.append("pass")
        passed.set()

    running = asyncio.create_task(process(client, reconcile, background=[Aside(told)]).run())
    await passed.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)

    assert told == ["begun", "pass", "ended"]


async def test_workers_start_only_when_the_caches_are_filled(api: ScriptedApi, client: Client) -> None:
    api.lists += [page(10, widget_json("a", 3), token="more"), hang]
    passes: list[ObjectKey] = []

    async def reconcile(key: ObjectKey) -> None:
        passes.append(key)

    with pytest.raises(StartupError, match=r"widgets\.example\.org could not be listed within 0\.3 s"):
        await process(client, reconcile, sync_timeout=0.3).run()

    assert passes == []


async def test_filled_caches_are_left_out_of_collections_of_garbage(
    api: ScriptedApi, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.lists += [page(10, widget_json("a", 3)), page(11, widget_json("a", 3))]
    settled = asyncio.Event()
    monkeypatch.setattr("jupyternetes.runtime.process.settle", settled.set)
    operator = process(client)

    running = asyncio.create_task(operator.run())
    await asyncio.wait_for(settled.wait(), 10)

    assert all(informer.synced for informer in operator.informers)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)


async def test_signal_before_the_caches_are_filled_just_ends(api: ScriptedApi, client: Client) -> None:
    api.lists += [page(10, widget_json("a", 3)), hang]
    passes: list[ObjectKey] = []

    async def reconcile(key: ObjectKey) -> None:
        passes.append(key)

    running = asyncio.create_task(process(client, reconcile, namespaces=("one", "two")).run())
    await eventually(lambda: "watch" in api.verbs())
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)

    assert passes == []


STARTUP_ERRORS = [
    (404, "NotFound", r"does not know widgets\.example\.org .*; run `jupyternetes crds \| kubectl apply -f -`"),
    (403, "Forbidden", r"403 Forbidden: .*; this account needs get, list and watch on widgets\.example\.org"),
    (401, "Unauthorized", r"401 Unauthorized: .*127\.0\.0\.1.* refused the credentials"),
]


@pytest.mark.parametrize(("code", "reason", "text"), STARTUP_ERRORS, ids=["no CRD", "no rights", "no account"])
@pytest.mark.parametrize("fail_fast", [True, False])
async def test_startup_error_is_one_line_with_the_way_out(
    api: ScriptedApi, client: Client, code: int, reason: str, text: str, fail_fast: bool
) -> None:
    api.lists += [refusal(code, reason) for _ in range(20)]

    with pytest.raises(StartupError, match=text) as caught:
        await process(client, fail_fast=fail_fast, sync_timeout=30 if fail_fast else 1.0).run()

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("code", "reason"), [(404, "NotFound"), (403, "Forbidden"), (401, "Unauthorized")])
async def test_server_that_refuses_at_first_is_asked_again(
    api: ScriptedApi, client: Client, caplog: pytest.LogCaptureFixture, code: int, reason: str
) -> None:
    api.lists += [refusal(code, reason) for _ in range(3)]
    api.lists += [page(10, widget_json("a", 3)), page(10, widget_json("a", 3))]
    passes: list[str] = []

    async def reconcile(key: ObjectKey) -> None:
        passes.append(key.name)

    running = asyncio.create_task(process(client, reconcile, fail_fast=True, start_grace=30).run())
    await eventually(lambda: passes == ["a"])
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)

    assert len([text for text in caplog.messages if text.endswith("asking again for 30 s")]) == 1


async def test_refusal_that_lasts_ends_the_start_after_a_while(api: ScriptedApi, client: Client) -> None:
    api.lists += [refusal(403, "Forbidden") for _ in range(100)]
    begun = asyncio.get_running_loop().time()

    with pytest.raises(StartupError, match="this account needs get, list and watch"):
        await process(client, fail_fast=True, start_grace=1.0).run()

    assert 1.0 <= asyncio.get_running_loop().time() - begun < 10
    assert 1 < len(api.asked("list")) < 20


async def test_refusal_is_not_asked_about_for_longer_than_the_caches_may_take(api: ScriptedApi, client: Client) -> None:
    api.lists += [refusal(403, "Forbidden") for _ in range(100)]

    with pytest.raises(StartupError, match="this account needs get, list and watch"):
        await process(client, fail_fast=True, start_grace=30, sync_timeout=1.0).run()


async def test_unreachable_cluster_is_a_startup_error(kubeconfig_for: KubeconfigWriter) -> None:
    async with await Client.connect(kubeconfig_for("http://127.0.0.1:1"), user_agent="t") as client:
        with pytest.raises(StartupError, match=r"is http://127\.0\.0\.1:1 \(kubeconfig .*\) right, and reachable"):
            await process(client, fail_fast=True, start_grace=30).run()


async def test_port_that_is_taken_is_a_startup_error(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartupError, match=f"cannot listen on 127.0.0.1:{port}"):
            await process(client, health_port=port).run()


async def test_part_that_fails_later_ends_the_process_loudly(
    api: ScriptedApi, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.lists += [page(10, widget_json("a", 3)), page(10, widget_json("a", 3))]

    def broken(*_: object) -> None:
        raise RuntimeError("a defect of the machinery")

    monkeypatch.setattr("jupyternetes.runtime.controller.Controller._succeeded", broken)

    with pytest.raises(BaseExceptionGroup) as caught:
        await asyncio.wait_for(process(client).run(), 10)

    assert "a defect of the machinery" in repr(caught.value.exceptions)


async def test_standby_works_only_when_it_leads_and_then_looks_again(
    api: ScriptedApi, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    leases = LeaseStore()
    other = Lease(cast("Client", leases), "lab", "widgets", "other", LeaseTimes())
    await other.acquire()
    api.lists += [page(10, widget_json("a", 3)), page(11, widget_json("a", 3), widget_json("late", 11))]
    passes: set[str] = set()

    async def reconcile(key: ObjectKey) -> None:
        passes.add(key.name)

    standby = process(client, reconcile, leases=leases)
    running = asyncio.create_task(standby.run())
    await eventually(lambda: "standing by" in caplog.text)
    before = standby.informers[0].last_contact
    await eventually(lambda: standby.informers[0].last_contact > before)  # it rests: the API server says nothing
    assert (passes, leases.holder) == (set(), "other")

    await other.release()
    await eventually(lambda: passes == {"a", "late"})
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)

    assert leases.writes == ["other", "", "me", ""], "taken once free, and given up in the end"


async def test_signal_to_a_standby_just_ends_it(
    api: ScriptedApi, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    leases = LeaseStore()
    await Lease(cast("Client", leases), "lab", "widgets", "other", LeaseTimes()).acquire()
    api.lists.append(page(10, widget_json("a", 3)))

    running = asyncio.create_task(process(client, leases=leases).run())
    await eventually(lambda: "standing by" in caplog.text)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)

    assert leases.holder == "other"


async def test_lost_lease_ends_the_process_without_another_pass(api: ScriptedApi, client: Client) -> None:
    leases = LeaseStore()
    api.lists += [page(10, widget_json("a", 3)), page(10, widget_json("a", 3))]
    begun = asyncio.Event()
    ended = False

    async def reconcile(_: ObjectKey) -> None:
        nonlocal ended
        begun.set()
        await asyncio.Event().wait()
        ended = True

    running = asyncio.create_task(process(client, reconcile, leases=leases).run())
    await begun.wait()
    assert leases.record is not None
    leases.record["spec"]["holderIdentity"] = "other"
    leases.edit()

    with pytest.raises(LeaseLost, match="held by other"):
        await asyncio.wait_for(running, 10)

    assert not ended


async def test_lease_is_left_to_run_out_while_a_write_can_still_happen_B65(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter
) -> None:
    leases = LeaseStore()
    api.lists += [page(10, widget_json("a", 3)), page(10, widget_json("a", 3))]
    api.others.append(hang)
    async with await Client.connect(kubeconfig_for(api.url, token="t"), user_agent="t/1") as client:

        async def reconcile(_: ObjectKey) -> None:
            await client.create(WIDGETS, "lab", {})

        running = asyncio.create_task(process(client, reconcile, leases=leases, drain_seconds=0.1).run())
        await eventually(lambda: "post" in api.verbs())
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, 10)

    assert leases.holder == "me"


async def test_lease_is_given_up_although_an_event_got_no_answer_B65(api: ScriptedApi, client: Client) -> None:
    leases = LeaseStore()
    api.lists += [page(10, widget_json("a", 3)), page(10, widget_json("a", 3))]
    api.others += [refusal(504, "Timeout"), hang]
    operator = process(client, leases=leases)
    for number in range(2):
        about = ObjectReference("example.org/v1", "Widget", "lab", f"w{number}", f"u{number}")
        operator.recorder.record(about, type="Warning", reason="Seen", message="look")

    running = asyncio.create_task(operator.run())
    await eventually(lambda: api.verbs().count("post") == 2)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 10)

    assert leases.writes == ["me", ""]
