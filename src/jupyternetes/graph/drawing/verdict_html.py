"""How does a verdict stand on a page? As headings, lists and buttons that lead to the parts that are causes."""

from collections.abc import Callable, Iterable, Iterator

from jupyternetes.graph.causes.verdict import Cause, Verdict
from jupyternetes.graph.drawing.markup import Markup, element, lines
from jupyternetes.graph.drawing.verdict_words import (
    cause_sentences,
    further_causes,
    further_lists,
    meanings,
    shown_causes,
    silence,
)


def verdict_section(verdict: Verdict, name_of_cause: Callable[[int, Cause], Markup]) -> Markup:
    """All that is said. ``name_of_cause`` gives the name of a cause by its number, from 1: a button if it is drawn."""
    return element("section", lines(_parts(verdict, name_of_cause)), class_="verdict", aria_labelledby="headline")


def _parts(verdict: Verdict, name_of_cause: Callable[[int, Cause], Markup]) -> Iterator[Markup]:
    yield element("h2", verdict.headline, id="headline")
    if silent := silence(verdict):
        yield element("p", silent)
    if verdict.causes:
        numbered = enumerate(shown_causes(verdict), start=1)
        yield element("ol", lines(_cause(name_of_cause(number, cause), number, cause) for number, cause in numbered))
        if more := further_causes(verdict):
            yield element("p", more)
        explained = (part for word, text in meanings() for part in (element("dt", word), element("dd", text)))
        yield element("details", element("summary", "What the words mean"), element("dl", *explained))
    for title, sentences in further_lists(verdict):
        yield element("h3", title)
        yield _list(sentences)


def _cause(name: Markup, number: int, cause: Cause) -> Markup:
    heading = element("h3", f"Cause {number}: ", name, f" ({cause.confidence})")
    return element("li", heading, _list(cause_sentences(cause)))


def _list(sentences: Iterable[str]) -> Markup:
    return element("ul", lines(element("li", sentence) for sentence in sentences))
