"""What the kubelet makes of pods of several containers, and what we say of it: no hub, one Template for each case."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.waiting import eventually
from tools.demo.demo import Demo

Json = dict[str, Any]
NONE = "localhost/there-is-no-such-image:none"
SERVES = "from http.server import *; HTTPServer(('', 8888), SimpleHTTPRequestHandler).serve_forever()"
SLEEPS = "import time; time.sleep(3600)"


class Case:
    """One Instance of one Template, with what became of it."""

    def __init__(self, demo: Demo) -> None:
        self.name = f"containers-{uuid.uuid4().hex[:8]}"
        self._kubectl = demo.kubectl
        self._image = demo.images.notebook

    def container(self, name: str, program: str, **fields: Any) -> Json:
        """A container that runs a few lines of Python."""
        return {"name": name, "image": self._image, "command": ["python3", "-c", program]} | fields

    def start(self, *containers: Json, init: Json | None = None, **spec: Any) -> None:
        """Ask for a pod of these containers, of which the first one serves."""
        pod = {"containers": [*containers], "terminationGracePeriodSeconds": 1} | spec
        pod |= {"initContainers": [init]} if init else {}
        group, metadata = "kadense.io/v1", {"name": self.name}
        template = {"pods": [{"name": "notebook", "spec": pod}], "pvcs": []}
        instance = {"template": {"name": self.name}, "startId": "1"}
        self._kubectl.apply(
            [
                {"apiVersion": group, "kind": "JupyterNotebookTemplate", "metadata": metadata, "spec": template},
                {"apiVersion": group, "kind": "JupyterNotebookInstance", "metadata": metadata, "spec": instance},
            ]
        )

    def entry(self) -> Json:
        """What the status says of the pod."""
        return self.instance().get("status", {}).get("pods", {}).get("notebook", {})

    def instance(self) -> Json:
        return self._kubectl.get("jupyternotebookinstance", self.name)

    def until(self, **expected: object) -> Json:
        """The entry, once these fields of it read so."""

        def reads(entry: Json) -> bool:
            return all(entry.get(field) == value for field, value in expected.items())

        return eventually(self.entry, until=reads, seconds=90)

    def pods(self) -> list[Json]:
        return self._kubectl.items("pods", f"--selector=jupyternetes.kadense.io/instance={self.name}")

    def remove(self) -> None:
        self._kubectl.run("delete", "jupyternotebookinstance", self.name, "--ignore-not-found")
        self._kubectl.run("delete", "jupyternotebooktemplate", self.name, "--ignore-not-found")


@pytest.fixture
def case(demo: Demo) -> Iterator[Case]:
    case = Case(demo)
    yield case
    case.remove()


@pytest.mark.parametrize(("policy", "code"), [("OnFailure", 0), ("Never", 3)])
def test_server_that_ends_beside_a_container_that_runs_is_stopped_C01(case: Case, policy: str, code: int) -> None:
    server = case.container("notebook", f"import time; time.sleep(5); raise SystemExit({code})")

    case.start(server, case.container("helper", SLEEPS), restartPolicy=policy)

    assert case.until(state="Stopped")["exitCode"] == code
    eventually(case.pods, until=lambda pods: pods == [], seconds=60)


def test_server_that_its_own_policy_keeps_down_is_stopped_C01(case: Case) -> None:
    server = case.container("notebook", "raise SystemExit(3)", restartPolicy="Never")

    case.start(server, case.container("helper", SLEEPS), restartPolicy="Always")

    assert case.until(state="Stopped")["exitCode"] == 3


def test_server_that_is_started_again_keeps_its_last_end_in_sight_until_it_is_final_C04_C05(case: Case) -> None:
    case.start(case.container("notebook", "raise SystemExit(3)"), case.container("helper", SLEEPS))

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
