"""The store against a model: whatever is seen in whatever order, the newest state wins and the indexes agree."""

import weakref
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jupyternetes.runtime.objects import ObjectKey, key_of
from jupyternetes.runtime.store import Change, Store
from tests.unit.runtime.scripted_api import Widget, widget

NAMES = st.sampled_from(["a", "b", "c"])
SIZES = st.integers(0, 2)


def sizes(obj: Widget) -> list[int]:
    if obj.size < 0:
        raise ValueError("no size")
    return [obj.size]


@dataclass
class Cluster:
    """What an API server would have: versions only grow, a recreated object has a new uid."""

    version: int = 0

    def __post_init__(self) -> None:
        self.objects: dict[str, Widget] = {}
        self.history: list[tuple[str, Widget]] = []

    def write(self, name: str, size: int) -> None:
        self.version += 1
        known = self.objects.get(name)
        uid = known.metadata.uid if known else f"uid-{self.version}"
        self.objects[name] = widget(name, self.version, uid=uid, size=size)
        self.history.append(("PUT", self.objects[name]))

    def delete(self, name: str) -> None:
        if name in self.objects:
            self.version += 1
            dead = self.objects.pop(name)
            last = widget(name, self.version, uid=dead.metadata.uid, size=dead.size)
            self.history.append(("DELETED", last))


class StoreFollowsCluster(RuleBasedStateMachine):
    """A store that sees the cluster's history late, with replays and gaps followed by lists."""

    def __init__(self) -> None:
        super().__init__()
        self.cluster = Cluster()
        self.store = Store[Widget]({"size": sizes})
        self.told: dict[ObjectKey, Widget] = {}
        self.position = 0

    def hear(self, changes: list[Change[Any]]) -> None:
        for change in changes:
            key = key_of(change.new or change.old)
            assert change.old == self.told.get(key), "a change tells what was before"
            if change.new is None:
                del self.told[key]
            else:
                assert change.old is None or change.old.metadata.uid == change.new.metadata.uid
                self.told[key] = change.new

    def see(self, kind: str, obj: Widget) -> None:
        if kind == "DELETED":
            version = int(obj.metadata.resource_version)
            self.hear(self.store.remove(key_of(obj), uid=obj.metadata.uid, version=version))
        else:
            self.hear(self.store.put(obj))

    @rule(name=NAMES, size=SIZES)
    def write(self, name: str, size: int) -> None:
        self.cluster.write(name, size)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        self.cluster.delete(name)

    @rule(back=st.integers(0, 3))
    def watch(self, back: int) -> None:
        for kind, obj in self.cluster.history[max(0, self.position - back) :]:
            self.see(kind, obj)
        self.position = len(self.cluster.history)
        assert {key.name: obj for key, obj in self.told.items()} == self.cluster.objects

    @rule()
    def relist(self) -> None:
        for key in self.store.keys(None):
            if key.name not in self.cluster.objects:
                self.hear(self.store.remove(key))
        for obj in self.cluster.objects.values():
            self.hear(self.store.put(obj, authoritative=True))
        self.position = len(self.cluster.history)
        assert {key.name: obj for key, obj in self.told.items()} == self.cluster.objects

    @invariant()
    def told_what_is_stored(self) -> None:
        assert {key_of(obj): obj for obj in self.store.values()} == self.told
        assert len(self.store) == len(self.told)

    @invariant()
    def indexes_agree(self) -> None:
        for size in range(3):
            indexed = sorted(obj.metadata.name for obj in self.store.by_index("size", size))
            assert indexed == sorted(obj.metadata.name for obj in self.told.values() if obj.size == size)


TestStoreFollowsCluster = StoreFollowsCluster.TestCase


def test_failing_indexer_leaves_the_store_as_it_was() -> None:
    store = Store[Widget]({"size": sizes})
    store.put(widget("a", 1, size=1))

    with pytest.raises(ValueError, match="no size"):
        store.put(widget("a", 2, size=-1))

    assert store.get(ObjectKey("lab", "a")) == widget("a", 1, size=1)
    assert store.by_index("size", 1) == [widget("a", 1, size=1)]


def test_index_keeps_nothing_of_what_is_gone() -> None:
    class Value:
        """Something that can be watched going."""

    values = {1: Value()}
    gone = weakref.ref(values[1])
    store = Store[Widget]({"value": lambda obj: [values[obj.size]] if obj.size in values else []})
    store.put(widget("a", 1, size=1))
    assert len(store.by_index("value", values[1])) == 1

    store.remove(ObjectKey("lab", "a"))
    values.clear()

    assert gone() is None


def test_older_object_of_a_reused_name_is_a_replay() -> None:
    store = Store[Widget]({})
    store.put(widget("a", 5, uid="second"))

    assert store.put(widget("a", 4, uid="first")) == []
    assert store.remove(ObjectKey("lab", "a"), uid="first", version=4) == []
    assert len(store) == 1


def test_list_is_believed_even_where_its_versions_are_older() -> None:
    store = Store[Widget]({})
    store.put(widget("a", 500, size=1))

    (change,) = store.put(widget("a", 5, size=2), authoritative=True)

    assert change.new == widget("a", 5, size=2)


def test_index_that_was_never_declared_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Store[Widget]({}).by_index("size", 1)
