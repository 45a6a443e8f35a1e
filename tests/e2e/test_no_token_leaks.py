"""A token of a server started by our spawner is in its start Secret and in the server, and nowhere else."""

from base64 import b64decode, b64encode
from collections.abc import Iterator

import pytest

from tests.e2e.hub_session import HubSession
from tests.e2e.servers import Server
from tools.demo.demo import Demo

# Every file of the hub's database, journals included, as hexadecimal text.
_READ_DATABASE = """
import pathlib
for path in sorted(pathlib.Path("/srv/jupyterhub/data").glob("jupyterhub.sqlite*")):
    print(path.read_bytes().hex())
"""


@pytest.fixture(scope="module")
def tokens(demo: Demo) -> Iterator[list[str]]:
    """Tokens of a running server and of its earlier, stopped start."""
    user = HubSession(demo.address, "keeps-a-secret")
    user.stop_all()
    found: list[str] = []
    for _ in range(2):
        user.run()
        secret = Server(demo.kubectl, user.user).start_secret()
        found.append(b64decode(secret["data"]["JUPYTERHUB_API_TOKEN"]).decode())
        user.open_lab()
        if len(found) == 1:
            user.stop()
    yield found
    user.stop()


def forms(token: str) -> list[str]:
    """The ways in which a token may stand in a text."""
    return [token, b64encode(token.encode()).decode(), token.encode().hex()]


def leaks(text: str, tokens: list[str]) -> list[str]:
    return [form for token in tokens for form in forms(token) if form in text]


def test_the_server_has_its_token(demo: Demo, tokens: list[str]) -> None:
    """Else the other tests would look for something that is nowhere."""
    pod = Server(demo.kubectl, "keeps-a-secret").the_pod()["metadata"]["name"]
    assert len(set(tokens)) == 2
    assert tokens[-1] in demo.kubectl.run("exec", pod, "--", "env")


def test_no_object_but_the_start_secret_holds_a_token_B44_X04(demo: Demo, tokens: list[str]) -> None:
    kinds = demo.kubectl.run("api-resources", "--verbs=list", "--output=name").split()
    assert {"events", "pods", "jupyternotebookinstances.kadense.io"} <= set(kinds)
    for kind in set(kinds) - {"secrets"}:
        text = demo.kubectl.run("get", kind, "--all-namespaces", "--output=yaml", "--show-managed-fields")
        assert leaks(text, tokens) == [], kind


def test_the_secret_of_a_start_that_is_over_is_gone(demo: Demo, tokens: list[str]) -> None:
    text = demo.kubectl.run("get", "secrets", "--all-namespaces", "--output=yaml")
    assert leaks(text, tokens) == [b64encode(tokens[-1].encode()).decode()]


def test_no_log_line_holds_a_token_B44(demo: Demo, tokens: list[str]) -> None:
    pods = demo.kubectl.items("pods")
    assert {"hub", "proxy", "pods", "pvcs", "pod-status"} <= {
        pod["metadata"]["labels"].get("component", pod["metadata"]["labels"].get("app.kubernetes.io/component"))
        for pod in pods
    }
    for pod in pods:
        name = pod["metadata"]["name"]
        assert leaks(demo.kubectl.run("logs", name, "--all-containers"), tokens) == [], name


def test_the_api_servers_audit_log_holds_no_token(demo: Demo, tokens: list[str]) -> None:
    assert demo.cluster is not None
    log = demo.cluster.audit_log.read_text()
    assert Server(demo.kubectl, "keeps-a-secret").name in log
    assert leaks(log, tokens) == []


def test_the_hubs_database_holds_no_token_S05(demo: Demo, tokens: list[str]) -> None:
    stored = demo.kubectl.run("exec", "deployment/hub", "--", "python3", "-c", _READ_DATABASE)
    assert b"keeps-a-secret".hex() in stored
    assert leaks(stored, tokens) == []
