"""The containers of a pod: what each is there for, how it ended, and whether the kubelet starts it again. Pure.

Nothing here goes by position: admission webhooks put containers of their own first.
https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from jupyternetes.api import labels
from jupyternetes.api.core import Container, ContainerStatus, Pod, RestartRule, StateTerminated

#: The reason of an end that a ``RestartAllContainers`` rule of another container brought about.
_RESTARTING_ALL = "RestartingAllContainers"


class Role(Enum):
    """What a container is there for."""

    SERVER = "the container that serves"
    BESIDE = "a container that runs beside it"
    SIDECAR = "an init container that stays (restartPolicy Always)"
    INIT = "an init container that ends before the others begin"


@dataclass(frozen=True, slots=True)
class Member:
    """One container of a pod, with what the kubelet reports of it."""

    role: Role
    status: ContainerStatus
    spec: Container
    pod_policy: str

    @property
    def name(self) -> str:
        """Its name, unique in the pod."""
        return self.spec.name

    @property
    def running(self) -> bool:
        """Whether its program runs."""
        return self.status.state.running is not None

    @property
    def last_end(self) -> StateTerminated | None:
        """How it ended last, if it ever did."""
        return self.status.state.terminated or self.status.last_state.terminated

    @property
    def ends(self) -> int:
        """How often it has ended so far."""
        down = not self.running and self.last_end is not None
        return self.status.restart_count + down

    @property
    def stays_ended(self) -> bool:
        """Whether it ended and the kubelet does not start it again."""
        ended = self.status.state.terminated
        return ended is not None and not self._restarts_after(ended)

    @property
    def ended_well(self) -> bool:
        """Whether it did what it was to do and stays ended."""
        ended = self.status.state.terminated
        return ended is not None and ended.exit_code == 0 and self.stays_ended

    @property
    def in_order(self) -> bool:
        """Whether it is Ready, or ended well."""
        return self.status.ready or self.ended_well

    def _restarts_after(self, ended: StateTerminated) -> bool:
        if self.role is Role.INIT and ended.exit_code == 0:
            return False
        if ended.reason == _RESTARTING_ALL:
            return True
        rules = self.spec.restart_policy_rules if self.spec.restart_policy else ()
        if any(_matches(rule, ended.exit_code) for rule in rules):
            return True  # both actions that there are, Restart and RestartAllContainers, start it again
        policy = self.spec.restart_policy or self.pod_policy
        return policy != "Never" and not (policy == "OnFailure" and ended.exit_code == 0)


def main_container(pod: Pod) -> str:
    """The container that the pod's entry is about: on the primary pod, the one that serves.

    The Pod operator names it in a label. Pods of earlier versions lack it: theirs is the first of the spec.
    """
    first = pod.spec.containers[0].name if pod.spec.containers else ""
    return pod.metadata.labels.get(labels.CONTAINER) or first


def main_status(pod: Pod) -> ContainerStatus | None:
    """The status of the main container, once the kubelet reports one."""
    name = main_container(pod)
    return next((status for status in pod.status.container_statuses if status.name == name), None)


def serving_port(pod: Pod) -> int | None:
    """The port that the pod serves on, if it is the Instance's primary pod: the Pod operator says so on it."""
    value = pod.metadata.labels.get(labels.PORT, "")
    return int(value) if value.isdecimal() and 1 <= int(value) <= 65535 else None


def members(pod: Pod) -> list[Member]:
    """The containers that the kubelet reports on: init containers first, then the one that serves, then the others."""
    serves = main_container(pod) if serving_port(pod) is not None else ""
    inits = [_member(pod, status, Role.INIT, pod.spec.init_containers) for status in pod.status.init_container_statuses]
    others = [_member(pod, status, Role.BESIDE, pod.spec.containers) for status in pod.status.container_statuses]
    server = [_as_server(member) for member in others if member.name == serves]
    return [*inits, *server, *(member for member in others if member.name != serves)]


def server(pod: Pod) -> Member | None:
    """The container that serves, if this is the primary pod and the kubelet reports on it."""
    return next((member for member in members(pod) if member.role is Role.SERVER), None)


def describe(end: StateTerminated) -> str:
    """An end in words: code, reason, last message."""
    reason = f" ({end.reason})" if end.reason else ""
    return f"exit code {end.exit_code}{reason} {end.message}".strip()


def _member(pod: Pod, status: ContainerStatus, role: Role, specs: Iterable[Container]) -> Member:
    spec = next((spec for spec in specs if spec.name == status.name), Container(name=status.name))
    if role is Role.INIT and spec.restart_policy == "Always":
        role = Role.SIDECAR
    return Member(role, status, spec, pod.spec.restart_policy)


def _as_server(member: Member) -> Member:
    return Member(Role.SERVER, member.status, member.spec, member.pod_policy)


def _matches(rule: RestartRule, exit_code: int) -> bool:
    codes = rule.exit_codes
    return codes is not None and (exit_code in codes.values) is (codes.operator == "In")
