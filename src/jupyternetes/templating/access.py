"""From which namespaces may a Template be used?"""

from jupyternetes.api.template import Access


def admits(access: Access, namespace: str, own: str) -> bool:
    """Whether Instances of a namespace may use a Template of the namespace ``own``, which always may itself."""
    return access.namespaces is None or namespace in (own, *access.namespaces)
