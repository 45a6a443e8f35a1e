"""Host and port of a URL, and nothing else of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.hub_dependencies.addresses import NOWHERE, HostPort, address_of, checked_host, checked_port


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://login.example.org/oauth2/token", HostPort("login.example.org", 443)),
        ("http://mock.auth.svc:8080/token", HostPort("mock.auth.svc", 8080)),
        ("http://[fd00::1]:8001", HostPort("fd00::1", 8001)),
        ("https://user:secret@example.org/x", HostPort("example.org", 443)),
        ("ldaps://ldap.example.org", HostPort("ldap.example.org", 636)),
    ],
)
def test_url_names_a_host_and_a_port(url: str, address: HostPort) -> None:
    assert address_of(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http+unix://%2Fsrv%2Fproxy.sock",
        "https://user:sec/ret@example.org",
        "https://user:sec?ret@example.org",
        "https://user:sec#ret@example.org",
        "https://user:secret",
        "https://[secret",
    ],
)
def test_url_that_may_hide_a_password_names_nothing(url: str) -> None:
    assert address_of(url) == NOWHERE


_AROUND = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("@/?#:&[]"), max_size=3)


@given(
    before=_AROUND,
    after=_AROUND,
    shape=st.sampled_from(
        ["https://hub:{}@login/token", "https://{}:x@login/token", "https://login/{}?x", "http://login:80/?token={}"]
    ),
)
def test_user_password_and_path_are_never_told(before: str, after: str, shape: str) -> None:
    assert "canary" not in address_of(shape.format(f"{before}Canary{after}")).host.lower()


@pytest.mark.parametrize(
    "text", [None, "", "/var/run/postgresql", "user@host", "a b", "a" * 254, 5432, "fe80::1%secret/"]
)
def test_what_is_no_host_is_not_told(text: object) -> None:
    assert checked_host(text) == ""


@pytest.mark.parametrize(
    ("value", "port"), [(5432, 5432), ("5432", 5432), (0, 0), (-1, 0), (65536, 0), ("٤", 0), ("9" * 5000, 0), (None, 0)]
)
def test_only_a_port_is_a_port(value: object, port: int) -> None:
    assert checked_port(value) == port
