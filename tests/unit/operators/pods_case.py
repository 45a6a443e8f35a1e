"""Situations of one Instance's pods, as a plan sees them, and what it says of each."""

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import structs

from jupyternetes.api.core import Pod
from jupyternetes.operators.pods.plan import plan
from jupyternetes.operators.pods.steps import (
    Create,
    Delete,
    ForceDelete,
    Observed,
    Plan,
    Verify,
)
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate
from jupyternetes.runtime.errors import Status, UnknownOutcome, api_error
from jupyternetes.templating import compile_template
from tests.support.objects import MADE, instance, pod, template

SPEC = {"containers": [{"name": "notebook", "image": "i", "ports": [{"name": "notebook", "containerPort": 8888}]}]}
NOTEBOOK: dict[str, Any] = {"name": "notebook", "spec": SPEC}
HELPER: dict[str, Any] = {"name": "helper", "spec": {"containers": [{"name": "helper", "image": "i"}]}}
NEEDS_NOTEBOOK: dict[str, Any] = {
    "name": "helper",
    "annotations": {"beside": "{jupyternetes.pods.notebook}"},
    "spec": HELPER["spec"],
}

RECORD = {"resourceName": "notebook-1", "uid": "uid-notebook-1", "startId": "2"}
SEEN_STOPPED = RECORD | {"state": "Stopped", "observedUid": "uid-notebook-1"}
VERIFY = Verify("notebook-1", "uid-notebook-1")
DELETING = {"deletionTimestamp": "2026-01-02T00:00:00Z"}
SEEN_GOING = {"uid-notebook-1": 1.0}
UNLABELLED = pod(start_id="2", labels={})
RELEASED = pod(start_id="2", labels={}, ownerReferences=[])

QUOTA = api_error("create pods", Status(403, "Forbidden", 'pods "notebook-x8k2z" is forbidden: exceeded quota: q'))
NO_ACCOUNT = api_error("create pods", Status(403, "Forbidden", "error looking up service account lab/late: not found"))
DENIED = api_error("delete pods lab/notebook-1", Status(403, "Forbidden", 'policy "keep" says no'))
TERMINATING = api_error(
    "create pods",
    msgspec.convert(
        {"code": 403, "reason": "Forbidden", "details": {"causes": [{"reason": "NamespaceTerminating"}]}}, Status
    ),
)
WEBHOOK = UnknownOutcome(
    "create pods",
    settled_at=5.0,
    refusal=api_error("create pods", Status(500, "InternalError", 'failed calling webhook "guard.example.org"')),
)


@dataclass(frozen=True)
class Case:
    """A start that is under way; ``record`` is the entry ``notebook`` of its status."""

    record: dict[str, Any] | None = None
    start_id: str = "2"
    pods: tuple[Pod, ...] = ()
    looked_up: Any = None
    made: Any = None
    failed: Any = None
    refused_for: float = 0.0
    known_for: float = 0.0
    leaving: Any = None
    undeleted: Any = None
    template: tuple[dict[str, Any], ...] | Refusal = (NOTEBOOK,)
    status: Any = None
    spec: Any = None
    stable: bool = False
    pvcs: tuple[dict[str, Any], ...] = ()
    finalizers: tuple[str, ...] | None = None

    def plan(self) -> Plan:
        status: dict[str, Any] = {"pvcsProvisioned": "Completed"} | (self.status or {})
        if self.record is not None:
            status = {"pods": {"notebook": self.record}} | status
        known = instance(startId=self.start_id, status=status, **(self.spec or {}))
        if self.finalizers is not None:
            going = structs.replace(known.metadata, deletion_timestamp=MADE, finalizers=self.finalizers)
            known = structs.replace(known, metadata=going)
        observed = Observed(
            ages={each.metadata.uid: self.known_for for each in self.pods},
            pods=self.pods,
            looked_up=self.looked_up or {},
            made=self.made or {},
            failed=self.failed or {},
            refused_for=self.refused_for,
            leaving=self.leaving or {},
            undeleted=self.undeleted or {},
        )
        return plan(known, usable(self.template, self.pvcs, stable=self.stable), observed)


def usable(
    entries: tuple[dict[str, Any], ...] | Refusal, pvcs: tuple[dict[str, Any], ...] = (), *, stable: bool = False
) -> UsableTemplate | Refusal:
    if isinstance(entries, Refusal):
        return entries
    spec = {"pods": list(entries), "pvcs": list(pvcs), "naming": "Stable" if stable else "Generated"}
    return UsableTemplate(template(**spec), compile_template(spec))


def conditions(reason: str, generation: int = 3) -> list[dict[str, Any]]:
    return [{"type": "PodsProvisioned", "status": "False", "reason": reason, "observedGeneration": generation}]


def said(decided: Plan) -> str:
    """The reason that is reported; empty: nothing new is."""
    return decided.status.reason.name if decided.status is not None else ""


def created(decided: Plan) -> list[str]:
    return [action.entry for action in decided.actions if isinstance(action, Create)]


def forced(decided: Plan) -> list[str]:
    return [action.pod.metadata.name for action in decided.actions if isinstance(action, ForceDelete)]


def deleted(decided: Plan) -> list[str]:
    return [action.pod.metadata.name for action in decided.actions if isinstance(action, Delete)]
