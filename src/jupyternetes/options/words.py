"""How what is chosen is called in sentences for people."""

from jupyternetes.api.fields import name_of
from jupyternetes.api.template import Template
from jupyternetes.templating import Declaration
from jupyternetes.templating.jsontree import as_text
from jupyternetes.templating.variables.coercion import identity


def words_of(template: Template, member: object) -> str:
    """What the Template says of itself in a field of its spec, given as ``TemplateSpec.field``; "" for nothing."""
    text = template.spec.get(name_of(member))
    return text if isinstance(text, str) else ""


def title(declaration: Declaration) -> str:
    """What people call a variable."""
    return declaration.title or declaration.name


def value_title(declaration: Declaration, value: object) -> str:
    """What people call one of a variable's own values."""
    key = identity(declaration.type, value)
    choice = next((each for each in declaration.choices if each.key == key), None)
    return choice.about.title if choice is not None and choice.about.title else as_text(value)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
