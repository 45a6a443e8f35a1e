"""A resource type: where it lives on the API server and which struct it decodes into."""

from dataclasses import dataclass
from typing import Generic
from urllib.parse import quote

from jupyternetes.runtime.objects import T


@dataclass(frozen=True, slots=True)
class Resource(Generic[T]):
    """For example ``Resource("", "v1", "pods", "Pod", Pod)``; ``group`` is empty for the core group.

    Paths follow https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris.
    """

    group: str
    version: str
    plural: str
    kind: str
    type: type[T]
    bookmarks: bool = True
    """Whether a watch in which nothing happens is sent bookmarks. Not of Events: these come from the API server's watch
    cache, which is off for Events by default (``DefaultWatchCacheSizes`` in Kubernetes' ``pkg/kubeapiserver``)."""
    late_harms: bool = True
    """Whether a write that is carried out late could disturb the one who leads by then. Not of Events."""

    @property
    def api_version(self) -> str:
        """As objects spell it: ``v1`` or ``group/version``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full_name(self) -> str:
        """As kubectl and a CRD's own name spell it: ``pods`` or ``plural.group``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str | None = None) -> str:
        """The URL path; without a namespace the collection of all namespaces, or a cluster-scoped object."""
        parts = [f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"]
        if namespace:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        if name is not None:
            parts.append(quote(name, safe=""))
        if subresource is not None:
            parts.append(subresource)
        return "/".join(parts)
