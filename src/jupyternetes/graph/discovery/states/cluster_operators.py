"""How does a part of OpenShift fare, by what its ClusterOperator says?

https://github.com/openshift/api/blob/master/config/v1/types_cluster_operator.go
"""

from jupyternetes.graph.discovery.objects.openshift import ClusterOperator
from jupyternetes.graph.discovery.states.health import UNKNOWN, Health, since
from jupyternetes.graph.model.graph_reasons import DEGRADED, UNAVAILABLE
from jupyternetes.graph.model.kinds import State
from jupyternetes.graph.observability.masking import excerpt


def of_cluster_operator(operator: ClusterOperator) -> Health:
    """What is not available fails; what is degraded works, and one that makes changes is well, with a reason.

    An operator is not unavailable during an upgrade, and progressing is part of each: neither harms by itself.
    """
    name, found = operator.metadata.name, {each.type: each for each in operator.status.conditions or ()}
    available, degraded, progressing = (found.get(each) for each in ("Available", "Degraded", "Progressing"))
    if available is not None and available.status == "False":
        message = f"ClusterOperator {name} is not available: {excerpt(available.message)}"
        return Health(State.FAILING, available.reason or UNAVAILABLE.name, message, since(available))
    if degraded is not None and degraded.status == "True":
        message = f"ClusterOperator {name} is degraded: {excerpt(degraded.message)}"
        return Health(State.DEGRADED, degraded.reason or DEGRADED.name, message, since(degraded))
    if available is None or available.status != "True":
        return UNKNOWN
    if progressing is not None and progressing.status == "True":
        message = f"ClusterOperator {name} makes changes: {excerpt(progressing.message)}"
        return Health(State.OK, "Progressing", message, since(progressing))
    return Health(State.OK, since=since(available))
