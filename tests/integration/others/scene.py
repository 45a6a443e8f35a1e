"""A server that needs a database and a seat, our operators, the operator of databases, and what may happen to these."""

import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from jupyternetes.api.rights import RIGHTS, Right, Scope
from tests.support import database_operator
from tests.support.hub import INSTANCES
from tests.support.installation import grant
from tests.support.kube import Json, Kube
from tests.support.lab import Lab, condition, is_running, suspended
from tests.support.operators import Operators
from tests.support.others import GROUP, RIGHTS_ON_KINDS, database
from tests.support.templates import container, order, pod_spec, template
from tests.support.waiting import eventually

OURS, THEIRS = "other-resources", "databases"
LEASE_SECONDS = 6
SECONDS = 2
"""For so long a start waits for the database."""
BUSY = 3.0
"""Seconds by which a machine that does much else may be late."""
MADE_FOR = "jupyternetes.kadense.io/resourceName"
SEAT: Json = {"name": "seat", "apiVersion": "v1", "kind": "ConfigMap", "lifetime": "Start", "data": {"a": "b"}}
RIGHTS_OF_THEIRS = (
    Right(
        GROUP, ("databases", "databases/status"), ("get", "list", "patch", "delete"), Scope.INSTANCES, "makes databases"
    ),
)
_PODS_SAY, _OTHERS_SAY = "PodsProvisioned", "OtherResourcesProvisioned"


class Theirs:
    """The process of the operator of databases."""

    def __init__(self, kubeconfig: Path, folder: Path) -> None:
        self._told = folder / "told"
        self._kubeconfig = kubeconfig
        self._log = folder / "databases.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.tell(database_operator.READY)

    def tell(self, what: str) -> None:
        """How it is to behave from now on."""
        draft = self._told.with_suffix(".draft")
        draft.write_text(what)
        draft.replace(self._told)

    def launch(self) -> None:
        """Start it, unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        command = [sys.executable, "-m", database_operator.__name__, str(self._kubeconfig), str(self._told)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def send(self, number: int) -> None:
        """A signal."""
        if self._process is not None:
            self._process.send_signal(number)


@dataclass
class Scene:
    """``kube`` is the administrator."""

    lab: Lab
    kube: Kube
    operators: Operators
    theirs: Theirs
    _frozen_at: float = field(default=0.0, init=False)
    mark: int = field(init=False)

    def __post_init__(self) -> None:
        self.mark = self.lab.audit.mark()

    def add_template(self) -> None:
        """Of a server that reads where its database is."""
        env = [{"name": "DB", "value": "{jupyternetes.otherResources.db.host}"}]
        pod = {"name": "notebook", "spec": pod_spec(containers=[container(env=env)])}
        entries = [database(timeoutSeconds=SECONDS), SEAT | {"timeoutSeconds": SECONDS}]
        self.lab.add_template(template(pods=[pod], otherResources=entries))
        self.lab.rehearsed()

    def start(self) -> None:
        """The first start, or the next one."""
        if self.kube.find(INSTANCES, self.lab.namespace, "a") is None:
            self.lab.hub.first_start("a", order())
        else:
            self.lab.hub.start("a")

    def databases(self) -> list[Json]:
        return self.kube.all("databases", self.lab.namespace, labels=MADE_FOR)

    def seats(self) -> list[Json]:
        return self.kube.all("configmaps", self.lab.namespace, labels=MADE_FOR)

    # What happens to whom

    def kill(self, whom: str) -> None:
        self.theirs.kill() if whom == THEIRS else self.operators[OURS].kill()

    def freeze(self, whom: str) -> None:
        self._frozen_at = time.monotonic()
        self.theirs.send(signal.SIGSTOP) if whom == THEIRS else self.operators[OURS].freeze()

    def take_rights(self, whom: str) -> None:
        """Theirs may do nothing at all, ours nothing with the objects of entries."""
        grant(self.kube, whom, () if whom == THEIRS else RIGHTS[OURS])
        eventually(lambda: not self._may(whom, "create" if whom == OURS else "patch", GROUP, "databases"))

    def take_reports(self, whom: str) -> None:
        """It may not write the status of Instances."""
        rest = (*(right for right in RIGHTS[whom] if f"{INSTANCES}/status" not in right.resources), *RIGHTS_ON_KINDS)
        grant(self.kube, whom, rest)
        eventually(lambda: not self._may(whom, "patch", "kadense.io", INSTANCES, "status"))

    def heal(self) -> None:
        """Everybody lives, works and may do what is theirs."""
        grant(self.kube, OURS, RIGHTS[OURS] + RIGHTS_ON_KINDS)
        grant(self.kube, THEIRS, RIGHTS_OF_THEIRS)
        eventually(lambda: self._may(OURS, "create", GROUP, "databases"))
        eventually(lambda: self._may(OURS, "patch", "kadense.io", INSTANCES, "status"))
        eventually(lambda: self._may(THEIRS, "patch", GROUP, "databases"))
        self.theirs.tell(database_operator.READY)
        self.theirs.send(signal.SIGCONT)
        self.theirs.launch()
        ours = self.operators[OURS]
        if ours.runs and self._frozen_at and _is_stopped(ours.pid):
            eventually(lambda: time.monotonic() > self._frozen_at + LEASE_SECONDS + 1)
            ours.thaw()
            eventually(lambda: not ours.runs)  # its Lease has run out
        self._frozen_at = 0.0
        self.operators.run_all()

    def _may(self, account: str, verb: str, group: str, resource: str, subresource: str = "") -> bool:
        what = {"verb": verb, "group": group, "resource": resource, "namespace": self.lab.namespace}
        spec: Json = {
            "user": f"system:serviceaccount:kadense:{account}",
            "resourceAttributes": what | {"subresource": subresource},
        }
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        return self.kube.request("POST", path, body)["status"]["allowed"]

    # What has to come of it

    def fails_in_time(self) -> Json:
        """The condition that ends the start, which says why, and within its time by what the API server recorded."""
        failed = self.lab.until(lambda instance: _end_of_start(instance) != {})
        said = _end_of_start(failed)
        who = OURS if said["type"] == _OTHERS_SAY else "pods"
        begun = self._last("hub", f"patch {INSTANCES}")
        took = self._last(who, f"patch {INSTANCES}/status") - begun
        assert took <= SECONDS + 1 + BUSY
        assert self.lab.pods() == []
        return said

    def starts(self) -> None:
        """There is a pod, which knows where its database is, and it serves."""
        pod = self.kube.get("pods", self.lab.namespace, self.lab.serving())
        assert {"name": "DB", "value": database_operator.ADDRESS} in pod["spec"]["containers"][0]["env"]

    def goes_on(self) -> None:
        """What runs is not touched, and is not said to be at an end, for longer than a start may wait."""
        begun = self._last("hub", f"patch {INSTANCES}")
        eventually(lambda: time.time() > begun + SECONDS + 1.5)
        passes = self.operators["pods"].passes()
        look = {"metadata": {"annotations": {"look": "again"}}}  # which wakes everybody
        self.kube.merge_patch(INSTANCES, self.lab.namespace, "a", look)
        eventually(lambda: self.operators["pods"].passes() > passes)
        instance = self.lab.instance()
        assert is_running(instance)
        assert condition(instance, _PODS_SAY)["status"] == "True"

    def stops_in_time(self) -> None:
        """The server is stopped, by what the API server recorded, in no more time than that takes."""
        self.lab.hub.stop("a", grace_seconds=0)
        self.lab.until(suspended)
        begun = self._last("hub", f"patch {INSTANCES}")
        took = self._last("pods", f"patch {INSTANCES}/status") - begun
        assert took <= 1 + BUSY
        assert self.lab.pods() == []

    def goes_in_time(self) -> None:
        """The Instance is deleted, and nobody keeps it or its pods."""
        self.kube.delete(INSTANCES, self.lab.namespace, "a")
        assert self.kube.find(INSTANCES, self.lab.namespace, "a") is None
        for pod in eventually(
            self.lab.pods, until=lambda pods: all("deletionTimestamp" in p["metadata"] for p in pods)
        ):
            self.lab.kubelet.finish(pod["metadata"]["name"])
        eventually(self.lab.pods, until=lambda pods: pods == [])

    def leaves_nothing(self, *, made_again: bool = False) -> None:
        """Nothing of the Instance is left once everybody is well, and nothing was made twice.

        ``made_again``: but for databases, which their own operator took away.
        """
        eventually(lambda: [*self.databases(), *self.seats()], until=lambda found: found == [])
        kinds = ("configmaps",) if made_again else ("configmaps", "databases")
        made = [
            call.name
            for call in self.lab.audit.calls(self.mark, namespace=self.lab.namespace)
            if (call.verb, call.status) == ("create", 201) and call.resource in kinds
        ]
        assert len(made) == len({*made}), made

    def _last(self, account: str, what: str) -> float:
        """When the API server got the last request of this kind that it granted, in seconds since the epoch."""
        return max(
            call.received
            for call in self.lab.audit.calls(self.mark, namespace=self.lab.namespace)
            if (call.user.rpartition(":")[2], f"{call.verb} {call.resource}") == (account, what) and call.status < 300
        )


def _end_of_start(instance: Json) -> Json:
    """The condition by which the hub ends the present start; empty if there is none."""
    finals = ("OtherResourceNotReady", "Forbidden", "Rejected", "FieldOfAnother", "ObjectOfAnother")
    for kind in (_OTHERS_SAY, _PODS_SAY):
        found = condition(instance, kind)
        current = found.get("observedGeneration") == instance["metadata"]["generation"]
        if current and found.get("status") == "False" and found["reason"] in finals:
            return found
    return {}


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
