"""Who says to a hub who people are?"""

from collections.abc import Iterator
from typing import Final

from jupyternetes.api.hub_dependencies import LOGINS, HubDependency
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
from jupyternetes.graph.model.kinds import EvidenceKind, NodeKind
from jupyternetes.runtime.objects import key_of

#: OpenShift's own OAuth server: its pods and its Service are called so.
OPENSHIFT_OAUTH: Final = "oauth-openshift"
#: How its host name begins, from outside and from inside of the cluster.
_OPENSHIFT_HOST: Final = f"{OPENSHIFT_OAUTH}."
_OPENSHIFT_OPERATOR: Final = "authentication"
#: What is called so where it has no address. These kinds of nodes have the names of the hub's kinds of dependencies.
_NAMES: Final = {kinds.OAUTH: "OAuth", kinds.LDAP: "LDAP", kinds.LOGIN: "login"}

#: Authenticators that ask no other service: JupyterHub's own, and two that keep passwords in the hub's database.
#: https://jupyterhub.readthedocs.io/en/stable/reference/authenticators.html
_ASK_NOBODY: Final = frozenset(
    f"{each}Authenticator" for each in ("PAM", "Dummy", "SharedPassword", "Null", "Native", "FirstUse")
)
_DECLARE: Final = "If it asks another service, declare that in the file of additions."


class Logins:
    """Adds what a hub asks who people are to a draft, by the hub's word, its variables, or OpenShift's own server.

    The hub's word and the names of variables tell of which kind it is; what they do not tell apart is just a login.
    """

    def __init__(self, draft: Draft, observed: Observed, directory: Directory) -> None:
        self._draft = draft
        self._observed = observed
        self._directory = directory
        self._openshift = directory.of_kind(kinds.OAUTH)

    def add(self, hub: Workload, hub_id: str) -> None:
        """The providers, and where nothing but a guess tells of one, that they are not known.

        A hub that tells of none has none, unless its variables name one: while it starts, it tells of logins last.
        """
        providers = confirmed(self._sources(hub))
        connect(self._draft, self._observed, kinds.AUTHENTICATES, providers, hub, hub_id)
        only_guessed = all(each.evidence.kind is EvidenceKind.GUESSED for each in providers)
        if only_guessed and not tells(self._observed, hub):
            why = f"no object that was read tells how people log in to {hub.name}"
            self._draft.miss("the login provider", why, REMEDY)
        if not providers:
            self._miss_unnamed(hub)

    def _miss_unnamed(self, hub: Workload) -> None:
        """Say so if the hub's authenticator may ask a service that its settings do not name."""
        authenticators = {self._observed.authenticators.get(key_of(pod), "") for pod in hub.pods}
        for authenticator in sorted(authenticators - _ASK_NOBODY - {""}):
            why = f"no setting of its authenticator, {authenticator}, names a host"
            self._draft.miss(f"what says to {hub.name} who people are", why, _DECLARE)

    def _sources(self, hub: Workload) -> Iterator[list[Provider]]:
        """Strongest first."""
        told = told_by(self._observed, hub, *LOGINS)
        yield [self._at(kinds.NODE_KINDS[each.kind], hub, Address(each.host, each.port), TOLD, each) for each in told]
        yield [
            self._at(kind, hub, address, referenced(f"variable {name} of {hub.name} names {address.host}"))
            for kind in _NAMES
            for name, address in literals(hub, kind.name).items()
        ]
        if tells(self._observed, hub) and not told:
            return
        yield list(self._of_openshift(hub))

    def _of_openshift(self, hub: Workload) -> Iterator[Provider]:
        """The hub of Open Data Hub lets people log in with their accounts of OpenShift; others may do so."""
        certain = DEPLOYMENT_CONFIG in hub.labels
        guess = guessed("the cluster has an OAuth server of its own")
        for each in self._openshift:
            yield in_pods(kinds.OAUTH, each, self._directory, labelled(each) if certain else guess)
        operators = {each.metadata.name for each in self._observed.cluster_operators}
        if not self._openshift and _OPENSHIFT_OPERATOR in operators:
            evidence = labelled(hub) if certain else guess
            yield Provider(kinds.OAUTH, OPENSHIFT_OAUTH, OPENSHIFT_OAUTH, evidence)

    def _at(
        self,
        kind: NodeKind,
        hub: Workload,
        address: Address,
        evidence: Evidence,
        told: HubDependency | None = None,
    ) -> Provider:
        if address.host.startswith(_OPENSHIFT_HOST) and self._openshift:
            return in_pods(kinds.OAUTH, self._openshift[0], self._directory, evidence, told)
        if told is not None and not address.host:
            return without_address(kind, kind.name, _NAMES[kind], hub, evidence, told)
        return at_address(kind, address, hub, self._directory, evidence, told)
