"""Which Templates a site offers, and what of them is open to the owner of a server."""

# JupyterHub has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from collections.abc import AsyncIterator, Sequence
from inspect import isawaitable
from typing import Any, Final, cast

from jupyternetes.api import reasons
from jupyternetes.api.template import Template
from jupyternetes.options.offer import Offer, Person, beforehand, offer
from jupyternetes.runtime.errors import ApiError, Unreachable
from jupyternetes.spawner.cluster.connection import Cluster
from jupyternetes.spawner.cluster.templates import TemplateWatch
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.hub.refusals import api_refusal, refusal
from jupyternetes.spawner.start.start_request import site_variables

_ALL: Final = "*"


async def offers(spawner: Any, owner: Owner, cluster: Cluster) -> list[Offer]:
    """What of ``spawner.templates`` is open to the owner now, in that order. Raises a refusal.

    Nothing is asked of the API server once the Templates of their namespaces are known.
    """
    person = Person(owner.user, frozenset(group.name for group in spawner.user.groups))
    namespace = spawner.instance_namespace or cluster.namespace
    variables = site_variables(spawner, owner, cluster.namespace)
    found: dict[str, Offer] = {}
    async for watch, template in _listed(spawner, cluster):
        watch.tell_problems(template)
        compiled = watch.compiled.get(template)
        facts = beforehand(template, compiled, name=owner.instance_name, namespace=namespace, variables=variables)
        offered = offer(template, compiled, person, facts)
        if offered is not None:
            found.setdefault(offered.key, offered)
    return list(found.values())


async def _listed(spawner: Any, cluster: Cluster) -> AsyncIterator[tuple[TemplateWatch, Template]]:
    for entry in await _entries(spawner):
        namespace, _, name = entry.rpartition("/")
        watch = cluster.templates(namespace or spawner.template_namespace or cluster.namespace)
        await _synced(watch)
        for template in watch.all() if name == _ALL else filter(None, [watch.get(name)]):
            yield watch, template


async def _entries(spawner: Any) -> Sequence[str]:
    entries = spawner.templates
    if callable(entries):
        entries = entries(spawner)
    return cast("Sequence[str]", await entries if isawaitable(entries) else entries)


async def _synced(watch: TemplateWatch) -> None:
    try:
        await watch.wait_synced(patient=False)
    except Unreachable as error:
        raise refusal(reasons.API_UNAVAILABLE, str(error)) from error
    except ApiError as error:
        raise (api_refusal(error) or refusal(reasons.API_UNAVAILABLE, str(error))) from error
