"""What the Pod operator's process runs for gates: nothing but a few empty tables where there are none."""

from collections.abc import Callable

from jupyternetes.operators.assembly.assembly import Assembly
from jupyternetes.operators.pods.gates.waiting import GateWaiting
from jupyternetes.runtime.lease_watch import LeaseWatch
from jupyternetes.runtime.objects import ObjectKey


def heed_gates(parts: Assembly, enqueue: Callable[[ObjectKey], None]) -> GateWaiting:
    """Let gates be heeded as the settings say; ``enqueue`` wakes an Instance that waits for one."""

    def news() -> None:
        for key in gates.keys:
            enqueue(key)

    settings = parts.settings
    leases = LeaseWatch(parts.client, map(_key, settings.gate_leases), news=news)
    if settings.gate_leases:
        parts.in_background(leases)
    gates = GateWaiting(on=settings.gates, leases=leases, registry=parts.registry)
    return gates


def _key(lease: str) -> ObjectKey:
    namespace, _, name = lease.partition("/")
    return ObjectKey(namespace, name)
