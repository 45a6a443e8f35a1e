"""How does a graph look as one page that needs no network, works by keyboard, and says everything in text too?

The picture is that of `svg`. All data are elements, escaped by `markup`; script and style sheet are the same for every
graph, and the browser takes no others, since the page names their hashes.
https://www.w3.org/TR/CSP3/#framework-directive-source-list
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Final

from jupyternetes.graph.causes.verdict import Cause
from jupyternetes.graph.drawing.geometry.picture import Arrow, Picture
from jupyternetes.graph.drawing.judged import Judged
from jupyternetes.graph.drawing.layout import layout
from jupyternetes.graph.drawing.markup import Markup, element, lines
from jupyternetes.graph.drawing.svg import described, draw
from jupyternetes.graph.drawing.verdict_html import verdict_section
from jupyternetes.graph.drawing.words import (
    evidence_sentence,
    facts,
    harm_sentence,
    impact_sentence,
    name_of,
    observability_signs,
    state_and_sign,
    summary,
    title,
    way_sentence,
    what_is_observed,
)
from jupyternetes.graph.model.graph import Graph, Node, gravest

_KEYS: Final = (
    "Tab leads to the picture. There the arrow keys go right and left along the arrows, up and down within a column; "
    "Enter shows what is known of a node, Escape leads back."
)


def render_html(
    graph: Graph, whole: Graph | None = None, judged: Judged | None = None, *, version: str | None = None
) -> str:
    """The page as one document. Names of any text stay text: they are shown, never read as markup.

    ``whole``: the graph before it was folded, which tells who would notice if something failed. ``judged``: the
    verdict, which is said first, and whose causes are marked in the picture. With a ``version`` the page belongs to a
    server that tells at ``events`` when there is another one, and then shows that.
    """
    picture = layout(graph, judged)
    live = version is not None
    style, *scripts = (Markup(_asset(name)) for name in ("page.css", "page.js", *(["live.js"] if live else [])))
    called = graph.deployment or "a deployment"
    heading = f"Dependencies of {called}" if judged is None else f"How {called} fares"
    head = (
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, scripts, live=live)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", heading),
        element("style", style),
    )
    body = (
        element("header", element("h1", heading), element("p", summary(graph))),
        *([_UPDATES] if live else []),
        element("main", lines(_main(graph, whole or graph, picture, judged)), data_version=version),
        *(element("script", script) for script in scripts),
    )
    page = element("html", element("head", lines(head)), element("body", lines(body)), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _asset(name: str) -> str:
    return files("jupyternetes.graph.drawing").joinpath(name).read_text("utf-8")


def _policy(style: str, scripts: Iterable[str], *, live: bool) -> str:
    allowed = " ".join(f"'{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src '{_hash(style)}'; "
        + ("connect-src 'self'; " if live else "")
        + "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _main(graph: Graph, whole: Graph, picture: Picture, judged: Judged | None) -> Iterator[Markup]:
    if judged is not None:
        yield _verdict(picture, judged)
    yield element("p", _KEYS, id="keys")
    yield element(
        "p",
        element("label", "Find names with ", for_="filter"),
        element("input", id="filter", type="search", autocomplete="off"),
        " ",
        element("output", id="found", for_="filter", aria_live="polite"),
    )
    attributes = {"role": "group", "aria_label": f"Picture: {summary(graph)}", "aria_describedby": "keys"}
    drawn = draw(graph, picture, attributes, lambda number: _shape(picture, number), _arrow)
    subjects = (shape.subject for shape in picture.shapes)
    impacts = {each.id: impact_sentence(whole, each) for each in subjects if isinstance(each, Node)}
    details = (_details(picture, number, impacts) for number in range(len(picture.shapes)))
    panel = element("section", element("p", "No node is chosen.", id="hint"), lines(details), **_PANEL)
    yield element("div", element("div", drawn, class_="picture"), panel, class_="stage")
    yield element("div", _nodes_table(picture, impacts), class_="wide")
    yield element("div", _gaps_table(graph), class_="gaps")


def _verdict(picture: Picture, judged: Judged) -> Markup:
    places = {shape.subject.id: place for place, shape in enumerate(picture.shapes) if isinstance(shape.subject, Node)}

    def name_of_cause(number: int, cause: Cause) -> Markup:
        place = places.get(judged.drawn(number))
        return element("bdi", cause.name) if place is None else _button(place, cause.name)

    return verdict_section(judged.verdict, name_of_cause)


#: A page that changes by itself can be told to stop that. https://www.w3.org/TR/WCAG22/#pause-stop-hide
_UPDATES: Final = element(
    "section",
    element("p", "Reload the page to see what is new.", id="updates", role="status"),
    element(
        "p",
        element("input", id="follow", type="checkbox", disabled="", autocomplete="off"),
        " ",
        element("label", "Show what is new by itself", for_="follow"),
    ),
    aria_label="Updates",
    class_="updates",
)
_PANEL: Final = {"class_": "panel", "id": "details", "aria_label": "Details"}


def _shape(picture: Picture, number: int) -> dict[str, str]:
    """What the script and readers of screens need of a shape; the nearest first of those along its arrows."""
    shape = picture.shapes[number]
    subject = shape.subject

    def nearest(others: Iterable[int]) -> str:
        return " ".join(str(each) for each in sorted(others, key=lambda each: abs(picture.shapes[each].y - shape.y)))

    return {
        "class_": "shape",
        "tabindex": "-1" if number else "0",
        "role": "button",
        "aria_label": described(shape),
        "aria_controls": "details",
        "aria_expanded": "false",
        "data_shape": str(number),
        "data_name": name_of(subject),
        "data_column": str(shape.column),
        "data_next": nearest(arrow.target for arrow in picture.arrows if arrow.source == number),
        "data_previous": nearest(arrow.source for arrow in picture.arrows if arrow.target == number),
    }


def _arrow(arrow: Arrow) -> dict[str, str]:
    return {"data_source": str(arrow.source), "data_target": str(arrow.target)}


def _details(picture: Picture, number: int, impacts: Mapping[str, str]) -> Markup:
    shape = picture.shapes[number]
    subject = shape.subject
    content = [element("h2", element("bdi", name_of(subject)))]
    if isinstance(subject, Node):
        known = [*facts(subject), ("If it fails", impacts[subject.id])]
        known += [("Trouble begins here", f"{shape.cause} in the list above")] if shape.cause else []
        content.append(
            element("dl", *(part for name, text in known for part in (element("dt", name), element("dd", text))))
        )
    else:
        content.append(element("p", f"People can {subject} while all that this depends on works."))
    content += _relations(picture, number, arriving=True)
    content += _relations(picture, number, arriving=False)
    return element("article", *content, id=f"details-{number}", tabindex="-1", data_name=name_of(subject))


def _relations(picture: Picture, number: int, *, arriving: bool) -> Iterator[Markup]:
    """What a shape depends on, or what depends on it, with the meaning and the evidence of each edge."""
    items: list[Markup] = []
    for arrow in picture.arrows:
        here, there = (arrow.target, arrow.source) if arriving else (arrow.source, arrow.target)
        if here != number:
            continue
        other = _button(there, name_of(picture.shapes[there].subject))
        if not arrow.edges:
            items.append(
                element("li", other, " is needed for it") if arriving else element("li", "People need it to ", other)
            )
        for edge, cause in zip(arrow.edges, arrow.causes, strict=True):
            said = (cause, way_sentence(edge), harm_sentence(edge), *map(evidence_sentence, edge.evidence))
            more = "; ".join(filter(None, said))
            item = (other, f" {edge.meaning} it; {more}") if arriving else (f"It {edge.meaning} ", other, f"; {more}")
            items.append(element("li", *item))
    if items:
        yield element("h3", "Depends on" if arriving else "What depends on it")
        yield element("ul", *items)


def _button(number: int, name: str) -> Markup:
    return element("button", element("bdi", name), type="button", data_shape=str(number), data_name=name)


_NODE_COLUMNS: Final = ("Name", "Kind", "Layer", "State", "Observed", "Depends on", "If it fails")


def _nodes_table(picture: Picture, impacts: Mapping[str, str]) -> Markup:
    rows: list[Markup] = []
    for number, shape in enumerate(picture.shapes):
        node = shape.subject
        if not isinstance(node, Node):
            continue
        causes = [_cause(picture, arrow) for arrow in picture.arrows if arrow.target == number]
        cells = (
            node.kind_word,
            str(node.layer),
            ", ".join(filter(None, (state_and_sign(node), shape.cause))),
            f"{observability_signs(node.observability)} {what_is_observed(node.observability)}",
            ", ".join(causes) or "nothing here",
            impacts[node.id],
        )
        heading = element("th", _button(number, title(node)), scope="row")
        data = (element("td", cell) for cell in cells)
        rows.append(element("tr", heading, *data, data_shape=str(number), data_name=title(node)))
    return _table("All nodes", _NODE_COLUMNS, rows)


def _cause(picture: Picture, arrow: Arrow) -> str:
    """What an arrow comes from, and what is to be shown of the way: its state in trouble, and whether it is a cause."""
    name = name_of(picture.shapes[arrow.source].subject)
    way = ", ".join(filter(None, (state_and_sign(gravest(arrow.edges)) if arrow.trouble else "", arrow.cause)))
    return f"{name} ({way})" if way else name


def _gaps_table(graph: Graph) -> Markup:
    if not graph.gaps:
        return element("p", "Everything that was asked for could be seen.")
    rows = [element("tr", *(element("td", cell) for cell in (gap.what, gap.why, gap.remedy))) for gap in graph.gaps]
    return _table("What could not be seen", ("What", "Why", "What would help"), rows)


def _table(caption: str, columns: Iterable[str], rows: Iterable[Markup]) -> Markup:
    head = element("tr", *(element("th", column, scope="col") for column in columns))
    return element("table", element("caption", caption), element("thead", head), element("tbody", lines(rows)))
