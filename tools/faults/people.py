"""People who try to log in while a fault is there: each try has the hub write to its database."""

import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Final
from urllib.parse import urlsplit

import requests

_PAUSE: Final = 3.0
_TIMEOUT: Final = 10.0


@contextmanager
def logging_in(address: str) -> Generator[None]:
    """Somebody new tries to log in every few seconds, until the end of the block. ``address``: of the hub."""
    over = Event()
    thread = Thread(target=_try_again_and_again, args=(address, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _try_again_and_again(address: str, over: Event) -> None:
    while not over.is_set():
        with suppress(requests.RequestException):
            log_in(address, f"somebody-{secrets.token_hex(3)}")
        over.wait(_PAUSE)


def log_in(address: str, user: str) -> bool:
    """Log in by the provider of the demonstration, as a browser does, and start no server; whether it worked."""
    with requests.Session() as session:
        session.trust_env = False  # the addresses are those of the cluster's own network
        after = {"next": f"{urlsplit(address).path}hub/home"}
        form = session.get(f"{address}hub/oauth_login", params=after, timeout=_TIMEOUT)
        home = session.post(form.url, data={"sub": user}, timeout=_TIMEOUT)
    return home.ok
