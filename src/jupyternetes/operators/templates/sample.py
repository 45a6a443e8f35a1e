"""An Instance as a hub would make it, for who wants to know what a Template gives before anybody starts a server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import structs

from jupyternetes.api.identity import instance_name
from jupyternetes.api.instance import Instance, InstanceSpec, TemplateReference
from jupyternetes.api.metadata import Metadata
from jupyternetes.api.template import Template
from jupyternetes.operators.templates.objects import is_of_start, object_name
from jupyternetes.operators.templates.usable import facts
from jupyternetes.templating import MISSING, PODS, PVCS, CompiledTemplate, Declaration, Rendering, render
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.references import OTHER_RESOURCES

#: In place of the five characters that the API server adds to a generated name.
SUFFIX: Final = "xxxxx"
_NO_UID: Final = "00000000-0000-0000-0000-000000000000"
#: What JupyterHub puts into a server's environment, which the hub hands over in a Secret.
#: https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html
_HUB_ENVIRONMENT: Final = (
    "JUPYTERHUB_ACTIVITY_URL",
    "JUPYTERHUB_API_TOKEN",
    "JUPYTERHUB_API_URL",
    "JUPYTERHUB_BASE_URL",
    "JUPYTERHUB_CLIENT_ID",
    "JUPYTERHUB_HOST",
    "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
    "JUPYTERHUB_OAUTH_CALLBACK_URL",
    "JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES",
    "JUPYTERHUB_OAUTH_SCOPES",
    "JUPYTERHUB_SERVER_NAME",
    "JUPYTERHUB_SERVICE_PREFIX",
    "JUPYTERHUB_SERVICE_URL",
    "JUPYTERHUB_USER",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """For whom: JupyterHub's raw names of the user and the server, and the namespace of the Instance."""

    user: str
    server: str = ""
    namespace: str


def sample_instance(
    template: Template, compiled: CompiledTemplate, person: Person, given: Mapping[str, str]
) -> Instance:
    """The Instance as our spawner makes it for a first start; ``given``: what the hub adds to the variables."""
    variables = {
        "jupyterhub.user.id": "1",
        "jupyterhub.user.name": person.user,
        "jupyterhub.server.name": person.server,
        "jupyterhub.oauth_client_id": f"jupyterhub-user-{person.user}",
        "jupyterhub.namespace": person.namespace,
        "jupyterhub.args": "[]",
        **given,
    }
    secret = [each.secret_key for each in compiled.declarations if each.sensitive and each.name not in given]
    name = instance_name(person.user, person.server)
    where = template.metadata.namespace or person.namespace
    return Instance(
        metadata=Metadata(name=name, namespace=person.namespace, uid=_NO_UID, generation=2),
        spec=InstanceSpec(
            template=TemplateReference(name=template.metadata.name, namespace=where),
            variables=variables,
            hub_environment=(*_HUB_ENVIRONMENT, *secret),
            start_id="1",
        ),
    )


def with_sample_names(compiled: CompiledTemplate, instance: Instance) -> Rendering:
    """What the Template gives for an Instance whose objects are all there, under names that are made up.

    Those of other resources follow from the Instance; each of their outputs says how it is called.
    """
    about = facts(instance)
    first = render(compiled, about, {})
    names = {
        kind: {entry.name: f"{entry.name}-{SUFFIX}" for entry in entries}
        for kind, entries in ((PVCS, first.pvcs), (PODS, first.pods))
    }
    others: dict[str, str] = {}
    for each in first.other_resources:
        others[each.name] = object_name(instance, each.name, of_start=is_of_start(each.entry.written))
        outputs = (output.name for output in each.entry.contract.outputs)
        others |= {f"{each.name}.{output}": sample_output(each.name, output) for output in outputs}
    return render(compiled, about, {**names, OTHER_RESOURCES: others})


def sample_output(entry: str, output: str) -> str:
    """In place of what nobody knows before the object of an entry is there: how one refers to it."""
    return f"{entry}.{output}"


def first_choices(compiled: CompiledTemplate, *, with_when: bool) -> dict[str, str]:
    """For each variable that has no default the first of the values that it may have, if these are listed.

    Without ``with_when`` those are left out that may be given in some cases only.
    """
    return {
        each.name: as_text(value)
        for each in compiled.declarations
        if each.default is MISSING and (with_when or not each.when)
        for value in [*_values(each)][:1]
    }


def unidentified(template: Template) -> Template:
    """The Template as it is before it is applied: with a uid and a generation that are made up."""
    return structs.replace(template, metadata=structs.replace(template.metadata, uid=_NO_UID, generation=1))


def _values(declaration: Declaration) -> Iterator[object]:
    """The values that a form would offer, in their order."""
    if declaration.choices:
        return (each.value for each in declaration.choices if each.is_offered)
    return iter(declaration.bounds.allowed.values())
