"""What does a kubeconfig say: which cluster, as whom, in which namespace?

The format: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. Of several files the first one counts that
sets a value or defines a name, as for kubectl:
https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar

import msgspec
import yaml
from msgspec.structs import replace

from jupyternetes.runtime.errors import ConfigurationError

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T", bound=msgspec.Struct)


class Cluster(msgspec.Struct, frozen=True, rename="kebab"):
    """An API server."""

    server: str
    certificate_authority: str | None = None
    certificate_authority_data: str | None = None
    insecure_skip_tls_verify: bool | None = None
    tls_server_name: str | None = None
    proxy_url: str | None = None


class Variable(msgspec.Struct, frozen=True):
    """A variable of the environment."""

    name: str
    value: str


class ExecPlugin(msgspec.Struct, frozen=True, rename="camel"):
    """A command that prints credentials."""

    api_version: str
    command: str
    args: tuple[str, ...] | None = None
    env: tuple[Variable, ...] | None = None
    install_hint: str | None = None
    interactive_mode: Literal["Never", "IfAvailable", "Always"] | None = None


class AuthProvider(msgspec.Struct, frozen=True):
    """How credentials were described before there were exec plugins."""

    name: str
    config: dict[str, str] | None = None


class User(msgspec.Struct, frozen=True, rename="kebab"):
    """An account."""

    token: str | None = None
    token_file: str | None = msgspec.field(name="tokenFile", default=None)
    client_certificate: str | None = None
    client_certificate_data: str | None = None
    client_key: str | None = None
    client_key_data: str | None = None
    username: str | None = None
    password: str | None = None
    exec: ExecPlugin | None = None
    auth_provider: AuthProvider | None = None
    impersonated: str | None = msgspec.field(name="as", default=None)


class _Context(msgspec.Struct, frozen=True):
    cluster: str
    user: str | None = None
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What the current context says. Paths are absolute."""

    cluster: Cluster
    user: User
    namespace: str | None


class _File(NamedTuple):
    folder: Path
    content: dict[str, Any]


def read(paths: Sequence[Path]) -> Access:
    """Read the current context of one or several files. Raises ConfigurationError, and OSError."""
    files = [_read(path) for path in paths]
    current = next((name for file in files if (name := file.content.get("current-context"))), None)
    if current is None:
        raise ConfigurationError("no current-context is set; choose one: kubectl config use-context NAME")
    context, _ = _entry(files, "context", current, _Context)
    cluster, folder = _entry(files, "cluster", context.cluster, Cluster)
    cluster = _absolute(cluster, folder, "certificate_authority")
    if not context.user:
        return Access(cluster, User(), context.namespace)
    user, folder = _entry(files, "user", context.user, User)
    user = _absolute(user, folder, "token_file", "client_certificate", "client_key")
    if user.exec is not None and "/" in user.exec.command:
        user = replace(user, exec=_absolute(user.exec, folder, "command"))
    return Access(cluster, user, context.namespace)


def pem(data: str | None, file: str | None) -> bytes:
    """Certificates or a key, from base64 or a file; nothing where neither is given. Raises ValueError, OSError."""
    if data:
        return b64decode(data)
    return Path(file).read_bytes() if file else b""


def _read(path: Path) -> _File:
    try:
        with path.open("rb") as stream:  # of what it reads from a stream, YAML quotes nothing in its errors
            content = msgspec.convert(yaml.load(stream, _LOADER), dict[str, Any])  # noqa: S506 (it is a safe one)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ConfigurationError(str(error)) from error
    return _File(path.absolute().parent, content)


def _entry(files: Sequence[_File], kind: str, name: str, as_type: type[T]) -> tuple[T, Path]:
    """What is defined under a name, and the folder of the file that does so. Mistakes in other entries harm nobody."""
    try:
        for folder, content in files:
            for entry in msgspec.convert(content.get(f"{kind}s") or [], list[dict[str, Any]]):
                if entry.get("name") == name:
                    return msgspec.convert(entry.get(kind) or {}, as_type), folder
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{kind} {name}: {error}") from error
    raise ConfigurationError(f"{kind} {name} is not defined")


def _absolute(entry: T, folder: Path, *fields: str) -> T:
    """Paths are relative to the file that they stand in."""
    return replace(entry, **{field: str(folder / path) for field in fields if (path := getattr(entry, field))})
