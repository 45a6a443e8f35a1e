"""What do servers wait for beside their pods and claims? Other resources, what acts on these, and gates.

Only the status of Instances is read of that, so it takes no right on the objects themselves. A gate's Lease is looked
at where it may be read.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from jupyternetes.api.fields import OTHER_RESOURCES_OPERATOR
from jupyternetes.api.other_kinds import is_built_in
from jupyternetes.graph.discovery.draft import Arrow, Draft, node_of, referenced
from jupyternetes.graph.discovery.objects.instances import Instance
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.servers.gate_leases import gate_leases
from jupyternetes.graph.discovery.servers.operators import Operator
from jupyternetes.graph.discovery.states.beside import (
    Asking,
    Attempt,
    asking,
    is_of_present_step,
    kind_of,
    of_gate,
    of_other,
    of_third,
)
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import ObjectId, id_of
from jupyternetes.runtime.objects import key_of

_NAMED: Final = referenced("status.otherResources of the Instance names it")
_EQUIPS: Final = Arrow(kinds.EQUIPS, _NAMED)
_ACTS_ON: Final = Arrow(kinds.ACTS_ON, referenced("the kind of the object says on what it acts"))
_GUARDS: Final = Arrow(kinds.GUARDS, referenced("status.gates of the Instance says that it is asked"))


class Beside:
    """Adds these to a draft, each once. ``operators``: ours, one of which makes the objects."""

    def __init__(self, draft: Draft, observed: Observed, operators: Sequence[Operator]) -> None:
        self._draft = draft
        self._taken = observed.taken
        self._makers = [each for each in operators if each.account == OTHER_RESOURCES_OPERATOR]
        self._leases = {key_of(lease): lease for lease in observed.leases}
        self._lease_of = dict(gate_leases(observed.templates))
        self._attempts: dict[tuple[str, str], list[Attempt]] = {}
        self._asked: dict[str, list[Asking]] = {}

    def add_instance(self, instance: Instance, server: str) -> None:
        """What the Instance of a server names in its status."""
        for name in instance.status.other_resources:
            self._add_other(instance, name, server)
        for name, entry in instance.status.gates.items():
            if is_of_present_step(instance, entry):
                self._asked.setdefault(name, []).append(asking(instance, name, entry))
                self._draft.edges.append(_GUARDS(id_of(kinds.GATE, name), server))

    def add_shared(self) -> None:
        """What several servers have in common. Call it after all Instances."""
        for (api_version, kind), attempts in self._attempts.items():
            called = f"{kind} ({api_version})"
            self._draft.add(node_of(kinds.THIRD_OPERATOR, f"{api_version}/{kind}", called, of_third(attempts)))
        for name, asked in self._asked.items():
            lease = self._lease_of.get(name)
            health = of_gate(asked, self._leases.get(lease) if lease else None, self._taken)
            objects = (ObjectId(kind="Lease", name=lease.name, namespace=lease.namespace),) if lease else ()
            self._draft.add(node_of(kinds.GATE, name, name, health, objects=objects))

    def _add_other(self, instance: Instance, name: str, server: str) -> None:
        entry, namespace = instance.status.other_resources[name], instance.metadata.namespace
        api_version, kind = kind_of(entry)
        health = of_other(instance, name)
        called = f"{entry.resource_name or name}{f' of kind {kind}' if kind else ''}"
        key = "/".join(filter(None, (kind, entry.resource_name or f"{instance.metadata.name}-{name}")))
        objects = ()
        if entry.resource_name and kind:
            objects = (ObjectId(kind=kind, name=entry.resource_name, namespace=namespace),)
        node = node_of(kinds.OTHER_RESOURCE, key, called, health, namespace=namespace, objects=objects)
        user = self._draft.nodes[server].user
        other = self._draft.add(msgspec.structs.replace(node, user=user))
        self._draft.edges.append(_EQUIPS(other, server))
        self._draft.edges += [each.operates(each.id, other) for each in self._makers if each.serves(namespace)]
        if kind and not is_built_in(api_version):
            self._attempts.setdefault((api_version, kind), []).append(Attempt(entry.since, health))
            self._draft.edges.append(_ACTS_ON(id_of(kinds.THIRD_OPERATOR, f"{api_version}/{kind}"), other))
