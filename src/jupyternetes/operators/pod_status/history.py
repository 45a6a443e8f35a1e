"""What a pod's status does not say and has to be remembered: how often it failed in which way, and since when. Pure.

A history lives as long as the process; an operator that has just begun knows less and so gives nothing up too soon.
Times are seconds of one monotonic clock, since clocks of different machines are never compared.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from jupyternetes.api.core import Pod, StateTerminated, StateWaiting
from jupyternetes.operators.pod_status.containers import Member, Role, members
from jupyternetes.operators.pod_status.finality import Evidence, Failure, is_refused_pull
from jupyternetes.operators.pod_status.readiness import is_ready

End = tuple[int, str]
"""A way to end: exit code and reason."""

#: A pull that failed just now; then the kubelet backs off, under a reason of its own, and tries again.
_FAILED_PULLS: Final = frozenset({"ErrImagePull", "RegistryUnavailable", "SignatureValidationFailed"})
_BACK_OFF: Final = "ImagePullBackOff"


@dataclass(frozen=True, slots=True)
class ContainerHistory:
    """Of one container: ``counted`` ends, by kind; refused pulls and the last one's ``cause``; failing since when."""

    ends: Mapping[End, int] = field(default_factory=dict[End, int])
    counted: int = 0
    failing_since: float | None = None
    pulls_failed: int = 0
    pulls_refused: int = 0
    pull_reason: str = ""
    pull_cause: str = ""
    pull_failing_since: float | None = None


@dataclass(frozen=True, slots=True)
class PodHistory:
    """Of one pod, as of ``now``."""

    uid: str = ""
    now: float = 0.0
    containers: Mapping[str, ContainerHistory] = field(default_factory=dict[str, ContainerHistory])
    ready_since: float | None = None
    leaving_since: float | None = None

    @property
    def ready_for(self) -> float:
        """For how many seconds it has been ready."""
        return 0.0 if self.ready_since is None else self.now - self.ready_since

    @property
    def leaving_for(self) -> float:
        """For how many seconds its deletion has been asked for."""
        return 0.0 if self.leaving_since is None else self.now - self.leaving_since

    def pull_cause(self, container: str) -> str:
        """Why the container's image could not be pulled last: the text of the back-off need not say."""
        known = self.containers.get(container)
        return known.pull_cause if known else ""


def continued(history: PodHistory | None, pod: Pod, now: float) -> PodHistory:
    """The history with what ``pod`` shows now; that of another pod is forgotten."""
    before = history if history is not None and history.uid == pod.metadata.uid else PodHistory()
    known = before.containers
    return PodHistory(
        uid=pod.metadata.uid,
        now=now,
        containers={
            each.name: _continued(known.get(each.name, ContainerHistory()), each, now) for each in members(pod)
        },
        ready_since=_since(before.ready_since, now) if is_ready(pod) and pod.present else None,
        leaving_since=_since(before.leaving_since, now) if pod.metadata.deleting else None,
    )


def evidence(member: Member, history: PodHistory) -> list[Evidence]:
    """What speaks for giving up on a start for this container's sake; nothing if it does as it should."""
    known = history.containers.get(member.name, ContainerHistory())
    found: list[Evidence] = []
    if known.pull_failing_since is not None:
        elapsed = history.now - known.pull_failing_since
        found += [
            Evidence(Failure.PULL_REFUSED, known.pulls_refused, elapsed),
            Evidence(Failure.PULL_FAILS, known.pulls_failed, elapsed),
        ]
    end = member.last_end
    if end is None or member.in_order:
        return found
    if member.role is Role.SERVER:
        return [*found, Evidence(Failure.SERVER_ENDS, known.ends.get(_kind(end), 0), 0.0)]
    if member.stays_ended:
        return [*found, Evidence(Failure.OTHER_STAYS_ENDED, 1, 0.0)]
    # While it tries again, only the number of its failures counts.
    since = known.failing_since if not member.running else None
    return [*found, Evidence(Failure.OTHER_ENDS, member.ends, 0.0 if since is None else history.now - since)]


def is_pull(waiting: StateWaiting | None) -> bool:
    """Whether a container waits for its image, of which at least one pull failed."""
    return waiting is not None and (waiting.reason in _FAILED_PULLS or waiting.reason == _BACK_OFF)


def _continued(known: ContainerHistory, member: Member, now: float) -> ContainerHistory:
    known = _with_pulls(_with_ends(known, member), member.status.state.waiting, now)
    failing = member.last_end is not None and not member.in_order
    return replace(known, failing_since=_since(known.failing_since, now) if failing else None)


def _with_ends(known: ContainerHistory, member: Member) -> ContainerHistory:
    """A status shows the last end, and the one before it while the container is down."""
    status, total = member.status, member.ends
    shown = [status.last_state.terminated, status.state.terminated] if status.state.terminated else [member.last_end]
    ends = Counter(known.ends)
    for number, end in zip(range(total - len(shown) + 1, total + 1), shown, strict=True):
        if end is not None and number > known.counted:
            ends[_kind(end)] += 1
    return replace(known, ends=ends, counted=max(known.counted, total))


def _with_pulls(known: ContainerHistory, waiting: StateWaiting | None, now: float) -> ContainerHistory:
    if waiting is None or not is_pull(waiting):
        return replace(known, pulls_failed=0, pulls_refused=0, pull_reason="", pull_cause="", pull_failing_since=None)
    failed_anew = waiting.reason != known.pull_reason and not (waiting.reason == _BACK_OFF and known.pull_reason)
    cause = waiting.message if waiting.reason in _FAILED_PULLS else known.pull_cause or waiting.message
    return replace(
        known,
        pulls_failed=known.pulls_failed + failed_anew,
        pulls_refused=known.pulls_refused + (failed_anew and is_refused_pull(cause)),
        pull_reason=waiting.reason,
        pull_cause=cause,
        pull_failing_since=_since(known.pull_failing_since, now),
    )


def _since(before: float | None, now: float) -> float:
    return now if before is None else before


def _kind(end: StateTerminated) -> End:
    return end.exit_code, end.reason
