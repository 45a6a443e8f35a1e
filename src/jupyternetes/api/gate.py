"""What a Template says of a gate: the word of another operator, before a start or a stop."""

from typing import Annotated, Final, Literal

from jupyternetes.api.fields import about
from jupyternetes.api.metadata import Slim

#: For how many seconds a gate is waited for at most, by what it is before.
MAX_GATE_SECONDS: Final = {"Start": 3600, "Stop": 120}
GATE_NAME: Final = (
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"
)
LEASE_NAME: Final = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"


class Gate(Slim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``spec.gates[]``: another operator's word that each start or stop waits for."""

    name: Annotated[
        str,
        about(
            "The type of the condition that answers, with a domain that is not ours, such as "
            "licence.example.org/granted.",
            required=True,
            maxLength=253,
            pattern=GATE_NAME,
        ),
    ] = ""
    before: Annotated[
        Literal["Start", "Stop"],
        about("Start (default): no pod is made before the answer. Stop: no pod is ended before it."),
    ] = "Start"
    timeout_seconds: Annotated[
        int,
        about(
            "For how long the answer is waited for; default: 60. Before a stop at most 120.", minimum=1, maximum=3600
        ),
    ] = 60
    on_timeout: Annotated[
        Literal["Fail", "Proceed"],
        about("What becomes of the start without an answer: it ends (default), or goes on. A stop always goes on."),
    ] = "Fail"
    lease: Annotated[
        str,
        about(
            "The Lease that the other operator renews, as namespace/name. Once it has run out, there is no more "
            "waiting. The chart's gates.leases has to name it too.",
            maxLength=317,
            pattern=LEASE_NAME,
        ),
    ] = ""
