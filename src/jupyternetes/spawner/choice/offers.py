"""Which Templates a site offers, and what of them is open to the owner of a server."""

# JupyterHub has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
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


async def offers(spawner: Any, owner: Owner, cluster: Cluster, only: str = "") -> AsyncGenerator[Offer]:
    """What of ``spawner.templates`` is open to the owner now, in that order. Raises a refusal.

    ``only``: the key of the one that is wanted; with thousands of them, to look at all takes long. Nothing is asked of
    the API server once the Templates of their namespaces are known.
    """
    person = Person(owner.user, frozenset(group.name for group in spawner.user.groups))
    namespace = spawner.instance_namespace or cluster.namespace
    variables = site_variables(spawner, owner, cluster.namespace)
    known: set[str] = set()
    async for watch, template in _listed(spawner, cluster, only):
        if not watch.compiled.has(template):
            await asyncio.sleep(0)  # to compile takes milliseconds: between two of them others have their turn
        watch.tell_problems(template)
        compiled = watch.compiled.get(template)
        facts = beforehand(template, compiled, name=owner.instance_name, namespace=namespace, variables=variables)
        offered = offer(template, compiled, person, facts)
        if offered is not None and offered.key not in known:
            known.add(offered.key)
            yield offered


async def _listed(spawner: Any, cluster: Cluster, only: str) -> AsyncIterator[tuple[TemplateWatch, Template]]:
    wanted_namespace, _, wanted = only.rpartition("/")
    for entry in await _entries(spawner):
        namespace, _, name = entry.rpartition("/")
        namespace = namespace or spawner.template_namespace or cluster.namespace
        if only and (namespace != wanted_namespace or name not in (wanted, _ALL)):
            continue
        watch = cluster.templates(namespace)
        await _synced(watch)
        name = wanted or name
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
