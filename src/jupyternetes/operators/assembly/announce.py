"""Events on the Instance, for people who run ``kubectl describe``; best effort and outside the reconcile path."""

from collections.abc import Sequence
from dataclasses import dataclass

from jupyternetes.api import identity, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance
from jupyternetes.api.reasons import Reason
from jupyternetes.api.template import Template
from jupyternetes.operators.status import warnings
from jupyternetes.runtime.events import EventRecorder, ObjectReference


@dataclass(frozen=True, slots=True)
class Announcer:
    """Says in Events what changed."""

    recorder: EventRecorder

    def normal(self, about: Instance | Template, reason: Reason, message: str) -> None:
        """Something that was to happen happened."""
        self.recorder.record(_reference(about), type="Normal", reason=reason.name, message=message)

    def warning(self, about: Instance | Template, reason: Reason, message: str) -> None:
        """Something was done that somebody may have to look after; ``message`` says what."""
        self.recorder.record(_reference(about), type="Warning", reason=reason.name, message=message)

    def failure(self, about: Instance | Template, condition: Condition) -> None:
        """A condition turned bad; its message says what to do."""
        self.recorder.record(_reference(about), type="Warning", reason=condition.reason, message=condition.message)

    def warned(self, about: Instance, texts: Sequence[str]) -> None:
        """The API server made something of it, and warned of this; in some clusters it does so at each start."""
        if texts:
            reason, message = reasons.API_SERVER_WARNS.name, warnings.message(texts)
            self.recorder.record(_reference(about), type="Warning", reason=reason, message=message, urgent=False)


def _reference(about: Instance | Template) -> ObjectReference:
    kind = identity.INSTANCE_KIND if isinstance(about, Instance) else identity.TEMPLATE_KIND
    meta = about.metadata
    return ObjectReference(identity.API_VERSION, kind, meta.namespace, meta.name, meta.uid)
