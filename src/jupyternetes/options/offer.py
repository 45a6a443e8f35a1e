"""What of a Template is open to one person: all that follows sees a Template as that person may use it.

Groups and users are known to the hub alone, so what is decided by them here is the spawner's word: operators read past
it, and whoever can create Instances can have any choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from jupyternetes.api.identity import start_secret_name
from jupyternetes.api.template import Access, Template, TemplateSpec
from jupyternetes.options.words import words_of
from jupyternetes.templating import MISSING, CompiledTemplate, Declaration, InstanceFacts
from jupyternetes.templating.access import admits
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.variables.choices import only_open
from jupyternetes.templating.variables.coercion import identity

_NO_UID: Final = "00000000-0000-0000-0000-000000000000"
_SOME_START: Final = "1"


@dataclass(frozen=True, slots=True)
class Person:
    """A user of JupyterHub, and the groups that they are in at this moment."""

    name: str
    groups: frozenset[str] = frozenset()

    def is_in(self, groups: tuple[str, ...] | None) -> bool:
        """Whether the person is in one of the groups; None: everybody is."""
        return groups is None or not self.groups.isdisjoint(groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A Template as one person may use it.

    `facts`: what is known of the Instance beforehand; its variables are those that the hub and the site give.
    `defaults`: the person's own, as text by the variable's name, where the Template's default is a choice that is not
    open to them.
    """

    template: Template
    compiled: CompiledTemplate
    facts: InstanceFacts
    defaults: Mapping[str, str]

    @property
    def key(self) -> str:
        """``<namespace>/<name>``."""
        return f"{self.template.metadata.namespace}/{self.template.metadata.name}"

    @property
    def title(self) -> str:
        """What people call it."""
        return words_of(self.template, TemplateSpec.display_name) or self.template.metadata.name

    @property
    def fields(self) -> dict[str, Declaration]:
        """The variables that the person may set, by name in lower case: what the site sets is decided."""
        decided = {name.lower() for name in self.facts.variables}
        settable = {each.name.lower(): each for each in self.compiled.declarations if each.user_settable}
        return {key: each for key, each in settable.items() if key not in decided}


def beforehand(
    template: Template, compiled: CompiledTemplate, *, name: str, namespace: str, variables: Mapping[str, str]
) -> InstanceFacts:
    """What is known of an Instance of that name and namespace before it is started.

    `variables`: those of the hub and the site. Secrets count as handed over: that is seen only at the start.
    """
    return InstanceFacts(
        name=name,
        namespace=namespace,
        uid=_NO_UID,
        template_name=template.metadata.name,
        template_namespace=template.metadata.namespace,
        variables=variables,
        hub_environment=[each.secret_key for each in compiled.schema.values() if each.sensitive],
        start_secret=start_secret_name(name, _SOME_START),
    )


def offer(template: Template, compiled: CompiledTemplate, person: Person, facts: InstanceFacts) -> Offer | None:
    """The Template for the person; None if it is not open to them, or can be used by nobody, as the operators say too.

    `compiled`: the Template, compiled as operators compile it.
    """
    if template.unreadable or template.refusal or compiled.problems or compiled.access is None:
        return None
    if not admits(compiled.access, facts.namespace, template.metadata.namespace):
        return None
    if not _is_open_to(person, compiled.access):
        return None
    decided = {name.lower() for name in facts.variables}
    declarations = tuple(
        each if each.name.lower() in decided else _narrowed(each, person) for each in compiled.declarations
    )
    if any(each.choices and not left.choices for each, left in zip(compiled.declarations, declarations, strict=True)):
        return None
    schema = {**compiled.schema, **{each.name.lower(): each for each in declarations}}
    return Offer(
        template=template,
        compiled=replace(compiled, declarations=declarations, schema=schema),
        facts=facts,
        defaults={each.name: _first(each) for each in declarations if not _has_open_default(each)},
    )


def _is_open_to(person: Person, access: Access) -> bool:
    if access.groups is None and access.users is None:
        return True
    return person.name in (access.users or ()) or person.is_in(access.groups or ())


def _narrowed(declaration: Declaration, person: Person) -> Declaration:
    """The declaration with the choices alone that are open to the person."""
    if all(person.is_in(choice.about.groups) for choice in declaration.choices):
        return declaration
    bounds, choices = only_open(declaration.bounds, declaration.choices, lambda choice: person.is_in(choice.groups))
    return replace(declaration, bounds=bounds, choices=choices)


def _has_open_default(declaration: Declaration) -> bool:
    if declaration.default is MISSING or not declaration.choices:
        return True
    return identity(declaration.type, declaration.default) in declaration.bounds.allowed


def _first(declaration: Declaration) -> str:
    choices = [each for each in declaration.choices if each.is_offered] or declaration.choices
    return as_text(choices[0].value)
