"""What is said from look to look: what came and went, what was changed before, and which cause is first."""

import pytest

from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Node, edge
from jupyternetes.graph.model.kinds import State
from tests.support.graph_site import TOLD, Site, site

CUT = site().unanswered("database", "hub", "NoConnection")


def names(judge: Judge, moment: Site, now: float) -> list[str]:
    return [cause.name for cause in judge.look(moment.graph, now).causes]


def ids(judge: Judge, moment: Site, now: float) -> list[str]:
    return [cause.id for cause in judge.look(moment.graph, now).causes]


def test_a_way_that_was_cut_a_moment_ago_has_its_name_still() -> None:
    judge = Judge()
    called = names(judge, CUT, 0)

    assert names(judge, site(), 5) == called == ["the way from the hub's database postgres to the hub"]


def test_servers_that_failed_alike_a_moment_ago_have_their_name_still() -> None:
    failing = site(users=12)
    for number in range(3):
        failing = failing.ill(f"server/user-{number}", "OOMKilled")
    judge = Judge()
    called = names(judge, failing, 0)

    assert names(judge, site(users=12), 5) == called
    assert not any("/" in name for name in called)


def test_servers_that_failed_alike_a_moment_ago_are_explained_still() -> None:
    broken = site().ill("template/small", "Invalid").ill("server/user-0", "TemplateError")
    for number in (2, 4):
        broken = broken.ill(f"server/user-{number}", "TemplateError")
    judge = Judge()
    judge.look(broken.graph, 0)

    assert ids(judge, site().ill("template/small", "Invalid"), 5) == ["template/small"]


def test_what_was_removed_is_no_longer_in_trouble() -> None:
    judge = Judge()
    judge.look(site().ill("server/user-1", "OOMKilled").graph, 0)

    assert ids(judge, site().without("server/user-1"), 1) == []


def test_trouble_that_a_hub_has_known_for_long_counts_at_once() -> None:
    judge = Judge()
    judge.look(site().graph, 0)

    assert ids(judge, site().unanswered("database", "hub", "Refused", lasted=3), 1) == []
    assert judge.next_look == 8
    assert ids(judge, site().unanswered("database", "hub", "Refused", lasted=10), 8) == ["database -> hub (stores)"]


def test_another_reason_for_no_answer_is_the_same_trouble() -> None:
    judge = Judge()
    judge.look(site().graph, 0)
    judge.look(site().unanswered("database", "hub", "NoAnswer").graph, 1)
    hangs = site().unanswered("database", "hub", "NoAnswerInTime")

    assert ids(judge, hangs, 11) == ["database"]


def test_pods_that_are_missing_for_a_moment_are_no_cause() -> None:
    judge = Judge()
    judge.look(site().graph, 0)
    gone = site().ill("hub", "NoPods")

    assert ids(judge, gone, 1) == ids(judge, gone, 15) == []
    assert ids(judge, gone, 16) == ["hub"]


def test_nothing_to_look_at_again_where_nothing_ripens() -> None:
    judge = Judge()
    judge.look(CUT.graph, 0)

    assert judge.next_look is None


TWO = site().ill("oauth", "CrashLoopBackOff").ill("hub", "OOMKilled")


def test_the_first_cause_stays_the_first_for_a_minute() -> None:
    judge = Judge()
    judge.look(site().graph, 0)
    judge.look(site().ill("quota", "QuotaUsedUp").graph, 10)
    assert ids(judge, site().ill("quota", "QuotaUsedUp"), 20) == ["quota"]
    worse = site().ill("quota", "QuotaUsedUp").ill("hub", "OOMKilled").ill("proxy", "NotServing")
    judge.look(worse.graph, 30)

    verdict = judge.look(worse.graph, 40)
    assert verdict.causes[0].id == "quota"
    assert verdict.headline == "The cause is the quota students."

    assert ids(judge, worse, 81)[0] == "hub"


def test_the_first_cause_makes_way_for_better_evidence() -> None:
    judge = Judge()
    judge.look(CUT.graph, 0)

    worse = CUT.ill("oauth", "CrashLoopBackOff")
    judge.look(worse.graph, 1)

    assert ids(judge, worse, 4)[0] == "oauth"


def test_the_first_cause_that_goes_makes_way() -> None:
    judge = Judge()
    first, *_ = ids(judge, TWO, 0)
    left = {"hub": site().ill("oauth", "CrashLoopBackOff"), "oauth": site().ill("hub", "OOMKilled")}[first]
    judge.look(left.graph, 1)

    assert first not in ids(judge, left, 12)


def revised(found: Site, node_id: str, revision: str) -> Site:
    node = found.graph.by_id[node_id]
    return found.ill(node_id, node.reason, node.state, revision=revision)


@pytest.mark.parametrize(
    ("node_id", "sentence"),
    [
        ("template/small", "small was edited: generation 6 -> 7, noticed 2026-11-28T12:00:00Z."),
        ("quota", "students was edited: 6 -> 7, noticed 2026-11-28T12:00:00Z."),
        ("hub", "hub was rolled out anew: revision 6 -> 7, noticed 2026-11-28T12:00:00Z."),
    ],
)
def test_what_somebody_changed_shortly_before_is_told(node_id: str, sentence: str) -> None:
    judge = Judge()
    judge.look(revised(site(), node_id, "6").graph, 0)
    changed = revised(site(), node_id, "7")
    judge.look(changed.graph, 100)
    broken = changed.ill(node_id, "OOMKilled")
    judge.look(broken.graph, 110)

    (cause,) = judge.look(broken.graph, 120).causes

    assert cause.changes == (sentence,)


def test_what_was_changed_long_before_is_not_told() -> None:
    judge = Judge()
    judge.look(revised(site(), "hub", "6").graph, 0)
    judge.look(revised(site(), "hub", "7").graph, 100)
    broken = revised(site(), "hub", "7").ill("hub", "OOMKilled")
    judge.look(broken.graph, 800)

    (cause,) = judge.look(broken.graph, 810).causes

    assert cause.changes == ()


def test_of_two_that_explain_as_much_the_one_that_was_changed_comes_first() -> None:
    judge = Judge()
    judge.look(revised(site(), "quota", "pods=9").graph, 0)
    both = revised(site(), "quota", "pods=2").ill("quota", "QuotaUsedUp").ill("oauth", "OOMKilled")
    judge.look(both.graph, 10)

    assert ids(judge, both, 20)[0] == "quota"


def test_servers_are_told_what_was_changed_in_their_template() -> None:
    judge = Judge()
    judge.look(revised(site(), "template/small", "6").graph, 0)
    edited = revised(site(), "template/small", "7")
    broken = edited.ill("server/user-0", "Error").ill("server/user-2", "Error")
    judge.look(broken.graph, 10)

    (cause, *_) = judge.look(broken.graph, 20).causes

    assert cause.changes == ("small was edited: generation 6 -> 7, noticed 2026-11-28T12:00:00Z.",)


def test_a_part_without_pods_for_a_moment_was_not_changed() -> None:
    judge = Judge()
    for now, revision in enumerate(("6", "", "6")):
        judge.look(revised(site(), "hub", revision).graph, now)
    broken = revised(site(), "hub", "6").ill("hub", "OOMKilled")
    judge.look(broken.graph, 10)

    assert judge.look(broken.graph, 20).causes[0].changes == ()


def test_a_start_that_goes_on_for_long_counts_by_the_time_of_the_look() -> None:
    waits = site().ill("server/user-1", "NotReady", State.STARTING, since="2026-11-28T11:58:00Z")
    judge = Judge()

    assert judge.look(waits.graph, 0).causes == ()
    later = "2026-11-28T12:02:00Z"
    judge.look(waits.graph, 240, later)
    verdict = judge.look(waits.graph, 261, later)

    assert [cause.id for cause in verdict.causes] == ["server/user-1"]
    assert verdict.taken == later


def test_a_node_that_nobody_may_see_is_remembered_too() -> None:
    found = site(users=12).without("node/worker-2")
    lost = found
    for number in (6, 7, 8):
        lost = lost.ill(f"server/user-{number}", "NodeNotReady")
    judge = Judge()
    judge.look(lost.graph, 0)

    assert "the node worker-2, which was not looked at" in names(judge, found, 5)


def test_a_declared_part_that_others_need_is_a_cause() -> None:
    spark = Node(id="spark", kind=kinds.DECLARED.name, name="Spark", layer=kinds.Layer.PROVIDERS, state=State.FAILING)
    graph = site().graph.replaced(
        nodes=[*site().graph.nodes, spark],
        edges=[*site().graph.edges, edge(kinds.SUPPORTS, "spark", "server/user-1", TOLD)],
    )

    assert Site(graph).verdict.headline == "The cause is Spark."


@pytest.mark.parametrize(
    "words",
    [
        ("ErrImagePull", "ImagePullBackOff", "ImagePullFailed"),
        ("Error", "CrashLoopBackOff"),
        ("ServerRestarting", "ServerKeepsFailing"),
        ("ContainerRestarting", "ContainerKeepsFailing"),
    ],
)
def test_servers_whose_trouble_has_several_words_in_turn_fail_alike(words: tuple[str, ...]) -> None:
    judge = Judge()
    judge.look(site(users=12).graph, 0)

    def failing(now: int) -> Site:
        """All servers of a Template, each with the next word at each look."""
        found = site(users=12)
        for number in range(0, 12, 2):
            found = found.ill(f"server/user-{number}", words[(number // 2 + now) % len(words)])
        return found

    said = {now: ids(judge, failing(now), now) for now in range(1, 40)}

    assert {now: causes for now, causes in said.items() if now > 12 and causes != ["template/small"]} == {}
    (cause,) = judge.look(failing(40).graph, 40).causes
    assert [fact.reason for fact in cause.evidence] == [words[0]]
