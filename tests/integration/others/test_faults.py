"""Who makes other resources, and who acts on them, is killed, frozen, without rights, or answers nonsense at each step.

No start waits longer than its time-out and a second, no stop is held up, nothing is made twice or left behind, and
people read of what was waited for. Times are those that the API server wrote into its audit log.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from tests.integration.conftest import ALL_OPERATORS
from tests.integration.others.scene import LEASE_SECONDS, OURS, RIGHTS_OF_THEIRS, THEIRS, Scene, Theirs
from tests.support.database_operator import CREATING, DELETES, NEVER_ENDS, READY, WORDS
from tests.support.forked import forking
from tests.support.hub import INSTANCES
from tests.support.installation import RELEASE_NAMESPACE, install_accounts
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import Lab, condition
from tests.support.operators import Operator, Operators
from tests.support.others import OPTIONS
from tools.cluster import Cluster

MANAGER = "jupyternetes-other-resources"


class Step(StrEnum):
    """When it happens."""

    BEFORE = "before create"
    MADE = "after create, before ready"
    READY = "ready"
    STOP = "at stop"
    DELETE = "at delete"


@dataclass(frozen=True, slots=True)
class Fault:
    """``begin`` does it. ``before``, ``made``: what the user reads then, beside the entry; None: the server starts."""

    begin: Callable[[Scene], None]
    before: str | None = ""
    made: str | None = ""
    ours: bool = False
    makes_again: bool = False
    """Whether it takes away what we made, which is then made again."""


def _told(what: str) -> Callable[[Scene], None]:
    return lambda scene: scene.theirs.tell(what)


NO_WORD = ": Database db-"
NOT_ANSWERED = "the other-resources operator has not answered"
FAULTS = {
    "they are killed": Fault(lambda scene: scene.kill(THEIRS), NO_WORD, "disk 3 of 5"),
    "they are frozen": Fault(lambda scene: scene.freeze(THEIRS), NO_WORD, "disk 3 of 5"),
    "they lack their rights": Fault(lambda scene: scene.take_rights(THEIRS), NO_WORD, "disk 3 of 5"),
    "they say nothing that we know: a message of 1 MB": Fault(_told("a message of 1 MB"), "disk 3 of 5", "disk 3 of 5"),
    **{
        f"they say nothing that we know: {words}": Fault(_told(words), NO_WORD, NO_WORD)
        for words in WORDS
        if words not in (READY, CREATING, "a message of 1 MB")
    },
    f"they act against us: {DELETES}": Fault(_told(DELETES), makes_again=True),
    f"they act against us: {NEVER_ENDS}": Fault(_told(NEVER_ENDS), "keeps it", "keeps it", makes_again=True),
    "we are killed": Fault(lambda scene: scene.kill(OURS), NOT_ANSWERED, "disk 3 of 5", ours=True),
    "we are frozen": Fault(lambda scene: scene.freeze(OURS), NOT_ANSWERED, "disk 3 of 5", ours=True),
    "we lack the rights to objects": Fault(lambda scene: scene.take_rights(OURS), "cannot create", None, ours=True),
    "we lack the right to report": Fault(
        lambda scene: scene.take_reports(OURS), NOT_ANSWERED, "disk 3 of 5", ours=True
    ),
}
ORDINARY = {
    ("they are killed", Step.MADE),
    ("they are frozen", Step.BEFORE),
    ("they lack their rights", Step.STOP),
    ("they say nothing that we know: an output of 1 MB", Step.MADE),
    ("they say nothing that we know: conditions that are garbage", Step.READY),
    (f"they act against us: {NEVER_ENDS}", Step.BEFORE),
    ("we are killed", Step.MADE),
    ("we are frozen", Step.DELETE),
    ("we lack the rights to objects", Step.BEFORE),
    ("we lack the right to report", Step.BEFORE),
}
"""One of each kind of fault; the rest is ``long``."""
ROWS = [
    pytest.param(FAULTS[name], step, id=f"{name}, {step}", marks=() if (name, step) in ORDINARY else pytest.mark.long)
    for name in FAULTS
    for step in Step
]


@pytest.fixture(scope="module")
def operators(
    all_operators: Operators, accounts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operators]:
    """Operators that are quickly started, and quickly followed when they are killed."""
    all_operators.stop_all()
    logs, launch = tmp_path_factory.mktemp("faults"), forking()
    options = [f"--template-namespace={RELEASE_NAMESPACE}", f"--lease-seconds={LEASE_SECONDS}", *OPTIONS]
    ours = Operators(
        [Operator(name, accounts[name], logs / f"{name}.log", options=options, launch=launch) for name in ALL_OPERATORS]
    )
    yield ours
    ours.stop_all()


@pytest.fixture(scope="module")
def theirs(kube: Kube, control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theirs]:
    """The operator of databases."""
    kubeconfigs = install_accounts(kube, control_plane, {THEIRS: RIGHTS_OF_THEIRS})
    theirs = Theirs(kubeconfigs[THEIRS], tmp_path_factory.mktemp("theirs"))
    theirs.launch()
    yield theirs
    theirs.kill()


@pytest.fixture
def scene(lab: Lab, kube: Kube, operators: Operators, theirs: Theirs) -> Iterator[Scene]:
    """Everybody at work."""
    operators.run_all()
    scene = Scene(lab, kube, operators, theirs)
    scene.add_template()
    yield scene
    scene.heal()


@pytest.mark.parametrize(("fault", "step"), ROWS)
def test_fault_holds_up_nobody_and_leaves_nothing_B31(scene: Scene, fault: Fault, step: Step) -> None:
    if step in (Step.BEFORE, Step.MADE):
        expected = _begin_before_it_is_ready(scene, fault, step)
        if expected is None:
            scene.starts()
        else:
            message = scene.fails_in_time()["message"]
            assert "entry db of spec.otherResources" in message
            assert expected in message
        scene.stops_in_time()
        scene.heal()
        scene.start()
        scene.starts()
        scene.stops_in_time()
        scene.goes_in_time()
        scene.leaves_nothing(made_again=fault.makes_again)
        return
    scene.start()
    scene.starts()
    if step == Step.READY:
        fault.begin(scene)
        scene.goes_on()
    if step == Step.STOP:
        fault.begin(scene)
    if step != Step.DELETE:
        scene.stops_in_time()
    else:
        fault.begin(scene)
    scene.goes_in_time()
    scene.heal()
    scene.leaves_nothing(made_again=fault.makes_again)


def _begin_before_it_is_ready(scene: Scene, fault: Fault, step: Step) -> str | None:
    """The start, and the fault; what its user is to read then."""
    if step == Step.BEFORE:
        fault.begin(scene)
        scene.start()
        return fault.before
    scene.theirs.tell(CREATING)
    scene.start()
    scene.lab.until(lambda instance: "disk 3" in condition(instance, "OtherResourcesProvisioned").get("message", ""))
    fault.begin(scene)
    if fault.ours:
        scene.theirs.tell(READY)
    return fault.made


def _is_ready(instance: Json, **fields: object) -> Json:
    """What our operator would write if all were ready, but for ``fields``."""
    entry = instance["status"]["otherResources"]["db"] | {"outputs": {"host": "10.6.6.6"}} | fields
    states = {name: state | {"state": "Processed"} for name, state in instance["status"]["otherResources"].items()}
    return {"otherResources": states | {"db": entry}, "otherResourcesProvisioned": dict.fromkeys(states, "Completed")}


NONSENSE: dict[str, Callable[[Json], Json]] = {
    "the name of a Secret": lambda instance: _is_ready(instance, resourceName="jni-b-1"),
    "no name": lambda instance: _is_ready(instance, resourceName=""),
    "an output that does not fit": lambda instance: _is_ready(instance, outputs={"host": "Host; rm -rf /"}),
    "no output": lambda instance: _is_ready(instance, outputs={}),
    "another generation": lambda instance: _is_ready(instance, observedGeneration=99),
    "a time to come": lambda instance: {"otherResources": {"db": {"since": "9999-12-31T23:59:59.000Z"}}},
    "a time that is none": lambda instance: {"otherResources": {"db": {"since": "soon"}}},
    "an entry that nobody asked for": lambda instance: {"otherResources": {"x": {"resourceName": "x"}}},
    "nothing": lambda instance: {"otherResources": None, "otherResourcesProvisioned": None},
    "that all is well": lambda instance: {
        "otherResourcesProvisioned": None,
        "conditions": [
            each if each["type"] != "OtherResourcesProvisioned" else each | {"status": "True", "reason": "Provisioned"}
            for each in instance["status"]["conditions"]
        ],
    },
}


@pytest.mark.long
@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_of_our_own_operator_starts_nothing_and_holds_up_nobody_B31_X02(
    scene: Scene, accounts: dict[str, Path], nonsense: Callable[[Json], Json]
) -> None:
    """In an ordinary run: tests/unit/operators/test_pods_wait_for_others.py."""
    scene.theirs.tell(CREATING)
    scene.start()
    known = scene.lab.until(lambda found: "disk 3" in condition(found, "OtherResourcesProvisioned").get("message", ""))
    scene.kill(OURS)
    with closing(Kube(accounts[OURS])) as ours:
        ours.merge_patch(f"{INSTANCES}/status", scene.lab.namespace, "a", {"status": nonsense(known)}, manager=MANAGER)

    assert "entry db of spec.otherResources" in scene.fails_in_time()["message"]
    scene.stops_in_time()
    scene.heal()
    scene.start()
    scene.starts()
    scene.stops_in_time()
    scene.goes_in_time()
    scene.leaves_nothing()


def test_output_of_1_MB_is_refused_whoever_writes_it(scene: Scene, accounts: dict[str, Path]) -> None:
    scene.start()
    known = scene.lab.until(lambda found: "db" in found["status"]["otherResources"])
    large = _is_ready(known, outputs={"host": "x" * 1_000_000})

    with closing(Kube(accounts[OURS])) as ours, pytest.raises(Refused, match="Too long"):
        ours.merge_patch(f"{INSTANCES}/status", scene.lab.namespace, "a", {"status": large}, manager=MANAGER)
