"""Which servers are there, whose are they, and what does each depend on?"""

from collections.abc import Iterable

import msgspec

from jupyternetes.graph.discovery.claims import Claims
from jupyternetes.graph.discovery.draft import Arrow, Draft, object_id, pod_of, referenced
from jupyternetes.graph.discovery.objects.instances import INSTANCES, Instance
from jupyternetes.graph.discovery.objects.pod import PODS, Pod
from jupyternetes.graph.discovery.recognise import release_of
from jupyternetes.graph.discovery.servers.beside import Beside
from jupyternetes.graph.discovery.servers.causes import Causes
from jupyternetes.graph.discovery.servers.owners import owner_of
from jupyternetes.graph.discovery.servers.templates import Templates
from jupyternetes.graph.discovery.states import instances as instance_states
from jupyternetes.graph.discovery.states.health import Health
from jupyternetes.graph.discovery.states.pods import of_pod, series_of
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Node, ObjectId, Series, id_of
from jupyternetes.graph.model.sentences import sentence_of
from jupyternetes.runtime.objects import ObjectKey

_FROM_STATUS = Arrow(kinds.MOUNTS, referenced("status.pvcs of the Instance names the claim"))
_FROM_POD = Arrow(kinds.MOUNTS, referenced("a volume of the pod names the claim"))


class Servers:
    """Adds servers and their claims to a draft. A server is an Instance, or a pod that belongs to none."""

    def __init__(self, draft: Draft, causes: Causes, templates: Templates, claims: Claims, beside: Beside) -> None:
        self._draft = draft
        self._causes = causes
        self._templates = templates
        self._claims = claims
        self._beside = beside
        self._users: dict[ObjectKey, str] = {}

    def add_instance(self, instance: Instance) -> None:
        """The server of an Instance, with what its spec and status name."""
        meta, status, reference = instance.metadata, instance.status, instance.spec.template
        template = ObjectKey(*reference.key(meta.namespace))
        pods = (pod_of(each, meta.namespace) for each in status.pods.values() if each.resource_name)
        objects = (object_id(INSTANCES, instance), *pods)
        server = self._node(
            instance,
            instance_states.of_instance(instance),
            objects,
            instance_states.series_of(instance),
            template=reference.name if template.namespace == meta.namespace else str(template),
            cluster_node=status.node_name,
        )
        causes = (
            *self._causes.of_instances(meta.namespace, named=bool(owner_of(meta).user)),
            *(self._templates.causes_of(template) if template.name else ()),
        )
        self._draft.edges += [arrow(cause, server) for cause, arrow in causes]
        names = [each.resource_name for each in status.pvcs.values() if each.resource_name]
        self._mount(names, meta.namespace, server, _FROM_STATUS)
        self._beside.add_instance(instance, server)

    def add_pod(self, pod: Pod) -> None:
        """The server of a pod that the hub made itself."""
        meta = pod.metadata
        server = self._node(
            pod, of_pod(pod), (object_id(PODS, pod),), series_of((pod,)), cluster_node=pod.spec.node_name
        )
        causes = (
            *self._causes.of_pods(meta.namespace, release_of(meta.labels)),
            *self._causes.of_scheduler(pod.spec.scheduler_name),
        )
        self._draft.edges += [arrow(cause, server) for cause, arrow in causes]
        self._mount(sorted(pod.claims), meta.namespace, server, _FROM_POD)

    def add_claims(self) -> None:
        """The claims of all servers. Call it after these were added: a claim that several users share is nobody's."""
        for key, user in self._users.items():
            node = self._claims.node(kinds.CLAIM, key.namespace, key.name)
            self._draft.add(msgspec.structs.replace(node, user=user))

    def _node(
        self,
        obj: Instance | Pod,
        health: Health,
        objects: tuple[ObjectId, ...],
        series: Series | None,
        *,
        template: str = "",
        cluster_node: str = "",
    ) -> str:
        meta, owner = obj.metadata, owner_of(obj.metadata)
        return self._draft.add(
            Node(
                id=id_of(kinds.SERVER, meta.name, meta.namespace),
                kind=kinds.SERVER.name,
                name=str(owner) or meta.name,
                layer=kinds.SERVER.layer,
                state=health.state,
                reason=health.reason,
                message=health.message or sentence_of(health.reason),
                namespace=meta.namespace,
                user=owner.user,
                template=template,
                cluster_node=cluster_node,
                since=health.since,
                objects=objects,
                series=series,
            )
        )

    def _mount(self, claims: Iterable[str], namespace: str, server: str, mounts: Arrow) -> None:
        user = self._draft.nodes[server].user
        for name in claims:
            key = ObjectKey(namespace, name)
            if self._users.setdefault(key, user) != user:
                self._users[key] = ""
            self._draft.edges.append(mounts(id_of(kinds.CLAIM, name, namespace), server))
