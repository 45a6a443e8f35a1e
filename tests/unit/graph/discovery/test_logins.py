"""Who says to a hub who people are, and what is said where nothing certain tells of it."""

import pytest

from jupyternetes.api.hub_dependencies import HubDependency
from jupyternetes.graph.discovery.build import build
from jupyternetes.runtime.objects import ObjectKey
from tests.unit.graph.discovery.recordings import (
    JUPYTERNETES,
    OPEN_DATA_HUB,
    Z2JH,
    Z2JH_HUB,
    arrows,
    evidence,
    gaps,
    graph_of,
    named,
    names,
    node,
    observe,
    recorded,
    told,
)


def test_host_of_a_variable_is_a_node_outside_of_the_cluster() -> None:
    graph = graph_of(JUPYTERNETES)

    assert arrows(graph, "authenticates") == {("login.example.org", "hub")}
    assert node(graph, "oauth", "login.example.org").state == "unknown"


def test_several_hosts_that_the_hub_tells_are_several_nodes() -> None:
    hosts = [
        HubDependency(kind="oauth", host=host, port=443, up=True) for host in ("id.example.org", "api.example.org")
    ]

    assert names(graph_of(JUPYTERNETES, **told(*hosts)), "oauth") == {"id.example.org", "api.example.org"}


def test_route_of_openshift_leads_to_its_pods() -> None:
    hub = ObjectKey("opf-jupyterhub", "jupyterhub-124-9xkzq")
    route = HubDependency(kind="oauth", host="oauth-openshift.apps.example.org", port=443)
    graph = graph_of(OPEN_DATA_HUB, **told(route, hub=hub))

    assert arrows(graph, "authenticates") == {("oauth-openshift", "jupyterhub")}
    assert evidence(graph, "authenticates") == ["labelled", "told"]


@pytest.mark.parametrize(("kind", "name"), [("oauth", "OAuth"), ("ldap", "LDAP"), ("login", "login")])
def test_provider_without_an_address_is_called_as_its_kind(kind: str, name: str) -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind=kind, up=False, since="2026-11-28T11:00:00Z")))

    found = node(graph, kind, name)
    assert (found.state, found.since) == ("failing", "2026-11-28T11:00:00Z")


@pytest.mark.parametrize(("kind", "word"), [("oauth", "login (OAuth)"), ("ldap", "login (LDAP)"), ("login", "login")])
def test_kinds_of_providers_are_told_apart_by_the_word_of_the_hub(kind: str, word: str) -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind=kind, host="id.example.org", port=636, up=True)))

    assert node(graph, kind, "id.example.org").kind_word == word
    assert arrows(graph, "authenticates") == {("id.example.org", "hub")}


@pytest.mark.parametrize(("variable", "kind"), [("LDAP_HOST", "ldap"), ("CAS_LOGIN_URL", "login")])
def test_kinds_of_providers_are_told_apart_by_the_names_of_variables(variable: str, kind: str) -> None:
    objects = recorded(JUPYTERNETES)
    named(objects, "hub-")["spec"]["containers"][0]["env"] = [{"name": variable, "value": "id.example.org"}]

    assert node(build(observe(objects)), kind, "id.example.org").state == "unknown"


def test_provider_that_is_only_guessed_is_a_gap_too() -> None:
    graph = build(observe([*recorded(Z2JH), named(recorded(OPEN_DATA_HUB), "oauth-openshift-6c9f7d8b5-2mk4q")]))

    assert evidence(graph, "authenticates") == ["guessed"]
    assert "the login provider" in gaps(graph)
    assert "the login provider" not in gaps(graph_of(OPEN_DATA_HUB))


def test_hub_that_tells_of_no_provider_has_none() -> None:
    database = HubDependency(kind="database", host="db", dialect="postgresql")

    graph = graph_of(Z2JH, **told(database, hub=Z2JH_HUB))

    assert names(graph, "oauth") == set()
    assert "the login provider" not in gaps(graph)


@pytest.mark.parametrize(
    ("authenticator", "names_it"),
    [("SiteAuthenticator", True), ("DummyAuthenticator", False), ("NativeAuthenticator", False), ("", False)],
)
def test_authenticator_that_names_no_host_and_may_ask_one_is_a_gap(authenticator: str, names_it: bool) -> None:
    graph = graph_of(Z2JH, **told(hub=Z2JH_HUB), authenticators={Z2JH_HUB: authenticator})

    assert ("what says to hub who people are" in gaps(graph)) is names_it


def test_authenticator_whose_provider_is_known_is_no_gap() -> None:
    provider = HubDependency(kind="oauth", host="id.example.org", port=443, up=True)

    graph = graph_of(Z2JH, **told(provider, hub=Z2JH_HUB), authenticators={Z2JH_HUB: "GenericOAuthenticator"})

    assert not any("who people are" in gap for gap in gaps(graph))


def test_hub_that_has_not_told_of_its_logins_yet_has_what_its_variables_name() -> None:
    graph = graph_of(JUPYTERNETES, **told(HubDependency(kind="database", host="db", dialect="postgresql")))

    assert names(graph, "oauth") == {"login.example.org"}
