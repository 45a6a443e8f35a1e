"""Which database keeps the state of a hub, and on which volumes do hub and database keep files?"""

from collections.abc import Iterator
from typing import Final

from jupyternetes.api.hub_dependencies import DependencyKind, HubDependency
from jupyternetes.graph.discovery.claims import Claims
from jupyternetes.graph.discovery.draft import Draft, guessed, labelled, referenced
from jupyternetes.graph.discovery.hub.providers import (
    REMEDY,
    Provider,
    at_address,
    confirmed,
    connect,
    in_pods,
    without_address,
)
from jupyternetes.graph.discovery.hub.told import TOLD, literals, told_by
from jupyternetes.graph.discovery.objects.address import Address
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.workloads import Directory, Workload
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence
from jupyternetes.graph.model.kinds import EvidenceKind

_SQLITE: Final = "sqlite"
_NAMES: Final = {_SQLITE: "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL"}
#: What Zero to JupyterHub calls the claim with the hub's SQLite file; a prefix may stand before it.
_SQLITE_CLAIM: Final = "hub-db-dir"


class Databases:
    """Adds the database of a hub to a draft, by the hub's word, its claim, its variables, labels, or as a guess."""

    def __init__(self, draft: Draft, observed: Observed, directory: Directory, claims: Claims) -> None:
        self._draft = draft
        self._observed = observed
        self._directory = directory
        self._claims = claims

    def add(self, hub: Workload, hub_id: str) -> None:
        """The database with its volumes, and other volumes of the hub; or what is not known."""
        databases = confirmed(self._sources(hub)) or self._guess(hub)
        connect(self._draft, self._observed, kinds.STORES, databases, hub, hub_id)
        if not databases:
            self._draft.miss("the hub's database", self._why_unknown(hub), REMEDY)
        files = next((each.id for each in databases if each.name == _NAMES[_SQLITE]), hub_id)
        for claim in hub.claims:
            self._mount(hub, claim, files if claim.endswith(_SQLITE_CLAIM) else hub_id)
        for each in databases:
            if each.workload is not None:
                for claim in each.workload.claims:
                    self._mount(each.workload, claim, each.id)

    def _sources(self, hub: Workload) -> Iterator[list[Provider]]:
        """Strongest first."""
        yield [
            self._at(hub, _address(told), TOLD, told) for told in told_by(self._observed, hub, DependencyKind.DATABASE)
        ]
        yield [
            self._at(hub, Address("", scheme=_SQLITE), _mounted(hub, claim))
            for claim in hub.claims
            if claim.endswith(_SQLITE_CLAIM)
        ]
        yield [
            self._at(hub, address, referenced(f"variable {name} of {hub.name} names {address.host or address.scheme}"))
            for name, address in literals(hub, kinds.DATABASE.name).items()
        ]
        yield [self._in(each, labelled(each)) for each in self._candidates(hub) if _is_labelled(each)]

    def _guess(self, hub: Workload) -> list[Provider]:
        found = self._candidates(hub)
        evidence = guessed(f"no other pod in {hub.namespace} listens on a port of PostgreSQL or MySQL")
        return [self._in(found[0], evidence)] if len(found) == 1 else []

    def _candidates(self, hub: Workload) -> list[Workload]:
        return [each for each in self._directory.of_kind(kinds.DATABASE) if each.namespace == hub.namespace]

    def _why_unknown(self, hub: Workload) -> str:
        names = ", ".join(each.name for each in self._candidates(hub))
        several = f"it may be any of {names}" if names else "no object that was read names one"
        return f"{hub.name} does not tell which it uses, and {several}"

    def _at(self, hub: Workload, address: Address, evidence: Evidence, told: HubDependency | None = None) -> Provider:
        if address.host:
            return at_address(kinds.DATABASE, address, hub, self._directory, evidence, told)
        dialect = address.scheme or "database"
        claim = next((claim for claim in hub.claims if claim.endswith(_SQLITE_CLAIM)), "")
        health = self._claims.health(hub.namespace, claim) if claim and dialect == _SQLITE else None
        name = _NAMES.get(dialect, dialect)
        return without_address(kinds.DATABASE, dialect, name, hub, evidence, told, health)

    def _in(self, workload: Workload, evidence: Evidence) -> Provider:
        return in_pods(kinds.DATABASE, workload, self._directory, evidence)

    def _mount(self, workload: Workload, claim: str, target: str) -> None:
        volume = self._draft.add(self._claims.node(kinds.VOLUME, workload.namespace, claim))
        self._draft.connect(kinds.MOUNTS, volume, target, _mounted(workload, claim))


def _mounted(workload: Workload, claim: str) -> Evidence:
    return referenced(f"a pod of {workload.name} mounts the claim {claim}")


def _address(told: HubDependency) -> Address:
    return Address("" if told.dialect == _SQLITE else told.host, told.port, told.dialect)


def _is_labelled(workload: Workload) -> bool:
    return workload.role is not None and workload.role.evidence is EvidenceKind.LABELLED
