"""Whether a pod that is not ours stands in the way of ours, since both would write to one volume. Pure."""

from jupyternetes.api import reasons
from jupyternetes.api.instance import Instance
from jupyternetes.operators.pods.own_pods import Own
from jupyternetes.templating import Ready, Rendering


def volume_in_use(instance: Instance, rendering: Rendering, own: Own) -> str:
    """What to say of a pod that is not ours and mounts a claim of this Instance; empty if there is none.

    Its label led us to it, but proves nothing: anybody who makes pods can set it. A claim that the Template adopts may
    be meant for many.
    """
    made_here = [entry.name for entry in rendering.pvcs if isinstance(entry, Ready) and not entry.filled.claim_name]
    claims = {instance.status.pvcs[name].resource_name for name in made_here}
    for pod in own.foreign:
        if not pod.ended and (shared := pod.claims & claims):
            meta = pod.metadata
            names = ", ".join(sorted(shared))
            return (
                f"Pod {meta.namespace}/{meta.name} mounts PersistentVolumeClaim {names}. {reasons.VOLUME_IN_USE.advice}"
            )
    return ""
