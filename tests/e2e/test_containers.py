"""What the kubelet makes of pods of several containers, and what we say of it: no hub, one Template for each case."""

import pytest

from tests.e2e.case import SERVES, Case, Json
from tests.support.waiting import eventually

NONE = "localhost/there-is-no-such-image:none"
SLEEPS = "import time; time.sleep(3600)"


@pytest.mark.parametrize(("policy", "code"), [("OnFailure", 0), ("Never", 3)])
def test_server_that_ends_beside_a_container_that_runs_is_stopped_C01(case: Case, policy: str, code: int) -> None:
    server = case.container("notebook", f"import time; time.sleep(5); raise SystemExit({code})")

    case.start(server, case.container("helper", SLEEPS), restartPolicy=policy)

    assert case.until(state="Stopped")["exitCode"] == code
    eventually(case.pods, until=lambda pods: pods == [])


def test_server_that_its_own_policy_keeps_down_is_stopped_C01(case: Case) -> None:
    server = case.container("notebook", "raise SystemExit(3)", restartPolicy="Never")

    case.start(server, case.container("helper", SLEEPS), restartPolicy="Always")

    assert case.until(state="Stopped")["exitCode"] == 3


def test_server_that_is_started_again_keeps_its_last_end_in_sight_until_it_is_final_C04_C05(case: Case) -> None:
    # Without a probe the kubelet calls a container Ready as long as its program runs, however short that is.
    probe = {"tcpSocket": {"port": 8888}, "periodSeconds": 1}
    server = case.container("notebook", "raise SystemExit(3)", readinessProbe=probe)

    case.start(server, case.container("helper", SLEEPS))

    assert case.until(reason="ServerRestarting")["exitCode"] == 3
    final = case.until(reason="ServerKeepsFailing")
    assert final["exitCode"] == 3
    assert "exit code 3" in final["message"]


def test_helper_that_has_done_its_work_does_not_keep_the_server_from_running_C03(case: Case) -> None:
    case.start(case.container("notebook", SERVES), case.container("helper", "print('done')"))

    case.until(state="Running")
    (pod,) = case.pods()
    eventually(lambda: case.pods()[0]["status"]["containerStatuses"], until=lambda each: not all(_ready(each)))
    assert case.entry()["state"] == "Running"
    assert pod["metadata"]["labels"]["jupyternetes.kadense.io/container"] == "notebook"


def test_init_container_that_succeeds_at_its_fourth_try_ends_nothing_C05(case: Case) -> None:
    counted = "import os; n = len(os.listdir('/try')); open('/try/%d' % n, 'w'); raise SystemExit(n < 3)"
    mount = {"volumeMounts": [{"name": "try", "mountPath": "/try"}]}
    network = case.container("network", counted, **mount)

    case.start(case.container("notebook", SERVES), init=network, volumes=[{"name": "try", "emptyDir": {}}])

    told = case.until(reason="ContainerRestarting")
    assert "Container network" in told["message"]
    case.until(state="Running")


def test_image_that_is_not_there_is_final_at_its_second_pull_or_after_two_minutes_C06(case: Case) -> None:
    case.start(case.container("notebook", SERVES, image=NONE, imagePullPolicy="Always"))

    told = eventually(case.entry, until=lambda each: each.get("reason") == "ImagePullFailed", seconds=180)

    assert "there-is-no-such-image" in told["message"]


def _ready(statuses: list[Json]) -> list[bool]:
    return [status["ready"] for status in statuses]
