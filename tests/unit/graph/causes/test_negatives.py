"""What looks like trouble and is none: in each of these, no part of the deployment may be blamed."""

from collections.abc import Iterable

import pytest

from jupyternetes.graph.causes.verdict import Verdict, judge_once
from jupyternetes.graph.causes.watch import Judge
from jupyternetes.graph.discovery.build import build
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Evidence, Node, Series, edge
from jupyternetes.graph.model.kinds import EvidenceKind, State
from tests.support.graph_site import OPERATORS, Site, site
from tests.unit.graph.discovery.recordings import JUPYTERNETES, named, observe, recorded

NOON = "2026-11-28T12:00:00Z"


def at(seconds: int) -> str:
    """So long after noon."""
    return f"2026-11-28T12:{seconds // 60:02}:{seconds % 60:02}Z"


def verdicts(moments: Iterable[tuple[int, Site]]) -> list[Verdict]:
    """What is said at each of several moments, in seconds after noon."""
    judge = Judge()
    return [judge.look(moment.taken(at(seconds)).graph, float(seconds)) for seconds, moment in moments]


def servers(found: Site, state: State, reason: str = "", since: str = NOON, **fields: str) -> Site:
    """All servers in another state."""
    every = [node.id for node in found.graph.nodes if node.kind == kinds.SERVER.name]
    return found.all_ill(every, reason, state, since=since, **fields)


def nobody_is_blamed(said: Iterable[Verdict]) -> bool:
    return all(not verdict.causes and verdict.headline == "Nothing is wrong." for verdict in said)


def test_starts_and_stops() -> None:
    phases = [
        (State.STARTING, "Starting"),
        (State.STARTING, "ContainerCreating"),
        (State.STARTING, "NotReady"),
        (State.OK, ""),
        (State.STOPPING, "Stopping"),
        (State.STOPPED, "Suspended"),
    ]

    said = verdicts((20 * number, servers(site(), state, reason)) for number, (state, reason) in enumerate(phases))

    assert nobody_is_blamed(said)


def upgrade() -> list[tuple[int, Site]]:
    """Hub, proxy and operators get new pods: the old ones go first, and for a moment there is none."""
    parts = ("hub", "proxy", *(f"operator/{name}" for name in OPERATORS))

    def all_of(found: Site, state: State, reason: str) -> Site:
        for part in parts:
            found = found.replacing(part, at(10), state, reason)
        return found

    def without_pods(found: Site) -> Site:
        for part in parts:
            found = found.ill(part, "NoPods")
        return found

    new = all_of(site(), State.STARTING, "ContainerCreating")
    return [
        (0, site()),
        (11, all_of(site(), State.STOPPING, "Stopping")),
        (40, without_pods(site())),
        (43, new),
        (60, new.unanswered("hub", "proxy", "Refused", lasted=15)),
        (90, new.unanswered("hub", "proxy", "Refused", lasted=45)),
        (120, site()),
    ]


def test_an_upgrade_of_hub_and_operators() -> None:
    said = verdicts(upgrade())

    assert nobody_is_blamed(said)
    assert f"the proxy is being replaced, since {at(10)}" in said[4].planned
    assert said[-1].planned == ()


def test_an_upgrade_that_takes_longer_than_it_may_is_trouble() -> None:
    stuck = site().replacing("proxy", NOON, reason="ContainerCreating").unanswered("hub", "proxy", "Refused")

    *_, late = verdicts((seconds, stuck) for seconds in (0, 300, 590, 605, 630))

    assert [cause.id for cause in late.causes] == ["proxy"]
    assert {fact.reason for fact in late.causes[0].evidence} == {"ProgressDeadlineExceeded", "Refused"}


def test_a_proxy_that_the_hub_restarts_and_tells_its_routes_again() -> None:
    refused = site().unanswered("hub", "proxy", "Refused", lasted=1)
    without_routes = site().unanswered("hub", "proxy", "RoutesMissing", lasted=5)

    assert nobody_is_blamed(verdicts([(0, site()), (5, refused), (9, without_routes), (13, site())]))

    *_, late = verdicts([(0, site()), (5, refused), (9, without_routes), (15, without_routes)])
    assert [cause.id for cause in late.causes] == ["proxy"]


def test_a_proxy_whose_container_ended_and_has_no_routes_is_named_sooner() -> None:
    series = Series(terminated_reasons=("OOMKilled",))
    ended = site().ill("proxy", state=State.OK, series=series)
    without_routes = ended.unanswered("hub", "proxy", "RoutesMissing")

    assert nobody_is_blamed(verdicts([(0, site()), (4, ended), (9, without_routes), (10, ended)]))

    *_, late = verdicts([(0, site()), (4, ended), (9, without_routes), (11, without_routes)])
    [cause] = late.causes
    assert (cause.id, cause.confidence) == ("proxy", "certain")
    assert "OOMKilled" in cause.evidence[0].text


def test_a_pod_that_was_ready_and_is_no_longer_is_not_being_replaced() -> None:
    hangs = site().ill("database", "NotReady", State.STARTING).unanswered("database", "hub", "NoAnswerInTime")

    assert hangs.causes == ["database"]


def test_a_replacement_that_an_event_tells_is_stuck_is_trouble() -> None:
    found = site().replacing("database", NOON).unanswered("database", "hub", "Refused")
    storage = Node(id="storage/fast", kind="storage", name="fast", layer=kinds.Layer.PLATFORM, reason="FailedMount")
    seen = Evidence(kind=EvidenceKind.SEEN, text="Event FailedAttachVolume of postgres-0")
    graph = found.graph
    stuck = graph.replaced(
        nodes=[*graph.nodes, storage],
        edges=[*graph.edges, edge(kinds.PROVISIONS, "storage/fast", "database", seen)],
    )

    assert found.causes == []
    assert Site(stuck).causes == ["database"]


def test_the_culler_stops_fifty() -> None:
    stopping = servers(site(users=50), State.STOPPING, "Stopping")

    said = verdicts([(0, site(users=50)), (5, stopping), (60, servers(site(users=50), State.STOPPED, "Suspended"))])

    assert nobody_is_blamed(said)


def test_a_drain() -> None:
    drained = site(users=12).ill("node/worker-0", "SchedulingDisabled", State.OK)
    evicted = servers(drained, State.FAILING, "EvictionByEvictionAPI").replacing("hub", at(5), State.STOPPING)

    said = verdicts([(0, site(users=12)), (5, drained), (10, evicted), (60, evicted)])

    assert nobody_is_blamed(said)


@pytest.mark.parametrize("reason", ["Pulling", "ContainerCreating"])
def test_an_image_that_takes_three_minutes(reason: str) -> None:
    pulling = servers(site(), State.STARTING, reason)

    said = verdicts([(0, site()), *((seconds, pulling) for seconds in range(10, 250, 30)), (251, site())])

    assert nobody_is_blamed(said)


def test_a_users_own_lack_of_memory() -> None:
    said = verdicts([(0, site()), *((10 * n, site().ill("server/user-1", "OOMKilled")) for n in range(1, 5))])

    assert {cause.id for verdict in said for cause in verdict.causes} == {"server/user-1"}
    assert all(verdict.headline.startswith("Nothing is wrong with the deployment") for verdict in said[2:])


def test_a_loud_pod_on_which_nobody_depends() -> None:
    loud = Node(
        id="declared/loud",
        kind=kinds.DECLARED.name,
        name="loud",
        layer=kinds.Layer.PROVIDERS,
        state=State.FAILING,
        reason="CrashLoopBackOff",
        message="FATAL: could not connect to the database postgres",
    )

    verdict = Site(site().graph.replaced(nodes=[*site().graph.nodes, loud])).verdict

    assert verdict.headline == ("Nothing is wrong with the deployment; what fails is needed by no other part: loud.")


def test_events_about_an_object_of_the_same_name_elsewhere() -> None:
    objects = recorded(JUPYTERNETES)
    pod = named(objects, "hub-")["metadata"]
    events = [
        {
            "kind": "Event",
            "metadata": {"name": f"warning-{number}", "namespace": "lab", "uid": f"e{number}"},
            "involvedObject": {"kind": "Pod", "name": pod["name"], "namespace": "lab", "uid": "of-another"},
            "reason": "FailedMount",
            "message": "MountVolume.SetUp failed",
            "type": "Warning",
            "lastTimestamp": NOON,
        }
        for number in range(1000)
    ]

    before, after = (judge_once(build(observe(each))) for each in (objects, [*objects, *events]))

    assert after.causes == before.causes


def test_a_quiet_night() -> None:
    said = verdicts((600 * hour, servers(site(), State.STOPPED, "Suspended")) for hour in range(5))

    assert nobody_is_blamed(said)


def test_errors_of_the_database_that_users_programs_make_up() -> None:
    forged = 'FATAL: could not connect to server "postgres": Connection refused; the disk is full; hub down'
    found = site(users=12)
    for number in (1, 6):
        found = found.ill(f"server/user-{number}", "Error", message=forged)

    verdict = found.verdict

    assert {cause.id for cause in verdict.causes} == {"server/user-1", "server/user-6"}
    assert verdict.headline.startswith("Nothing is wrong with the deployment")


@pytest.mark.parametrize("node_id", [node.id for node in site().graph.nodes if node.layer is not kinds.Layer.SERVERS])
def test_what_may_not_be_seen_while_all_is_well(node_id: str) -> None:
    verdict = site().without(node_id).verdict

    assert verdict.causes == ()
    assert verdict.unseen


def test_a_deployment_of_which_half_is_there_yet() -> None:
    found = site(users=0).replacing("hub", NOON, reason="ContainerCreating").replacing("database", NOON)

    assert nobody_is_blamed(verdicts((seconds, found) for seconds in (0, 30, 300)))
