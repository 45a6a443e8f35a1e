"""What is said of each entry, and what follows from all of them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from jupyternetes.api import reasons
from jupyternetes.api.instance import Instance, OtherState
from jupyternetes.api.reasons import Reason
from jupyternetes.operators.other_resources.steps import KindKey, OthersStatus
from jupyternetes.operators.other_resources.waited import exact, seconds_since
from jupyternetes.operators.status.failures import Failure

#: Seconds after which a wait that is over is looked at: the clock that counts is not the one that wakes.
_MARGIN: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReport:
    """``how``: Pending, Completed or Error. ``since`` when it is waited for (RFC 3339), at most ``timeout`` seconds.

    ``kind``: the ``apiVersion`` and ``kind`` of its object, whose name is ``resource_name``; empty if there is none.

    ``counts``: whether a start that waits for it may come to an end by that.
    """

    name: str
    kind: KindKey
    resource_name: str
    since: str
    timeout: int
    how: str = "Pending"
    reason: Reason = reasons.PROVISIONED
    message: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    counts: bool = True
    retry_seconds: float | None = None

    def ready(self, outputs: Mapping[str, str]) -> Self:
        """Its object is ready."""
        return replace(self, how="Completed", outputs=outputs)

    def waiting(self, message: str) -> Self:
        """Its object is not ready, or not there."""
        return replace(self, reason=reasons.WAITING_FOR_OTHER_RESOURCE, message=message)

    def held(self, message: str) -> Self:
        """It waits for another entry, of which is said why it is not there."""
        return replace(self, reason=reasons.WAITING_FOR_ENTRIES, message=message, counts=False)

    def failing(self, failure: Failure) -> Self:
        """The API server, or somebody else, does not let us have it."""
        reason, message, seconds = failure
        return replace(self, how="Error", reason=reason, message=message, retry_seconds=seconds)

    def at(self, now: datetime) -> Self:
        """The same, with what it means that it is not ready by now."""
        if self.how == "Completed" or self.reason.final or not self.counts:
            return self
        if seconds_since(self.since, now) < self.timeout:
            return self
        message = f"it was not ready within {self.timeout} s: {self.message}"
        return replace(self, how="Error", reason=reasons.OTHER_RESOURCE_NOT_READY, message=message)

    def again_in(self, now: datetime) -> float | None:
        """Seconds after which something is different although nothing happens."""
        left = self.timeout - seconds_since(self.since, now)
        delays = [self.retry_seconds] if self.retry_seconds is not None else []
        delays += [left + _MARGIN] if self.how != "Completed" and self.counts and left > 0 else []
        return min(delays, default=None)


def began(instance: Instance, entry: str, now: datetime) -> str:
    """When the present start began to see to an entry."""
    recorded = instance.status.other_resources.get(entry)
    if recorded is not None and recorded.since and recorded.start_id == instance.spec.start_id:
        return recorded.since
    return exact(now)


def status_of(instance: Instance, reports: Mapping[str, EntryReport], now: datetime) -> OthersStatus:
    """The status that follows: of several troubles the worst is named, of several waits the first."""
    dated = {name: report.at(now) for name, report in reports.items()}
    entries = {
        name: OtherState(
            api_version=report.kind[0],
            kind=report.kind[1],
            resource_name=report.resource_name,
            state="Error" if report.how == "Error" else "Processed",
            error_message=report.message if report.how == "Error" else "",
            reason="" if report.how == "Completed" else report.reason.name,
            message=report.message if report.how == "Pending" else "",
            start_id=instance.spec.start_id,
            observed_generation=instance.metadata.generation,
            since=report.since,
            outputs=dict(report.outputs),
        )
        for name, report in dated.items()
    }
    provisioned = {name: report.how for name, report in dated.items()}
    if not dated:
        return OthersStatus(entries, provisioned)
    unfinished = [report for report in dated.values() if report.how != "Completed"]
    worst = min(unfinished, key=_rank, default=None)
    if worst is None:
        return OthersStatus(entries, provisioned, reasons.PROVISIONED)
    message = f"entry {worst.name} of spec.otherResources: {worst.message}"
    if worst.reason is reasons.OTHER_RESOURCE_NOT_READY:
        message = f"{message}. {worst.reason.advice}"
    return OthersStatus(entries, provisioned, worst.reason, message)


def _rank(report: EntryReport) -> int:
    if report.reason.final:
        return 0
    return 1 if report.counts else 2


def newly_ready(instance: Instance, status: OthersStatus) -> list[tuple[str, OtherState]]:
    """The entries that are ready by ``status``, and were not for what the Instance asks for now."""
    before = instance.status.other_resources_provisioned
    return [
        (name, state)
        for name, state in status.entries.items()
        if status.provisioned[name] == "Completed"
        and (before.get(name) != "Completed" or _is_of_another_start(instance, name))
    ]


def _is_of_another_start(instance: Instance, entry: str) -> bool:
    recorded = instance.status.other_resources.get(entry)
    return recorded is None or recorded.start_id != instance.spec.start_id
