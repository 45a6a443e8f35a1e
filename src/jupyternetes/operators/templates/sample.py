"""An Instance as a hub would make it, for who wants to know what a Template gives before anybody starts a server."""

from collections.abc import Callable, Iterator, Mapping
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
from jupyternetes.templating.others.contract import CompiledOutput
from jupyternetes.templating.references import OTHER_RESOURCES

#: In place of the five characters that the API server adds to a generated name.
SUFFIX: Final = "xxxxx"
#: Texts of the usual kinds, for outputs whose pattern asks for one: addresses, a port, names, a URL, a word, a UUID.
_SAMPLES: Final = (
    "192.0.2.1",
    "2001:db8::1",
    "8080",
    "sample",
    "Sample",
    "sample.example.org",
    "sample.example.org:8080",
    "https://sample.example.org",
    "https://sample.example.org/",
    "postgresql://sample.example.org:5432/sample",
    "sample-1",
    "true",
    "1Gi",
    "/sample",
    "00000000-0000-4000-8000-000000000000",
)
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


def sample_output(entry: str, output: CompiledOutput) -> str:
    """In place of what nobody knows before the object of an entry is there: how one refers to it, if that may be.

    Else a text that may be, as far as one is known.
    """
    named = f"{entry}.{output.name}"
    return next((text for text in (named, *_SAMPLES) if output.takes(text)), named)


def with_sample_names(
    compiled: CompiledTemplate, instance: Instance, output: Callable[[str, CompiledOutput], str] = sample_output
) -> Rendering:
    """What the Template gives for an Instance whose objects are all there, under names that are made up.

    Those of other resources follow from the Instance; ``output`` makes up what is read of them.
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
        others |= {f"{each.name}.{told.name}": output(each.name, told) for told in each.entry.contract.outputs}
    return render(compiled, about, {**names, OTHER_RESOURCES: others})


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
