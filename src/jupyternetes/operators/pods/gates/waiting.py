"""Which Instances wait for which gates, and since when: in memory, with what the status says of the time before."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge

from jupyternetes.api.instance import GateState, Instance
from jupyternetes.operators.pods.gates.facts import GateFacts
from jupyternetes.operators.pods.steps import Plan
from jupyternetes.runtime.objects import ObjectKey, key_of


class Leases(Protocol):
    """Whose holders show no sign of life: a LeaseWatch."""

    @property
    def run_out(self) -> Mapping[str, str]: ...


class GateWaiting:
    """``on``: whether this installation heeds gates at all.

    Time is counted by the event loop's clock; only what passed before this process rests on the time of day.
    """

    def __init__(self, *, on: bool, leases: Leases, registry: CollectorRegistry) -> None:
        self._on = on
        self._leases = leases
        self._since: dict[ObjectKey, dict[tuple[str, GateState], float]] = {}
        self._waits: dict[ObjectKey, tuple[str, ...]] = {}
        self._number = Counter[str]()
        self._gauge = Gauge(
            "jupyternetes_gate_waiting", "Starts and stops that wait for a gate", ["gate"], registry=registry
        )

    @property
    def keys(self) -> Collection[ObjectKey]:
        """The Instances that wait."""
        return tuple(self._waits)

    def facts(self, instance: Instance, now: datetime) -> GateFacts:
        """For a pass over the Instance at this time of day."""
        waited = self._waited(key_of(instance), instance.status.gates, now)
        return GateFacts(on=self._on, waited=waited, run_out=self._leases.run_out, now=now)

    def note(self, key: ObjectKey, decided: Plan, now: datetime) -> None:
        """What came of that pass: who is asked from now on, and for whom the Instance waits."""
        if decided.status is not None and decided.status.gates is not None:
            self._waited(key, decided.status.gates, now)
        self._wait(key, decided.waits_for)

    def forget(self, key: ObjectKey) -> None:
        """The Instance is gone."""
        self._since.pop(key, None)
        self._wait(key, ())

    def _waited(self, key: ObjectKey, asked: Mapping[str, GateState], now: datetime) -> Mapping[str, float]:
        """For how many seconds each gate is asked, by its name; of others nothing is remembered."""
        clock = asyncio.get_running_loop().time()
        before = self._since.pop(key, {})
        since = {each: before.get(each, clock - _seconds_since(each[1].asked_at, now)) for each in asked.items()}
        if since:
            self._since[key] = since
        return {name: clock - begun for (name, _), begun in since.items()}

    def _wait(self, key: ObjectKey, gates: tuple[str, ...]) -> None:
        before = self._waits.pop(key, ())
        if gates:
            self._waits[key] = gates
        if gates != before:
            self._number.update(gates)
            self._number.subtract(before)
            for gate in {*before, *gates}:
                self._gauge.labels(gate).set(self._number[gate])


def _seconds_since(asked_at: str, now: datetime) -> float:
    """Another replica's clock may be ahead of ours; a time that cannot be read counts as now."""
    try:
        return max(now - datetime.fromisoformat(asked_at), timedelta()).total_seconds()
    except (ValueError, TypeError):
        return 0.0
