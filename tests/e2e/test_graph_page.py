"""The page of a graph in a real browser: can everybody use it, as far as a program can tell?

axe-core finds what breaks a rule of WCAG 2.2, levels A and AA: https://www.w3.org/TR/WCAG22/
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from jupyternetes.graph.causes.verdict import judge_once
from jupyternetes.graph.drawing.html import render_html
from jupyternetes.graph.drawing.judged import locate_causes
from jupyternetes.graph.model.fold import fold
from jupyternetes.graph.model.graph import Graph, assemble
from jupyternetes.graph.model.kinds import SERVER, State
from tests.e2e.live_page import LivePage
from tests.support.graph_site import site
from tests.unit.graph.discovery.recordings import JUPYTERNETES, OPENSHIFT, graph_of
from tests.unit.graph.drawing.drawn_graphs import node, shared_hub, with_texts

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
HOSTILE = ("</script><script>alert(1)</script>", "\u202eevil", "a\nb\tc", "a" * 300, "", "漢字 & <b>bold</b> \"'")


def crowd() -> Graph:
    """More servers than shapes, in every state."""
    states = cycle(State)
    return assemble([node(SERVER, f"user {number}", next(states), template="t") for number in range(300)], [])


GRAPHS: dict[str, Callable[[], Graph]] = {
    "a deployment in trouble": shared_hub,
    "hostile names": lambda: with_texts(shared_hub(), cycle(HOSTILE).__next__),
    "folded servers": crowd,
    "recorded Jupyternetes": lambda: graph_of(JUPYTERNETES),
    "recorded OpenShift": lambda: graph_of(OPENSHIFT),
    "nothing": lambda: assemble([], []),
}
TROUBLE = site(60).ill("database", "NoPods").unanswered("oauth", "hub").ill("server/user-1", "OOMKilled").graph
JUDGED: dict[str, Callable[[], Graph]] = {
    "causes": lambda: TROUBLE,
    "hostile names": GRAPHS["hostile names"],
    "nothing is wrong": lambda: site().graph,
}


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """An empty page; fails in the end if the browser complained of any, as of a breach of its policy."""
    complaints: list[str] = []
    context = browser.new_context()

    def made() -> Page:
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield made
    context.close()
    assert complaints == []


@pytest.fixture
def open_page(new_page: Callable[[], Page], tmp_path: Path) -> Callable[..., Page]:
    """Opens the page of a graph."""

    def opened(graph: Graph, *, width: int = 1280, with_verdict: bool = False, **media: Any) -> Page:
        file = tmp_path / "graph.html"
        drawn, verdict = locate_causes(judge_once(graph), graph) if with_verdict else (fold(graph), None)
        file.write_text(render_html(drawn, graph, verdict), encoding="utf-8")
        page = new_page()
        page.set_viewport_size({"width": width, "height": 640})
        page.emulate_media(**media)
        page.goto(file.as_uri())
        return page

    return opened


@pytest.fixture
def live() -> Iterator[LivePage]:
    """The server of a page that follows a deployment in which nothing is wrong."""
    with LivePage().serving(site(60).graph) as serving:
        yield serving


#: A transition that was cut short has ended too.
ALL_COLOURS_STAND: Final = """() => Promise.allSettled(
    document.getAnimations().filter(each => each instanceof CSSTransition).map(each => each.finished))"""


def violations(page: Page) -> str:
    """What axe-core has to say once all colours stand, with the elements; empty if it finds nothing."""
    page.evaluate(ALL_COLOURS_STAND)
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    results = Axe().run(page, options=options)
    return results.generate_report() if results.violations_count else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", GRAPHS)
def test_the_page_breaks_no_rule_of_wcag(open_page: Callable[..., Page], name: str, scheme: str) -> None:
    page = open_page(GRAPHS[name](), color_scheme=scheme)

    assert violations(page) == ""
    page.locator(".shape").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".panel article:visible").count() == 1
    assert violations(page) == ""


@pytest.mark.parametrize(
    "media", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}, {"width": 320}]
)
@pytest.mark.parametrize("name", JUDGED)
def test_the_page_of_a_verdict_breaks_none(open_page: Callable[..., Page], name: str, media: dict[str, Any]) -> None:
    page = open_page(JUDGED[name](), with_verdict=True, **media)

    assert violations(page) == ""
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(page) == ""


def test_the_keyboard_leads_from_a_cause_to_what_is_known_of_it(open_page: Callable[..., Page]) -> None:
    page = open_page(TROUBLE, with_verdict=True)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    shown = page.locator(".panel article:visible")
    assert shown.locator("h2").text_content() == "postgres"
    assert "cause 1" in (shown.text_content() or "")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "the hub's database postgres"


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"media": "print"}])
def test_the_page_breaks_none_with_other_settings_of_the_reader(
    open_page: Callable[..., Page], media: dict[str, str]
) -> None:
    assert violations(open_page(shared_hub(), **media)) == ""


@pytest.mark.parametrize("name", ["a deployment in trouble", "hostile names"])
def test_the_page_breaks_none_on_a_narrow_screen(open_page: Callable[..., Page], name: str) -> None:
    page = open_page(GRAPHS[name](), width=320)

    assert violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, "only parts of the page scroll to the side"


def test_the_page_breaks_none_while_somebody_looks_for_a_name(open_page: Callable[..., Page]) -> None:
    page = open_page(shared_hub())

    page.locator("#filter").fill("User 2")

    assert page.locator("#found").text_content() == "2 of 15 nodes"
    assert violations(page) == ""


def test_rules_that_are_broken_are_found(open_page: Callable[..., Page]) -> None:
    page = open_page(shared_hub())

    page.evaluate("document.querySelector('label').remove()")

    assert "label" in violations(page)


def follows(page: Page) -> Page:
    """Until the page follows."""
    expect(page.locator("#updates")).to_have_text("What is new is shown by itself.")
    return page


def opened(new_page: Callable[[], Page], live: LivePage) -> Page:
    page = new_page()
    page.goto(live.address)
    return follows(page)


def test_a_page_that_follows_shows_what_is_new_and_says_so(new_page: Callable[[], Page], live: LivePage) -> None:
    page = opened(new_page, live)
    expect(page.locator("#headline")).to_have_text("Nothing is wrong.")
    assert violations(page) == ""

    live.publish(TROUBLE)

    expect(page.locator("#headline")).to_have_text("The cause is the hub's database postgres.")
    expect(page.locator("#updates")).to_have_text("The cause is the hub's database postgres.")
    assert page.locator("svg .tag").count() == 4
    assert violations(page) == ""


def test_what_somebody_does_goes_on_when_something_new_is_shown(new_page: Callable[[], Page], live: LivePage) -> None:
    page = opened(new_page, live)
    page.locator(".shape[data-name='postgres']").focus()
    page.keyboard.press("Enter")
    page.locator(".panel article:visible button").first.focus()
    focused = page.evaluate("document.activeElement.dataset.name")

    live.publish(TROUBLE)

    expect(page.locator(".panel article:visible")).to_contain_text("cause 1")
    assert page.evaluate("document.activeElement.dataset.name") == focused
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.name") == "postgres"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.name") == "hub"


def test_nothing_is_replaced_while_somebody_types_or_does_not_want_it(
    new_page: Callable[[], Page], live: LivePage
) -> None:
    page = opened(new_page, live)
    page.locator("#filter").fill("post")
    live.publish(TROUBLE)
    page.locator("#filter").press_sequentially("gres")
    expect(page.locator("#headline")).to_have_text("Nothing is wrong.")

    page.locator("#follow").uncheck()
    expect(page.locator("#headline")).to_have_text("Nothing is wrong.")
    page.locator("#follow").check()

    expect(page.locator("#headline")).to_have_text("The cause is the hub's database postgres.")
    assert page.locator("#filter").input_value() == "postgres"
    expect(page.locator("#found")).to_have_text("2 of 15 nodes")


def test_a_page_that_comes_when_it_is_not_wanted_any_more_is_not_shown(
    new_page: Callable[[], Page], live: LivePage
) -> None:
    page, held = opened(new_page, live), list[Route]()
    page.route(live.address, lambda route: held.append(route))
    with page.expect_request(live.address):
        live.publish(TROUBLE)
    page.locator("#follow").uncheck()

    with page.expect_request_finished():
        held[0].continue_()
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(page.locator("#headline")).to_have_text("Nothing is wrong.")

    page.unroute(live.address)
    page.locator("#follow").check()
    expect(page.locator("#headline")).to_have_text("The cause is the hub's database postgres.", timeout=30_000)


def test_without_scripts_the_page_is_read_and_reloaded(browser: Browser, live: LivePage) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(live.address)
        expect(page.locator("#updates")).to_have_text("Reload the page to see what is new.")
        live.publish(TROUBLE)
        page.reload()
        expect(page.locator("#headline")).to_have_text("The cause is the hub's database postgres.")


def test_a_page_of_another_site_reads_nothing(browser: Browser, live: LivePage) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{live.address}healthz")
        other = live.address.replace("localhost", "127.0.0.1")
        read = "fetch(url).then((answer) => answer.text()).catch(() => 'refused')"

        assert page.evaluate(f"(url) => {read}", f"{other}causes.json") == "refused"
        page.set_content(f"<a href='{other}'>look</a>")
        page.locator("a").click()
        assert "type the address" in (page.text_content("body") or "")


def test_a_server_that_is_gone_is_told(browser: Browser) -> None:
    with browser.new_context() as context, LivePage().serving(TROUBLE) as live:
        page = context.new_page()
        page.goto(live.address)
        follows(page)
        live.stop()

        expect(page.locator("#updates")).to_contain_text("The server does not answer")
        expect(page.locator("#headline")).to_have_text("The cause is the hub's database postgres.")
