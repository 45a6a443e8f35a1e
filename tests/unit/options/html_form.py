"""A form as a browser reads it from HTML, without script, and what it sends from it.

https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constructing-the-form-data-set
"""

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class HtmlForm:
    """The elements of the page that JupyterHub makes of `html`."""

    def __init__(self, html: str) -> None:
        self.page = LexborHTMLParser(f"<!DOCTYPE html><body><form>{html}</form></body>")

    @property
    def structure(self) -> list[tuple[str, list[str]]]:
        """Elements with the names of their attributes, comments too: what texts of others must not change."""
        root = self.page.root
        assert root is not None
        return [(node.tag or "", sorted(node.attributes)) for node in root.traverse()]

    @property
    def form(self) -> LexborNode:
        return self.one("form")

    def all(self, selector: str) -> list[LexborNode]:
        return self.page.css(selector)

    def one(self, selector: str) -> LexborNode:
        (found,) = self.all(selector)
        return found

    def texts(self, selector: str) -> list[str]:
        return [node.text() for node in self.all(selector)]

    @property
    def sent(self) -> dict[str, list[str]]:
        """What JupyterHub makes of a press on its button."""
        sent: dict[str, list[str]] = {}
        for control in self.all("form [name]"):
            for text in self._values(control):
                with_crlf = re.sub(r"\r\n|\r|\n", "\r\n", text)
                sent.setdefault(_attribute(control, "name"), []).append(with_crlf)
        return sent

    def _values(self, control: LexborNode) -> Iterator[str]:
        attributes = control.attributes
        if "disabled" in attributes:
            return
        match control.tag, attributes.get("type"):
            case "select", _:
                yield from self._selected(control)
            case "textarea", _:
                yield control.text()
            case "input", "radio" | "checkbox":
                if "checked" in attributes:
                    yield _attribute(control, "value")
            case "input", "number":
                yield text if _NUMBER.fullmatch(text := _attribute(control, "value")) else ""
            case "input", "text":
                yield re.sub("[\r\n]", "", _attribute(control, "value"))
            case _:
                yield _attribute(control, "value")

    @staticmethod
    def _selected(control: LexborNode) -> Iterator[str]:
        options = control.css("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        for option in chosen[-1:]:
            if "disabled" not in option.attributes:
                yield _attribute(option, "value")


def _attribute(node: LexborNode, name: str) -> str:
    attributes: dict[str, Any] = node.attributes
    return attributes[name] or ""
