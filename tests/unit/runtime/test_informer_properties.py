"""The informer against an API server that changes, forgets, stalls and lies about time: its cache ends up right (B63).

Any interleaving of changes, lost watches, both kinds of 410, duplicates, replays, bookmarks, relists and restored
backups: the cache equals the server, each deletion was announced exactly once, and the indexes agree.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.resource import Resource
from jupyternetes.runtime.store import Change
from tests.support.fakekube import CONFIG_MAPS, EVENTS, Fault, Refused, Watch, on
from tests.support.fakekube.refusals import expired
from tests.unit.runtime.properties_memory import MemoryKube
from tests.unit.runtime.properties_time import end, fake_time
from tests.unit.runtime.scripted_api import Meta

pytestmark = pytest.mark.usefixtures("quiet_log")

SETTLED = 300.0
"""Seconds within which any fault is over: a silent watch is given up after 90, the longest wait is 30."""
SETTLED_WITHOUT_BOOKMARKS = 800.0
"""There the silent watch is one that the server ends after 480, or that is given up 90 later."""


class Data(msgspec.Struct, frozen=True):
    size: int = 0


class Item(msgspec.Struct, frozen=True):
    metadata: Meta
    data: Data = Data()


ITEMS = Resource("", "v1", "configmaps", "ConfigMap", Item)
ITEMS_WITHOUT_BOOKMARKS = Resource("", "v1", "events", "Event", Item, bookmarks=False)
KEYS = st.builds(ObjectKey, st.sampled_from(["one", "two"]), st.sampled_from(["a", "b", "c"]))
SIZES = st.sampled_from([0, 1, 2, "unreadable"])
PAUSES = st.sampled_from([0, 0, 0.05, 1, 40, 100])
CHANGES = st.lists(st.tuples(KEYS, SIZES | st.just("delete")), max_size=4)


class Audience:
    """Hears what the informer tells and checks that it makes sense."""

    def __init__(self) -> None:
        self.told: dict[ObjectKey, Item] = {}
        self.faults: list[str] = []

    def hear(self, change: Change[Item]) -> None:
        subject = change.new or change.old
        assert subject is not None
        key = key_of(subject)
        if change.old != self.told.get(key):
            self.faults.append(f"{change} after {self.told.get(key)}")
        if change.new is None:
            self.told.pop(key, None)
        elif change.old is not None and change.old.metadata.uid != change.new.metadata.uid:
            self.faults.append(f"{change} is no change, but a deletion and an addition")
        else:
            self.told[key] = change.new


class InformerFollowsServer(RuleBasedStateMachine):
    """Time passes only where a rule says so; between rules the informer is wherever it was."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = fake_time()
        self.kube = MemoryKube(self.loop, namespaces=("one", "two"))
        self.first_version = self.kube.registry.state.version
        self.audience = Audience()
        self.relists: list[asyncio.Task[None]] = []
        self.resting = False

    @initialize(scoped=st.booleans(), bookmarks=st.booleans())
    def follow(self, scoped: bool, bookmarks: bool) -> None:
        self.kind = CONFIG_MAPS if bookmarks else EVENTS
        self.settled = SETTLED if bookmarks else SETTLED_WITHOUT_BOOKMARKS
        self.run(self._begin(ITEMS if bookmarks else ITEMS_WITHOUT_BOOKMARKS, ("one", "two") if scoped else ()))

    async def _begin(self, items: Resource[Item], namespaces: Iterable[str]) -> None:
        indexers: dict[str, Callable[[Item], list[Any]]] = {"size": lambda item: [item.data.size]}
        self.informer = Informer(self.kube.client("tests"), items, namespaces=tuple(namespaces), indexers=indexers)
        self.informer.subscribe(self.audience.hear)
        self.task = asyncio.create_task(self.informer.run())

    def run(self, story: Any) -> None:
        self.loop.run_until_complete(story)

    def teardown(self) -> None:
        try:
            if hasattr(self, "informer"):
                self.settle()
        finally:
            end(self.loop)

    # what happens on the server

    @rule(key=KEYS, size=SIZES)
    def write(self, key: ObjectKey, size: object) -> None:
        self._write(key, size)

    @rule(key=KEYS)
    def delete(self, key: ObjectKey) -> None:
        self._write(key, "delete")

    @rule(key=KEYS, size=SIZES)
    def recreate(self, key: ObjectKey, size: object) -> None:
        self._write(key, "delete")
        self._write(key, size)

    @rule()
    def forget_history(self) -> None:
        self.kube.registry.state.compact()

    @rule(back=st.integers(1, 6), changes=st.none() | CHANGES, bumped=st.booleans(), cut=st.booleans())
    def restore_backup(
        self, back: int, changes: list[tuple[ObjectKey, object]] | None, bumped: bool, cut: bool
    ) -> None:
        """Then all connections break, or are ended in order, as by a load balancer that shuts down.

        Without ``changes``, whoever lost a write does it once more, in another way.

        Until everybody has listed, versions stay below those known, or are all above.

        (Who overtakes a version that somebody waits for cannot be noticed; etcd's documentation says to bump.)
        """
        self.settle()
        state = self.kube.registry.state
        before = state.version
        lost = state.since(max(state.oldest, self.first_version, before - back))
        state.restore(max(state.oldest, self.first_version, before - back))
        awaited = before
        if cut:
            self.kube.cut_watches()
        else:
            awaited = before if self.kind.bookmarks else min(map(version_asked, self.kube.watches), default=0)
            self.watches_end()
        if bumped:
            state.version = before + 1000
            state.compact()
        for change in [(ObjectKey(*each.key[1:]), 2) for each in lost] if changes is None else changes:
            if bumped or state.version + 1 < awaited:
                self._write(*change)
        self.run(asyncio.sleep(self.settled))

    def _write(self, key: ObjectKey, size: object) -> None:
        known = any(item["metadata"]["name"] == key.name for item in self.server_items(key.namespace))
        where = (self.kind, *key)
        if size == "delete":
            if known:
                self.kube.registry.delete(*where)
        elif known:
            self.kube.registry.patch("merge", *where, {"data": {"size": size}})
        else:
            body = {"metadata": {"name": key.name}, "data": {"size": size}}
            self.kube.registry.create(self.kind, key.namespace, body)

    # what goes wrong

    @rule(pause=PAUSES)
    def time_passes(self, pause: float) -> None:
        self.run(asyncio.sleep(pause))

    @rule(verb=st.sampled_from(["list", "watch"]), times=st.integers(1, 3), how=st.integers(0, 3))
    def requests_fail(self, verb: str, times: int, how: int) -> None:
        refusals = [expired("as planned"), Refused("InternalError"), Refused("TooManyRequests", retry_after=2)]
        fault = Fault(refusal=refusals[how]) if how < len(refusals) else Fault(lost=True)
        self.kube.faults.plan(on(verb), fault, times=times)

    @rule(seconds=st.sampled_from([0.5, 20]))
    def list_is_slow(self, seconds: float) -> None:
        self.kube.faults.delay(on("list"), seconds)

    @rule()
    def connections_break(self) -> None:
        self.kube.cut_watches()

    @rule()
    def watches_end(self) -> None:
        for watch in self.kube.watches:
            watch.end()

    @rule()
    def watches_expire(self) -> None:
        for watch in self.kube.watches:
            watch.fail(expired("as planned"))

    @rule()
    def watches_stall(self) -> None:
        """They stay silent, until somebody releases them or the client gives up."""
        for watch in self.kube.watches:
            watch.held = True

    @rule()
    def watches_go_on(self) -> None:
        for watch in self.kube.watches:
            watch.release()

    @rule()
    def bookmarks_come(self) -> None:
        for watch in self.kube.watches:
            watch.bookmark(self.kube.registry.state)

    @rule(back=st.integers(1, 6))
    def events_come_again(self, back: int) -> None:
        state = self.kube.registry.state
        for change in state.since(max(state.oldest, state.version - back)):
            for watch in self.kube.watches:
                watch.hear(change)

    @rule(kept=st.integers(1, 60))
    def line_is_torn(self, kept: int) -> None:
        for watch in self.kube.watches:
            for obj in self.kube.registry.state.objects(self.kind, watch.namespace)[:1]:
                line = json.dumps({"type": "MODIFIED", "object": obj}).encode()
                watch.lines.put_nowait(line[:-kept])
                watch.cut()

    @rule()
    def somebody_wants_a_list(self) -> None:
        async def begin() -> None:
            self.relists.append(asyncio.create_task(self._relist()))
            await asyncio.sleep(0)

        self.resting = False
        self.run(begin())

    @rule()
    def nobody_goes_by_the_cache(self) -> None:
        async def rest() -> None:
            self.informer.rest()

        self.resting = True
        self.run(rest())

    async def _relist(self) -> None:
        """After a relist, nothing older than its call is missing and nothing deleted before it is left."""
        state = self.kube.registry.state
        asked = state.version
        before = {ObjectKey(*key[1:]) for key, _ in state.items() if key.kind is self.kind}
        await self.informer.relist()
        for item in self.server_items():
            meta = item["metadata"]
            known = self.informer.get(meta["namespace"], meta["name"])
            key = ObjectKey(meta["namespace"], meta["name"])
            if int(meta["resourceVersion"]) <= asked and key not in self.informer.broken:
                assert known is not None, f"{key} is missing after a relist"
                assert known.metadata.resource_version == meta["resourceVersion"]
        since = {key_of(item) for item in self.informer.values()} - before
        for key in since:
            known = self.informer.get(*key)
            assert known is not None
            assert int(known.metadata.resource_version) > asked, f"{key} was deleted before the relist"

    # what must hold

    @rule()
    def settle(self) -> None:
        """Nothing goes wrong any more; after a while the cache is right, if somebody wants it to be."""
        self.kube.faults.clear()
        if self.resting:
            self.somebody_wants_a_list()
        self.run(asyncio.sleep(self.settled))
        for relist in self.relists:
            assert relist.done(), "a relist that never ended"
            relist.result()
        self.relists.clear()
        assert not self.task.done()
        assert self.informer.synced
        readable, unreadable = {}, set()
        for item in self.server_items():
            key = ObjectKey(item["metadata"]["namespace"], item["metadata"]["name"])
            if item["data"]["size"] == "unreadable":
                unreadable.add(key)
            else:
                readable[key] = msgspec.convert(item, Item)
        assert set(self.informer.broken) == unreadable
        cached = {key_of(item): item for item in self.informer.values()}
        assert {key: item for key, item in cached.items() if key not in unreadable} == readable
        assert all(self.informer.has_reached(item) for item in readable.values())

    @invariant()
    def told_what_is_cached(self) -> None:
        assert self.audience.faults == []
        if hasattr(self, "informer"):
            assert {key_of(item): item for item in self.informer.values()} == self.audience.told

    @invariant()
    def indexes_agree_with_a_rebuild(self) -> None:
        if not hasattr(self, "informer"):
            return
        for size in (0, 1, 2):
            wanted = {key_of(item) for item in self.informer.values() if item.data.size == size}
            assert {key_of(item) for item in self.informer.by_index("size", size)} == wanted

    def server_items(self, namespace: str = "") -> list[dict[str, Any]]:
        return self.kube.registry.state.objects(self.kind, namespace)


def version_asked(watch: Watch) -> int:
    """What it began from: who follows it has come at least so far."""
    return int(watch.call.query["resourceVersion"])


TestInformerFollowsServer = InformerFollowsServer.TestCase
TestInformerFollowsServer.settings = hypothesis.settings(max_examples=120, stateful_step_count=30)


@pytest.mark.long
@pytest.mark.timeout(1800)
class TestInformerFollowsServerForLong(InformerFollowsServer.TestCase):
    """The same, deeper."""

    settings = hypothesis.settings(max_examples=3000, stateful_step_count=60)
