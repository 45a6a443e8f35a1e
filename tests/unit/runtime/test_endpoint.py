"""Which certificates the client and the API server show each other."""

import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jupyternetes.runtime.client import Client
from jupyternetes.runtime.endpoint import Endpoint
from jupyternetes.runtime.errors import Unreachable
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi, answer, widget, widget_json
from tools.cluster.certificates import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    (tmp_path / "authority").mkdir()
    return Authority(tmp_path / "authority")


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[ScriptedApi]:
    """Is called inner.example, and wants to see a certificate of the authority."""
    authority.issue_files("server", "server", hosts=["inner.example"])
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.certificate_file)
    tls.load_cert_chain(authority.folder / "server.crt", authority.folder / "server.key")
    tls.verify_mode = ssl.CERT_REQUIRED
    api = ScriptedApi()
    await api.start(tls)
    api.others.append(answer(widget_json("a", 3)))
    yield api
    await api.stop()


def kubeconfig(authority: Authority, server: ScriptedApi, **cluster: object) -> Path:
    content = json.loads(authority.kubeconfig(server.url, "me"))
    content["clusters"][0]["cluster"] |= cluster
    path = authority.folder / "kubeconfig"
    path.write_text(json.dumps(content))
    return path


async def test_server_is_known_by_the_name_that_the_kubeconfig_gives(authority: Authority, server: ScriptedApi) -> None:
    path = kubeconfig(authority, server, **{"tls-server-name": "inner.example"})

    async with await Client.connect(path, user_agent="t") as client:
        assert await client.get(WIDGETS, "lab", "a") == widget("a", 3)


async def test_server_of_another_name_is_not_spoken_to(authority: Authority, server: ScriptedApi) -> None:
    async with await Client.connect(kubeconfig(authority, server), user_agent="t") as client:
        with pytest.raises(Unreachable, match=r"not valid for '127\.0\.0\.1'"):
            await client.get(WIDGETS, "lab", "a")


async def test_name_does_not_matter_where_the_kubeconfig_says_so(authority: Authority, server: ScriptedApi) -> None:
    path = kubeconfig(authority, server, **{"insecure-skip-tls-verify": True})

    async with await Client.connect(path, user_agent="t") as client:
        assert await client.get(WIDGETS, "lab", "a") == widget("a", 3)


def test_authority_may_have_names_of_any_letters_beside_it(authority: Authority) -> None:
    named = "# Főtanúsítvány\n".encode() + authority.certificate_file.read_bytes()

    assert len(Endpoint(url="https://x", authority=named).tls().get_ca_certs()) == 1


def test_authorities_of_the_system_count_only_where_none_is_given(authority: Authority) -> None:
    one = Endpoint(url="https://x", authority=authority.certificate_file.read_bytes())

    assert one.tls().cert_store_stats()["x509_ca"] == 1


def test_no_key_shows_when_an_endpoint_is_printed() -> None:
    assert "KEY" not in repr(Endpoint(url="https://x", certificate=b"KEY"))
