"""A verdict as SVG and as a page: all of it as text, the causes marked by a form and a word, and deaf to markup."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings

from jupyternetes.graph.causes.signs import Nature
from jupyternetes.graph.causes.verdict import Confidence, Verdict, judge_once
from jupyternetes.graph.drawing.html import render_html
from jupyternetes.graph.drawing.judged import locate_causes
from jupyternetes.graph.drawing.svg import render_svg
from jupyternetes.graph.drawing.verdict_words import cause_sentences, meanings
from jupyternetes.graph.model.graph import Graph
from tests.support.graph_site import site
from tests.unit.graph.drawing.drawn_graphs import HOSTILE, read_xml
from tests.unit.graph.drawing.test_html import Page, content
from tests.unit.graph.drawing.test_svg import ATTRIBUTES, ELEMENTS, SVG

BROKEN = (
    site(60)
    .ill("database", "NoPods", message="There is no pod of it.")
    .unanswered("database", "hub")
    .unanswered("oauth", "hub", message="The hub says: no answer within 3 s.")
    .ill("server/user-1", "OOMKilled", message="It needed more memory than its limit.")
    .without("node/worker-3")
)


def svg(graph: Graph) -> ElementTree.Element:
    return read_xml(render_svg(*locate_causes(judge_once(graph), graph)))


def page(graph: Graph, *, version: str | None = None) -> str:
    drawn, found = locate_causes(judge_once(graph), graph)
    return render_html(drawn, graph, found, version=version)


def said(verdict: Verdict) -> list[str]:
    """Every sentence of a verdict."""
    causes = (sentence for cause in verdict.causes for sentence in (cause.name, *cause_sentences(cause)))
    return [verdict.headline, *causes, *verdict.unseen]


def words(text: str) -> str:
    """The text between tags, which may be spread over lines."""
    return " ".join(re.sub(r"<[^>]+>", " ", text.replace("&#x27;", "'")).split())


def test_the_picture_says_every_sentence_of_the_verdict_and_begins_with_the_answer() -> None:
    root = svg(BROKEN.graph)

    texts = [each.text or "" for each in root.iter(SVG + "text")]
    whole = " ".join(texts)
    assert [sentence for sentence in said(BROKEN.verdict) if sentence not in whole] == []
    assert texts[0] == BROKEN.verdict.headline
    assert root.get("aria-label", "").startswith(BROKEN.verdict.headline)


def test_a_cause_has_a_tag_of_its_own_form_with_a_word_and_says_so_to_who_does_not_see_it() -> None:
    root = svg(BROKEN.graph)
    tagged = [each for each in root.iter(SVG + "g") if each.find(f"{SVG}path[@class='tag']") is not None]

    titles = {each.findtext(SVG + "title", "") for each in tagged}
    assert {title.partition(" (")[0] for title in titles} == {
        "postgres, database, failing: NoPods, cause 1",
        "keycloak says who people are to hub",
        "user-1, server, failing: OOMKilled, cause 3",
        "",  # the legend
    }
    assert "(cause 2; way: ✗ failing" in next(title for title in titles if "keycloak" in title)
    tags = [each.text for each in root.iter(SVG + "text") if each.get("class") == "tag-words"]
    assert sorted(filter(None, tags)) == ["1", "cause 1", "cause 2", "cause 3"]


def test_tags_are_explained_where_there_are_some() -> None:
    def legend(graph: Graph) -> bool:
        return any("trouble begins here" in (each.text or "") for each in svg(graph).iter(SVG + "text"))

    assert legend(BROKEN.graph)
    assert not legend(site().graph)


@given(HOSTILE)
def test_texts_of_others_add_no_kind_of_element_or_attribute_to_the_picture(graph: Graph) -> None:
    root = svg(graph)

    assert {each.tag for each in root.iter()} <= ELEMENTS
    assert {name for each in root.iter() for name in each.attrib} <= ATTRIBUTES


def test_the_page_says_every_sentence_and_explains_every_word() -> None:
    text = words(page(BROKEN.graph))

    assert [sentence for sentence in said(BROKEN.verdict) if sentence not in text] == []
    assert [word for word, meaning in meanings() if f"{word} {meaning}" not in text] == []
    assert [word for word, _ in meanings()] == [*Nature, *Confidence]


def test_the_page_leads_from_each_cause_to_what_is_known_of_it() -> None:
    text = page(BROKEN.graph)
    verdict = text[text.index('<section class="verdict"') : text.index('<p id="keys"')]

    parts = Page(text)
    names = {each["data-shape"]: each["data-name"] for each in parts.shapes}
    led_to = [names[each["data-shape"]] for each in Page(verdict).all("button")]
    assert led_to == ["postgres", "hub", "user-1"]
    labels = {each["data-name"]: str(each["aria-label"]) for each in parts.shapes}
    assert labels["postgres"].endswith(", cause 1")
    assert "Trouble begins here cause 1" in words(text)
    assert "keycloak (✗ failing: NoAnswer, cause 2)" in words(text)


@settings(max_examples=40)
@given(HOSTILE)
def test_texts_of_others_add_no_element_and_no_attribute_to_the_page(graph: Graph) -> None:
    ordinary = {tag for tag, _ in Page(page(BROKEN.graph)).form}
    hostile = Page(page(graph))

    assert {tag for tag, _ in hostile.form} <= ordinary
    assert not {name for _, each in hostile.elements for name in each if name.startswith("on")}
    assert not {"style", "src", "href", "action"} & {name for _, each in hostile.elements for name in each}
    assert hostile.comments == []


def test_when_nothing_is_wrong_the_page_says_so() -> None:
    assert '<h2 id="headline">Nothing is wrong.</h2>' in page(site().graph)


@pytest.mark.parametrize("version", [None, "7-1"])
def test_only_a_page_of_a_server_may_ask_that_server_and_carries_its_version(version: str | None) -> None:
    parts = Page(page(BROKEN.graph, version=version))

    policy = str(next(each["content"] for each in parts.all("meta") if "http-equiv" in each))
    assert ("connect-src 'self'" in policy) is (version is not None)
    assert policy.count("'sha256-") == (3 if version else 2)
    assert [each.get("data-version") for each in parts.all("main")] == [version]
    assert ("follow" in [each.get("id") for each in parts.all("input")]) is (version is not None)


def test_the_script_of_a_live_page_makes_no_markup() -> None:
    scripts = re.findall(r"<script>(.*?)</script>", page(BROKEN.graph, version="1"), re.S)

    assert len(scripts) == 2
    assert content(page(BROKEN.graph), "script") == scripts[0]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval|import\(", "".join(scripts)
    )
