"""Logs in as people do where an OAuth provider says who they are; their servers start by that."""

import re
from collections.abc import Iterable

from playwright.sync_api import Browser, Error

from tools.cluster import Steps
from tools.demo.browser import chromium
from tools.demo.errors import DemoError

_PAGE_SECONDS = 60


def start_servers(address: str, users: Iterable[str], steps: Steps) -> None:
    """Log in as each of these users in a real browser, and ask for their servers, which need not be there on return.

    `address` is the hub's with its base URL. Raises DemoError that names the user and the page at which it failed.
    """
    with chromium(steps) as browser:
        for user in users:
            with steps.step(f"logging in as {user}"):
                _log_in(browser, address, user)


def _log_in(browser: Browser, address: str, user: str) -> None:
    with browser.new_context() as cookies_of_their_own:
        page = cookies_of_their_own.new_page()
        page.set_default_timeout(_PAGE_SECONDS * 1000)
        try:
            page.goto(f"{address}hub/spawn")
            page.get_by_role("button", name="Sign in with").click()
            page.fill("input[name=sub]", user)
            page.get_by_role("button", name="Authorize").click(no_wait_after=True)
            # Back at the hub, which shows the start of the server, or the server itself.
            page.wait_for_url(re.compile(r"/hub/spawn-pending/|/user/"), wait_until="commit")
        except Error as error:
            raise DemoError(f"logging in as {user} failed at {page.url}: {error}") from error
