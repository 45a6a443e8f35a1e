"""Every reason an Instance or a Template can carry: a sentence for people, whether waiting can help, and the way out.

The table feeds conditions, Events, the hub's progress text and the documentation. Reasons that begin on the node
keep the kubelet's own names, so that people find them in Kubernetes' documentation.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from jupyternetes.api import claim_reasons, gate_reasons, rehearsal_reasons
from jupyternetes.api.reason import Reason

_WORD_LIMIT = 256


PROVISIONED: Final = Reason("Provisioned", "Everything that the Template asks for exists.")
SUSPENDED: Final = Reason("Suspended", "The server is stopped and its pods are gone.")
STOPPING: Final = Reason("Stopping", "The server is being stopped.")
START_SPENT: Final = Reason("StartSpent", "The server of this start has ended.", "Start the server again.", final=True)
WAITING_FOR_ENTRIES: Final = Reason("WaitingForEntries", "The server waits for other parts of it to be made.")
WAITING_FOR_OTHER_RESOURCE: Final = Reason("WaitingForOtherResource", "What the server needs is not ready yet.")
OTHER_RESOURCE_NOT_READY: Final = Reason(
    "OtherResourceNotReady",
    "Something that the server needs beside its pod was not ready in time.",
    "Look at the object that the message names, and at the program that acts on it. If it needs longer, raise the "
    "entry's timeoutSeconds in the Template. Then start the server again.",
    final=True,
)
OBJECT_OF_ANOTHER: Final = Reason(
    "ObjectOfAnother",
    "Something that the server needs beside its pod has the name of somebody else's object.",
    "Delete the object that the message names, once nobody needs it; the server then goes on by itself.",
    final=True,
)
FIELD_OF_ANOTHER: Final = Reason(
    "FieldOfAnother",
    "Something that the server needs beside its pod was changed by somebody else.",
    "The message names who holds which field: take the change back, or put it into the Template.",
    final=True,
)
WAITING_FOR_OLD_PODS: Final = Reason("WaitingForOldPods", "The previous server is being ended first.")
BEING_DELETED: Final = Reason(
    "BeingDeleted",
    "The server's Instance is being deleted, and another program keeps it.",
    "The program that set the finalizer which the message names has to remove it. If there is no such program any "
    "more, remove it with kubectl edit jni; a start then makes a new Instance.",
)
VOLUME_IN_USE: Final = Reason(
    "VolumeInUse",
    "Another pod uses the server's volume.",
    "Delete the pod that the message names, once nobody needs it; the server then goes on by itself.",
)
TEMPLATE_NOT_FOUND: Final = Reason(
    "TemplateNotFound",
    "The server's template does not exist.",
    "Create the Template, or name another one in spec.template; the Instance then goes on by itself.",
    final=True,
)
TEMPLATE_NOT_ALLOWED: Final = Reason(
    "TemplateNotAllowed",
    "The server's template may not be used from this namespace.",
    "Use a Template of the Instance's own namespace, let the operators reach the other one with --template-namespace, "
    "or add the Instance's namespace to the Template's spec.access.namespaces.",
    final=True,
)
TEMPLATE_ERROR: Final = Reason(
    "TemplateError",
    "The server's template cannot be filled in.",
    "Correct the Template, or the Instance's variables, at the paths named.",
    final=True,
)
UNREADABLE: Final = Reason(
    "Unreadable",
    "The server's Instance holds values that cannot be read.",
    "Correct the Instance at the paths named, with kubectl edit jni; it then goes on by itself.",
    final=True,
)
POD_RELEASED: Final = Reason(
    "PodReleased",
    "The server's pod runs, but does not belong to its Instance any more.",
    "Somebody changed the pod's ownerReferences: delete the pod once nobody needs it, then start the server again.",
    final=True,
)
POD_UNLABELLED: Final = Reason(
    "PodUnlabelled",
    "The server's pod has lost its labels, so that nobody notices what becomes of it.",
    "Give the pod back the label that the message names, or stop the server.",
)
WAITING_FOR_QUOTA: Final = Reason(
    "WaitingForQuota",
    "The namespace's quota has no room for the server at the moment; trying again.",
    "A server that is being stopped makes room in seconds. If this lasts, stop servers, delete volumes that nobody "
    "needs, or raise the ResourceQuota.",
)
QUOTA_EXCEEDED: Final = Reason(
    "QuotaExceeded",
    "The namespace's quota is used up.",
    "Stop servers, delete volumes that nobody needs, or raise the ResourceQuota.",
    final=True,
)
SERVICE_ACCOUNT_NOT_FOUND: Final = Reason(
    "ServiceAccountNotFound",
    "The service account that the server runs under does not exist yet.",
    "A new namespace gets its default account within seconds. If this lasts, create the ServiceAccount that the "
    "message names, or correct serviceAccountName in the Template; the server then goes on by itself.",
)
NAMESPACE_TERMINATING: Final = Reason(
    "NamespaceTerminating",
    "The server's namespace is being deleted.",
    "Wait until it is gone and create it again, or use another namespace.",
    final=True,
)
FORBIDDEN: Final = Reason(
    "Forbidden",
    "The cluster does not allow this server.",
    "Read the message: an admission policy, a Pod Security level, or a role that the hub's or the operator's service "
    "account lacks.",
    final=True,
)
REJECTED: Final = Reason(
    "Rejected",
    "The cluster found the server's specification invalid.",
    "Correct the Template at the fields that the message names.",
    final=True,
)
FAILED_CREATE: Final = Reason(
    "FailedCreate",
    "The cluster failed while making a part of the server; trying again.",
    "Read the message: often an admission webhook or a policy engine that it names does not answer. Once it does, the "
    "server goes on by itself.",
)
FAILED_DELETE: Final = Reason(
    "FailedDelete",
    "The cluster does not delete what is left of the server; trying again.",
    "Read the message: an admission webhook or policy that it names, or a right that the operator's service account "
    "lacks. Once that is put right, the server goes on by itself.",
)
TOO_LARGE: Final = Reason(
    "TooLarge",
    "What the server is made of is larger than the cluster can store.",
    "Make it smaller: the Template, the Instance's variables, or the environment that the hub passes on, of which the "
    "message names the object. A Secret may have 1 MiB, any other object about as much; put more into a volume.",
    final=True,
)
API_UNAVAILABLE: Final = Reason("ApiUnavailable", "The cluster does not answer at the moment; trying again.")

STARTING: Final = Reason("Starting", "The server is starting.")
SCHEDULED: Final = Reason("Scheduled", "A node was found for the server.")
CONTAINERS_STARTED: Final = Reason("ContainersStarted", "The server's container started.")
NOT_READY: Final = Reason("NotReady", "The server runs but is not ready to serve.")
SERVER_READY: Final = Reason("ServerReady", "The server is ready.")
NOT_STARTED: Final = Reason("NotStarted", "The server is not running.")
UNSCHEDULABLE: Final = Reason(
    "Unschedulable",
    "No node has room for the server yet.",
    "Add nodes, or ask for less CPU, memory or fewer GPUs in the Template.",
)
POD_GONE: Final = Reason("PodGone", "The server's pod was deleted.", "Start the server again.", final=True)
PREEMPTION_BY_SCHEDULER: Final = Reason(
    "PreemptionByScheduler",
    "The server had to make room for a pod of higher priority.",
    "Start the server again; a priorityClassName in the Template keeps it from being the first to go.",
    final=True,
)
EVICTION_BY_EVICTION_API: Final = Reason(
    "EvictionByEvictionAPI",
    "The server was evicted: most likely its node is being drained.",
    "Start the server again.",
    final=True,
)
DELETION_BY_TAINT_MANAGER: Final = Reason(
    "DeletionByTaintManager",
    "The server's node got a taint that the server does not tolerate; the node may be down.",
    "Start the server again.",
    final=True,
)
DELETION_BY_POD_GC: Final = Reason(
    "DeletionByPodGC", "The server's node is gone from the cluster.", "Start the server again.", final=True
)
TERMINATION_BY_KUBELET: Final = Reason(
    "TerminationByKubelet",
    "The server's node shut down, or needed the server's resources.",
    "Start the server again.",
    final=True,
)
NODE_NOT_READY: Final = Reason(
    "NodeNotReady",
    "The server's node does not answer.",
    "Wait for the node to come back. Kubernetes gives the server up after a while, five minutes by default.",
)
NODE_LOST: Final = Reason(
    "NodeLost",
    "The server's pod cannot be ended, since its node does not answer.",
    "If the node comes back, this goes on by itself. If it is gone for good, tell Kubernetes so: delete the Node, or "
    "taint it with node.kubernetes.io/out-of-service; the pod is then removed. Before that, nobody knows whether the "
    "server still writes to its volume.",
    final=True,
)
POD_HELD: Final = Reason(
    "PodHeld",
    "The server's pod is deleted, and another program keeps it.",
    "The program that set the finalizer which the message names has to remove it. If there is no such program any "
    "more, remove it with kubectl edit pod; this then goes on by itself.",
    final=True,
)
COMPLETED: Final = Reason("Completed", "The server shut itself down.", "Start the server again.", final=True)
ERROR: Final = Reason("Error", "The server's program failed.", "Look at the last lines of its log.", final=True)
OOM_KILLED: Final = Reason(
    "OOMKilled", "The server used more memory than it may.", "Raise the container's memory limit.", final=True
)
EVICTED: Final = Reason("Evicted", "The node ran out of resources and ended the server.", final=True)
FAILED: Final = Reason("Failed", "The server's pod failed.", final=True)
IMAGE_PULL_BACK_OFF: Final = Reason("ImagePullBackOff", "Pulling the server's image failed; trying again soon.")
ERR_IMAGE_PULL: Final = Reason("ErrImagePull", "Pulling the server's image failed; trying again.")
IMAGE_PULL_FAILED: Final = Reason(
    "ImagePullFailed",
    "The server's image cannot be pulled.",
    "Check the image's name, its tag and the pull secrets in the Template.",
    final=True,
)
INVALID_IMAGE_NAME: Final = Reason(
    "InvalidImageName", "The name of the server's image is not valid.", "Correct the image in the Template.", final=True
)
ERR_IMAGE_NEVER_PULL: Final = Reason(
    "ErrImageNeverPull",
    "The server's image is not on the node and may not be pulled.",
    "Load the image on the nodes or change imagePullPolicy.",
    final=True,
)
CREATE_CONTAINER_CONFIG_ERROR: Final = Reason(
    "CreateContainerConfigError",
    "The server's container refers to something that does not exist.",
    "Create the ConfigMap, Secret or key that the message names, or correct the Template.",
)
CREATE_CONTAINER_ERROR: Final = Reason("CreateContainerError", "The server's container could not be made.")
CRASH_LOOP_BACK_OFF: Final = Reason(
    "CrashLoopBackOff",
    "A container of the server ends again and again; it is started again with growing pauses.",
    "Look at the log of the container's last run.",
)
SERVER_RESTARTING: Final = Reason(
    "ServerRestarting",
    "The server's program ended; it is started again.",
    "Look at the log of the container's last run.",
)
SERVER_KEEPS_FAILING: Final = Reason(
    "ServerKeepsFailing",
    "The server's program ends in the same way each time it is started.",
    "Look at the log of the container's last run.",
    final=True,
)
CONTAINER_RESTARTING: Final = Reason(
    "ContainerRestarting",
    "A container that runs before or beside the server ended; it is started again.",
    "Look at the log of the container that the message names.",
)
CONTAINER_KEEPS_FAILING: Final = Reason(
    "ContainerKeepsFailing",
    "A container that runs before or beside the server keeps failing.",
    "Look at the log of the container that the message names.",
    final=True,
)
CONTAINER_CREATING: Final = Reason("ContainerCreating", "The server's container is being made.")
POD_INITIALIZING: Final = Reason("PodInitializing", "The server's init containers are running.")

ACCEPTED: Final = Reason("Accepted", "The Template can be used.")
PARTLY_SUPPORTED: Final = Reason(
    "PartlySupported",
    "The Template can be used; some of its entries are not acted on.",
    "Read the message: it names the entries.",
)
INVALID: Final = Reason("Invalid", "The Template cannot be used.", "Correct it at the paths named.")
API_SERVER_WARNS: Final = Reason(
    "ApiServerWarns",
    "The API server warned of something in a pod or claim of the Template, or it would not take it any more.",
    "An unknown field has no effect: correct its name in the Template.",
)

# What Events tell of the way to a server.

POD_CREATED: Final = Reason("PodCreated", "The server's pod was created.")
POD_DELETED: Final = Reason("PodDeleted", "The server's pod was asked to end.")
POD_FORCE_DELETED: Final = Reason(
    "PodForceDeleted",
    "The server's pod was removed without its node's word that it ended.",
    "Make sure that the node is down: otherwise the old server may still write to its volume. The Template's "
    "forceDeleteAfterSeconds allows this.",
)
OTHER_RESOURCE_CREATED: Final = Reason("OtherResourceCreated", "An object was created for the server.")
OTHER_RESOURCE_READY: Final = Reason("OtherResourceReady", "An object of the server is ready.")
OTHER_RESOURCE_DELETED: Final = Reason("OtherResourceDeleted", "An object of the server was asked to go.")
OTHER_RESOURCE_RESTORED: Final = Reason("OtherResourceRestored", "An object of the server was corrected.")
PULLING: Final = Reason("Pulling", "The server's image is being pulled.")
PULLED: Final = Reason("Pulled", "The server's image is on the node.")
CREATED: Final = Reason("Created", "The server's container was created.")
STARTED: Final = Reason("Started", "The server's container was started.")

# Why the hub refuses to begin, or gives up by itself; their names are labels of JupyterHub's metrics.

NOT_FOUND: Final = Reason(
    "NotFound",
    "The cluster has no place for this server.",
    "Check the spawner's instance_namespace, and that Jupyternetes' CRDs are installed.",
    final=True,
    by_hub=True,
)
UNAUTHORIZED: Final = Reason(
    "Unauthorized",
    "The cluster does not accept the hub's credentials.",
    "Check the hub's service account or kubeconfig.",
    final=True,
    by_hub=True,
)
CONFIGURATION: Final = Reason(
    "configuration",
    "The hub cannot reach a cluster.",
    "Run the hub in the cluster, or name a kubeconfig file in c.JupyternetesSpawner.kubeconfig.",
    final=True,
    by_hub=True,
)
ENVIRONMENT: Final = Reason(
    "environment",
    "The server's environment cannot be handed over.",
    "Correct c.Spawner.environment, c.Spawner.env_keep, or the hook that adds it.",
    final=True,
    by_hub=True,
)
VARIABLES: Final = Reason(
    "variables",
    "The server's variables cannot be handed over.",
    "Correct c.JupyternetesSpawner.variables.",
    final=True,
    by_hub=True,
)
NO_SERVICE: Final = Reason(
    "service",
    "The server's Template has no Service by which the hub can reach it.",
    "Correct the entry that the message names in the Template's spec.otherResources, let otherResources.kinds of the "
    "chart allow Services, or change c.JupyternetesSpawner.service_entry.",
    final=True,
    by_hub=True,
)
OPTIONS: Final = Reason("options", "What was chosen cannot be started.", final=True, by_hub=True)
STOPPED: Final = Reason("stopped", "The server was stopped while it was starting.", final=True, by_hub=True)
INSTANCE_DELETED: Final = Reason(
    "deleted", "The server's Instance was deleted while it was starting.", "Start it again.", final=True, by_hub=True
)
OWNERSHIP: Final = Reason(
    "ownership",
    "The server's Instance belongs to another server.",
    "If two hubs share this namespace, give each a hub_id. Else an administrator has to see whose it is. Keep it: it "
    "leads to somebody's files.",
    final=True,
    by_hub=True,
)
INTERNAL_SSL: Final = Reason(
    "internal_ssl",
    "This hub's spawner does not support internal_ssl.",
    "Set c.JupyterHub.internal_ssl = False, and encrypt traffic between pods in the cluster's network.",
    final=True,
    by_hub=True,
)


def _table(reasons: Iterable[object]) -> Mapping[str, Reason]:
    return MappingProxyType({reason.name: reason for reason in reasons if isinstance(reason, Reason)})


#: All reasons by name.
_MODULES: Final = (claim_reasons, gate_reasons, rehearsal_reasons)
REASONS: Final = _table([*globals().values(), *(each for module in _MODULES for each in vars(module).values())])

#: Names of those why a pod that is to go does not: what waits for its end is told so, and ends.
STUCK: Final = frozenset({NODE_LOST.name, POD_HELD.name})


def lookup(name: str) -> Reason:
    """The reason called ``name``; an unknown one (Kubernetes and container runtimes invent new ones) counts as curable.

    Its own name then is ``name`` without what the reason of a condition may not contain.
    """
    known = REASONS.get(name)
    if known is not None and not known.by_hub:
        return known
    word = re.sub(r"^[^A-Za-z]+|[^A-Za-z0-9_]", "", name)[:_WORD_LIMIT]
    return Reason(word or "Unknown", f"Kubernetes reports {name or 'no reason'}.")
