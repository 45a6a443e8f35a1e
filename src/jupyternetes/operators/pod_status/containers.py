"""The containers of a pod: which one serves. Pure.

Nothing here goes by position alone: admission webhooks put containers of their own first.
"""

from jupyternetes.api import labels
from jupyternetes.api.core import ContainerStatus, Pod


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
