"""What becomes of servers whose node stops answering: its kubelet is frozen, as on a machine that hangs."""

from collections.abc import Iterator

import pytest

from tests.e2e.case import SERVES, Case, Json
from tests.e2e.servers import is_ready
from tests.support.waiting import PATIENCE, eventually
from tools.cluster import Cluster
from tools.demo.demo import Demo

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

NODE_NOTICED = PATIENCE + 60  # seconds; the node controller waits 50 of them for a word of the kubelet
STUCK = PATIENCE + 60  # seconds; a grace period of 1, 30 until it is called lost, and what comes between
LEAVES_SOON = {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute", "tolerationSeconds": 15}


@pytest.fixture
def cluster(demo: Demo) -> Cluster:
    if demo.cluster is None:
        pytest.fail("this test freezes the kubelet of the local cluster, and there is none")
    return demo.cluster


@pytest.fixture
def silent(demo: Demo) -> Iterator[Case]:
    case = Case(demo)
    yield case
    case.remove()


@pytest.fixture
def kubelet(cluster: Cluster, case: Case) -> Iterator[Cluster]:
    """The cluster, whose kubelet runs again in the end, with its node Ready and its pods served."""
    yield cluster
    cluster.thaw("kubelet")
    eventually(lambda: node_is_ready(case), seconds=NODE_NOTICED)
    eventually(lambda: case.kubectl.items("pods", "--all-namespaces"), until=lambda pods: all(map(is_ready, pods)))


def node_is_ready(case: Case) -> bool:
    (node,) = case.kubectl.items("nodes")
    return is_ready(node)


def entry(case: Case, **fields: int) -> Json:
    """An entry of a Template whose pod is evicted soon after its node was called unreachable."""
    spec = {"terminationGracePeriodSeconds": 1, "tolerations": [LEAVES_SOON]}
    return {"spec": spec | {"containers": [case.container("notebook", SERVES)]}} | fields


def test_lost_node_is_named_and_only_the_impatient_template_goes_on_without_it_C27_P10(
    kubelet: Cluster, case: Case, silent: Case
) -> None:
    impatient, patient = case, silent
    impatient.start_entry(entry(impatient, forceDeleteAfterSeconds=5))
    patient.start_entry(entry(patient))
    for each in (impatient, patient):
        each.until(state="Running")
    (old,) = impatient.pods()
    node = old["spec"]["nodeName"]

    kubelet.freeze("kubelet")

    told = eventually(patient.entry, until=lambda each: each.get("reason") == "NodeNotReady", seconds=NODE_NOTICED)
    assert node in told["message"]
    told = eventually(patient.entry, until=lambda each: each.get("reason") == "NodeLost", seconds=STUCK)
    assert node in told["message"]
    assert len(patient.pods()) == 1
    eventually(impatient.pods, until=lambda pods: all(pod["metadata"]["uid"] != old["metadata"]["uid"] for pod in pods))
    [event] = eventually(lambda: events(impatient, "PodForceDeleted"))
    assert node in event["message"]

    impatient.start_again("2")

    eventually(impatient.pods, until=lambda pods: len(pods) == 1)
    kubelet.thaw("kubelet")
    impatient.until(state="Running")
    eventually(patient.pods, until=lambda pods: pods == [], seconds=STUCK)


def events(case: Case, reason: str) -> list[Json]:
    return case.kubectl.items("events", f"--field-selector=reason={reason},involvedObject.name={case.name}")
