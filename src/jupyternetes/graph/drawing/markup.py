"""How are SVG and HTML written so that no text gets in without being escaped?"""

from collections.abc import Iterable
from typing import Final

from jupyternetes.graph.drawing.text import for_xml

_VOID: Final = frozenset({"meta", "input"})


class Markup(str):
    """Text that is markup already; any other text is data."""

    __slots__ = ()


def element(tag: str, *content: str, **attributes: str | float | None) -> Markup:
    """An element as both XML and HTML read it. ``content`` that is no `Markup` is escaped, and so is each attribute.

    In names of attributes ``_`` stands for ``-``; one at the end is dropped, as in ``class_``. An attribute that is
    None is left out. https://html.spec.whatwg.org/multipage/syntax.html#elements-2
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{for_xml(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Markup(f"<{tag}{written}/>")
    inner = "".join(each if isinstance(each, Markup) else for_xml(each) for each in content)
    return Markup(f"<{tag}{written}>{inner}</{tag}>")


def lines(parts: Iterable[Markup]) -> Markup:
    """The parts, each on a line of its own."""
    return Markup("\n".join(parts))
