"""What a kubeconfig says, and of several files which one counts."""

from pathlib import Path
from textwrap import dedent

import pytest

from jupyternetes.runtime import kubeconfig
from jupyternetes.runtime.errors import ConfigurationError

FIRST = """
    current-context: one
    contexts: [{name: one, context: {cluster: here, user: me, namespace: lab}}]
    clusters: [{name: here, cluster: {server: "https://first"}}]
"""
SECOND = """
    current-context: two
    contexts: [{name: two, context: {cluster: there}}]
    clusters: [{name: here, cluster: {server: "https://second"}}]
    users: [{name: me, user: {token: t}}]
"""


def write(folder: Path, text: str, name: str = "config") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(dedent(text))
    return path


def test_of_several_files_the_first_that_says_something_counts(tmp_path: Path) -> None:
    access = kubeconfig.read([write(tmp_path, FIRST, "first"), write(tmp_path, SECOND, "second")])

    assert (access.cluster.server, access.user.token, access.namespace) == ("https://first", "t", "lab")


def test_paths_are_relative_to_the_file_that_they_stand_in(tmp_path: Path) -> None:
    own = """
        users:
        - name: me
          user:
            tokenFile: token
            client-certificate: /etc/cert
            client-key: keys/key
            exec: {apiVersion: v1, command: ./log-in}
    """
    second = write(tmp_path / "second", own)

    user = kubeconfig.read([write(tmp_path / "first", FIRST), second]).user

    assert user.exec is not None
    assert [user.token_file, user.client_certificate, user.client_key, user.exec.command] == [
        str(second.parent / "token"),
        "/etc/cert",
        str(second.parent / "keys/key"),
        str(second.parent / "log-in"),
    ]


def test_command_without_a_slash_is_looked_for_on_the_path(tmp_path: Path) -> None:
    own = write(tmp_path, "users: [{name: me, user: {exec: {apiVersion: v1, command: log-in}}}]", "own")

    user = kubeconfig.read([own, write(tmp_path, FIRST)]).user

    assert user.exec is not None
    assert user.exec.command == "log-in"


@pytest.mark.parametrize(
    ("user", "says"),
    [
        ("{token: 123}", r"user me: Expected `str \| null`, got `int` - at `\$.token`"),
        ("{exec: {command: x}}", r"user me: .*`apiVersion` - at `\$.exec`"),
    ],
)
def test_mistake_is_named_with_its_place(tmp_path: Path, user: str, says: str) -> None:
    path = write(tmp_path, f"users: [{{name: me, user: {user}}}]", "users")

    with pytest.raises(ConfigurationError, match=says):
        kubeconfig.read([path, write(tmp_path, FIRST)])


def test_mistake_in_what_the_current_context_does_not_name_harms_nobody(tmp_path: Path) -> None:
    others = "users: [{name: other, user: {token: 123}}, {name: me, user: null}]"

    access = kubeconfig.read([write(tmp_path, others, "others"), write(tmp_path, FIRST)])

    assert access.user == kubeconfig.User()


def test_account_that_is_not_defined_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="user me is not defined"):
        kubeconfig.read([write(tmp_path, FIRST)])


def test_nothing_of_a_file_that_cannot_be_read_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        kubeconfig.read([write(tmp_path, "users: [{name: me, user: {token: 'secret}}]")])

    assert "secret" not in str(caught.value)
