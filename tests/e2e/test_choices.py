"""Somebody chooses in a browser, and the cluster runs what they chose: the Template of the tutorial, on a real node."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from jupyternetes.cli.templates.cases import failures, suites, template_for
from tests.e2e.hub_session import HubSession
from tests.e2e.servers import Server
from tests.e2e.site_hub import SiteHub
from tests.support.waiting import eventually
from tools.demo.demo import Demo
from tools.demo.settings import CHECKOUT, NAMESPACE, PASSWORD

EXAMPLE = CHECKOUT / "examples/course"
MINUTES = 3 * 60_000


@pytest.fixture(scope="module")
def hub(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteHub]:
    demo.kubectl.apply([yaml.safe_load((EXAMPLE / "template.yaml").read_text())])
    hub = SiteHub(
        name="choices",
        python=Path(sys.executable),
        folder=tmp_path_factory.mktemp("choices"),
        demo=demo,
        templates=("course",),
    )
    try:
        with hub.running():
            yield hub
    finally:
        demo.kubectl.run("delete", "jupyternotebooktemplate", "course", "--ignore-not-found")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(MINUTES)
        yield page


@pytest.fixture
def server(request: pytest.FixtureRequest, demo: Demo, hub: SiteHub) -> Iterator[Server]:
    """That of the user whom the test is about."""
    server = Server(demo.kubectl, request.param, hub_id=hub.name)
    yield server
    server.forget()


def come(page: Page, hub: SiteHub, user: str) -> None:
    """Log in, and see the form."""
    page.goto(f"{hub.address}hub/login")
    page.fill("#username_input", user)
    page.fill("#password_input", PASSWORD)
    page.click("#login_submit", no_wait_after=True)
    page.wait_for_url("**/hub/spawn*")


def titles(page: Page) -> list[str]:
    """The choices that are offered."""
    return [label.inner_text() for label in page.locator(".jupyternetes-choice label").all()]


@pytest.mark.parametrize("server", ["ben"], indirect=True)
def test_what_somebody_chooses_is_what_runs_and_what_is_offered_next_time_F01_F02(
    hub: SiteHub, server: Server, page: Page
) -> None:
    come(page, hub, "ben")
    assert titles(page) == ["Small", "Medium", "Large"], "no GPU, which is for others"
    page.get_by_label("Medium").check()
    page.get_by_role("button", name="Start").click(no_wait_after=True)
    page.wait_for_url(re.compile(r"/user/ben/"))

    (container,) = server.the_pod()["spec"]["containers"]
    assert container["resources"]["limits"] == {"cpu": "1", "memory": "1Gi"}
    user = HubSession(hub.address, "ben")
    user.open_lab()
    user.stop()
    page.goto(f"{hub.address}hub/spawn")
    expect(page.get_by_label("Medium")).to_be_checked()


@pytest.mark.parametrize("server", ["ben"], indirect=True)
def test_the_api_refuses_what_the_form_does_not_offer_F03_F10(hub: SiteHub, server: Server) -> None:
    HubSession(hub.address, "ben")
    options = {"template": f"{NAMESPACE}/course", "variables": {"size": "gpu", "purpose": "fun"}}

    answer = hub.as_grader("POST", "users/ben/server", options)

    assert answer.status_code == 400
    assert "must be one of small, medium, large" in answer.json()["message"]
    assert not server.exists()


@pytest.mark.parametrize("server", ["ada"], indirect=True)
def test_a_refused_form_comes_back_with_what_was_chosen_and_the_wait_is_explained(
    demo: Demo, hub: SiteHub, server: Server, page: Page
) -> None:
    come(page, hub, "ada")
    assert titles(page) == ["Small", "Medium", "Large", "One GPU"]
    expect(page.get_by_label("What the GPU is for")).to_be_hidden()
    page.get_by_label("One GPU").check()
    page.get_by_role("button", name="Start").click()

    expect(page.locator(".alert-danger").first).to_contain_text("Say what the GPU is for.")
    expect(page.get_by_label("One GPU")).to_be_checked()
    page.get_by_label("What the GPU is for").fill("training for lesson three")
    page.get_by_role("button", name="Start").click(no_wait_after=True)
    page.wait_for_url("**/hub/spawn-pending/**")

    expect(page.locator("#progress-log")).to_contain_text("Insufficient nvidia.com/gpu")
    pod = server.the_pod()
    assert pod["metadata"]["annotations"]["purpose"] == "training for lesson three"
    assert pod["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    hub.as_grader("DELETE", "users/ada/server")
    eventually(lambda: server.pods() == [])


def test_the_tests_that_stand_beside_the_template_pass() -> None:
    (suite,) = suites(str(EXAMPLE / "template-test.yaml"))
    template = template_for(suite, str(EXAMPLE / "template-test.yaml"))
    assert {case.name: failures(case, template) for case in suite.tests} == {case.name: [] for case in suite.tests}
