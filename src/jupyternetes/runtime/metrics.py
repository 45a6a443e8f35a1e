"""Numbers for Prometheus. Labels are bounded: controllers, resource types, verbs, outcomes, never names of objects."""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.informer import Informer
from jupyternetes.runtime.lease import Lease


class Outcome(StrEnum):
    """How a pass over a key ended."""

    SUCCESS = "success"
    REQUEUED = "requeued"
    CONFLICT = "conflict"
    THROTTLED = "throttled"
    FENCED = "fenced"
    ERROR = "error"
    TERMINAL = "terminal"
    TIMEOUT = "timeout"


class ControllerMetrics:
    """One for all controllers of a registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._passes = Counter(
            "jupyternetes_reconcile_total", "Passes over a key by outcome", ["controller", "outcome"], registry=registry
        )
        self._seconds = Histogram(
            "jupyternetes_reconcile_seconds",
            "Duration of a pass over a key",
            ["controller"],
            registry=registry,
            buckets=(0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
        )
        self._depth = Gauge("jupyternetes_queue_depth", "Keys that wait", ["controller"], registry=registry)
        self._series: dict[str, tuple[dict[Outcome, Counter], Histogram]] = {}

    def declare(self, controller: str, depth: Callable[[], float]) -> None:
        """Make a controller's numbers exist at zero: an absent series and a zero mean different things to an alert."""
        self._series[controller] = (
            {outcome: self._passes.labels(controller, outcome) for outcome in Outcome},
            self._seconds.labels(controller),
        )
        self._depth.labels(controller).set_function(depth)

    def observe(self, controller: str, outcome: Outcome, seconds: float) -> None:
        """Count one pass of a controller that was declared."""
        passes, durations = self._series[controller]
        passes[outcome].inc()
        durations.observe(seconds)


class StateCollector(Collector):
    """Reads caches and request counts when it is asked, so that they need to know nothing of metrics.

    ``informers`` may grow. A process that shares its work with no other has no ``lease``.
    """

    def __init__(
        self, client: Client, informers: Collection[Informer[Any]], lease: Lease | None, now: Callable[[], float]
    ) -> None:
        self._client = client
        self._informers = informers
        self._lease = lease
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """Called by the registry at each scrape."""
        objects = GaugeMetricFamily("jupyternetes_cache_objects", "Objects known", labels=["resource"])
        broken = GaugeMetricFamily(
            "jupyternetes_cache_broken_objects", "Objects that cannot be read", labels=["resource"]
        )
        refused = GaugeMetricFamily(
            "jupyternetes_cache_refused_namespaces", "Namespaces that cannot be listed", labels=["resource"]
        )
        silence = GaugeMetricFamily("jupyternetes_cache_silence_seconds", "Since the last contact", labels=["resource"])
        failures = CounterMetricFamily(
            "jupyternetes_cache_failures", "Lists and watches that failed", labels=["resource"]
        )
        for informer in self._informers:
            label = [informer.resource.full_name]
            objects.add_metric(label, len(informer))
            broken.add_metric(label, len(informer.broken))
            refused.add_metric(label, len(informer.refused))
            silence.add_metric(label, self._now() - informer.last_contact)
            failures.add_metric(label, informer.failures)
        requests = CounterMetricFamily(
            "jupyternetes_api_requests", "Requests by answer", labels=["verb", "resource", "status"]
        )
        for (verb, resource, status), number in sorted(self._client.calls.items()):
            requests.add_metric([verb, resource, str(status)], number)
        found: list[Metric] = [objects, broken, refused, silence, failures, requests]
        if self._lease is not None:
            leader = GaugeMetricFamily("jupyternetes_leader", "1 in the replica that works, 0 in those that stand by")
            leader.add_metric([], self._lease.valid)
            found.append(leader)
        return found
