"""Where the configuration of a cluster is looked for, and what is said if it cannot be used."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jupyternetes.runtime import config
from jupyternetes.runtime.client import Client
from jupyternetes.runtime.endpoint import Endpoint
from jupyternetes.runtime.errors import ConfigurationError, Unreachable
from jupyternetes.runtime.transport import Transport
from jupyternetes.runtime.wire import WriteBound
from tests.unit.runtime.conftest import KubeconfigWriter
from tests.unit.runtime.scripted_api import WIDGETS, ScriptedApi, answer, widget_json


@pytest.fixture(autouse=True)
def _no_other_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


async def test_argument_comes_before_the_environment(
    kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig_for("http://of-environment", name="one")))

    settings = await config.load(kubeconfig_for("http://of-argument", name="two", namespace="lab"))

    assert (settings.endpoint.url, settings.namespace) == ("http://of-argument", "lab")


async def test_environment_may_list_files_some_of_which_are_missing(
    kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", f"/does/not/exist:{kubeconfig_for('http://of-environment')}")

    settings = await config.load()

    assert (settings.endpoint.url, settings.namespace) == ("http://of-environment", "default")


async def test_home_directory_is_last(kubeconfig_for: KubeconfigWriter, tmp_path: Path) -> None:
    (tmp_path / "home" / ".kube").mkdir(parents=True)
    kubeconfig_for("http://of-home", name="home/.kube/config")

    assert (await config.load()).endpoint.url == "http://of-home"


async def test_nothing_configured_says_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="set KUBECONFIG or name a kubeconfig file"):
        await config.load()


async def test_named_file_that_is_missing_is_not_replaced_by_another(
    kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig_for("http://of-environment")))

    with pytest.raises(ConfigurationError, match="kubeconfig /does/not/exist does not exist"):
        await config.load("/does/not/exist")


@pytest.mark.parametrize(
    "text", ["", "- a list", "{unclosed", "current-context: x", "contexts: []\ncurrent-context: y"]
)
async def test_broken_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match=f"kubeconfig {path} cannot be used: ."):
        await config.load(path)


async def test_broken_service_account_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")

    with pytest.raises(ConfigurationError, match="service account cannot be used"):
        await config.load()


@pytest.fixture
def pod(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a pod's account, in this process."""
    folder = tmp_path / "serviceaccount"
    folder.mkdir()
    for name, text in (("token", "t1\n"), ("ca.crt", "authority"), ("namespace", "lab")):
        (folder / name).write_text(text)
    monkeypatch.setattr(config, "_ACCOUNT", folder)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    return folder


@pytest.mark.usefixtures("pod")
async def test_pod_speaks_as_its_account() -> None:
    settings = await config.load()

    assert settings.endpoint == Endpoint(url="https://10.0.0.1:443", authority=b"authority")
    assert (settings.authorization(), settings.namespace) == ("Bearer t1", "lab")


@pytest.mark.usefixtures("pod")
async def test_pod_reaches_a_server_of_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")

    assert (await config.load()).endpoint.url == "https://[fd00::1]:443"


@pytest.mark.parametrize("missing", ["token", "ca.crt"])
async def test_pod_without_a_whole_account_is_an_error(pod: Path, missing: str) -> None:
    (pod / missing).unlink()

    with pytest.raises(ConfigurationError, match=f"service account cannot be used: .*{missing}"):
        await config.load()


async def test_certificate_that_cannot_be_read_is_an_error(kubeconfig_for: KubeconfigWriter, tmp_path: Path) -> None:
    nonsense = tmp_path / "cert.pem"
    nonsense.write_text("no certificate")
    path = kubeconfig_for("https://127.0.0.1", **{"client-certificate": str(nonsense), "client-key": str(nonsense)})

    with pytest.raises(ConfigurationError, match=f"certificates of kubeconfig {path}"):
        await Client.connect(path, user_agent="t")


def exec_plugin(code: str) -> dict[str, object]:
    return {
        "apiVersion": "client.authentication.k8s.io/v1",
        "interactiveMode": "Never",
        "command": sys.executable,
        "args": ["-c", code],
    }


async def test_exec_plugin_gives_the_token(api: ScriptedApi, kubeconfig_for: KubeconfigWriter) -> None:
    credential = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t1"}}'
    api.others.append(answer(widget_json("a", 1)))
    path = kubeconfig_for(api.url, exec=exec_plugin(f"print('{credential}')"))

    async with await Client.connect(path, user_agent="t") as client:
        await client.get(WIDGETS, "lab", "a")

    assert api.seen[0].headers["Authorization"] == "Bearer t1"


async def test_failing_exec_plugin_is_an_error_with_its_own_words(kubeconfig_for: KubeconfigWriter) -> None:
    path = kubeconfig_for("http://127.0.0.1", exec=exec_plugin("raise SystemExit('log in first')"))

    with pytest.raises(ConfigurationError, match=r"gives no credentials.*log in first"):
        await config.load(path)


async def test_token_file_may_end_in_a_newline(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("from-file\n")
    api.others.append(answer(widget_json("a", 1)))

    async with await Client.connect(
        kubeconfig_for(api.url, tokenFile=str(tmp_path / "token")), user_agent="t"
    ) as client:
        await client.get(WIDGETS, "lab", "a")

    assert api.seen[0].headers["Authorization"] == "Bearer from-file"


async def test_rotation_that_fails_means_nothing_was_sent(api: ScriptedApi, kubeconfig_for: KubeconfigWriter) -> None:
    def vanished() -> str:
        raise FileNotFoundError("the token is gone")

    settings = replace(await config.load(kubeconfig_for(api.url)), authorization=vanished)

    async def reload() -> config.Settings:
        return settings

    transport = Transport(settings, user_agent="t", max_requests=1, reload=reload, write_bound=WriteBound())
    client = Client(transport, "t")
    with pytest.raises(Unreachable, match="the token is gone"):
        await client.create(WIDGETS, "lab", {})
    await client.close()
    assert api.seen == []


async def test_entry_of_netrc_does_not_come_between_a_token_and_its_server(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    api.others.append(answer(widget_json("a", 1)))

    async with await Client.connect(kubeconfig_for(api.url, token="t1"), user_agent="t") as client:
        await client.get(WIDGETS, "lab", "a")

    assert api.seen[0].headers["Authorization"] == "Bearer t1"


@pytest.mark.parametrize(
    ("server", "environment", "proxy"),
    [
        ("https://far.example.org:6443", {}, None),
        ("https://far.example.org:6443", {"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ("http://far.example.org", {"HTTPS_PROXY": "http://proxy:3128"}, None),
        ("http://far.example.org", {"HTTP_PROXY": "http://plain:3128"}, "http://plain:3128"),
        ("https://far.example.org", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "x,.example.org"}, None),
        ("https://127.0.0.1:6443", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "127.0.0.1"}, None),
        ("https://172.30.0.1:443", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "172.30.0.0/16,.svc"}, None),
        ("https://[fd00::1]:443", {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "fd00::/8"}, None),
    ],
)
async def test_proxy_of_the_environment_is_read_once_C22(
    kubeconfig_for: KubeconfigWriter,
    monkeypatch: pytest.MonkeyPatch,
    server: str,
    environment: dict[str, str],
    proxy: str | None,
) -> None:
    _set_proxies(monkeypatch, environment)

    settings = await config.load(kubeconfig_for(server))

    assert settings.endpoint.proxy == proxy


async def test_server_whose_address_cannot_be_read_is_an_error(
    kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_proxies(monkeypatch, {"HTTPS_PROXY": "http://proxy:3128"})

    with pytest.raises(ConfigurationError, match=r"address https://a\.org:port cannot be used"):
        await config.load(kubeconfig_for("https://a.org:port"))


async def test_proxy_of_the_kubeconfig_comes_before_that_of_the_environment(
    kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_proxies(monkeypatch, {"HTTPS_PROXY": "http://of-environment:3128"})
    path = kubeconfig_for("https://far.example.org")
    known = json.loads(path.read_text())
    known["clusters"][0]["cluster"]["proxy-url"] = "http://of-kubeconfig:3128"
    path.write_text(json.dumps(known))

    assert (await config.load(path)).endpoint.proxy == "http://of-kubeconfig:3128"


async def test_requests_go_through_the_proxy_of_the_environment(
    api: ScriptedApi, kubeconfig_for: KubeconfigWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_proxies(monkeypatch, {"HTTP_PROXY": api.url})
    api.others.append(answer(widget_json("a", 1)))

    async with await Client.connect(kubeconfig_for("http://far.example.invalid", token="t1"), user_agent="t") as client:
        await client.get(WIDGETS, "lab", "a")

    assert api.seen[0].headers["Host"] == "far.example.invalid"


def _set_proxies(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
