"""From a spawner's traits to the StartRequest of one start, once all hooks have run.

This is the only place where most traits are read: JupyterHub lets hooks change any of them until ``start()`` is called.
"""

# JupyterHub has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from jupyternetes.options.choose import Chosen
from jupyternetes.runtime.objects import key_of
from jupyternetes.spawner.hub.ownership import Owner
from jupyternetes.spawner.start.bodies import StartRequest
from jupyternetes.spawner.start.environment import environment_texts, variable_texts

_API_TOKEN: Final = "jupyterhub.api_token"  # noqa: S105 - a name


def start_request(
    spawner: Any, owner: Owner, *, name: str, hub_namespace: str, chosen: Chosen | None = None
) -> StartRequest:
    """What ``spawner`` asks for. ``hub_namespace`` is where the hub itself lives, ``chosen`` what its user chose.

    Raises a refusal for names and values that cannot be handed over.
    """
    template = spawner.template_namespace or hub_namespace, spawner.template_name
    variables = site_variables(spawner, owner, hub_namespace)
    if chosen is not None:
        template = key_of(chosen.offer.template)
        decided = {name.lower() for name in variables}
        variables |= {name: text for name, text in chosen.variables.items() if name.lower() not in decided}
    return StartRequest(
        owner=owner,
        name=name,
        namespace=spawner.instance_namespace or hub_namespace,
        template_name=template[1],
        template_namespace=template[0],
        variables=variables,
        environment=environment_texts(spawner.get_env()),
    )


def site_variables(spawner: Any, owner: Owner, hub_namespace: str) -> dict[str, str]:
    """What the hub and the site set, whatever anybody chooses. Raises a refusal as ``start_request``."""
    given = _given(spawner, owner, hub_namespace)
    configured = {key: value(spawner) if callable(value) else value for key, value in spawner.variables.items()}
    return {**variable_texts(configured, {*given, _API_TOKEN}), **given}


def _given(spawner: Any, owner: Owner, hub_namespace: str) -> Mapping[str, str]:
    """The variables that every Template may use. The API token is not among them: it is in the environment."""
    return {
        "jupyterhub.user.id": str(spawner.user.id),
        "jupyterhub.user.name": owner.user,
        "jupyterhub.server.name": owner.server,
        "jupyterhub.oauth_client_id": spawner.oauth_client_id,
        "jupyterhub.namespace": hub_namespace,
        "jupyterhub.args": _arguments(spawner),
        **_resources(spawner),
    }


def _resources(spawner: Any) -> Mapping[str, str]:
    """Limits and guarantees as quantities of Kubernetes. One that is not set is left out: the Template has its own.

    https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html#spawners-resource-limits-and-guarantees-optional
    """
    memory = {name: getattr(spawner, name) for name in ("mem_limit", "mem_guarantee")}
    cpus = {name: getattr(spawner, name) for name in ("cpu_limit", "cpu_guarantee")}
    return {
        **{f"jupyterhub.{name}": str(size) for name, size in memory.items() if size},
        **{f"jupyterhub.{name}": f"{max(1, round(cores * 1000))}m" for name, cores in cpus.items() if cores},
    }


def _arguments(spawner: Any) -> str:
    """The JSON list for a container's ``args``; an empty one means the image's own command."""
    arguments = spawner.get_args()
    if not spawner.cmd:
        if arguments:
            spawner.log.warning("c.Spawner.args has no effect without c.Spawner.cmd: the image's own command runs")
        return "[]"
    return msgspec.json.encode([*spawner.cmd, *arguments]).decode()
