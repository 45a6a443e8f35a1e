"""The last lines of a pod's log, as the kubelet gives them."""

from jupyternetes.graph.model.graph import ObjectId
from jupyternetes.runtime.client import Client


async def read_log(client: Client, pod: ObjectId, *, lines: int, most: int) -> str:
    """At most ``lines`` lines and ``most`` bytes, as they are: ``masking.mask`` them before anybody sees them.

    Raises the kinds of errors of ``Client``. See
    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
    """
    query = {"tailLines": str(lines), "limitBytes": str(most)}
    query |= {"container": pod.container} if pod.container else {}
    path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/log"
    return (await client.read("pods/log", path, query)).decode(errors="replace")
