"""Numbers for Prometheus: what starts wait for, and what came to nothing. No label names an object or a user."""

from collections import Counter

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client import Counter as Total

from jupyternetes.api import reasons
from jupyternetes.api.instance import Instance
from jupyternetes.operators.other_resources.steps import OthersStatus
from jupyternetes.runtime.objects import ObjectKey, key_of

#: A kind, and why its object is not ready.
_Wait = tuple[str, str]


class OthersMetrics:
    """Counts by the kinds that the chart allows, and by reasons of the table, which are few."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waits: dict[ObjectKey, Counter[_Wait]] = {}
        self._number = Counter[_Wait]()
        self._waiting = Gauge(
            "jupyternetes_other_resource_waiting",
            "Other resources of servers that are not ready",
            ["kind", "reason"],
            registry=registry,
        )
        self._failed = Total(
            "jupyternetes_other_resource_failures",
            "Other resources that starts ended for",
            ["kind", "reason"],
            registry=registry,
        )

    def note(self, instance: Instance, status: OthersStatus) -> None:
        """What is reported of an Instance from now on."""
        before = instance.status.other_resources
        waits = Counter[_Wait]()
        for name, state in status.entries.items():
            if not state.reason:
                continue
            waits[state.kind, state.reason] += 1
            old = before.get(name)
            is_news = old is None or (old.reason, old.start_id) != (state.reason, state.start_id)
            if reasons.lookup(state.reason).final and is_news:
                self._failed.labels(state.kind, state.reason).inc()
        self._change(key_of(instance), waits)

    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone."""
        self._change(key, Counter[_Wait]())

    def _change(self, key: ObjectKey, waits: Counter[_Wait]) -> None:
        before = self._waits.pop(key, Counter[_Wait]())
        if waits:
            self._waits[key] = waits
        self._number.update(waits)
        self._number.subtract(before)
        for kind, reason in {*before, *waits}:
            self._waiting.labels(kind, reason).set(self._number[kind, reason])
