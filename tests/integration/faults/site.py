"""The operators behind the proxy, each on a line of its own, and namespaces to start servers in."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.faultproxy import FaultProxy
from tests.support.hub import INSTANCES
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json
from tests.support.lab import Lab, has_pod, is_running
from tests.support.operators import WORKING, Launch, Operator
from tests.support.waiting import eventually

LEASE_SECONDS = 6
OPTIONS = (f"--template-namespace={RELEASE_NAMESPACE}",)


@dataclass
class Site:
    """``make_lab`` makes a namespace with a Template; the operators' lines have the operators' names."""

    proxy: FaultProxy
    accounts: Mapping[str, Path]
    folder: Path
    make_lab: Callable[[str], Lab]
    launch: Launch
    operators: dict[str, Operator] = field(init=False)
    left_alone: set[str] = field(default_factory=set[str])
    """Operators that stay ended; the others are started again, as a busy machine may cost them the lease."""

    def __post_init__(self) -> None:
        self.operators = {name: self.replica(name, name) for name in ("pvcs", "pods", "pod-status")}

    def run_all(self) -> None:
        """All operators work, those too that were ended."""
        self.left_alone.clear()
        eventually(self._all_work)

    def stop_all(self) -> None:
        for operator in self.operators.values():
            if operator.runs:
                operator.stop()

    def replica(
        self, operator: str, line: str, options: Sequence[str] = (f"--lease-seconds={LEASE_SECONDS}",)
    ) -> Operator:
        """A process of an operator that reaches the API server by this line; it does not run yet."""
        kubeconfig = self.proxy.line(line, self.accounts[operator]).kubeconfig
        log = self.folder / f"{line}.log"
        return Operator(operator, kubeconfig, log, options=(*OPTIONS, *options), launch=self.launch)

    def lab(self) -> Lab:
        """A namespace of its own with a Template in it."""
        lab = self.make_lab(f"faults-{uuid.uuid4().hex[:8]}")
        lab.add_template()
        return lab

    def check_serves(self, lab: Lab) -> None:
        """The pod of the only Instance gets to run, and there was never another one, nor a second claim."""
        self.serve(lab)
        self.check_single(lab)

    def serve(self, lab: Lab, name: str = "a") -> None:
        """Let the pod of the Instance's present start run, whatever becomes of an operator meanwhile."""
        self.until(lab, has_pod, name)
        lab.kubelet.serve(lab.made_pod(name))
        self.until(lab, is_running, name)

    def check_single(self, lab: Lab) -> None:
        """There are one pod and one claim; as none was ever deleted, no others were made."""
        timeline = self.proxy.log.timeline(namespace=lab.namespace)
        assert [len(found) for found in (lab.pods(), lab.claims())] == [1, 1], timeline
        assert self.proxy.log.entries(verb="delete*", namespace=lab.namespace, resource="p*") == [], timeline

    def has_listed(self, *, since: float) -> bool:
        """Whether every operator works and has listed Instances and what belongs to them since then."""
        kinds = {"pvcs": "persistentvolumeclaims", "pods": "pods", "pod-status": "pods"}
        lines = {name: operator.log.stem for name, operator in self.operators.items()}
        wanted = {(lines[name], kind) for name, owned in kinds.items() for kind in (owned, INSTANCES)}
        entries = self.proxy.log.entries(verb="list", since=since)
        listed = {
            (each.seen.client, each.seen.resource) for each in entries if each.seen is not None and each.status == 200
        }
        return self._all_work() and wanted <= listed

    def until(self, lab: Lab, holds: Callable[[Json], object], name: str = "a") -> None:
        """Until ``holds`` is true of the Instance; operators that end meanwhile are started again."""

        def holds_while_operators_work(instance: Json) -> object:
            self._all_work()
            return holds(instance)

        lab.until(holds_while_operators_work, name)

    def _all_work(self) -> bool:
        """Start those that have ended, as kubelet would; whether none is missing."""
        watched = [operator for name, operator in self.operators.items() if name not in self.left_alone]
        for operator in watched:
            if not operator.runs:
                operator.launch()
        return all(WORKING in operator.life for operator in watched)
