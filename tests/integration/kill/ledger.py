"""What was written when, by the audit log: claims may be made once, pods where there is none, and rest is rest."""

from collections.abc import Collection

from tests.integration.kill.invariants import Violation
from tests.integration.kill.trail import Call, Identity

_QUIET_SECONDS = 1.5
"""The Pod status operator holds back what nobody waits for for a second; who writes after that does so without end."""


class Ledger:
    """Takes in requests in the order in which they were answered; ``operators`` are their accounts."""

    def __init__(self, operators: Collection[str]) -> None:
        self.claims: dict[str, Identity] = {}
        """Identities of all claims ever made, by uid."""
        self.violations: list[Violation] = []
        self.doubled_pods = 0
        self._claim_names: dict[Identity, str] = {}
        self._pods: dict[Identity, set[str]] = {}
        self._operators = operators
        self._last_write: Call | None = None

    def take_in(self, call: Call) -> None:
        """Notice what a request made or removed."""
        if call.user in self._operators and call.writes and call.resource != "leases":
            self._last_write = call
        if call.verb == "delete" and call.resource == "pods" and call.status < 300:
            for names in self._pods.values():
                names.discard(call.name)
        if not call.created or call.made is None:
            return
        if call.resource == "persistentvolumeclaims":
            self._claim_made(call, call.made)
        elif call.resource == "pods":
            alive = self._pods.setdefault(call.made, set())
            self.doubled_pods += bool(alive)
            alive.add(call.name)

    def unrest(self, now: float) -> list[Violation]:
        """What an operator has written a moment before ``now``, in seconds since the epoch."""
        last = self._last_write
        if last is None or now > last.answered + _QUIET_SECONDS:
            return []
        return [Violation(f"{last.namespace}/{last.name}", f"{last.user} still writes: {last.verb} {last.resource}")]

    def _claim_made(self, call: Call, identity: Identity) -> None:
        self.claims[call.made_uid] = identity
        first = self._claim_names.setdefault(identity, call.name)
        if first != call.name:
            about = f"{identity.namespace}/{identity.instance}"
            self.violations.append(Violation(about, f"claim {identity} was made twice: {first} and {call.name}"))
