"""Short ways to write a Template, an Instance and what comes of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from jupyternetes.templating import (
    CompiledTemplate,
    InstanceFacts,
    Ready,
    Rendering,
    compile_template,
    render,
)
from jupyternetes.templating.reach.levels import Reach
from jupyternetes.templating.reach.places import Place, Special
from jupyternetes.templating.reach.table import PLACES, Places

Json = Any

#: Anything may stand anywhere: for tests of how values are filled in, which hold wherever that is.
EVERYWHERE = Places(dict.fromkeys(PLACES.entries, Place(Reach.FREE, special=Special.TEXT, below=True)))


def instance(variables: Mapping[str, str] | None = None, **facts: Any) -> InstanceFacts:
    named = {
        "name": "inst",
        "namespace": "users",
        "uid": "uid-1",
        "template_name": "tmpl",
        "template_namespace": "hub",
    }
    return InstanceFacts(**{**named, **facts}, variables=variables or {})


def pod_template(spec: Json, **entry: Json) -> Json:
    """A Template with one pod, named `notebook` unless `entry` says otherwise."""
    return {"pods": [{"name": "notebook", "spec": spec, **entry}]}


def container(**fields: Json) -> Json:
    return {"containers": [{"name": "notebook", **fields}]}


def compile_anywhere(template: Json, **options: Any) -> CompiledTemplate:
    """The Template, in which a placeholder may stand anywhere."""
    return compile_template(template, places=EVERYWHERE, **options)


def rendering(template: Json, values: Mapping[str, str] | InstanceFacts | None = None, **resources: Any) -> Rendering:
    facts = values if isinstance(values, InstanceFacts) else instance(values)
    return render(compile_anywhere(template), facts, resources)


def pod(template: Json, values: Mapping[str, str] | InstanceFacts | None = None, **resources: Any) -> Ready:
    """The one pod of `template`, which must be ready."""
    result = rendering(template, values, **resources)
    assert result.problems == ()
    (only,) = result.pods
    assert isinstance(only, Ready)
    return only


def first_container(template: Json, values: Mapping[str, str] | InstanceFacts | None = None, **resources: Any) -> Json:
    spec: Json = pod(template, values, **resources).spec
    return spec["containers"][0]


def texts(problems: Sequence[object]) -> str:
    return "\n".join(str(problem) for problem in problems)
