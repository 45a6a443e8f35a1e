"""The options form on the spawn page of both JupyterHubs, in a real browser: can everybody use it?

Pictures of it stay in build/options-form.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, ViewportSize, expect

from tests.e2e.form_hub.forms import ODD
from tests.e2e.form_hub.hub import CHECKOUT, FormHub, Sent, running_hub
from tests.e2e.test_graph_page import violations
from tests.unit.options.drawn_forms import COURSE, FULL, PLAIN

ENVIRONMENTS = {"6.1": CHECKOUT / ".venv", "5.5": CHECKOUT / ".venv/jupyterhub-5"}
ENTRIES = {each.name: f"{FULL.key}/{each.name}" for each in FULL.fields}
PICTURES = CHECKOUT / "build/options-form"
WIDE: ViewportSize = {"width": 1280, "height": 1024}
NARROW: ViewportSize = {"width": 320, "height": 640}
#: What is left of 1280 to 1024 pixels when somebody makes everything four times as large.
ENLARGED: ViewportSize = {"width": 320, "height": 256}
NO_SCRIPT = {"java_script_enabled": False}


class Visit:
    """Somebody who came to the form of `hub`. `complaints`: what the browser finds wrong with pages."""

    def __init__(self, hub: FormHub, page: Page, form: str, complaints: list[str]) -> None:
        self.page = page
        self.complaints = complaints
        self._hub = hub
        self._user = hub.new_user(form)
        page.goto(f"{hub.address}/hub/login?next=/hub/health")
        page.locator("#username_input").fill(self._user)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{hub.address}/hub/health")
        page.goto(f"{hub.address}/hub/spawn")  # no redirection, of which Playwright would not tell `prepare`

    def start(self) -> Sent:
        """Press the button; what the hub got."""
        self.page.get_by_role("button", name="Start").click()
        return self.sent()

    def sent(self) -> Sent:
        """What the hub got, which starts a server now."""
        self.page.wait_for_url("**/hub/spawn-pending/**")
        return self._hub.sent_by(self._user)[-1]

    def take_picture(self, name: str) -> None:
        """Keep what the page looks like, as a whole."""
        path = PICTURES / self._hub.version / f"{name}.png"
        self.page.screenshot(path=path, full_page=True, scale="css")

    def visible(self) -> list[str]:
        """The variables whose fields can be seen."""
        return [
            str(field.get_attribute("data-variable"))
            for field in self.page.locator("[data-variable]").all()
            if field.is_visible()
        ]

    def tab_to(self, selector: str) -> None:
        """Press the tabulator until the element has the focus."""
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.page.locator(selector).first.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"the keyboard does not lead to {selector}")


Visitor = Callable[..., Visit]


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FormHub]:
    python = ENVIRONMENTS[request.param] / "bin/python"
    found = [*python.parents[1].glob(f"lib/*/site-packages/jupyterhub-{request.param}.*.dist-info")]
    assert found, "run: make env jupyterhub-5"
    with running_hub(request.param, python, tmp_path_factory.mktemp("form-hub")) as hub:
        yield hub


@pytest.fixture
def visit(browser: Browser, hub: FormHub) -> Iterator[Visitor]:
    """Lets somebody come to a form, with a browser that is set up so; fails in the end if the browser complained."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def complained(message: ConsoleMessage) -> None:
        # JupyterHub's style sheet names files that it lacks.
        if message.type in {"error", "warning"} and "/hub/components/" not in message.location["url"]:
            complaints.append(f"{message.text} ({message.location['url']})")

    def come(form: str, *, prepare: Callable[[Page], None] = lambda page: None, **settings: Any) -> Visit:
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.on("console", complained)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        prepare(page)
        return Visit(hub, page, form, complaints)

    yield come
    for context in contexts:
        context.close()
    assert complaints == []


def with_strict_policy(page: Page) -> None:
    """Allow only what the hub serves, and the scripts that JupyterHub itself has in its page, by their hashes."""

    def answer(route: Route) -> None:
        response = route.fetch(max_redirects=0)
        around_the_form = re.sub(r"<form.*</form>", "", response.text(), flags=re.S)
        scripts = re.findall(r"<script(?: type=\"text/javascript\")?>(.*?)</script>", around_the_form, re.S)
        hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
        assert len(hashes) == 2 or response.status != 200
        allowed = " ".join(f"'sha256-{each}'" for each in hashes)
        policy = (
            f"default-src 'none'; script-src 'self' {allowed}; style-src 'self'; img-src 'self' data:; "
            "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": policy})

    page.route(re.compile(r"^[^?]*/hub/spawn$"), answer)


@pytest.mark.parametrize("form", ["three", "one", "nothing", "long", "hostile"])
def test_the_page_breaks_no_rule_of_wcag_and_scrolls_in_one_direction(visit: Visitor, form: str) -> None:
    here = visit(form, device_scale_factor=4)
    page = here.page

    for size in (WIDE, NARROW, ENLARGED):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
            assert violations(page) == ""
            here.take_picture(f"{form}-{size['width']}x{size['height']}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(forced_colors="active")
    assert violations(page) == ""
    assert page.title() == "JupyterHub"


def test_the_whole_form_breaks_no_rule_of_wcag_while_nothing_is_hidden(visit: Visitor) -> None:
    def without_script(page: Page) -> None:
        page.route("**/form.js?*", lambda route: route.fulfill(body=""))

    here = visit("three", prepare=without_script)

    assert here.visible() == [*ENTRIES, "name"]
    assert violations(here.page) == ""


@pytest.mark.parametrize("settings", [{}, NO_SCRIPT], ids=["script", "no script"])
def test_the_keyboard_is_enough(visit: Visitor, settings: dict[str, Any]) -> None:
    here = visit("three", **settings)

    here.tab_to("input[name=template]:checked")
    here.page.keyboard.press("ArrowDown")
    here.page.keyboard.press("ArrowDown")
    here.tab_to(f"[name='{COURSE.key}/name']")
    here.page.keyboard.press("Control+A")
    here.page.keyboard.type("optics")
    here.tab_to("button[type=submit]")
    here.page.keyboard.press("Enter")

    assert here.sent()[1:3] == (COURSE.key, {"name": "optics"})


def test_only_the_fields_of_the_chosen_template_are_seen_and_sent(visit: Visitor) -> None:
    here = visit("three")
    assert here.visible() == ["size", "region", "hours", "scratch", "backup", "extra"]

    here.page.get_by_role("radio", name="Plain").check()
    assert here.visible() == []
    here.page.get_by_role("radio", name="Course").check()
    assert here.visible() == ["name"]

    sent = here.start()
    assert sent.names == [f"{COURSE.key}/name", "template"]


def test_a_template_without_fields_starts(visit: Visitor) -> None:
    here = visit("three")
    here.page.get_by_role("radio", name="Plain").check()

    assert here.start()[1:] == (PLAIN.key, {}, ["template"])


def test_a_field_is_seen_and_sent_while_it_applies(visit: Visitor) -> None:
    here = visit("one")
    here.page.get_by_label("One A100").check()
    assert "dataset" in here.visible()
    here.page.get_by_label("Data set").fill("stars")
    here.page.get_by_label("Small").check()
    assert "dataset" not in here.visible()

    sent = here.start()

    assert sorted(sent.texts) == ["backup", "extra", "hours", "region", "scratch", "size"]


def test_fields_that_depend_on_fields_that_depend_on_fields_follow(visit: Visitor) -> None:
    here = visit("chain")
    assert here.visible() == ["size"]

    here.page.locator("[value='\"large\"']").check()
    assert here.visible() == ["size", "fast", "disk"]
    here.page.get_by_label("Fast").uncheck()
    assert here.visible() == ["size", "fast"]
    here.page.locator("[value='\"\\\\n\"']").check()
    assert here.visible() == ["size", "fast"]

    assert here.start()[1:3] == ("ns/chain", {"size": "\n", "fast": "false"})


def test_without_script_everything_can_be_seen_and_what_was_chosen_starts(visit: Visitor) -> None:
    here = visit("three", **NO_SCRIPT)
    assert here.visible() == [*ENTRIES, "name"]
    here.page.get_by_label("Small").check()
    here.page.get_by_label("Region").select_option("Region 7")
    here.page.get_by_label("Hours").fill("8")
    here.page.get_by_label("Keep a copy").uncheck()

    assert here.start()[1:3] == (
        FULL.key,
        {
            "size": "small",
            "region": "r7",
            "dataset": "",
            "hours": "8",
            "scratch": "10Gi",
            "backup": "false",
            "extra": '{\n  "a": [1]\n}',
        },
    )


@pytest.mark.parametrize("settings", [{}, NO_SCRIPT], ids=["script", "no script"])
def test_odd_values_arrive_as_they_are(visit: Visitor, settings: dict[str, Any]) -> None:
    odd = {f"odd-{place}": value for place, value in enumerate(ODD)}

    assert visit("odd", **settings).start().texts == {**odd, "lines": "\none\ntwo\n"}


def test_what_was_refused_has_the_focus_and_leads_to_its_field(visit: Visitor) -> None:
    here = visit("three", **NO_SCRIPT)
    here.page.get_by_label("Hours").evaluate("element => element.removeAttribute('max')")
    here.page.get_by_label("Hours").fill("99")
    here.page.get_by_role("button", name="Start").click()

    summary = here.page.get_by_role("group", name="The server was not started")
    expect(summary).to_be_focused()
    here.page.keyboard.press("Tab")
    expect(here.page.get_by_role("link", name="Hours: must be at most 8")).to_be_focused()
    here.page.keyboard.press("Enter")
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Shift+Tab")
    hours = here.page.get_by_label("Hours")
    expect(hours).to_be_focused()
    expect(hours).to_have_attribute("aria-invalid", "true")
    expect(hours).to_have_accessible_description("must be at most 8 From 1 to 8.")
    here.page.keyboard.type("4")
    here.page.keyboard.press("Enter")

    assert here.sent().texts["hours"] == "4"


def test_what_was_refused_breaks_no_rule_of_wcag(visit: Visitor) -> None:
    here = visit("one")
    here.page.get_by_label("Hours").evaluate("element => element.removeAttribute('max')")
    here.page.get_by_label("Hours").fill("99")
    here.page.get_by_role("button", name="Start").click()

    expect(here.page.locator(".jupyternetes-problem")).to_have_text("must be at most 8")
    assert violations(here.page) == ""
    here.take_picture("one-refused")


def test_a_strict_policy_stops_nothing_of_ours(visit: Visitor) -> None:
    here = visit("three", prepare=with_strict_policy)
    expect(here.page.locator(".jupyternetes-card").first).to_have_css("border-top-style", "solid")

    here.page.get_by_role("radio", name="Course").check()

    assert here.visible() == ["name"]
    assert here.start().names == [f"{COURSE.key}/name", "template"]


def test_a_strict_policy_stops_what_is_inline(visit: Visitor) -> None:
    here = visit("one", prepare=with_strict_policy)
    assert here.complaints == []

    with here.page.expect_console_message(lambda message: "violates the following Content" in message.text):
        here.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'let x = 1'}))")

    here.complaints.clear()


def test_somebody_who_comes_back_sees_what_belongs_to_the_choice(visit: Visitor) -> None:
    here = visit("three")
    here.page.get_by_role("radio", name="Course").check()
    here.page.goto(here.page.url.replace("spawn", "token"))

    here.page.go_back()

    expect(here.page.locator(".jupyternetes-card").first).to_be_visible()
    chosen = here.page.locator("input[name=template]:checked").get_attribute("value")
    expect(here.page.locator(".jupyternetes-options:visible")).to_have_attribute("data-template", str(chosen))
