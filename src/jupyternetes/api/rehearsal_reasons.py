"""What came of trying whether the cluster would take a Template's pods: part of the table in ``reasons``."""

from typing import Final

from jupyternetes.api.reason import Reason

REHEARSED: Final = Reason("Rehearsed", "The cluster would take the Template's pods.")
REHEARSAL_REFUSED: Final = Reason(
    "RehearsalRefused",
    "The cluster refuses a pod of the Template that has its defaults and first choices.",
    "Correct the Template, or what of the namespace the message names: a Pod Security level, an admission policy, a "
    "LimitRange. It is tried again at the next edit of the Template's spec.",
)
NEEDS_VALUES: Final = Reason(
    "NeedsValues",
    "Defaults and first choices are not enough to fill in the Template, so nobody has tried whether the cluster takes "
    "its pods.",
    "This is no mistake where users or the hub give the values. To have the Template tried, give defaults.",
)
NEEDS_OUTPUTS: Final = Reason(
    "NeedsOutputs",
    "The cluster refuses a pod of the Template in which a made-up text stands for what another resource will say.",
    "Nobody can tell whether the pod or that text is at fault. If the message names another place than the one where "
    "the text stands, correct the Template there; else only a start shows it.",
)
NO_NAMESPACE: Final = Reason(
    "NoNamespace",
    "There is no namespace in which the Template's pods could be tried.",
    "Name one that the operators look after in spec.access.namespaces. It is tried again at the next edit of the "
    "Template's spec.",
)
DRY_RUN_UNSUPPORTED: Final = Reason(
    "DryRunUnsupported",
    "An admission webhook does not support dry runs, so the Template's pods cannot be tried.",
    "This is no mistake of the Template. A webhook supports them if its sideEffects are None or NoneOnDryRun.",
)
REHEARSAL_FAILED: Final = Reason(
    "RehearsalFailed",
    "The cluster could not say whether it would take the Template's pods.",
    "Read the message. It is tried again at the next edit of the Template's spec.",
)
