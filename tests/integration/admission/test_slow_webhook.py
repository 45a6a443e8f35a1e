"""Starts behind an admission webhook that takes its time, on a real API server with the real operators."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import OPERATORS
from tests.support.audit import AuditLog
from tests.support.installation import RELEASE_NAMESPACE, make_namespace
from tests.support.kube import Kube
from tests.support.lab import Lab
from tests.support.operators import WORKING, Operator, Operators
from tests.support.templates import order
from tests.support.waiting import PATIENCE, eventually
from tests.support.webhook import Allow, Webhook
from tools.cluster import Cluster

CLASS = 120
AT_A_TIME = 16
"""Starts that an operator works on at a time, if none waits for a webhook; by this the class would take 8 times as
long as one."""
SECONDS = 6


@pytest.fixture
def operators(all_operators: Operators, accounts: dict[str, Path], tmp_path: Path) -> Iterator[Operators]:
    """As they are run by default: with the usual Lease."""
    all_operators.stop_all()
    options = [f"--template-namespace={RELEASE_NAMESPACE}"]
    ours = Operators([Operator(name, accounts[name], tmp_path / f"{name}.log", options=options) for name in OPERATORS])
    try:
        for name in OPERATORS:
            ours[name].launch()
        for name in OPERATORS:
            ours[name].wait_says(WORKING)
        yield ours
    finally:
        ours.stop_all()


@pytest.fixture
def lab(kube: Kube, control_plane: Cluster, accounts: dict[str, Path]) -> Iterator[Lab]:
    hub = Kube(accounts["hub"])
    name = make_namespace(kube, f"slow-{uuid.uuid4().hex[:8]}")
    lab = Lab(kube, hub, AuditLog(control_plane.audit_log, kube), name)
    lab.add_template()
    yield lab
    kube.delete("namespaces", "", name)
    hub.close()


@pytest.mark.parametrize("resource", ["pods", "persistentvolumeclaims"])
def test_webhook_of_ten_seconds_delays_a_start_and_fails_nothing_C11(
    webhook: Webhook, operators: Operators, lab: Lab, resource: str
) -> None:
    with webhook.intercepts(resource, Allow(after=9.5), namespaces=[lab.namespace]) as slow:
        lab.hub.first_start("a", order())
        lab.made_pod()

    assert len(slow.asked) == 1, "the first create was made, and no other was needed"
    assert len(lab.pods()) == len(lab.claims()) == 1


def test_many_starts_behind_a_slow_webhook_do_not_wait_for_each_other_C11(
    webhook: Webhook, operators: Operators, lab: Lab
) -> None:
    with webhook.intercepts("pods", Allow(after=SECONDS), namespaces=[lab.namespace]) as slow:
        for number in range(CLASS):
            lab.hub.first_start(f"user-{number}", order())
        eventually(lambda: len(lab.pods()), until=lambda made: made == CLASS, seconds=2 * PATIENCE)

    assert len(slow.asked) == CLASS, "each pod was asked for once"
    assert slow.most_at_once > AT_A_TIME
