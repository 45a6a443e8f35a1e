"""What is on record of an Instance's pods, and what follows from it where no cache shows them: pure decisions."""

from jupyternetes.api.instance import Instance, PodState
from jupyternetes.operators.pods.steps import Observed


def record_of_start(instance: Instance, entry: str | None) -> PodState | None:
    """The pod that is on record for the entry and the present start."""
    known = instance.status.pods.get(entry) if entry else None
    return known if known is not None and known.uid and known.start_id == instance.spec.start_id else None


def is_known_to_have_ended(record: PodState) -> bool:
    """Whether the Pod status operator says that the recorded pod ended: other containers of it may still run."""
    return bool(record.uid) and record.state == "Stopped" and record.observed_uid == record.uid


def is_known_to_be_gone(record: PodState, observed: Observed) -> bool:
    """Whether a recorded pod that the cache lacks is gone beyond doubt: it ended, and its deletion was seen.

    One that only lost its label is not gone: another container of it may still run and use the volume. The label of a
    pod that is just being deleted is taken away by nobody.
    """
    return is_known_to_have_ended(record) and record.uid in observed.leaving
