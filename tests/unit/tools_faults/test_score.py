"""How good is a verdict?"""

import pytest

from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Graph
from tests.support.graph_site import site
from tools.faults.baselines import earliest_red, for_nodes, most_upstream_red, page_rank, reds, step
from tools.faults.recording import Look
from tools.faults.score import abstains, accuracy, average_accuracy, blamed, is_right, score, wilson

DATABASE = [["database"]]
GONE = site().ill("database", "NoPods").unanswered("database", "hub")


def test_the_right_cause_first_is_right() -> None:
    found = score(GONE.verdict, DATABASE)

    assert (found.first, found.first_three, found.average, found.right, found.blames) == (1, 1, 1, True, ())


def test_another_cause_first_is_blamed_wrongly() -> None:
    found = score(GONE.verdict, [["oauth"]])

    assert (found.first, found.right, found.blames) == (0, False, ("database",))


@pytest.mark.parametrize(
    ("named", "within", "share"),
    [("ab", 1, 1), ("ba", 1, 1), ("axb", 2, 0.5), ("axb", 3, 1), ("xyz", 3, 0), ("", 1, 0)],
)
def test_of_two_true_causes_the_share_that_has_room_counts(named: str, within: int, share: float) -> None:
    assert accuracy(list(named), [["a"], ["b", "c"]], within) == share


def test_the_mean_of_five_depths_counts_how_late_the_cause_comes() -> None:
    assert average_accuracy(list("xya"), [["a"]]) == pytest.approx(3 / 5)


def test_who_says_that_it_cannot_tell_blames_nobody_and_is_not_right() -> None:
    unsure = site().ill("hub", "NotReady").ill("database", state=kinds.State.UNKNOWN).verdict

    assert abstains(unsure)
    assert not blamed(unsure, DATABASE)
    assert not is_right(unsure, [["hub"]])


def test_servers_that_fail_for_themselves_are_no_blame_where_nothing_is_wrong() -> None:
    assert is_right(site().ill("server/user-1", "OOMKilled").verdict, [])
    assert not is_right(GONE.verdict, [])


def looks(*graphs: Graph) -> list[Look]:
    return [Look(float(at), graph) for at, graph in enumerate(graphs)]


def test_what_does_not_answer_the_hub_is_red() -> None:
    assert reds(site().unanswered("database", "hub").unanswered("hub", "proxy").graph) == {"database", "proxy"}


def test_the_earliest_red_is_the_first_that_failed_and_fails_still() -> None:
    story = looks(site().ill("oauth").graph, site().ill("proxy").graph, site().ill("proxy").ill("hub").graph)

    assert earliest_red(story) == ["proxy", "hub"]


def test_the_most_upstream_red_goes_by_layers() -> None:
    assert most_upstream_red(looks(site().ill("hub").ill("proxy").ill("dns").graph)) == ["dns", "hub", "proxy"]


def test_page_rank_walks_upstream_from_what_is_red() -> None:
    named = page_rank(looks(site().ill("hub").graph))

    assert named[0] == "hub"
    assert {"database", "dns", "volume"} <= set(named)
    assert "server/user-1" not in named


def test_page_rank_of_two_parts_is_what_paper_and_pencil_say() -> None:
    ends = (node for node in site().graph.nodes if node.id in ("database", "hub"))
    pair = site().ill("hub").graph.replaced(nodes=(site().ill("hub").graph.by_id[node.id] for node in ends))
    begin = {"hub": 1.0, "database": 0.0}

    rank = begin
    for _ in range(200):
        rank = step(rank, begin, {"hub": ["database"], "database": []})

    assert page_rank(looks(pair)) == ["hub", "database"]
    assert rank == pytest.approx({"hub": 0.15 / (1 - 0.85**2), "database": 0.85 * 0.15 / (1 - 0.85**2)})


def test_where_nothing_is_red_no_method_names_anybody() -> None:
    well = looks(site().graph)

    assert (earliest_red(well), most_upstream_red(well), page_rank(well)) == ([], [], [])


def test_an_edge_counts_for_methods_that_know_none_if_they_name_its_source() -> None:
    assert for_nodes([["database -> hub (stores)"], ["dns"]]) == [["database"], ["dns"]]


@pytest.mark.parametrize(
    ("right", "runs", "interval"), [(10, 10, "0.72 to 1.00"), (0, 10, "0.00 to 0.28"), (16, 19, "0.62 to 0.94")]
)
def test_share_of_all_is_given_with_its_interval(right: int, runs: int, interval: str) -> None:
    assert wilson([1.0] * right + [0.0] * (runs - right)) == interval
