"""The same for Prometheus: read when it is asked, without waiting for anything."""

from collections.abc import Callable, Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from jupyternetes.api.hub_dependencies import HubDependency


class DependencyCollector(Collector):
    """Labels are hosts of the configuration, so they are few. What is not known has no series."""

    def __init__(self, look: Callable[[], Iterable[HubDependency]]) -> None:
        self._look = look

    def collect(self) -> Iterable[Metric]:
        """Called by the registry at each scrape, for ``/hub/metrics`` on the hub's event loop."""
        place = ["kind", "host", "port"]
        info = GaugeMetricFamily(
            "jupyternetes_hub_dependency_info", "What the hub depends on", labels=["kind", "dialect", "host", "port"]
        )
        up = GaugeMetricFamily("jupyternetes_hub_dependency_up", "1 if it answers the hub, 0 if not", labels=place)
        seconds = GaugeMetricFamily(
            "jupyternetes_hub_dependency_seconds", "How long its last answer took", labels=place
        )
        failure = GaugeMetricFamily(
            "jupyternetes_hub_dependency_failure", "Why it does not answer the hub", labels=[*place, "reason"]
        )
        for each in self._look():
            port = str(each.port or "")
            info.add_metric([each.kind, each.dialect, each.host, port], 1)
            if each.up is not None:
                up.add_metric([each.kind, each.host, port], each.up)
            if each.seconds is not None:
                seconds.add_metric([each.kind, each.host, port], each.seconds)
            if each.reason:
                failure.add_metric([each.kind, each.host, port, each.reason], 1)
        return [info, up, seconds, failure]
