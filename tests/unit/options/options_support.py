"""Short ways to write what is offered to somebody."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from jupyternetes.api.template import Template
from jupyternetes.options.choose import Chosen, Refused, choose
from jupyternetes.options.given import Options
from jupyternetes.options.offer import Offer, Person, offer
from jupyternetes.templating import InstanceFacts, compile_as_operators

Json = Any
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HUB = "hub-home"
HUB_VARIABLES = {
    "jupyterhub.user.id": "1",
    "jupyterhub.user.name": "jovyan",
    "jupyterhub.server.name": "",
    "jupyterhub.oauth_client_id": "jupyterhub-user-jovyan",
    "jupyterhub.namespace": HUB,
    "jupyterhub.args": "[]",
}

SIZE: Json = {
    "name": "size",
    "title": "Size",
    "userSettable": True,
    "default": "small",
    "choices": [
        {"value": "small", "title": "Small", "description": "1 CPU, 2 GiB", "values": {"cpu": 1, "memory": "2Gi"}},
        {"value": "medium", "title": "Medium", "note": "be kind", "values": {"cpu": 2, "memory": "4Gi"}},
        {"value": "a100", "title": "One A100", "groups": ["gpu-users"], "values": {"cpu": 8, "memory": "32Gi"}},
        {"value": "old", "hidden": True, "values": {"cpu": 1, "memory": "1Gi"}},
        {"value": "huge", "hidden": True, "replacedBy": "medium"},
    ],
}
DATASET: Json = {
    "name": "dataset",
    "title": "Data set",
    "userSettable": True,
    "default": "none",
    "pattern": "[a-z][a-z0-9-]{0,40}",
    "maxLength": 41,
    "when": "vars.size != 'small'",
}
COURSE: Json = {"name": "course", "default": "none", "pattern": "[a-z]*"}


def template(*variables: Json, name: str = "lab", namespace: str = HUB, status: Json = None, **spec: Json) -> Template:
    """A Template with `variables`, each of which stands in an environment variable, and what goes with sizes."""
    names = [each["name"] for each in variables]
    container: Json = {
        "name": "notebook",
        "image": "none",
        "ports": [{"name": "http", "containerPort": 8888}],
        "env": [{"name": f"V_{index}", "value": f"{{{each}}}"} for index, each in enumerate(names)],
    }
    if "size" in names:
        container["resources"] = {"limits": {"cpu": "{size.cpu}", "memory": "{size.memory}"}}
    body = {
        "metadata": {"name": name, "namespace": namespace, "uid": f"uid-{namespace}-{name}", "generation": 1},
        "spec": {
            "variables": list(variables),
            "pods": [{"name": "notebook", "spec": {"containers": [container]}}],
            **spec,
        },
        "status": status or {},
    }
    return msgspec.convert(body, Template)


def facts(held: Template, site: Mapping[str, str] | None = None, namespace: str = HUB) -> InstanceFacts:
    return InstanceFacts(
        name="0" * 32,
        namespace=namespace,
        uid="00000000-0000-0000-0000-000000000000",
        template_name=held.metadata.name,
        template_namespace=held.metadata.namespace,
        variables={**HUB_VARIABLES, **(site or {})},
        hub_environment=("JUPYTERHUB_API_TOKEN",),
        start_secret="jni-x-1",
    )


def offered(
    *templates: Template, groups: Sequence[str] = (), user: str = "jovyan", site: Mapping[str, str] | None = None
) -> list[Offer]:
    """What of `templates` is open to a person."""
    person = Person(user, frozenset(groups))
    found = (offer(each, compile_as_operators(each), person, facts(each, site)) for each in templates)
    return [each for each in found if each is not None]


def chosen(offers: Sequence[Offer], key: str = "", *, form: bool = False, **variables: str) -> Chosen:
    outcome = choose(offers, Options(key, variables), form=form)
    assert isinstance(outcome, Chosen), outcome
    return outcome


def refused(offers: Sequence[Offer], key: str = "", *, form: bool = False, **variables: str) -> Refused:
    outcome = choose(offers, Options(key, variables), form=form)
    assert isinstance(outcome, Refused), outcome
    return outcome
