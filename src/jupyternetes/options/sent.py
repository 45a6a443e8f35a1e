"""What browsers send, as canonical options: a form that was filled in, and the address of a link."""

from collections.abc import Mapping, Sequence
from typing import Final

from jupyternetes.options import form
from jupyternetes.options.choose import find_offer
from jupyternetes.options.given import TEMPLATE, Options
from jupyternetes.options.offer import Offer
from jupyternetes.templating import MISSING, Declaration

#: JupyterHub 6 takes it away from the names in a link; JupyterHub 5 knows nothing of it.
#: https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html
LINK_PREFIX: Final = "opt-"


def form_options(offers: Sequence[Offer], sent: Mapping[str, list[str]]) -> Options:
    """What a form sent. An empty field that cannot be meant to hold nothing was not filled in."""
    key, texts = form.given(sent)
    offered = find_offer(offers, key)
    fields = {} if offered is None else offered.fields
    return Options(key, {name: text for name, text in texts.items() if text or _may_be_empty(fields.get(name.lower()))})


def link_options(query: Mapping[str, list[str]]) -> Options:
    """What a link asks for: ``?opt-template=<namespace>/<name>&opt-<variable>=<text>``."""
    given = {name.removeprefix(LINK_PREFIX): values[-1] for name, values in query.items() if values}
    return Options(given.pop(TEMPLATE, ""), given)


def _may_be_empty(declaration: Declaration | None) -> bool:
    if declaration is None:
        return True
    if declaration.bounds.allowed:
        return "" in declaration.bounds.allowed
    return declaration.type == "string" and declaration.default is not MISSING
