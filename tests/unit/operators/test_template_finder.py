"""Which Template an Instance gets, and why not."""

from dataclasses import dataclass, field

import pytest

from jupyternetes.api.template import Template
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.usable import Refusal, UsableTemplate, facts
from jupyternetes.runtime.errors import NotFound, Status
from tests.support.objects import NAMESPACE, instance, template

HUB = "kadense"


class Cache(dict[tuple[str, str], Template]):
    """Templates by namespace and name."""

    def __init__(self, *templates: Template) -> None:
        super().__init__({(each.metadata.namespace, each.metadata.name): each for each in templates})

    def get(self, namespace: str, name: str) -> Template | None:  # type: ignore[override]
        return super().get((namespace, name))


def finder(*templates: Template) -> TemplateFinder:
    return TemplateFinder(Cache(*templates), (HUB,))


@pytest.mark.parametrize(
    ("there", "asked", "outcome"),
    [
        ([template()], {"name": "lab"}, "usable"),
        ([template(access={"namespaces": []})], {"name": "lab"}, "usable"),
        ([template(access={"namespaces": ["x"]})], {"name": "lab", "namespace": NAMESPACE}, "usable"),
        ([], {"name": "lab"}, "TemplateNotFound"),
        ([template(namespace=HUB)], {"name": "lab"}, "TemplateNotFound"),
        ([template(namespace=HUB)], {"name": "lab", "namespace": HUB}, "usable"),
        ([template(namespace=HUB, access={})], {"name": "lab", "namespace": HUB}, "usable"),
        (
            [template(namespace=HUB, access={"namespaces": [NAMESPACE]})],
            {"name": "lab", "namespace": HUB},
            "usable",
        ),
        (
            [template(namespace=HUB, access={"namespaces": ["x"]})],
            {"name": "lab", "namespace": HUB},
            "TemplateNotAllowed",
        ),
        (
            [template(namespace=HUB, access={"namespaces": []})],
            {"name": "lab", "namespace": HUB},
            "TemplateNotAllowed",
        ),
        ([template(namespace="theirs")], {"name": "lab", "namespace": "theirs"}, "TemplateNotAllowed"),
        ([], {"name": "lab", "namespace": "theirs"}, "TemplateNotAllowed"),
        ([template(access={"namespaces": "all"})], {"name": "lab"}, "TemplateError"),
        ([template(access={"roles": ["staff"]})], {"name": "lab"}, "TemplateError"),
        ([template(access={"groups": ["staff"], "users": []})], {"name": "lab"}, "usable"),
    ],
)
def test_template_of_another_namespace_needs_both_consents_B12(
    there: list[Template], asked: dict[str, str], outcome: str
) -> None:
    found = finder(*there).find(instance(template=asked))

    if outcome == "usable":
        assert isinstance(found, UsableTemplate)
    else:
        assert isinstance(found, Refusal)
        assert found.reason.name == outcome
        assert asked["name"] in found.message
        assert found.reason.advice in found.message


@pytest.mark.parametrize(
    ("access", "path"),
    [
        ({"roles": ["staff"]}, "$.spec.access.roles: 'roles' is not supported by this version; remove it"),
        ({"namespaces": [5, NAMESPACE]}, "$.spec.access.namespaces[0]: must be a text: put it in quotes"),
    ],
)
def test_restriction_that_cannot_be_read_lets_nobody_in_and_says_where_it_stands_B12_C31(
    access: dict[str, object], path: str
) -> None:
    found = finder(template(access=access)).find(instance())

    assert isinstance(found, Refusal)
    assert found.reason.name == "TemplateError"
    assert path in found.message


def test_whether_a_forbidden_template_exists_is_not_told_B12() -> None:
    asked = instance(template={"name": "lab", "namespace": "theirs"})

    assert finder().find(asked) == finder(template(namespace="theirs")).find(asked)


def test_template_is_compiled_once_a_generation() -> None:
    found = finder(template())
    first, same = found.compiled(template()), found.compiled(template())
    changed = found.compiled(template(generation=2))

    assert first is same
    assert changed is not first
    found.forget(template())
    assert found.compiled(template(generation=2)) is not changed


def test_stable_names_are_asked_for_by_the_template() -> None:
    found = finder(template(naming="Stable")).find(instance())

    assert isinstance(found, UsableTemplate)
    assert found.compiled.stable_names


def test_start_secret_is_named_only_for_instances_with_a_start_id() -> None:
    assert facts(instance()).start_secret == ""
    assert facts(instance(startId="3")).start_secret == "jni-a-3"


@dataclass
class Server:
    """What a live get finds."""

    there: Template | None
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def get(self, resource: object, namespace: str, name: str) -> Template:
        self.asked.append((namespace, name))
        if self.there is None:
            raise NotFound("get", Status(code=404, reason="NotFound", message="not found"))
        return self.there


@pytest.mark.parametrize(("there", "usable"), [(template(), True), (None, False)])
async def test_template_that_the_cache_lacks_is_looked_for_on_the_server(there: Template | None, usable: bool) -> None:
    server = Server(there)

    found = await finder().find_for_certain(server, instance())  # type: ignore[arg-type]

    assert isinstance(found, UsableTemplate) is usable
    assert server.asked == [(NAMESPACE, "lab")]


async def test_server_is_not_asked_for_what_the_cache_has_or_nobody_may_use() -> None:
    server = Server(None)

    await finder(template()).find_for_certain(server, instance())  # type: ignore[arg-type]
    elsewhere = instance(template={"name": "lab", "namespace": "theirs"})
    await finder().find_for_certain(server, elsewhere)  # type: ignore[arg-type]

    assert server.asked == []
