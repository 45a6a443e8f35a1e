"""How what a kubeconfig's user has becomes the header of a request, and what an exec plugin is told and may answer."""

import json
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest

from jupyternetes.runtime.authorization import TokenFile
from jupyternetes.runtime.credentials import Credentials, credentials_of
from jupyternetes.runtime.errors import ConfigurationError
from jupyternetes.runtime.kubeconfig import AuthProvider, ExecPlugin, User, Variable

V1 = "client.authentication.k8s.io/v1"


def plugin(code: str = "", **fields: Any) -> ExecPlugin:
    return ExecPlugin(**{"api_version": V1, "command": sys.executable, "args": ("-c", code)} | fields)


def printing(status: dict[str, str], version: str = V1) -> ExecPlugin:
    credential = {"apiVersion": version, "kind": "ExecCredential", "status": status}
    return plugin(f"print({json.dumps(credential)!r})")


def id_token(**claims: float) -> str:
    return f"head.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.signature"


VALID = id_token(exp=2**40)


async def header(user: User) -> str:
    return (await credentials_of(user)).authorization()


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (User(), ""),
        (User(token="t"), "Bearer t"),
        (User(token="t", exec=plugin("raise SystemExit(1)")), "Bearer t"),
        (User(username="me", password="secret"), "Basic bWU6c2VjcmV0"),
        (User(auth_provider=AuthProvider("oidc", {"id-token": VALID})), f"Bearer {VALID}"),
        (User(exec=printing({"token": "t"})), "Bearer t"),
    ],
)
async def test_header(user: User, expected: str) -> None:
    assert await header(user) == expected


async def test_file_of_a_token_comes_before_a_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of-file\n")

    assert await header(User(token="t", token_file=str(tmp_path / "token"))) == "Bearer of-file"


@pytest.mark.parametrize(
    ("provider", "says"),
    [
        (AuthProvider("gcp"), "auth-provider gcp is not supported; use an exec plugin"),
        (AuthProvider("oidc"), "any kubectl command renews it"),
        (AuthProvider("oidc", {"id-token": id_token(exp=1.0)}), "any kubectl command renews it"),
        (AuthProvider("oidc", {"id-token": "nonsense"}), "no JSON Web Token"),
    ],
)
async def test_auth_provider_that_cannot_be_used_says_the_way_out(provider: AuthProvider, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        await credentials_of(User(auth_provider=provider))


async def test_acting_as_another_account_is_refused_rather_than_left_out() -> None:
    with pytest.raises(ConfigurationError, match="as another account"):
        await credentials_of(User(token="t", impersonated="somebody"))


async def test_certificate_of_an_exec_plugin_comes_before_that_of_the_file() -> None:
    status = {"clientCertificateData": "CERTIFICATE", "clientKeyData": "KEY"}

    credentials = await credentials_of(User(exec=printing(status), client_certificate_data="QQ=="))

    assert (credentials.authorization(), credentials.certificate) == ("", b"CERTIFICATE\nKEY")


async def test_exec_plugin_is_told_what_is_wanted() -> None:
    code = f"""
import json, os
told = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
token = f"{{os.environ['HOW']}} {{told['apiVersion']}} {{told['spec']['interactive']}}"
print(json.dumps({{"apiVersion": "{V1}", "kind": "ExecCredential", "status": {{"token": token}}}}))
"""

    assert await header(User(exec=plugin(code, env=(Variable("HOW", "so"),)))) == f"Bearer so {V1} False"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (plugin("print('{}')"), "printed no ExecCredential"),
        (plugin("print(1"), "ended with exit code 1: .*SyntaxError"),
        (printing({"token": "t"}, "client.authentication.k8s.io/v1beta1"), "answers in .*/v1beta1, not in .*/v1"),
        (printing({}), "neither a token nor a certificate"),
        (plugin(command="/none", install_hint="Install it.\n"), r"cannot be run: No such file.*\. Install it\.$"),
        (plugin(interactive_mode="Always"), "no terminal"),
    ],
)
async def test_exec_plugin_that_gives_nothing_is_an_error_with_the_reason(broken: ExecPlugin, says: str) -> None:
    with pytest.raises(ConfigurationError, match=f"(?s)exec plugin {broken.command}.*{says}"):
        await credentials_of(User(exec=broken))


def test_token_is_read_again_after_a_minute(tmp_path: Path) -> None:
    now, path = 0.0, tmp_path / "token"
    path.write_text("old\n")
    read = TokenFile(path, lambda: now)
    path.write_text("new\n")

    assert read() == "Bearer old"
    now = 60.0
    assert read() == "Bearer new"


def test_file_without_a_token_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\n")

    with pytest.raises(ValueError, match="token is empty"):
        TokenFile(tmp_path / "token")


def test_no_secret_shows_when_credentials_are_printed() -> None:
    assert "KEY" not in repr(Credentials(lambda: "", b"KEY"))
