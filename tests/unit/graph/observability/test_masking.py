"""Credentials in log lines are made unreadable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.graph.observability.masking import MASK, mask

SECRET = "hunter2-Zq9.x"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /user/ana/api?token={SECRET}&x=1 200",
        f"Authorization: token {SECRET}",
        f"authorization: Bearer {SECRET}",
        f'"Authorization": "token {SECRET}"',
        f"Cookie: jupyterhub-session-id={SECRET}; other=1",
        f"Set-Cookie: x={SECRET}",
        f"postgresql://hub:{SECRET}@db:5432/hub failed",
        f"https://oauth.example.org/callback?code={SECRET}&state={SECRET}",
        f"JUPYTERHUB_API_TOKEN={SECRET}",
        f"password: {SECRET}",
        f'{{"client_secret": "{SECRET}"}}',
        f"CONFIGPROXY_AUTH_TOKEN: '{SECRET}'",
        f"Bearer {SECRET}",
        f"_xsrf={SECRET}",
        f"GET /hub/login?next=%2Fuser%2Fana%2Flab%3Ftoken%3D{SECRET} 302",
        f"https://{SECRET}@git.example.org/x.git",
        f"postgresql://hub:{SECRET}/{SECRET}@db/hub",
        f"postgresql://hub:{SECRET}@{SECRET}@db/hub",
        f"AWS_SECRET_ACCESS_KEY={SECRET}",
        f"SECRET_KEY={SECRET}",
        f"private_key: {SECRET}",
        f"passphrase={SECRET}",
        f"session_id={SECRET}",
        f"psql --password {SECRET}",
        f"cookie_secret=b'{SECRET}'",
        f'{{\\"password\\": \\"{SECRET}\\"}}',
        f"password=ab,{SECRET}",
    ],
)
def test_a_credential_is_masked(line: str) -> None:
    assert SECRET not in mask(line)
    assert MASK in mask(line)


@pytest.mark.parametrize(
    "token", ["0123456789abcdef0123456789abcdef", "D" + "0" * 64, "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl"]
)
def test_what_has_the_form_of_a_token_is_masked_wherever_it_stands(token: str) -> None:
    assert token not in mask(f"found {token} here")


@pytest.mark.parametrize(
    "line",
    [
        "[I 2026-11-28 10:00:00.000 JupyterHub app:3735] Rolling back session due to database error",
        "0/3 nodes are available: 3 Insufficient memory.",
        "GET /hub/login 200",
        "connecting to postgresql://db:5432/hub",
        "Back-off pulling image registry.example.org/notebook:1.2",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        "rpc error: code = NotFound desc = failed to pull",
        "exit code: 137",
        "state: Running",
    ],
)
def test_an_ordinary_line_stays(line: str) -> None:
    assert mask(line) == line


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    assert isinstance(mask(text), str)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("word", ["a", "-", "_", "token", "=", "://", "a@", "--", "\\", '"', "password"])
def test_a_long_word_costs_no_time(word: str) -> None:
    """Whoever may write a log may write such a line; it takes seconds where a pattern is not linear."""
    mask(word * (64 * 1024 // len(word)))
