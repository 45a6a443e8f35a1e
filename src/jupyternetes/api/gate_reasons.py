"""Why a start or a stop waits for other operators' gates, or ended because of one."""

from typing import Final

from jupyternetes.api.reason import Reason

_WHOSE: Final = "Ask whoever runs the operator that the gate's name tells."

WAITING_FOR_GATE: Final = Reason("WaitingForGate", "The server waits for another operator's answer.")
GATE_ASKED: Final = Reason("GateAsked", "Another operator was asked whether the server may start or stop.")
GATE_REFUSED: Final = Reason("GateRefused", "Another operator does not let the server start.", _WHOSE, final=True)
GATE_TIMEOUT: Final = Reason(
    "GateTimeout",
    "Another operator did not say in time whether the server may start.",
    f"{_WHOSE} The Template's spec.gates says how long it may take, and what comes after that.",
    final=True,
)
GATE_OPERATOR_ABSENT: Final = Reason(
    "GateOperatorAbsent",
    "The operator that has to let the server start does not run.",
    f"{_WHOSE} It has to renew the Lease that the message names.",
    final=True,
)
