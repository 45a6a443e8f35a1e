"""Which claims does an Event about the storage of a pod name? A pod may mount several, and only one of them fails.

The kubelet and the attach controller name the bound volume, the volume within the pod, or the claim, each in a form of
its own. A volume without a claim, such as one of a ConfigMap, is named like a bound one.
https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
"""

import re
from collections.abc import Mapping
from typing import Final

#: ``MountVolume.SetUp failed for volume "pvc-1f…" : …``, ``Multi-Attach error for volume "pvc-1f…" …``
_BOUND: Final = re.compile(r'for volume "([^"]+)"')
#: ``Unable to attach or mount volumes: unmounted volumes=[home], unattached volumes=[home scratch]: timed out …``; only
#: the first list holds what hangs.
_IN_POD: Final = re.compile(r"(?:unmounted volumes|failed to process volumes)=\[([^\]]*)\]")
#: ``error processing PVC lab/home: …: persistentvolumeclaim "home" not found``
_CLAIM: Final = re.compile(r'persistentvolumeclaims? "([^"]+)"|PVC [\w.-]+/([\w.-]+)')


def named_claims(message: str, claims: Mapping[str, str], in_pod: Mapping[str, str]) -> list[str]:
    """The claims that the message names, of those that a pod mounts.

    ``claims``: the names of these, each with the volume that it is bound to, which may be empty. ``in_pod``: the names
    of volumes within the pod, each with its claim.
    """
    bound = {*_BOUND.findall(message)}
    named = {name for found in _CLAIM.findall(message) for name in found if name}
    named |= {in_pod.get(name, "") for listed in _IN_POD.findall(message) for name in re.split(r"[\s,]+", listed)}
    return [name for name, volume in claims.items() if name in named or volume in bound]
