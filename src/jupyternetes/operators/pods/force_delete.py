"""When a pod is removed that its node does not end: only where the Template says so, and never sooner. Pure.

Nobody knows then whether the node still runs the pod, and so writes to its volume.
https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from jupyternetes.api import labels
from jupyternetes.api.core import Pod
from jupyternetes.api.template import Entry, PodEntry
from jupyternetes.operators.pods.steps import ForceDelete, Plan
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate
from jupyternetes.templating import Result


def waiting_for_nodes(pods: Iterable[Pod]) -> list[Pod]:
    """Those that are being deleted and of which a node has yet to say that they ended.

    With a grace period of 0, as a forced delete sets it too, the API server waits for no node: a pod that is still
    there then is kept by a finalizer, which no delete overcomes.
    """
    return [
        pod
        for pod in pods
        if pod.metadata.deleting and pod.metadata.deletion_grace_period_seconds and pod.spec.node_name
    ]


def may_force(template: UsableTemplate | Refusal) -> TypeGuard[UsableTemplate]:
    """Whether the present Template has a pod be removed so at all; one that is gone or broken never does."""
    return (
        isinstance(template, UsableTemplate)
        and not template.compiled.problems
        and any(_patience(entry.written) is not None for entry in template.compiled.pods)
    )


def with_forced_deletes(
    decided: Plan, pods: Sequence[Pod], entries: Iterable[Result[PodEntry]], leaving: Mapping[str, float]
) -> Plan:
    """``decided``, and an end to those ``pods``, which wait for their nodes, whose time is up.

    The Template's ``entries`` say how long that is; a pod's entry is the one that its label names. ``leaving`` is for
    how long pods are being deleted, by uid.
    """
    patience = {entry.name: _patience(entry.entry.written) for entry in entries}
    forced: list[ForceDelete] = []
    delays: list[float] = []
    for pod in pods:
        meta = pod.metadata
        seconds = patience.get(meta.labels.get(labels.POD_NAME, ""))
        if seconds is None:
            continue
        left = (meta.deletion_grace_period_seconds or 0) + seconds - leaving.get(meta.uid, 0.0)
        if left > 0:
            delays.append(left)
        else:
            forced.append(ForceDelete(pod))
    return replace(decided, actions=(*decided.actions, *forced)).again_within(delays)


def _patience(entry: Entry) -> int | None:
    """``forceDeleteAfterSeconds``; None: never. An older definition may have let in less than nothing."""
    seconds = entry.force_delete_after_seconds if isinstance(entry, PodEntry) else None
    return seconds if seconds is not None and seconds >= 0 else None
