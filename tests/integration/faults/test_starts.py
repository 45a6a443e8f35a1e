"""Starts while requests fail, operators die and caches lag behind: one pod and one claim in the end, ever made once."""

from dataclasses import dataclass

import pytest

from tests.integration.faults.site import Site
from tests.support.faultproxy import Answer, Cut, Hold, HoldBack, Late, Match, Rule
from tests.support.faultproxy.faults import RequestFault
from tests.support.hub import INSTANCES
from tests.support.lab import Lab, is_running, says
from tests.support.templates import order
from tests.support.waiting import eventually
from tools.cluster import Cluster

FAULTS: dict[str, RequestFault] = {
    "answered 500": Answer(500),
    "answered 429": Answer(429, retry_after=1),
    "cut off before": Cut(),
    "cut off after": Cut(after=True),
    "done late": Late(0.5),
}
RESOURCES = ("pods", "persistentvolumeclaims")
STEPS = {
    "pvcs": (
        Match(client="pvcs", verb="list", resource="persistentvolumeclaims"),
        Match(client="pvcs", verb="create", resource="persistentvolumeclaims"),
        Match(client="pvcs", verb="patch", resource="jupyternotebookinstances/status"),
    ),
    "pods": (
        Match(client="pods", verb="create", resource="pods"),
        Match(client="pods", verb="patch", resource="jupyternotebookinstances/status"),
    ),
    "pod-status": (Match(client="pod-status", verb="patch", resource="jupyternotebookinstances/status"),),
}
PASSES = 20


@dataclass
class Start:
    """A start of which the first create of one resource meets a fault."""

    lab: Lab
    rule: Rule[RequestFault]


@pytest.fixture(scope="module")
def starts(site: Site) -> dict[tuple[str, str], Start]:
    """All of them at once, because each takes as long as its create may be in doubt."""
    starts: dict[tuple[str, str], Start] = {}
    for name, fault in FAULTS.items():
        for resource in RESOURCES:
            lab = site.lab()
            match = Match(verb="create", resource=resource, namespace=lab.namespace)
            starts[name, resource] = Start(lab, site.proxy.fault(fault, match, times=1))
    for start in starts.values():
        start.lab.hub.first_start("a", order())
    return starts


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("fault", FAULTS)
def test_create_that_meets_a_fault_is_done_once_in_the_end_R01(
    site: Site, starts: dict[tuple[str, str], Start], fault: str, resource: str
) -> None:
    start = starts[fault, resource]

    site.check_serves(start.lab)

    assert start.rule.hits == 1
    tried = site.proxy.log.entries(verb="create", resource=resource, namespace=start.lab.namespace)
    assert len(tried) >= (1 if fault in ("cut off after", "done late") else 2)


@pytest.mark.parametrize(
    "killed",
    [pytest.param(tuple(STEPS), id="all"), *(pytest.param((name,), id=name, marks=pytest.mark.long) for name in STEPS)],
)
def test_operators_killed_at_each_request_of_a_start_complete_it_R04(site: Site, killed: tuple[str, ...]) -> None:
    """One Instance for each request, so that one kill finds the operators at all of them."""
    site.run_all()
    moments = [(site.lab(), match, after) for name in killed for match in STEPS[name] for after in (False, True)]
    held: list[Rule[Hold]] = []
    for lab, match, after in moments:
        here = Match(match.client, match.verb, match.resource, lab.namespace)
        # What was not passed on is tried again after a while and held again; an answer is withheld once.
        held.append(site.proxy.fault(Hold(after=after), here, times=1 if after else None))
    for lab, _, _ in moments:
        lab.hub.first_start("a", order())
    for rule in held:
        rule.wait()

    for name in killed:
        site.operators[name].kill()
    for rule in held:
        rule.lift()
    site.run_all()

    for lab, _, _ in moments:
        site.check_serves(lab)
        assert lab.secrets() == ["jni-a-1"]


@pytest.mark.parametrize(("operator", "resource"), [("pods", "pods"), ("pvcs", "persistentvolumeclaims")])
def test_passes_under_a_stale_cache_make_nothing_twice_B27(site: Site, operator: str, resource: str) -> None:
    site.run_all()
    lab = site.lab()
    match = Match(client=operator, verb="watch", resource=resource)
    reports = Match(client=operator, verb="patch", resource="*instances/status", namespace=lab.namespace)
    # What is on record would help as well: so there is none.
    with site.proxy.fault(HoldBack(), match) as held, site.proxy.fault(Cut(), reports):
        lab.hub.first_start("a", order())
        held.wait()
        eventually(lambda: lab.kube.all(resource, lab.namespace))
        before = site.operators[operator].passes()
        for number in range(PASSES):
            change = {"metadata": {"annotations": {"touched": str(number)}}}
            lab.kube.merge_patch(INSTANCES, lab.namespace, "a", change)
            eventually(
                site.operators[operator].passes,
                until=lambda seen, wanted=before + number: seen > wanted,
            )
        assert len(lab.kube.all(resource, lab.namespace)) == 1

    site.check_serves(lab)


def test_spent_start_stays_spent_when_a_conflict_meets_a_stale_cache_B27(site: Site) -> None:
    site.run_all()
    lab = site.lab()
    reports = Match(client="pods", verb="patch", resource=f"{INSTANCES}/status", namespace=lab.namespace)
    with site.proxy.fault(Hold(), reports, times=1) as held:
        lab.hub.first_start("a", order())
        held.wait()
        stale = site.proxy.fault(HoldBack(), Match(client="pods", verb="watch", resource=INSTANCES))
    pod = lab.made_pod()
    lab.kubelet.serve(pod)
    lab.until(is_running)
    # Somebody else in the operator's own words makes its next report a conflict.
    edited = {"status": {"podsProvisioned": "Partially Processed"}}
    lab.kube.merge_patch(f"{INSTANCES}/status", lab.namespace, "a", edited)

    lab.kube.delete("pods", lab.namespace, pod, grace_seconds=0)

    lab.until(says("PodsProvisioned", "StartSpent"))
    stale.lift()
    timeline = site.proxy.log.timeline(namespace=lab.namespace)
    made = site.proxy.log.entries(verb="create", resource="pods", namespace=lab.namespace)
    assert len(made) == 1, timeline
    assert 409 in [entry.status for entry in site.proxy.log.entries(client="pods", verb="patch")], timeline


@pytest.mark.long
def test_starts_while_the_api_server_restarts_end_well_R03(site: Site, control_plane: Cluster) -> None:
    site.run_all()
    labs = [site.lab() for _ in range(3)]
    labs[0].hub.first_start("a", order())
    labs[1].hub.create("a", order())
    site.proxy.log.note("the API server restarts")

    control_plane.restart("kube-apiserver")

    labs[2].hub.first_start("a", order())
    site.run_all()  # those that lost their lease have ended, and are started again as kubelet would
    for lab in labs:
        site.check_serves(lab)
