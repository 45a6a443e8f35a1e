"""Whether a quota is in force, as who is refused by it sees it."""

from tests.support.kube import Json, Kube, Refused
from tests.support.templates import CLAIM

_SPECS: dict[str, Json] = {
    "pods": {"containers": [{"name": "a", "image": "none"}]},
    "persistentvolumeclaims": CLAIM,
}


def is_used_up(kube: Kube, namespace: str, resource: str) -> bool:
    """Whether the API server would refuse one more pod or claim.

    It acts on a quota only once it has seen its status, and sees that later than others do.
    """
    body = {"metadata": {"generateName": "probe-"}, "spec": _SPECS[resource]}
    try:
        kube.request("POST", f"{kube.path(resource, namespace)}?dryRun=All", body)
    except Refused as refused:
        return "exceeded quota" in refused.message
    return False
