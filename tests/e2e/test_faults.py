"""Each fault of the suite once, for real: the right cause is named, and all is well again when it is healed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.cluster import Steps
from tools.demo.demo import Demo
from tools.faults import results
from tools.faults.catalogue import CASES, Case, Group
from tools.faults.site import Site, up
from tools.faults.sitting import sit

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

FAULTS = [case for case in CASES.values() if case.group is Group.FAULT]


@pytest.fixture(scope="module")
def site(demo: Demo, steps: Steps) -> Iterator[Site]:
    """The hub with its providers, beside those of the other tests; its namespace goes."""
    assert demo.cluster is not None, "faults are made on the local cluster, and there is none"
    running = up(steps)
    yield running
    running.hub.run("delete", "namespace", running.hub.namespace)


@pytest.mark.parametrize("case", FAULTS, ids=[case.name for case in FAULTS])
def test_the_right_cause_of_a_fault_is_named(case: Case, site: Site, steps: Steps, tmp_path: Path) -> None:
    sit(site, [case], 1, steps, folder=tmp_path)

    (run,) = results.read(tmp_path / results.FILE.name)
    assert run.right is not None, f"{run.headline} {[cause.name for cause in run.causes]}"
