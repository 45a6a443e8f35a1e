"""Which part is named when something goes wrong, or nothing does?"""

import pytest

from jupyternetes.graph.causes.verdict import Confidence
from jupyternetes.graph.model.kinds import State
from tests.unit.graph.causes.site import Site, site

SILENT = "The hub says: There was no answer in time."
NO_NAME = "The hub says: The name of the host is not known."


def node_lost(found: Site, place: str) -> Site:
    """What is seen of a kubelet that stopped: the node, and every pod that it runs."""
    lost = found.ill(f"node/{place}", "NodeNotReady")
    for each in found.graph.out_of[f"node/{place}"]:
        lost = lost.ill(each.target, "NodeNotReady", message=f"Node {place} does not answer.")
    return lost


FAULTS = {
    "database gone": (
        site().ill("database", "NoPods").unanswered("database", "hub", message="The connection is refused."),
        "database",
    ),
    "database hangs": (
        site().ill("database", "NotReady", State.STARTING).unanswered("database", "hub", message=SILENT),
        "database",
    ),
    "volume of the database full": (
        site().ill("volume", "Full").ill("database", "CrashLoopBackOff").unanswered("database", "hub"),
        "volume",
    ),
    "oauth gone": (site().ill("oauth", "NoPods").unanswered("oauth", "hub"), "oauth"),
    "API server stopped": (site().ill("api-server", "ApiUnavailable"), "api-server"),
    "operator gone": (site().ill("operator/pods", "NoPods").ill("server/user-1", "WaitsLong"), "operator/pods"),
    "kubelet stopped": (node_lost(site(), "worker-0"), "node/worker-0"),
    "kubelet of hub and database stopped": (
        node_lost(site(), "worker-1").unanswered("database", "hub").unanswered("oauth", "hub"),
        "node/worker-1",
    ),
    "DNS gone": (
        site()
        .ill("dns", "NoPods")
        .unanswered("database", "hub", "NoName", NO_NAME)
        .unanswered("oauth", "hub", "NoName", NO_NAME)
        .unanswered("proxy", "hub", "NoName", NO_NAME),
        "dns",
    ),
    "proxy out of memory": (site().ill("proxy", "OOMKilled").unanswered("proxy", "hub"), "proxy"),
    "hub out of memory": (site().ill("hub", "OOMKilled"), "hub"),
    "way from database to hub cut": (
        site().unanswered("database", "hub", "NoConnection", SILENT),
        "database -> hub (stores)",
    ),
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
    ],
)
def test_two_faults_are_two_causes(first: str, second: str) -> None:
    both, other = FAULTS[first][0], FAULTS[second][0]
    for node in other.graph.nodes:
        if node.state is not State.OK:
            both = both.ill(node.id, node.reason, node.state, message=node.message)
    for edge in other.graph.edges:
        if edge.state is State.FAILING:
            both = both.unanswered(edge.source, edge.target, edge.reason, edge.message)

    assert set(both.causes) == {FAULTS[first][1], FAULTS[second][1]}


def test_nothing_is_wrong_where_all_is_well() -> None:
    verdict = site().verdict

    assert verdict.causes == ()
    assert verdict.headline == "Nothing is wrong."


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
