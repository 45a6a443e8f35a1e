"""Names of resources in requests and limits: any text fits the schema, and Kubernetes takes few.

https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from jupyternetes.templating.references import PODS, PVCS
from jupyternetes.templating.schemas.words import nearest

_NAMES: Final[Mapping[str, Sequence[str]]] = {
    PODS: ("cpu", "memory", "ephemeral-storage"),
    PVCS: ("storage",),
}
_EXTENDED: Final = re.compile(
    r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
_HUGE_PAGES: Final = "hugepages-"


def fault(name: str, kind: str) -> str:
    """Why entries of ``kind`` cannot ask for the resource ``name``, and what to do; ``""`` if they can."""
    known = _NAMES[kind]
    if name in known or (kind == PODS and (_EXTENDED.fullmatch(name) or name.startswith(_HUGE_PAGES))):
        return ""
    near = nearest(name, known)
    if near:
        return f"there is no resource {name!r}; did you mean {near!r}?"
    others = f", {_HUGE_PAGES}<size>, or a name with a domain such as nvidia.com/gpu" if kind == PODS else ""
    return f"there is no resource {name!r}; there is {', '.join(known)}{others}"
