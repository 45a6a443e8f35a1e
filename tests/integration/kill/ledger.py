"""What was written when, by the audit log: claims may be made once, pods where there is none, and rest is rest.

When a pod went is nowhere for certain: a delete may only begin its end, lines stand in the order of answers and not of
commits, and an API server that is killed loses the lines of what it had just done. So a pod counts as doubled only when
the one before it is known to have been there afterwards: a write to it that began later succeeded, or a later look at
everything shows it. Who removes the other, sooner or later, gives just that proof.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from tests.integration.kill.invariants import Violation
from tests.integration.kill.trail import Call, Identity

_QUIET_SECONDS = 1.5
"""The Pod status operator holds back what nobody waits for for a second; who writes after that does so without end."""
_NEEDS_IT = ("delete", "patch", "update")
"""Verbs that succeed only on what is there."""


class Ledger:
    """Takes in requests in the order in which they were answered; ``operators`` are their accounts."""

    def __init__(self, operators: Collection[str]) -> None:
        self.claims: dict[str, Identity] = {}
        """Identities of all claims ever made, by uid."""
        self.violations: list[Violation] = []
        self.doubled_pods = 0
        """Pods made while there was one for the same entry and start, however soon one of them went."""
        self._claim_names: dict[Identity, str] = {}
        self._pods: dict[Identity, list[Call]] = defaultdict(list)
        """The creates of pods that no other is known to have been doubled by."""
        self._identities: dict[tuple[str, str], Identity] = {}
        self._operators = operators
        self._last_write: Call | None = None

    def take_in(self, call: Call) -> None:
        """Notice what a request made or removed."""
        if call.user in self._operators and call.writes and call.resource != "leases":
            self._last_write = call
        if call.verb in _NEEDS_IT and call.resource.partition("/")[0] == "pods" and call.status < 300:
            self._was_there(call.namespace, call.name, call.received)
        if not call.created or call.made is None:
            return
        if call.resource == "persistentvolumeclaims":
            self._claim_made(call, call.made)
        elif call.resource == "pods":
            self._pods[call.made].append(call)
            self._identities[call.namespace, call.name] = call.made

    def saw_pods(self, names: Iterable[tuple[str, str]], since: float) -> None:
        """These (``namespace, name``) were there in a look that began at ``since``, in seconds since the epoch."""
        for namespace, name in names:
            self._was_there(namespace, name, since)

    def unrest(self, now: float) -> list[Violation]:
        """What an operator has written a moment before ``now``, in seconds since the epoch."""
        last = self._last_write
        if last is None or now > last.answered + _QUIET_SECONDS:
            return []
        return [Violation(f"{last.namespace}/{last.name}", f"{last.user} still writes: {last.verb} {last.resource}")]

    def _was_there(self, namespace: str, name: str, at: float) -> None:
        identity = self._identities.get((namespace, name))
        if identity is None:
            return
        made = self._pods[identity]
        first = next((call for call in made if call.name == name), None)
        if first is None:
            return
        for other in [call for call in made if call is not first and first.received < call.answered < at]:
            self._pod_doubled(identity, first, other)

    def _pod_doubled(self, identity: Identity, first: Call, other: Call) -> None:
        self.doubled_pods += 1
        self._pods[identity].remove(other)
        about = f"{identity.namespace}/{identity.instance}"
        self.violations.append(Violation(about, f"pod {other.name} was made while there was {first.name}: {identity}"))

    def _claim_made(self, call: Call, identity: Identity) -> None:
        self.claims[call.made_uid] = identity
        first = self._claim_names.setdefault(identity, call.name)
        if first != call.name:
            about = f"{identity.namespace}/{identity.instance}"
            self.violations.append(Violation(about, f"claim {identity} was made twice: {first} and {call.name}"))
