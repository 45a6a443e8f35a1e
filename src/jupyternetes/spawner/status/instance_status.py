"""What an Instance's status says about its server: starting, running, stopped or failed.

Everything that the hub knows comes from here. A status may lag behind the spec, so nothing counts that is about another
start, another pod, or an older generation.
"""

from dataclasses import dataclass
from typing import Final

from jupyternetes.api import conditions, reasons
from jupyternetes.api.conditions import Condition
from jupyternetes.api.instance import Instance, PodState, host_and_port
from jupyternetes.api.reasons import Reason


@dataclass(frozen=True, slots=True)
class Starting:
    """Neither running nor known to be at an end; ``reason`` is the latest that is known."""

    reason: Reason = reasons.STARTING


@dataclass(frozen=True, slots=True)
class Running:
    """The server is Ready at this address; ``host`` is a name or an address without brackets."""

    host: str
    port: int

    def url(self, protocol: str) -> str:
        """``protocol://host:port``."""
        return f"{protocol}://{host_and_port(self.host, self.port)}"


@dataclass(frozen=True, slots=True)
class Stopped:
    """There is no server; ``exit_code`` is 0 when it is not known."""

    exit_code: int = 0
    reason: Reason = reasons.NOT_STARTED
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The start came to something that waiting cannot cure."""

    reason: Reason
    detail: str = ""


ServerState = Starting | Running | Stopped | Failed

#: The output of a Service's entry that holds the Service's port, where that is not the pod's.
_PORT: Final = "port"

_PROVISIONING: Final = (
    conditions.PVCS_PROVISIONED,
    conditions.OTHER_RESOURCES_PROVISIONED,
    conditions.PODS_PROVISIONED,
)


def server_state(instance: Instance, service: str = "") -> ServerState:
    """What is known of the Instance's present start.

    ``service``: the entry of the Template's ``otherResources`` whose Service leads to the server; empty: none does.
    """
    if instance.spec.suspend:
        return Stopped()
    pod = serving_pod(instance)
    if pod is not None and _trusted(pod):
        if pod.state == "Running" and pod.pod_address and pod.port_number is not None:
            # Both say so, written in one go; a pod that has just lost its address is not one to send users to.
            if host_and_port(pod.pod_address, pod.port_number) == instance.status.address:
                running = Running(pod.pod_address, pod.port_number)
                return _behind_service(instance, service, running) if service else running
        elif pod.state == "Stopped":
            return _ended(instance, pod)
    return _failure(instance, pod) or Starting(_latest(instance, pod))


def serving_pod(instance: Instance) -> PodState | None:
    """The status of the pod that serves, if there is one of the present start yet."""
    pod = instance.status.pods.get(instance.primary_entry or "")
    return pod if pod is not None and pod.start_id == instance.spec.start_id else None


def is_provisioned(instance: Instance) -> bool:
    """Whether all volumes and pods of the present start were made.

    What is wrong with the Template since then, or with what else nothing has to be made of any more, ends no start.
    """
    pod, status = serving_pod(instance), instance.status
    return pod is not None and bool(pod.uid) and status.pvcs_provisioned == status.pods_provisioned == "Completed"


def is_taken_up(instance: Instance, generation: int) -> bool:
    """Whether the Pod operator has said anything of ``generation``."""
    return _said_of_pods(instance, generation) is not None


def is_suspended(instance: Instance, generation: int) -> bool:
    """Whether the Pod operator has seen ``generation`` and reports that all pods and the start Secret are gone."""
    said = _said_of_pods(instance, generation)
    return said is not None and said.reason == reasons.SUSPENDED.name


def is_at_rest(instance: Instance) -> bool:
    """Whether there is nothing to stop: it was stopped to the end, or was made suspended and never started.

    The Pod operator has nothing to report of an Instance that never had anything to wind up, which is generation 1.
    """
    never_started = instance.metadata.generation <= 1 and not instance.status.pods
    return instance.spec.suspend and (never_started or is_suspended(instance, instance.metadata.generation))


def stuck_pod(instance: Instance) -> Failed | None:
    """What keeps a pod that is to go, and with it a stop or the start after it: its lost node, or a finalizer."""
    stuck = (pod for pod in instance.status.pods.values() if _trusted(pod) and pod.reason in reasons.STUCK)
    return next((Failed(reasons.lookup(pod.reason), pod.message) for pod in stuck), None)


def _said_of_pods(instance: Instance, generation: int) -> Condition | None:
    """What the Pod operator says of ``generation``; None if it has not said anything of it yet."""
    condition = conditions.find(instance.status.conditions, conditions.PODS_PROVISIONED)
    return condition if condition is not None and condition.observed_generation >= generation else None


def _behind_service(instance: Instance, entry: str, pod: Running) -> ServerState:
    """Where the Service of an entry leads to the pod that runs.

    The pod comes after the entries that it waits for, so one that is not on record by now is not in the Template.
    https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
    """
    status = instance.status
    service = status.other_resources.get(entry)
    if service is None or service.start_id != instance.spec.start_id:
        return Failed(reasons.NO_SERVICE, f"Nothing was made of an entry {entry!r} of spec.otherResources.")
    if not service.resource_name or status.other_resources_provisioned.get(entry) != "Completed":
        said = conditions.find(status.conditions, conditions.OTHER_RESOURCES_PROVISIONED)
        reason = reasons.lookup(said.reason) if said is not None else reasons.WAITING_FOR_OTHER_RESOURCE
        return Failed(reason, service.error_message) if service.state == "Error" and reason.final else Starting(reason)
    port = service.outputs.get(_PORT, str(pod.port))
    if not (port.isdecimal() and 0 < int(port) < 65536):
        return Failed(reasons.NO_SERVICE, f"Output {_PORT} of entry {entry!r} of spec.otherResources is no port.")
    return Running(f"{service.resource_name}.{instance.metadata.namespace}.svc", int(port))


def _ended(instance: Instance, pod: PodState) -> Stopped:
    last = instance.status.last_termination.get(instance.primary_entry or "")
    code = pod.exit_code if pod.exit_code is not None else last.exit_code if last else None
    reason = reasons.lookup(pod.reason) if pod.reason else reasons.FAILED
    return Stopped(code or 0, reason, pod.message or (last.message if last else ""))


def _failure(instance: Instance, pod: PodState | None) -> Failed | None:
    generation = instance.metadata.generation
    provisioned = is_provisioned(instance)
    for condition in instance.status.conditions:
        if condition.type in _PROVISIONING and provisioned:
            continue
        # Ready may still be about the pod of the last start until this start has one.
        if condition.type not in _PROVISIONING and not (condition.type == conditions.READY and pod is not None):
            continue
        if condition.status == "True" or condition.observed_generation < generation:
            continue
        reason = reasons.lookup(condition.reason)
        if reason is reasons.WAITING_FOR_OLD_PODS and (stuck := stuck_pod(instance)):
            return stuck
        if reason.final:
            return Failed(reason, condition.message)
    if pod is not None and _trusted(pod) and pod.reason and reasons.lookup(pod.reason).final:
        return Failed(reasons.lookup(pod.reason), pod.message)
    return None


def _latest(instance: Instance, pod: PodState | None) -> Reason:
    if pod is not None and pod.reason:
        return reasons.lookup(pod.reason)
    for kind in _PROVISIONING:
        condition = conditions.find(instance.status.conditions, kind)
        if condition is not None and condition.status != "True" and condition.reason:
            return reasons.lookup(condition.reason)
    return reasons.STARTING


def _trusted(pod: PodState) -> bool:
    """Whether what is observed is about the pod that was made for this start."""
    return pod.uid != "" and pod.uid == pod.observed_uid
