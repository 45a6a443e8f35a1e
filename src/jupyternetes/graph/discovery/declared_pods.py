"""How do the pods fare that an administrator declared?"""

from collections.abc import Callable

from jupyternetes.graph.discovery.draft import object_id
from jupyternetes.graph.discovery.objects.pod import PODS
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.states.pods import of_pods
from jupyternetes.graph.model.additions import Found, PodSelector
from jupyternetes.graph.model.graph_reasons import NO_PODS


def finder(observed: Observed) -> Callable[[PodSelector], Found]:
    """What looks up the pods of a selector among those that were observed."""

    def find(selector: PodSelector) -> Found:
        pods = [
            pod
            for pod in observed.pods
            if selector.namespace in ("", pod.metadata.namespace)
            and selector.labels.items() <= pod.metadata.labels.items()
        ]
        if not pods:
            where = f"namespace {selector.namespace}" if selector.namespace else "the namespaces looked at"
            looked = "" if selector.namespace in ("", *observed.namespaces) else ", which was not looked at"
            return Found(reason=NO_PODS.name, message=f"There is no pod with these labels in {where}{looked}.")
        health = of_pods(pods)
        objects = tuple(object_id(PODS, pod) for pod in pods)
        return Found(state=health.state, reason=health.reason, message=health.message, objects=objects)

    return find
