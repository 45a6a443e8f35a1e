"""The main job, done as a user does it: log in, compute, save, stop, start again, find the file, log out."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Error, expect
from playwright.sync_api import TimeoutError as Late

from tools.cluster import Steps
from tools.demo.browser import chromium
from tools.demo.errors import DemoError
from tools.demo.settings import PASSWORD

_START_SECONDS = 180
_PAGE_SECONDS = 60
_RUN_SECONDS = 10
_RUNS = 6
_REPORT_PROGRESS = """
document.addEventListener("DOMContentLoaded", () => {
  const log = document.getElementById("progress-log");
  const report = (change) => change.addedNodes.forEach((node) => reportProgress(node.textContent));
  if (log) new MutationObserver((changes) => changes.forEach(report)).observe(log, {childList: true});
});
"""
_PROGRESS_SHOWN_OR_OVER = """() => {
  const message = document.getElementById("progress-message");
  return !message || message.textContent !== "";
}"""
_NOTEBOOK = "proof.ipynb"
_FILE = "proof.txt"


def check_main_job(address: str, *, user: str, screenshots: Path, steps: Steps) -> None:
    """Go through the main job at a hub; leaves a screenshot of each page.

    `address` is the hub's with its base URL. Raises DemoError that names the step that failed.
    """
    with chromium(steps) as browser:
        session = Session(browser, address, user, screenshots, steps)
        session.log_in()
        session.watch_start()
        session.compute()
        session.save()
        session.stop()
        session.start_again()
        session.find_saved()
        session.log_out()


class Session:
    """One user's way through the pages. Methods come in the order of the main job."""

    def __init__(self, browser: Browser, address: str, user: str, screenshots: Path, steps: Steps) -> None:
        self.address = address
        self.user = user
        self.progress: list[str] = []
        """The messages that progress pages showed."""
        self._steps = steps
        self._screenshots = screenshots
        self._shots = 0
        self.page = browser.new_page(viewport={"width": 1280, "height": 800})
        self.page.set_default_timeout(_PAGE_SECONDS * 1000)
        self.page.expose_function("reportProgress", self._hear)
        self.page.add_init_script(_REPORT_PROGRESS)
        expect.set_options(timeout=_PAGE_SECONDS * 1000)
        screenshots.mkdir(parents=True, exist_ok=True)
        for old in screenshots.glob("*.png"):
            old.unlink()

    @property
    def server_url(self) -> str:
        """Of the user's default server, ending with a slash."""
        return f"{self.address}user/{quote(self.user, safe='@~')}/"

    def log_in(self) -> None:
        with self._step("logging in"):
            self.page.goto(self.address)
            self.page.fill("#username_input", self.user)
            self.page.fill("#password_input", PASSWORD)
            self._shot("login")
            # The answer is a chain of redirects that ends at the progress page.
            self.page.click("#login_submit", no_wait_after=True)

    def watch_start(self) -> None:
        with self._step("watching the server start"):
            self.page.wait_for_url(re.compile(r"/hub/spawn-pending/"), wait_until="commit")
            # The page goes as soon as the server is there.
            self.page.wait_for_function(_PROGRESS_SHOWN_OR_OVER)
            self._shot("progress")
            self.wait_for_lab()
            self._shot("jupyterlab")
        if not self.progress:
            raise DemoError("the page on which a user waits for the server showed no progress")

    def compute(self) -> None:
        with self._step("running 2+2 in a new notebook"):
            self.open_notebook()
            self.run_cell("2+2", expected="4")
            self._shot("notebook")

    def save(self) -> None:
        with self._step("saving a file to the volume"):
            content = f"written by {self.user}"
            self.run_cell(f"open({_FILE!r}, 'w', encoding='utf-8').write({content!r})", expected=str(len(content)))
            self.page.keyboard.press("Control+s")
            # A notebook without a name of its own is given one at its first save.
            dialog = self.page.locator(".jp-Dialog")
            dialog.locator("input[type=text]").fill(_NOTEBOOK)
            self._shot("save")
            dialog.locator(".jp-mod-accept").click()
            tab = self.page.locator(".jp-mod-current.lm-TabBar-tab", has_text=_NOTEBOOK)
            expect(tab).to_be_visible()
            expect(tab).not_to_have_class(re.compile("jp-mod-dirty"))
            self._shot("saved")

    def stop(self) -> None:
        with self._step("stopping the server"):
            self._open_home()
            self.page.click("#stop")
            expect(self.page.locator("#start")).to_have_text(re.compile("Start My Server"))
            expect(self.page.locator("#stop")).to_be_hidden()
            self._shot("stopped")

    def start_again(self) -> None:
        with self._step("starting it again"):
            self.page.click("#start", no_wait_after=True)
            self.wait_for_lab()

    def find_saved(self) -> None:
        with self._step("finding what was saved"):
            self.page.goto(f"{self.server_url}lab/tree/{_NOTEBOOK}", wait_until="commit")
            outputs = self.page.locator(".jp-OutputArea-executeResult .jp-OutputArea-output")
            expect(outputs.first).to_have_text("4")
            self.page.goto(f"{self.server_url}lab/tree/{_FILE}", wait_until="commit")
            expect(self.page.locator(".jp-FileEditor .cm-content")).to_contain_text(f"written by {self.user}")
            self._shot("found-again")

    def log_out(self) -> None:
        with self._step("logging out"):
            self._open_home()
            self.page.click("#logout")
            self.page.wait_for_url(re.compile(r"/hub/log(in|out)"))
            self._shot("logged-out")
            self.page.goto(f"{self.server_url}lab")
            expect(self.page.locator("#username_input")).to_be_visible()

    def wait_for_lab(self) -> None:
        """Until JupyterLab is there, and offers a new notebook."""
        self.page.wait_for_url(re.compile(r"/user/.+/lab"), timeout=_START_SECONDS * 1000, wait_until="commit")
        expect(self.page.locator(".jp-Launcher").first).to_be_visible()
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0)

    def open_notebook(self) -> None:
        """A new one, from what JupyterLab offers."""
        self.page.locator('.jp-LauncherCard[data-category="Notebook"]').first.click()
        self._wait_for_kernel()

    def run_cell(self, code: str, *, expected: str) -> None:
        """Type code into the last cell of the notebook, run it, see its result, and open a new cell."""
        cells = self.page.locator(".jp-NotebookPanel .jp-CodeCell")
        cell = cells.nth(cells.count() - 1)
        result = cell.locator(".jp-OutputArea-executeResult .jp-OutputArea-output")
        cell.locator(".cm-content").click()
        self.page.keyboard.insert_text(code)
        for _ in range(_RUNS):
            self.page.keyboard.press("Control+Enter")
            try:
                result.wait_for(timeout=_RUN_SECONDS * 1000)
            except Late:
                continue  # Lab drops a run that is asked for while it connects to the kernel
            break
        expect(result).to_have_text(expected)
        for key in ("Escape", "b", "Enter"):
            self.page.keyboard.press(key)

    def _hear(self, message: str) -> None:
        self.progress.append(message)

    def _open_home(self) -> None:
        # What Lab holds unsaved would ask whether to leave; there is nothing.
        self.page.goto(f"{self.address}hub/home")

    def _wait_for_kernel(self) -> None:
        expect(self.page.locator(".jp-NotebookPanel")).to_be_visible()
        idle = self.page.locator('.jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status="idle"]')
        expect(idle).to_be_visible()

    def _shot(self, name: str) -> None:
        self._shots += 1
        self.page.screenshot(path=self._screenshots / f"{self._shots:02}-{name}.png")

    @contextmanager
    def _step(self, title: str) -> Generator[None]:
        with self._steps.step(title):
            try:
                yield
            except (Error, AssertionError) as error:
                self._shot("failed")
                shots = self._screenshots
                raise DemoError(
                    f"{title} failed at {self.page.url}: {error}\nSee the screenshots in {shots}"
                ) from error
