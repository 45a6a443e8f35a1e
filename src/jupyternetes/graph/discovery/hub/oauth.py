"""Who says to a hub who people are?"""

from collections.abc import Iterator
from typing import Final

from jupyternetes.api.hub_dependencies import DependencyKind, HubDependency
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
from jupyternetes.graph.discovery.hub.told import TOLD, literals, tells, told_by
from jupyternetes.graph.discovery.objects.address import Address
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.recognise import DEPLOYMENT_CONFIG
from jupyternetes.graph.discovery.workloads import Directory, Workload
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence

#: How the host name of OpenShift's own OAuth server begins, from outside and from inside of the cluster.
_OPENSHIFT_HOST: Final = "oauth-openshift."
_LOGINS: Final = (DependencyKind.OAUTH, DependencyKind.LDAP)
_NAMES: Final = {DependencyKind.OAUTH: "OAuth", DependencyKind.LDAP: "LDAP"}


class OAuthProviders:
    """Adds the OAuth providers of a hub to a draft, by the hub's word, its variables, or OpenShift's own server."""

    def __init__(self, draft: Draft, observed: Observed, directory: Directory) -> None:
        self._draft = draft
        self._observed = observed
        self._directory = directory
        self._openshift = directory.of_kind(kinds.OAUTH)

    def add(self, hub: Workload, hub_id: str) -> None:
        """The providers, or that nothing tells of one.

        A hub that tells of none has none, unless its variables name one: while it starts, it tells of logins last.
        """
        providers = confirmed(self._sources(hub))
        connect(self._draft, kinds.AUTHENTICATES, providers, hub_id)
        if not providers and not tells(self._observed, hub):
            why = f"no object that was read tells how people log in to {hub.name}"
            self._draft.miss("the OAuth provider", why, REMEDY)

    def _sources(self, hub: Workload) -> Iterator[list[Provider]]:
        """Strongest first."""
        told = told_by(self._observed, hub, *_LOGINS)
        yield [self._at(hub, Address(each.host, each.port), TOLD, each) for each in told]
        yield [
            self._at(hub, address, referenced(f"variable {name} of {hub.name} names {address.host}"))
            for name, address in literals(hub, kinds.OAUTH.name).items()
        ]
        if tells(self._observed, hub) and not told:
            return
        # The hub of Open Data Hub lets people log in with their accounts of OpenShift; others may do so.
        certain = DEPLOYMENT_CONFIG in hub.labels
        yield [
            in_pods(
                kinds.OAUTH,
                each,
                self._directory,
                labelled(each) if certain else guessed("the cluster has an OAuth server of its own"),
            )
            for each in self._openshift
        ]

    def _at(self, hub: Workload, address: Address, evidence: Evidence, told: HubDependency | None = None) -> Provider:
        if address.host.startswith(_OPENSHIFT_HOST) and self._openshift:
            return in_pods(kinds.OAUTH, self._openshift[0], self._directory, evidence, told)
        if told is not None and not address.host:
            return without_address(kinds.OAUTH, told.kind, _NAMES[DependencyKind(told.kind)], hub, evidence, told)
        return at_address(kinds.OAUTH, address, hub, self._directory, evidence, told)
