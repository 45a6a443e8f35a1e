"""A number for Prometheus: starts that came to nothing."""

from prometheus_client import CollectorRegistry, Counter

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance


class StartFailures:
    """Counts by reasons of the table, which are few."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._failed = Counter(
            "jupyternetes_start_failures",
            "Starts that came to nothing before they had a pod",
            ["reason"],
            registry=registry,
        )

    def note(self, instance: Instance, condition: Condition) -> None:
        """``condition`` is written in place of what the Instance says."""
        reason = reasons.lookup(condition.reason)
        before = conditions.find(instance.status.conditions, condition.type)
        same = before is not None and _about(before) == _about(condition)
        if reason.final and reason is not reasons.START_SPENT and not same:
            self._failed.labels(reason.name).inc()


def _about(condition: Condition) -> tuple[str, int]:
    return condition.reason, condition.observed_generation
