"""The kill test is worth what it notices: each wrong that it looks for, in a world that is right but for that."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from tests.integration.kill.chance import chance
from tests.integration.kill.invariants import Snapshot, claims_by_uid, claims_lost, violations
from tests.integration.kill.ledger import Ledger
from tests.integration.kill.third import Third
from tests.integration.kill.timeline import Timeline
from tests.integration.kill.trail import Call, Identity, Trail
from tests.integration.kill.users import Losses, Start
from tests.integration.kill.world import START_GATE
from tests.support.kube import Json

if TYPE_CHECKING:
    from tests.support.kube import Kube

PREFIX = "jupyternetes.kadense.io"
UID = "uid-of-ada"


def made(name: str, **labels: str) -> Json:
    """A pod or claim of red/ada."""
    found = {f"{PREFIX}/{key}": value for key, value in labels.items()} | {f"{PREFIX}/instance": "ada"}
    return {"metadata": {"name": name, "namespace": "red", "uid": f"uid-{name}", "labels": found}}


def pod(name: str = "notebook-1", start: str = "2") -> Json:
    return made(name, podName="notebook", instanceUid=UID, startId=start)


def claim(name: str = "workspace-1") -> Json:
    return made(name, pvcName="workspace")


def secret(number: int, owner: str = UID) -> Json:
    return {"metadata": {"name": f"jni-ada-{number}", "namespace": "red", "ownerReferences": [{"uid": owner}]}}


def instance(*, suspend: bool = False) -> Json:
    """red/ada, running or stopped, with everything in its status."""
    running = not suspend
    reason = "Provisioned" if running else "Suspended"
    conditions = [
        {"type": "PvcsProvisioned", "status": "True", "reason": "Provisioned", "observedGeneration": 2},
        {"type": "PodsProvisioned", "status": str(running), "reason": reason, "observedGeneration": 3},
        {"type": "Ready", "status": str(running), "reason": reason, "observedGeneration": 3},
    ]
    uid = "uid-notebook-1"
    state = {"state": "Running", "resourceName": "notebook-1", "uid": uid, "observedUid": uid}
    return {
        "metadata": {"name": "ada", "namespace": "red", "uid": UID, "generation": 3},
        "spec": {"template": {"name": "single"}, "startId": "2", "suspend": suspend},
        "status": {
            "observedGeneration": 3,
            "pvcsProvisioned": "Completed",
            "pvcs": {"workspace": {"state": "Processed", "resourceName": "workspace-1"}},
            "pods": {"notebook": state if running else {"state": "Stopped", "startId": "2"}},
            "conditions": conditions,
        },
    }


def other(name: str = "seat-1", entry: str = "seat", **start: str) -> Json:
    """A ConfigMap of red/ada; ``start``: of which start it is."""
    return made(name, resourceName=entry, instanceUid=UID, **start)


def joined_world(*, suspend: bool = False) -> Snapshot:
    """red/ada with other resources and gates."""
    ada = instance(suspend=suspend)
    ada["spec"]["template"]["name"] = "joined"
    said: Json = {"otherResources": {"config": {"resourceName": "config-1"}}}
    if suspend:
        ada["status"] |= said
        return Snapshot([ada], [], [claim()], [], [other("config-1", "config")])
    said["otherResources"]["seat"] = {"resourceName": "seat-1"}
    said["otherResourcesProvisioned"] = {"config": "Completed", "seat": "Completed"}
    said["gates"] = {START_GATE: {"before": "Start", "startId": "2", "generation": 3}}
    ada["status"] |= said
    ada["status"]["conditions"] += [
        {"type": "OtherResourcesProvisioned", "status": "True", "reason": "Provisioned", "observedGeneration": 3},
        {"type": START_GATE, "status": "True", "reason": "Granted", "observedGeneration": 3},
    ]
    others = [other("config-1", "config"), other(startId="2")]
    return Snapshot([ada], [pod()], [claim()], [secret(2)], others)


def running_world() -> Snapshot:
    return Snapshot([instance()], [pod()], [claim()], [secret(2)])


def stopped_world() -> Snapshot:
    return Snapshot([instance(suspend=True)], [], [claim()], [])


def texts(world: Snapshot, losses: Losses | None = None) -> str:
    return "\n".join(map(str, violations(world, losses or Losses())))


@pytest.mark.parametrize("world", [running_world(), stopped_world(), joined_world(), joined_world(suspend=True)])
def test_nothing_is_wrong_with_a_world_that_is_right(world: Snapshot) -> None:
    assert texts(world) == ""


def status(world: Snapshot) -> Json:
    return world.instances[0]["status"]


@pytest.mark.parametrize(
    ("spoil", "noticed"),
    [
        (lambda world: world.pods.append(pod("notebook-2")), "2 pods for red/ada notebook"),
        (lambda world: world.claims.append(claim("workspace-2")), "2 claims for red/ada workspace"),
        (lambda world: world.pods.clear(), "there is no pod"),
        (lambda world: world.claims.clear(), "there are []"),
        (lambda world: world.pods.append(pod("notebook-0", start="1")), "nobody wants pod notebook-0"),
        (lambda world: world.instances.clear(), "nobody wants pod notebook-1"),
        (lambda world: world.pods[0]["metadata"].update(deletionTimestamp="now"), "is being deleted"),
        (lambda world: status(world)["pods"]["notebook"].update(uid="another"), "status of notebook says"),
        (lambda world: status(world)["pods"]["notebook"].update(observedUid="another"), "status of notebook says"),
        (lambda world: status(world)["pods"].clear(), "status does not know pod notebook-1"),
        (lambda world: status(world)["pvcs"]["workspace"].update(resourceName="x"), "status of claim workspace"),
        (lambda world: status(world)["conditions"][1].update(observedGeneration=2), "PodsProvisioned should be True"),
        (lambda world: status(world)["conditions"][2].update(status="False"), "Ready should be True"),
        (lambda world: status(world).update(observedGeneration=2), "observedGeneration is not 3"),
        (lambda world: world.secrets.append(secret(1)), "start Secrets [1] are left"),
        (lambda world: world.secrets.clear(), "the Secret of start 2 is gone"),
        (lambda world: world.secrets.append(secret(9, owner="gone")), "outlived its Instance"),
    ],
)
def test_wrong_about_a_running_server_is_noticed(spoil: Callable[[Snapshot], object], noticed: str) -> None:
    world = running_world()

    spoil(world)

    assert noticed in texts(world)


@pytest.mark.parametrize(
    ("spoil", "noticed"),
    [
        (lambda world: world.pods.append(pod()), "nobody wants pod notebook-1"),
        (lambda world: world.secrets.append(secret(2)), "start Secrets [2] are left"),
        (lambda world: status(world)["conditions"][1].update(observedGeneration=2), "should be False Suspended"),
        (lambda world: status(world)["pods"]["notebook"].update(state="Running"), "there should be no pod"),
    ],
)
def test_stop_that_was_missed_is_noticed(spoil: Callable[[Snapshot], object], noticed: str) -> None:
    world = stopped_world()

    spoil(world)

    assert noticed in texts(world)


@pytest.mark.parametrize(
    ("suspend", "spoil", "noticed"),
    [
        (False, lambda world: world.others.append(other("seat-2", startId="2")), "2 other resources for red/ada seat"),
        (False, lambda world: world.others.append(other("seat-0", startId="1")), "nobody wants ConfigMap seat-0"),
        (False, lambda world: world.others.pop(), "status of seat is {'resourceName': 'seat-1'}, there are []"),
        (False, lambda world: world.instances.clear(), "nobody wants ConfigMap config-1"),
        (False, lambda world: status(world)["otherResources"].pop("seat"), "status of seat is None"),
        (False, lambda world: status(world)["otherResourcesProvisioned"].update(seat="Pending"), "Provisioned is"),
        (False, lambda world: status(world)["conditions"][3].update(status="False"), "should be True"),
        (False, lambda world: status(world)["gates"].clear(), "was asked {}"),
        (False, lambda world: status(world)["gates"][START_GATE].update(startId="1"), "was asked"),
        (False, lambda world: status(world)["conditions"][4].update(observedGeneration=2), "its answer is"),
        (False, lambda world: status(world)["conditions"][4].update(status="False"), "its answer is"),
        (True, lambda world: world.others.append(other(startId="2")), "nobody wants ConfigMap seat-1"),
        (True, lambda world: status(world)["otherResources"].update(seat={}), "nothing runs"),
    ],
)
def test_wrong_about_other_resources_and_gates_is_noticed(
    suspend: bool, spoil: Callable[[Snapshot], object], noticed: str
) -> None:
    world = joined_world(suspend=suspend)

    spoil(world)

    assert noticed in texts(world)


def test_question_that_is_asked_of_two_generations_is_noticed() -> None:
    third, world = Third(cast("Kube", None), chance(1)), joined_world()
    third.note(world.instances[0])
    third.note(world.instances[0])
    assert third.asked_again == []

    status(world)["gates"][START_GATE]["generation"] = 4
    third.note(world.instances[0])

    assert [violation.about for violation in third.asked_again] == ["red/ada"]


def test_pod_of_a_start_that_is_spent_is_noticed() -> None:
    losses = Losses()
    losses.certain.add(Start(UID, "2"))

    assert "nobody wants pod notebook-1" in texts(running_world(), losses)


def test_claim_that_is_gone_is_noticed() -> None:
    known = claims_by_uid(running_world())

    lost = claims_lost(Snapshot([], [], [claim("workspace-2")], []), known)

    assert [str(violation) for violation in lost] == [
        "red/ada: claim red/ada workspace [uid-workspace-1] is lost",
    ]


def create(name: str, resource: str = "persistentvolumeclaims") -> Call:
    identity = Identity("red", "ada", "workspace")
    return Call(0, 1, "pvcs", "127.0.1.1", "create", resource, "red", name, "", 201, identity, f"uid-{name}")


def delete(name: str) -> Call:
    return Call(0, 1, "admin", "127.0.0.1", "delete", "pods", "red", name, "", 200)


def test_second_create_of_a_claim_is_noticed_even_if_it_is_gone_at_rest() -> None:
    ledger = Ledger(["pvcs", "pods"])
    for name in ("workspace-1", "workspace-2"):
        ledger.take_in(create(name))

    assert [violation.about for violation in ledger.violations] == ["red/ada"]


def at(moment: float, call: Call) -> Call:
    """The same, begun then and answered a moment later."""
    return replace(call, received=moment, answered=moment + 0.1)


def doubled(*calls: Call) -> int:
    ledger = Ledger(["pvcs", "pods"])
    for call in calls:
        ledger.take_in(call)
    assert len(ledger.violations) == ledger.doubled_pods
    return ledger.doubled_pods


A, B = create("a", "pods"), create("b", "pods")


def test_pod_is_doubled_when_the_first_is_removed_after_the_second_was_made() -> None:
    assert doubled(at(1, A), at(2, B), at(3, delete("a"))) == 1


def test_pod_that_was_told_to_go_and_is_not_gone_is_doubled() -> None:
    assert doubled(at(1, A), at(2, delete("a")), at(3, B), at(4, delete("a")), at(5, delete("b"))) == 1


def test_pods_made_at_the_same_moment_are_doubled() -> None:
    assert (
        doubled(replace(A, received=1, answered=1.2), replace(B, received=1.1, answered=1.3), at(3, delete("b"))) == 1
    )


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([at(1, A), at(2, delete("a")), at(3, B), at(4, delete("b"))], id="gone before"),
        pytest.param([at(1, A), at(3, B), at(2, delete("a"))], id="the line of the delete comes late"),
        pytest.param([at(1, A), at(3, B), at(4, delete("b"))], id="the line of the delete was lost"),
        pytest.param([at(1, A), at(3, B), at(4, replace(delete("a"), status=404))], id="nothing to delete"),
        pytest.param([at(1, A), at(3, B), at(4, replace(delete("a"), namespace="blue"))], id="of another namespace"),
    ],
)
def test_pods_one_after_the_other_are_not_doubled_whatever_the_lines_say(calls: list[Call]) -> None:
    assert doubled(*calls) == 0


def test_pod_whose_predecessor_is_seen_later_is_doubled() -> None:
    ledger = Ledger(["pvcs", "pods"])
    ledger.take_in(at(1, A))
    ledger.take_in(at(2, B))

    ledger.saw_pods([("red", "a"), ("red", "other")], since=1.5)
    assert ledger.doubled_pods == 0
    ledger.saw_pods([("red", "a"), ("red", "other")], since=3)
    assert ledger.doubled_pods == 1


def test_operator_that_does_not_stop_writing_is_noticed() -> None:
    ledger = Ledger(["pvcs", "pods"])

    ledger.take_in(create("a"))
    ledger.take_in(delete("b"))

    assert [violation.text for violation in ledger.unrest(now=2.0)] == [
        "pvcs still writes: create persistentvolumeclaims"
    ]
    assert ledger.unrest(now=60.0) == []


def line(**fields: object) -> str:
    times = dict.fromkeys(("requestReceivedTimestamp", "stageTimestamp"), "2026-01-01T00:00:00.000001Z")
    answer = pod() | {"kind": "Pod"}
    reference = {"resource": "pods", "namespace": "red"}
    entry = {"verb": "create", "user": {"username": "system:serviceaccount:kadense:pods"}, "objectRef": reference}
    entry |= {"responseStatus": {"code": 201}, "responseObject": answer, "sourceIPs": ["127.0.1.1"], **times}
    return json.dumps(entry | fields)


def test_audit_log_is_read_as_it_grows_past_what_a_killed_server_left(tmp_path: Path) -> None:
    path = tmp_path / "audit.log"
    path.write_text(f'{line()}\n{{"verb": "cre\n{line()[:40]}')
    trail = Trail(path)

    first = list(trail.news())
    with path.open("a") as log:
        log.write(f"{line()[40:]}\n")
    second = list(trail.news())

    assert [(call.user, call.name, call.made) for call in (*first, *second)] == [
        ("pods", "notebook-1", Identity("red", "ada", "notebook", UID, "2"))
    ] * 2


def test_timeline_shows_what_concerns_an_instance_and_what_concerns_all() -> None:
    timeline = Timeline()
    timeline.sources["127.0.1.1"] = "pvcs/0"
    timeline.note("pods/0 is killed")
    timeline.note("red/ada: start 1", "red/ada")
    timeline.note("red/bea: start 1", "red/bea")
    timeline.heard(create("workspace-1"))

    shown = "\n".join(timeline.of(["red/ada"]))

    assert "pods/0 is killed" in shown
    assert "red/ada: start 1" in shown
    assert "pvcs/0: create persistentvolumeclaims workspace-1: 201" in shown
    assert "bea" not in shown
