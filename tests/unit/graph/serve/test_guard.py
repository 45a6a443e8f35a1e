"""Who may read names of people: programs and browsers at this machine, and no page of anybody else."""

import pytest

from jupyternetes.graph.serve.guard import is_loopback, refusal

OWN = "localhost:8090"


@pytest.mark.parametrize(
    "host", [OWN, "localhost", "LOCALHOST:1", "127.0.0.1:8090", "127.1.2.3", "[::1]:8090", "[::1]"]
)
def test_a_program_at_this_machine_may_ask_whatever_the_port(host: str) -> None:
    assert refusal([host], [], []) == ""


@pytest.mark.parametrize(
    "hosts",
    [
        ["evil.example.org:8090"],
        ["localhost.evil.example.org"],
        ["evil.localhost"],
        ["127.0.0.1.example.org"],
        ["10.0.0.7:8090"],
        ["user@localhost"],
        ["localhost:8090:1"],
        ["localhost\n"],
        [""],
        [],
        [OWN, OWN],
        ["[::1", "::1"],
    ],
)
def test_a_name_that_somebody_else_may_have_made_is_not_answered(hosts: list[str]) -> None:
    assert "localhost" in refusal(hosts, [], [])


@pytest.mark.parametrize(
    ("origins", "sites"),
    [
        (["http://localhost:8090"], ["same-origin"]),
        ([], ["same-origin"]),
        ([], ["none"]),
    ],
    ids=["a script of the page", "its reload", "a typed address"],
)
def test_the_page_itself_may_ask(origins: list[str], sites: list[str]) -> None:
    assert refusal([OWN], origins, sites) == ""


@pytest.mark.parametrize(
    ("origins", "sites"),
    [
        (["https://evil.example.org"], ["cross-site"]),
        (["http://localhost:8888"], ["same-site"]),  # a notebook server at this machine
        (["https://localhost:8090"], []),
        (["null"], []),
        (["http://localhost:8090", "http://evil"], []),
        ([], ["cross-site"]),
        ([], ["same-site"]),
        ([], ["same-origin", "cross-site"]),
        ([], ["made up"]),
    ],
)
def test_another_page_may_not(origins: list[str], sites: list[str]) -> None:
    assert refusal([OWN], origins, sites)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("10.0.0.1", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_loopback_means_this_machine_alone(name: str, expected: bool) -> None:
    assert is_loopback(name) is expected
