"""Whatever ends a run says how to do it again, where it stood, and what happened before."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from tests.integration.kill.disruptions import SHARES, Disruptor
from tests.integration.kill.invariants import Violation
from tests.integration.kill.ledger import Ledger
from tests.integration.kill.record import FOLDER, Record
from tests.integration.kill.run import COMPLETE_SECONDS, TIMELINE, Run, Wrong
from tests.integration.kill.timeline import Timeline
from tests.integration.kill.trail import Trail

if TYPE_CHECKING:
    from jupyternetes.runtime.client import Client
    from tests.integration.kill.replicas import Fleet
    from tests.integration.kill.third import Third
    from tests.support.kube import Kube


class Crashing:
    """Operators that never come up, as when each of their lives ends at once."""

    def crashes(self) -> list[str]:
        return ["pods/0 ended with 3"]

    async def complete(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Idle:
    """Disrupts nobody."""

    done: Counter[str] = field(default_factory=Counter[str])


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    log = tmp_path / "audit.log"
    log.touch()
    return Run(
        kube=cast("Kube", None),
        hub=cast("Client", None),
        nodes=cast("Client", None),
        trail=Trail(log),
        fleet=cast("Fleet", Crashing()),
        disruptor=cast("Disruptor", Idle()),
        timeline=Timeline(),
        record=Record(seed=5, wanted=40, rounds=2),
        ledger=Ledger([]),
        shares=SHARES,
        third=cast("Third", None),
    )


@pytest.mark.looptime
async def test_operators_that_never_come_up_end_the_run_with_a_report(run: Run) -> None:
    begun = asyncio.get_running_loop().time()

    with pytest.raises(TimeoutError, match="until every replica leads") as failure:
        async with run.accounted_for():
            await run.round(8)

    assert asyncio.get_running_loop().time() - begun == pytest.approx(COMPLETE_SECONDS, abs=1)
    (report,) = failure.value.__notes__
    assert "round 2 of KILLS=40 SEED=5, step: until every replica leads" in report
    assert "pods/0 ended with 3" in report
    assert "round 2: until every replica leads" in TIMELINE.read_text()
    assert report in (FOLDER / "failure.txt").read_text()


@pytest.mark.parametrize("error", [RuntimeError("anything"), ExceptionGroup("some", [ValueError("one")])])
async def test_any_exception_gets_seed_and_timeline(run: Run, error: Exception) -> None:
    run.timeline.note("red/ada: start 1", "red/ada")

    with pytest.raises(type(error)) as failure:
        async with run.accounted_for():
            raise error

    (report,) = failure.value.__notes__
    assert "SEED=5" in report
    assert "red/ada: start 1" in report


async def test_report_of_what_is_wrong_is_about_those_it_concerns(run: Run) -> None:
    run.timeline.note("red/ada: start 1", "red/ada")
    run.timeline.note("red/bea: start 1", "red/bea")

    with pytest.raises(Wrong, match="red/ada: there is no pod") as failure:
        async with run.accounted_for():
            raise Wrong([Violation("red/ada", "there is no pod")])

    (report,) = failure.value.__notes__
    assert "red/ada: start 1" in report
    assert "bea" not in report


def test_summary_has_the_figures_of_the_record(run: Run) -> None:
    run.record.done = {"kills": 40, "kills of leaders": 22}
    FOLDER.mkdir(parents=True)

    text = run.record.summarize().read_text()

    assert "| seed | 5 |" in text
    assert "| kills | 40: 22 of leaders, 0 times both replicas |" in text
