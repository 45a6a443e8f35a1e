"""Asks each hub what it depends on, at the listener of its own that ``jupyternetes.hub_dependencies`` opens."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import replace
from typing import Final

import aiohttp
import msgspec

from jupyternetes.api.hub_dependencies import PATH, PORT, SCHEMA, HubDependencies
from jupyternetes.api.instance import host_and_port
from jupyternetes.graph.discovery.objects.pod import Pod
from jupyternetes.graph.discovery.observed import Observed
from jupyternetes.graph.discovery.recognise import recognise
from jupyternetes.graph.model import kinds
from jupyternetes.graph.model.graph import Gap
from jupyternetes.runtime.objects import key_of

#: The name of a port of the hub's container, for a hub that tells on another port than usual.
PORT_NAME: Final = "dependencies"
_LIMIT: Final = aiohttp.ClientTimeout(total=3, connect=2)
#: Bytes; an answer names a handful of services.
_LARGEST: Final = 256 * 1024


async def ask_hubs(observed: Observed) -> Observed:
    """``observed`` with what each hub tells; a gap for each hub that tells nothing. It raises nothing."""
    # The address of a pod that ended may be another pod's by now.
    alive = (pod for pod in observed.pods if pod.status.pod_ip and not pod.ended)
    hubs = [pod for pod in alive if (role := recognise(pod)) and role.kind is kinds.HUB]
    # Pods are addresses of the cluster's own network: no proxy of the environment leads there.
    async with aiohttp.ClientSession(timeout=_LIMIT, trust_env=False) as session:
        answers = await asyncio.gather(*(_ask(session, pod) for pod in hubs))
    told = {key_of(pod): answer for pod, answer in zip(hubs, answers, strict=True) if not isinstance(answer, Gap)}
    return replace(
        observed,
        told={**observed.told, **{hub: answer.dependencies for hub, answer in told.items()}},
        authenticators={**observed.authenticators, **{hub: answer.authenticator for hub, answer in told.items()}},
        gaps=[*observed.gaps, *(answer for answer in answers if isinstance(answer, Gap))],
    )


async def _ask(session: aiohttp.ClientSession, pod: Pod) -> HubDependencies | Gap:
    where = host_and_port(pod.status.pod_ip, _port(pod))
    try:
        async with session.get(f"http://{where}{PATH}", allow_redirects=False) as response:
            body = b"".join([part async for part in _bounded(response.content.iter_any())])
            told = msgspec.json.decode(body, type=HubDependencies) if response.status == 200 else None
    except (aiohttp.ClientError, OSError, TimeoutError, msgspec.DecodeError) as error:
        return _gap(pod, f"{where} gives no answer that can be read ({type(error).__name__})")
    if told is None or told.schema != SCHEMA:
        return _gap(pod, f"{where} answers, but not with what this version can read")
    return told


async def _bounded(parts: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """What comes until it is all, or too much."""
    size = 0
    async for part in parts:
        yield part
        size += len(part)
        if size > _LARGEST:
            return


def _port(pod: Pod) -> int:
    named = (port.container_port for each in pod.spec.containers for port in each.ports if port.name == PORT_NAME)
    return next(named, PORT)


def _gap(pod: Pod, why: str) -> Gap:
    return Gap(
        what=f"what the hub {pod.metadata.name} depends on, by its own word",
        why=why,
        remedy="Let the hub tell it: one line in jupyterhub_config.py, see docs/how-to/hub-dependencies.md. It is "
        "asked at its pod's address, which has to be reachable from here.",
    )
