"""One look at the API server, that goes on whatever it refuses: what could not be read becomes a gap."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from jupyternetes.api.identity import GROUP
from jupyternetes.api.rights import CLUSTER_OPERATOR_NAMES
from jupyternetes.graph.discovery.apis import Apis
from jupyternetes.graph.discovery.objects.cluster import LEASES, Lease
from jupyternetes.graph.discovery.objects.openshift import CLUSTER_OPERATORS, ClusterOperator
from jupyternetes.graph.discovery.observed import ApiServer
from jupyternetes.graph.model.graph import Gap
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.errors import ApiError, Forbidden, NotFound, Unreachable, Unreadable
from jupyternetes.runtime.objects import ObjectKey, T
from jupyternetes.runtime.resource import Resource

#: Characters of an error that are shown.
_LONGEST: Final = 300
_NOT_INSTALLED: Final = "Install Jupyternetes' definitions, unless the hub uses another spawner."


class _Version(msgspec.Struct, rename="camel"):
    git_version: str = ""


class Reader:
    """``gaps`` and ``unread`` (resource and namespace; empty for the whole cluster) grow while it reads.

    ``apis``: what earlier looks at the same API server found out of what it serves.
    """

    def __init__(self, client: Client, apis: Apis | None = None) -> None:
        self.gaps: list[Gap] = []
        self.unread: set[tuple[str, str]] = set()
        self._client = client
        self._apis = apis or Apis(client)
        self._answered = False
        self._silence = ""
        self._version = ""

    async def list_in(
        self,
        resource: Resource[T],
        namespaces: Sequence[str | None],
        *,
        label_selector: str = "",
        field_selector: str = "",
        keep: Callable[[T], bool] | None = None,
    ) -> list[T]:
        """All objects of a resource in each of the namespaces, or in the cluster for None; arguments as in Client."""

        async def listed(namespace: str | None) -> list[T]:
            try:
                listing = await self._client.list(
                    resource, namespace, label_selector=label_selector, field_selector=field_selector, keep=keep
                )
            except (ApiError, Unreachable, Unreadable) as error:
                self.hear(error)
                self.missed(resource, namespace, error)
                return []
            self.hear()
            self.note_broken(resource, namespace, listing.broken)
            return listing.items

        lists = await asyncio.gather(*(listed(namespace) for namespace in namespaces))
        return [obj for each in lists for obj in each]

    async def list_if_served(self, resource: Resource[T], namespaces: Sequence[str | None]) -> list[T]:
        """The same of a resource that many clusters do not have, which is no gap."""
        return await self.list_in(resource, namespaces) if await self._serves(resource) else []

    async def cluster_operators(self) -> list[ClusterOperator]:
        """OpenShift's ClusterOperators, each by its name. It is no gap if the cluster lacks one, or has none at all."""
        if not await self._serves(CLUSTER_OPERATORS):
            return []
        failed: dict[str, Exception] = {}

        async def got(name: str) -> ClusterOperator | None:
            try:
                found = await self._client.get(CLUSTER_OPERATORS, None, name)
            except (ApiError, Unreachable, Unreadable) as error:
                self.hear(error)
                if not isinstance(error, NotFound):
                    failed[name] = error
                return None
            self.hear()
            return found

        found = await asyncio.gather(*map(got, CLUSTER_OPERATOR_NAMES))
        if failed:
            names = ", ".join(name for name in CLUSTER_OPERATOR_NAMES if name in failed)
            self.missed(CLUSTER_OPERATORS, None, next(iter(failed.values())), name=names)
        return [each for each in found if each is not None]

    async def leases(self, named: Iterable[ObjectKey], usual: Iterable[ObjectKey]) -> list[Lease]:
        """Leases by name. Those under their ``usual`` names may well not exist, which is no gap."""

        async def got(key: ObjectKey, *, must_exist: bool) -> Lease | None:
            try:
                lease = await self._client.get(LEASES, *key)
            except (ApiError, Unreachable, Unreadable) as error:
                self.hear(error)
                if must_exist:
                    self.missed(LEASES, key.namespace, error, name=key.name)
                return None
            self.hear()
            return lease

        wanted = {**dict.fromkeys(usual, False), **dict.fromkeys(named, True)}
        found = await asyncio.gather(*(got(key, must_exist=must) for key, must in sorted(wanted.items())))
        return [lease for lease in found if lease is not None]

    async def read_version(self) -> None:
        """Ask the API server for its version, which every account may.

        https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
        """
        try:
            body = await self._client.read("version", "/version")
            self._version = msgspec.json.decode(body, type=_Version).git_version
        except (ApiError, Unreachable, msgspec.DecodeError) as error:
            self.hear(error)
        else:
            self.hear()

    async def _serves(self, resource: Resource[Any]) -> bool:
        """Whether the cluster has such a resource; where that cannot be found out, it is a gap."""
        try:
            return await self._apis.serves(resource)  # which may be known from an earlier look: nothing is heard by it
        except (ApiError, Unreachable, msgspec.DecodeError) as error:
            self.hear(error)
            what = f"whether the cluster has {resource.full_name}"
            remedy = ""
            if isinstance(error, Forbidden):
                remedy = f"Grant get on the path /apis/{resource.api_version}, as the role system:discovery does."
            self.gaps.append(Gap(what=what, why=_why(error), remedy=remedy))
            return False

    @property
    def api(self) -> ApiServer:
        """How the API server answered; call it once all is read."""
        return ApiServer(
            reachable=self._answered, version=self._version, message="" if self._answered else self._silence
        )

    @property
    def was_silent(self) -> bool:
        """Whether the API server left a question without an answer that can be read."""
        return bool(self._silence)

    def hear(self, error: Exception | None = None) -> None:
        """Note that the API server said something, if only what is wrong, or that it did not."""
        if isinstance(error, Unreachable | msgspec.DecodeError):
            self._silence = str(error)[:_LONGEST]
        else:
            self._answered = True

    def note_broken(self, resource: Resource[Any], namespace: str | None, broken: Collection[ObjectKey]) -> None:
        """Say which objects of a list cannot be read."""
        if broken:
            names = ", ".join(sorted(key.name for key in broken)[:3])
            why = f"{len(broken)} of them hold values that do not fit their kind, such as {names}"
            self.gaps.append(Gap(what=_what(resource, namespace), why=why))

    def missed(self, resource: Resource[Any], namespace: str | None, error: Exception, name: str = "") -> None:
        """Note what could not be read, and why."""
        self.unread.add((resource.plural, namespace or ""))
        what = f"{resource.full_name} {name}".rstrip()
        where = f"in namespace {namespace}" if namespace else "in the whole cluster"
        verb = "get" if name else "watch" if str(error).startswith("watch ") else "list"
        remedy = ""
        match error:
            case Forbidden():
                why, remedy = f"no right to {verb} {what} {where}", f"Grant {verb} on {what} {where}."
            case NotFound() if name:
                why = "it does not exist"
            case NotFound():
                why = f"the API server does not know {resource.full_name}"
                remedy = _NOT_INSTALLED if resource.group == GROUP else ""
            case _:
                why = _why(error)
        self.gaps.append(Gap(what=_what(resource, namespace, name), why=why, remedy=remedy))


def _what(resource: Resource[Any], namespace: str | None, name: str = "") -> str:
    where = f" in {namespace}" if namespace else " of the cluster"
    return f"{resource.plural} {name}".rstrip() + where


def _why(error: Exception) -> str:
    return "the API server does not answer" if isinstance(error, Unreachable) else str(error)[:_LONGEST]
