"""The last lines of a pod's log, as the kubelet gives them."""

from typing import Final

from jupyternetes.api.core import Pod
from jupyternetes.api.labels import CONTAINER
from jupyternetes.api.metadata import Metadata
from jupyternetes.graph.model.graph import ObjectId
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError
from jupyternetes.runtime.resource import Resource

#: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container
_DEFAULT_CONTAINER: Final = "kubectl.kubernetes.io/default-container"
_BAD_REQUEST: Final = 400


class AnnotatedPod(Pod, frozen=True, kw_only=True):
    """A Pod with its annotations."""

    metadata: Metadata


_PODS: Final = Resource("", "v1", "pods", "Pod", AnnotatedPod)


async def read_log(client: Client, pod: ObjectId, *, lines: int, most: int) -> str:
    """At most ``lines`` lines and ``most`` bytes, as they are: ``masking.mask`` them before anybody sees them.

    Of several containers it is the log of the one that serves, as the pod's label or annotation names it, else of the
    first. Raises the kinds of errors of ``Client``. See
    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
    """
    path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/log"
    query = {"tailLines": str(lines), "limitBytes": str(most)}
    try:
        body = await client.read("pods/log", path, query)
    except ApiError as error:
        # Of a pod with several containers the API server wants to know which one is meant.
        container = await _main_container(client, pod) if error.status == _BAD_REQUEST else ""
        if not container:
            raise
        body = await client.read("pods/log", path, query | {"container": container})
    return body.decode(errors="replace")


async def _main_container(client: Client, pod: ObjectId) -> str:
    """Empty if the pod has but one, or is gone. The account may list pods, and get none."""
    found = (await client.list(_PODS, pod.namespace, field_selector=f"metadata.name={pod.name}")).items
    if not found or len(found[0].spec.containers) < 2:
        return ""
    meta, containers = found[0].metadata, found[0].spec.containers
    return meta.labels.get(CONTAINER) or meta.annotations.get(_DEFAULT_CONTAINER) or containers[0].name
