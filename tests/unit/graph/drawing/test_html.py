"""The page: complete as text, closed to everything from outside, and deaf to markup in names."""

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given, settings

from jupyternetes.graph.drawing.html import render_html
from jupyternetes.graph.model.graph import Graph, assemble
from jupyternetes.graph.model.kinds import Capability
from tests.unit.graph.drawing.drawn_graphs import HOSTILE, cut_off, shared_hub, with_texts

ORDINARY = render_html(with_texts(shared_hub(), lambda: "ordinary"))


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text in each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.comments: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append((self.elements[-1][0] if self.elements else "", data))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def form(self) -> list[tuple[str, list[str]]]:
        """What names of others must not change."""
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.elements if each == tag]

    @property
    def shapes(self) -> list[dict[str, str | None]]:
        return [each for each in self.all("g") if each.get("class") == "shape"]


def content(page: str, tag: str) -> str:
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
    assert len(found) == 1
    return found[0]


@settings(max_examples=40)
@given(HOSTILE)
def test_texts_of_others_add_no_element_and_no_attribute(graph: Graph) -> None:
    page = Page(render_html(graph))

    assert page.form == Page(ORDINARY).form
    assert page.comments == []


@settings(max_examples=10)
@given(HOSTILE)
def test_script_and_style_are_the_same_for_every_graph(graph: Graph) -> None:
    ours, theirs = ORDINARY, render_html(graph)

    assert content(ours, "script") == content(theirs, "script")
    assert Page(ours).all("meta") == Page(theirs).all("meta")


def test_the_policy_allows_one_script_and_one_style_by_their_hashes() -> None:
    text = render_html(shared_hub())
    policy = next(each["content"] for each in Page(text).all("meta") if "http-equiv" in each)

    def digest(tag: str) -> str:
        return base64.b64encode(hashlib.sha256(content(text, tag).encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digest('script')}'; style-src 'sha256-{digest('style')}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def test_nothing_is_fetched_or_run_besides() -> None:
    text = render_html(shared_hub())
    attributes = {name for _, each in Page(text).elements for name in each}

    assert not attributes & {"style", "src", "href", "action"}
    assert not {each for each in attributes if each.startswith("on")}
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|fetch|import", content(text, "script")
    )
    assert not re.search(r"url\(|@import", content(text, "style"))


def test_a_shape_can_be_reached_and_says_what_it_is() -> None:
    shapes = Page(render_html(shared_hub())).shapes

    assert [each["tabindex"] for each in shapes] == ["0"] + ["-1"] * (len(shapes) - 1)
    assert {each["role"] for each in shapes} == {"button"}
    labels = {each["aria-label"] for each in shapes}
    assert {
        "db, database, failing: CrashLoopBackOff",
        "409 servers of minimal, server, ok",
        "people can save",
    } <= labels


def test_arrows_lead_from_shape_to_shape() -> None:
    shapes = {str(each["data-name"]): each for each in Page(render_html(shared_hub())).shapes}
    by_number = {each["data-shape"]: name for name, each in shapes.items()}

    def names(shape: str, way: str) -> set[str]:
        return {by_number[number] for number in str(shapes[shape][way]).split()}

    assert names("db", "data-next") == {"hub"}
    assert names("hub", "data-previous") == {"Kubernetes API", "kube-dns", "oauth", "db", "proxy"}
    assert names("save", "data-previous") >= {"User 1", "home-User 1"}


def test_every_shape_has_its_details_and_every_button_leads_to_some() -> None:
    page = Page(render_html(shared_hub()))

    details = {str(each["id"]).removeprefix("details-") for each in page.all("article")}
    assert {str(each["data-shape"]) for each in page.shapes} == details
    assert {str(each["data-shape"]) for each in page.all("button")} <= details


def test_the_details_say_state_observability_impact_and_evidence() -> None:
    text = render_html(shared_hub())
    article = next(each for each in text.split("<article")[1:] if "<h2><bdi>db</bdi>" in each).split("</article>")[0]
    said = re.sub(r"<[^>]+>", " ", article)

    for expected in (
        "✗ failing: CrashLoopBackOff",
        "log in fails for all",
        "It keeps the state of   hub",
        "can harm: log in, start, within 60 s; guessed: the only pod with port 5432",
        "db-data   holds the files of it",
    ):
        assert expected in said


def test_a_way_that_fails_is_told_at_both_its_ends_and_in_the_table() -> None:
    text = render_html(cut_off())
    said = re.sub(r"<[^>]+>", " ", text)

    assert said.count("way: ✗ failing: NoAnswer. The hub says: It is refused") >= 2
    assert "dns, db (✗ failing: NoAnswer)" in said


def test_everything_of_the_picture_is_in_a_table_too() -> None:
    graph = shared_hub()
    page = Page(render_html(graph))

    rows = [each["data-name"] for each in page.all("tr") if "data-name" in each]
    in_picture = [each["data-name"] for each in page.shapes if each["data-name"] not in [*Capability]]
    assert rows == in_picture
    assert len(rows) == len(graph.nodes)
    assert {"logs of the hub", "no right: get pods/log", "graph.logs=true"} <= {text for _, text in page.texts}


def test_a_graph_without_nodes_and_gaps_is_a_page_too() -> None:
    assert "Everything that was asked for could be seen." in render_html(assemble((), ()))


def test_the_same_graph_gives_the_same_page() -> None:
    graph = shared_hub()

    turned = assemble(
        graph.nodes[::-1], graph.edges[::-1], deployment=graph.deployment, taken=graph.taken, gaps=graph.gaps
    )

    assert render_html(turned) == render_html(graph)
