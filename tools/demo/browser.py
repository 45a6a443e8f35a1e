"""A real browser for the checks: Debian's Chromium, driven by Playwright."""

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tools.cluster import Steps
from tools.cluster.packages import ensure_packages, find_program
from tools.demo.errors import DemoError

_ARGUMENTS = (
    "--no-sandbox",  # Chromium's own sandbox does not start as root; it visits nothing but our pages
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # No request to anybody but our hub.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium(steps: Steps) -> Generator[Browser]:
    """A browser without a window. Raises DemoError or ClusterError where there is none and none can be installed."""
    program = _find()
    if program is None:
        ensure_packages(["chromium"], steps, purpose="the check in a browser")
        program = _find()
    if program is None:
        raise DemoError("no Chromium on PATH, though its package is installed; put the program on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _find() -> str | None:
    return next((str(found) for name in _NAMES if (found := find_program(name))), None)
