"""Which part is named when something goes wrong, or nothing does?"""

import msgspec
import pytest

from jupyternetes.graph.causes.verdict import Confidence
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import edge
from jupyternetes.graph.model.kinds import State
from tests.support.graph_site import TOLD, Site, site

PROVIDERS = (("database", "hub"), ("oauth", "hub"), ("hub", "proxy"))
"""The ways over which a hub asks what it depends on."""


def node_lost(found: Site, place: str) -> Site:
    """What is seen of a kubelet that stopped: the node, and every pod that it runs."""
    lost = found.ill(f"node/{place}", "NodeNotReady")
    for each in found.graph.out_of[f"node/{place}"]:
        lost = lost.ill(each.target, "NodeNotReady", message=f"Node {place} does not answer.")
    return lost


def unnamed(found: Site, reason: str) -> Site:
    """The hub finds nobody by name."""
    for source, target in PROVIDERS:
        found = found.unanswered(source, target, reason)
    return found


FAULTS = {
    "database gone": (
        site().ill("database", "NoPods").unanswered("database", "hub", message="The connection is refused."),
        "database",
    ),
    "database hangs": (
        site().ill("database", "NotReady", State.STARTING).unanswered("database", "hub", "NoAnswerInTime"),
        "database",
    ),
    "database hangs and its pods are ready": (site().unanswered("database", "hub", "NoAnswerInTime"), "database"),
    "disk of the database full, which answers": (site().unanswered("database", "hub", "DiskFull"), "volume"),
    "password changed": (site().unanswered("database", "hub", "LoginRefused"), "database -> hub (stores)"),
    "certificate of OAuth expired": (site().unanswered("oauth", "hub", "CertificateExpired"), "oauth"),
    "certificate of OAuth for another host": (
        site().unanswered("oauth", "hub", "CertificateOfAnotherHost"),
        "oauth -> hub (authenticates)",
    ),
    "Service of the database deleted": (site().unanswered("database", "hub", "NoName"), "database -> hub (stores)"),
    "volume of the database full": (
        site().ill("volume", "DiskFull").ill("database", "CrashLoopBackOff").unanswered("database", "hub"),
        "volume",
    ),
    "volume of the database full, which says so and ends": (
        site().ill("database", "DiskFull").unanswered("database", "hub", "Refused"),
        "volume",
    ),
    "disk of the proxy full, which has no volume": (
        site().ill("proxy", "DiskFull").unanswered("hub", "proxy", "Refused"),
        "proxy",
    ),
    "oauth gone": (site().ill("oauth", "NoPods").unanswered("oauth", "hub"), "oauth"),
    "API server stopped": (site().ill("api-server", "ApiUnavailable"), "api-server"),
    "operator gone": (site().ill("operator/pods", "NoPods").ill("server/user-1", "WaitsLong"), "operator/pods"),
    "kubelet stopped": (node_lost(site(), "worker-0"), "node/worker-0"),
    "kubelet of hub and database stopped": (
        node_lost(site(), "worker-1").unanswered("database", "hub").unanswered("oauth", "hub"),
        "node/worker-1",
    ),
    "DNS gone": (unnamed(site().ill("dns", "NoPods"), "NameLookupFailed"), "dns"),
    "DNS gone that may not be seen": (unnamed(site().ill("dns", state=State.UNKNOWN), "NameLookupFailed"), "dns"),
    "DNS knows nobody any more": (unnamed(site().ill("dns", "CrashLoopBackOff"), "NoName"), "dns"),
    "way to DNS cut": (unnamed(site(), "NameLookupFailed"), "dns -> hub (resolves)"),
    "proxy out of memory": (site().ill("proxy", "OOMKilled").unanswered("hub", "proxy", "Refused"), "proxy"),
    "proxy gone": (site().ill("proxy", "NoPods").unanswered("hub", "proxy", "Refused"), "proxy"),
    "proxy lost its routes": (site().unanswered("hub", "proxy", "RoutesMissing"), "proxy"),
    "proxy with another token": (site().unanswered("hub", "proxy", "TokenRefused"), "hub -> proxy (routes)"),
    "hub out of memory": (site().ill("hub", "OOMKilled"), "hub"),
    "way from database to hub cut": (
        site().unanswered("database", "hub", "NoConnection"),
        "database -> hub (stores)",
    ),
    "way of a hub of before cut": (site().unanswered("database", "hub", "NoAnswer"), "database -> hub (stores)"),
    "hub ends because its database is gone": (
        site().ill("database", "NoPods").ill("hub", "CrashLoopBackOff"),
        "database",
    ),
    "quota used up": (
        site().ill("quota", "QuotaUsedUp").ill("server/user-1", "QuotaExceeded").ill("server/user-2", "QuotaExceeded"),
        "quota",
    ),
    "Template broken by an edit": (
        site().ill("template/small", "Invalid").ill("server/user-2", "TemplateError"),
        "template/small",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_only_cause_is_the_fault_itself(fault: str) -> None:
    broken, expected = FAULTS[fault]

    assert broken.causes == [expected]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("database gone", "hub out of memory"),
        ("API server stopped", "database gone"),
        ("oauth gone", "proxy out of memory"),
        ("operator gone", "quota used up"),
        ("disk of the database full, which answers", "oauth gone"),
        ("way from database to hub cut", "proxy gone"),
        ("password changed", "hub out of memory"),
        ("proxy lost its routes", "database gone"),
    ],
)
def test_two_faults_are_two_causes(first: str, second: str) -> None:
    both, other = FAULTS[first][0], FAULTS[second][0]
    for node in other.graph.nodes:
        if node.state is not State.OK:
            both = both.ill(node.id, node.reason, node.state, message=node.message)
    for way in other.graph.edges:
        if way.state is State.FAILING:
            both = both.unanswered(way.source, way.target, way.reason)

    assert set(both.causes) == {FAULTS[first][1], FAULTS[second][1]}


def test_nothing_is_wrong_where_all_is_well() -> None:
    verdict = site().verdict

    assert verdict.causes == ()
    assert verdict.headline == "Nothing is wrong."


@pytest.mark.parametrize("part", ["hub", "proxy", "operator/pods"])
def test_nobody_says_that_nothing_is_wrong_while_nothing_is_known_of_a_part_that_all_need(part: str) -> None:
    unseen = site().ill(part, "", State.UNKNOWN)
    own = unseen.ill("server/user-3", "OOMKilled")

    name = unseen.verdict.unknown[0]
    assert unseen.verdict.headline == f"Cannot tell: nothing is known of {name}."
    assert own.verdict.headline == f"Cannot tell: nothing is known of {name}; 1 server fails for a reason of its own."


def test_a_server_that_fails_for_itself_reaches_no_other_part() -> None:
    own = site().ill("server/user-3", "OOMKilled", message="The server used more memory than it may.")

    assert own.causes == ["server/user-3"]
    assert own.verdict.headline == "Nothing is wrong with the deployment; 1 server fails for a reason of its own."


def test_servers_of_one_template_that_fail_alike_accuse_it() -> None:
    found = site(users=14)
    for number in (0, 2, 4):
        found = found.ill(f"server/user-{number}", "ImagePullBackOff")
    assert found.causes[0] != "template/small"  # most of its servers have no such trouble

    for number in (6, 8):
        found = found.ill(f"server/user-{number}", "ImagePullBackOff")

    assert found.causes == ["template/small"]


def test_servers_of_all_templates_that_fail_alike_accuse_none() -> None:
    found = site(users=12)
    for number in range(12):
        found = found.ill(f"server/user-{number}", "ImagePullBackOff")

    assert not any(cause.startswith("template/") for cause in found.causes)


def test_a_node_that_may_not_be_seen_is_named_by_its_servers() -> None:
    found = site(users=12).without("node/worker-2")
    for number in (6, 7, 8):
        found = found.ill(f"server/user-{number}", "NodeNotReady", message="Node worker-2 does not answer.")

    (cause,) = found.verdict.causes

    assert cause.id == "node/worker-2"
    assert cause.name == "the node worker-2, which was not looked at"
    assert cause.confidence is Confidence.LIKELY


def test_an_effect_below_what_cannot_be_seen_is_not_judged() -> None:
    found = site().ill("database", state=State.UNKNOWN).ill("hub", "NotReady")

    verdict = found.verdict

    assert verdict.headline == (
        "Cannot tell: the hub is in trouble, and of the hub's database postgres, which would explain it, nothing is "
        "known."
    )


def test_servers_that_use_too_much_memory_have_nothing_in_common() -> None:
    found = site()
    for number in range(4):
        found = found.ill(f"server/user-{number}", "OOMKilled")

    assert found.verdict.headline == "Nothing is wrong with the deployment; 4 servers fail for reasons of their own."


def test_the_users_who_cannot_log_in_do_not_make_servers_fail() -> None:
    found = site().ill("oauth", "NoPods").ill("server/user-1", "CrashLoopBackOff")

    assert found.causes == ["oauth", "server/user-1"]


def test_a_hub_that_finds_nobody_by_name_says_so_of_each_and_one_cause_is_named() -> None:
    (cause,) = FAULTS["DNS gone"][0].verdict.causes

    assert [fact.reason for fact in cause.evidence if fact.nature == "seen"] == ["NameLookupFailed"] * 3


def test_one_name_that_a_dns_nobody_may_see_does_not_know_is_not_judged() -> None:
    verdict = site().ill("dns", state=State.UNKNOWN).unanswered("database", "hub", "NoName").verdict

    assert verdict.headline == (
        "Cannot tell: the way from the hub's database postgres to the hub is in trouble, and of the cluster's DNS, "
        "which would explain it, nothing is known."
    )


def test_what_fails_by_the_hubs_word_alone_is_no_more_certain_than_that_word() -> None:
    outside = site().ill("oauth", "NoConnection").unanswered("oauth", "hub", "NoConnection")

    (cause,) = outside.verdict.causes

    assert (cause.id, cause.confidence) == ("oauth", Confidence.LIKELY)


def test_a_provider_outside_is_not_blamed_for_a_dns_that_is_gone() -> None:
    outside = unnamed(site().ill("oauth", "NameLookupFailed").ill("dns", "NoPods"), "NameLookupFailed")

    assert outside.causes == ["dns"]


def test_a_refused_login_says_what_to_look_at() -> None:
    broken = site().unanswered("database", "hub", "LoginRefused", "The hub says: The hub's login is refused.")

    (fact,) = broken.verdict.causes[0].evidence

    assert fact.text.startswith("The hub says: The hub's login is refused. Compare the user and the password")


def test_what_answers_another_hub_is_well_for_this_one_only_the_way_is_cut() -> None:
    found = site().ill("oauth", "NoConnection", State.DEGRADED).unanswered("oauth", "hub", "NoConnection")
    other = edge(kinds.AUTHENTICATES, "oauth", "operator/pods", TOLD)  # stands for a second hub
    well = msgspec.structs.replace(other, state=State.OK)

    assert found.causes == ["oauth"]
    assert Site(found.graph.replaced(edges=[*found.graph.edges, well])).causes == ["oauth -> hub (authenticates)"]


@pytest.mark.parametrize(
    ("reached", "cause", "reason"),
    [
        (True, "database -> hub (stores)", "ReachedFromHere"),
        (False, "database", "NotReachedFromHere"),
    ],
)
def test_what_was_tried_from_here_is_evidence_of_its_own(reached: bool, cause: str, reason: str) -> None:
    found = site().unanswered("database", "hub", "NoConnection", reached_from_here=reached)

    (named,) = found.verdict.causes

    assert named.id == cause
    assert [(fact.nature, fact.reason) for fact in named.evidence] == [("seen", "NoConnection"), ("tried", reason)]


def test_what_was_tried_from_here_says_nothing_of_a_password() -> None:
    found = site().unanswered("database", "hub", "LoginRefused", reached_from_here=True)

    assert [fact.nature for fact in found.verdict.causes[0].evidence] == ["seen"]


def test_while_the_api_server_is_silent_nothing_is_said_to_be_well() -> None:
    found = site().unanswered("database", "hub", "Refused").silent_api("2026-11-28T11:58:00Z")

    verdict = found.verdict

    assert {cause.id for cause in verdict.causes} == {"api-server", "database"}
    assert verdict.as_of == "2026-11-28T11:58:00Z"
