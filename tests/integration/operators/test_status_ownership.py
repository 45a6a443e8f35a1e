"""Who writes what into an Instance, how often, and whose word counts."""

from collections import Counter

from tests.support.audit import count
from tests.support.hub import INSTANCES
from tests.support.kube import Json
from tests.support.lab import Lab, condition, is_running, says, suspended
from tests.support.operators import Operators
from tests.support.rest import look_again, until_at_rest
from tests.support.templates import SPEC, order, pod_spec, template
from tests.support.waiting import eventually

FIRST_START = {
    ("hub", "create jupyternotebookinstances"): 1,
    ("hub", "create secrets"): 1,
    ("hub", "patch jupyternotebookinstances"): 1,
    ("pvcs", "list persistentvolumeclaims"): 1,
    ("pvcs", "create persistentvolumeclaims"): 1,
    ("pvcs", "patch jupyternotebookinstances/status"): 1,
    ("pods", "create pods"): 1,
    ("pods", "patch jupyternotebookinstances/status"): 1,
    ("pod-status", "patch jupyternotebookinstances/status"): 1,
}
LATER_START = {
    ("hub", "create secrets"): 1,
    ("hub", "patch jupyternotebookinstances"): 1,
    ("pods", "create pods"): 1,
    ("pods", "patch jupyternotebookinstances/status"): 1,
    ("pod-status", "patch jupyternotebookinstances/status"): 1,
}


NO_SCHEDULER = pod_spec(schedulerName="nobody")
TEMPLATE = template(pods=[{"name": "notebook", "spec": NO_SCHEDULER}])
"""Its pods get no Events of the scheduler, which are written into the status whenever they come."""


def calls_of_a_start(lab: Lab, since: int) -> Counter[tuple[str, str]]:
    """Calls of our accounts, apart from Events and from those that the hub makes to read."""
    asked = lab.audit.calls(since, namespace=lab.namespace)
    counted = count([call for call in asked if ":kadense:" in call.user and not call.met_another])
    return Counter({row: n for row, n in counted.items() if "events" not in row[1] and row[1].split()[0] != "get"})


def serve(lab: Lab, operators: Operators) -> None:
    """The pod gets ready before the Pod status operator can report progress: it is away until then."""
    pod = lab.made_pod()
    lab.kubelet.serve(pod)
    operators.run_all()
    lab.until(is_running)
    until_at_rest(lab, operators, "a")


def test_a_first_start_takes_nine_calls_and_a_later_one_five(lab: Lab, operators: Operators) -> None:
    lab.add_template(TEMPLATE)
    lab.rehearsed()  # no part of a start
    operators["pod-status"].stop()
    mark = lab.audit.mark()
    lab.hub.first_start("a", order())
    serve(lab, operators)
    first = calls_of_a_start(lab, mark)
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    lab.until(says("Ready", "Suspended"))
    until_at_rest(lab, operators, "a")

    operators["pod-status"].stop()
    mark = lab.audit.mark()
    lab.hub.start("a")
    serve(lab, operators)
    later = calls_of_a_start(lab, mark)

    assert first == FIRST_START
    assert later == LATER_START


def test_nothing_is_written_at_rest_B38(lab: Lab, operators: Operators) -> None:
    lab.add_template(TEMPLATE)
    lab.hub.first_start("a", order())
    lab.serving()
    until_at_rest(lab, operators, "a")
    before = lab.instance()
    mark = lab.audit.mark()

    look_again(lab, operators)

    assert lab.writes(mark) == []
    assert lab.instance()["status"] == before["status"]


def test_stopped_and_spent_instances_are_at_rest_too_B38(lab: Lab, operators: Operators) -> None:
    lab.add_template(TEMPLATE)
    lab.hub.first_start("stopped", order())
    lab.serving("stopped")
    lab.hub.stop("stopped", grace_seconds=0)
    lab.until(says("Ready", "Suspended"), "stopped")
    lab.hub.first_start("spent", order())
    lab.kubelet.finish(lab.serving("spent"))
    lab.until(says("PodsProvisioned", "StartSpent"), "spent")
    lab.until(says("Ready", "PodGone"), "spent")
    until_at_rest(lab, operators, "stopped", "spent")
    mark = lab.audit.mark()

    for name in ("stopped", "spent"):
        look_again(lab, operators, name)

    assert lab.writes(mark) == []


def test_pod_labelled_for_somebody_elses_instance_changes_nothing(lab: Lab, operators: Operators) -> None:
    lab.add_template(TEMPLATE)
    lab.hub.first_start("a", order())
    pod = lab.serving()
    until_at_rest(lab, operators, "a")
    genuine = lab.kube.get("pods", lab.namespace, pod)["metadata"]["labels"]
    before = lab.instance()["status"]
    spec = {**SPEC, "volumes": [], "containers": [{"name": "notebook", "image": "evil"}]}

    lab.kube.create("pods", lab.namespace, {"metadata": {"name": "forged", "labels": genuine}, "spec": spec})
    lab.kubelet.bind("forged")
    lab.kubelet.serve("forged", address="10.6.6.6")
    look_again(lab, operators)

    assert lab.instance()["status"] == before
    assert lab.kube.find("pods", lab.namespace, "forged")
    lab.hub.stop("a", grace_seconds=0)
    lab.until(suspended)
    assert lab.kube.find("pods", lab.namespace, "forged"), "what is not ours is nobody's to delete"


LEGACY: Json = {
    "pvcs": {
        "workspace": {"resourceName": "", "state": "Processed", "errorMessage": "old"},
        "gone": {"state": "Error"},
    },
    "pods": {
        "notebook": {"resourceName": "notebook-old", "state": "Running", "podAddress": "10.9.9.9", "portNumber": 8888},
        "gone": {"resourceName": "gone-1", "state": "Error", "errorMessage": "old"},
    },
    "pvcsProvisioned": "Partially Processed",
    "podsProvisioned": "Completed",
    "conditions": [
        {
            "type": kind,
            "status": "True",
            "reason": "Old",
            "message": "",
            "lastTransitionTime": "2025-01-01T00:00:00Z",
        }
        for kind in ("PodsProvisioned", "PvcsProvisioned", "Ready", "Theirs")
    ],
}


def test_status_of_an_older_program_is_taken_over_once_B36_B40(lab: Lab, all_operators: Operators) -> None:
    all_operators.stop_all()
    lab.add_template(TEMPLATE)
    lab.hub.create("a", order())
    lab.kube.merge_patch(f"{INSTANCES}/status", lab.namespace, "a", {"status": LEGACY}, manager="older-program")
    mark = lab.audit.mark()

    all_operators.run_all()
    pod = lab.serving()
    until_at_rest(lab, all_operators, "a")

    status = lab.instance()["status"]
    assert ([*status["pods"]], [*status["pvcs"]]) == (["notebook"], ["workspace"])
    assert status["pods"]["notebook"]["resourceName"] == pod
    assert status["pvcs"]["workspace"].get("errorMessage", "") == ""
    assert (status["pvcsProvisioned"], status["podsProvisioned"]) == ("Completed", "Completed")
    assert condition(lab.instance(), "Theirs")["reason"] == "Old"
    assert condition(lab.instance(), "Ready")["reason"] == "ServerReady"
    patches = [call for call in lab.writes(mark) if call.resource.endswith("/status") and call.name == "a"]
    assert len(patches) < 20, patches
    mark = lab.audit.mark()
    look_again(lab, all_operators)
    assert lab.writes(mark) == []

    # what was taken over can be changed and removed like anything else
    lab.kubelet.finish(pod)
    eventually(lambda: lab.made_pod(), until=lambda name: name != pod)
    lab.serving()
    lab.kube.merge_patch(INSTANCES, lab.namespace, "a", {"spec": {"suspend": True, "gracePeriodSeconds": 0}})
    lab.until(suspended)
    assert lab.instance()["status"]["podsProvisioned"] == "Pending"
    assert lab.pods() == []
