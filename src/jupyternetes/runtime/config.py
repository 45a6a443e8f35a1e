"""Which cluster to speak to, and as whom: everything a developer's kubectl or a pod's ServiceAccount knows already.

Why no library reads this: docs/decisions/0020-own-kubeconfig-reader.md.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from jupyternetes.runtime.authorization import Authorization, TokenFile
from jupyternetes.runtime.endpoint import Endpoint
from jupyternetes.runtime.errors import ConfigurationError
from jupyternetes.runtime.proxy import proxy_for

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True, slots=True)
class Settings:
    """A loaded configuration: server, account, the namespace it makes the default, its origin for messages."""

    endpoint: Endpoint
    authorization: Authorization
    namespace: str
    origin: str


async def load(kubeconfig: str | Path | None = None) -> Settings:
    """Read, in this order: the argument, ``$KUBECONFIG`` (a list is allowed), the pod's account, ``~/.kube/config``.

    Raises ConfigurationError if there is none, or the first one found is not usable: silently taking the next would
    act on a cluster that nobody meant.
    """
    given = str(kubeconfig) if kubeconfig is not None else os.environ.get("KUBECONFIG", "")
    if given:
        return await _from_files(given)
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        return _from_pod()
    home = Path.home() / ".kube" / "config"
    if home.exists():
        return await _from_files(str(home))
    raise ConfigurationError(
        f"no cluster is configured: not in a pod, $KUBECONFIG is not set and {home} does not exist; "
        "set KUBECONFIG or name a kubeconfig file"
    )


async def _from_files(names: str) -> Settings:
    from jupyternetes.runtime import kubeconfig  # what a pod does not need
    from jupyternetes.runtime.credentials import credentials_of

    origin = f"kubeconfig {names}"
    paths = _existing(names)
    if not paths:
        raise ConfigurationError(f"{origin} does not exist")
    try:
        access = kubeconfig.read(paths)
        cluster = access.cluster
        authority = kubeconfig.pem(cluster.certificate_authority_data, cluster.certificate_authority)
    except (ConfigurationError, OSError, ValueError) as error:
        raise ConfigurationError(f"{origin} cannot be used: {error}") from error
    try:
        credentials = await credentials_of(access.user)
    except (ConfigurationError, OSError, ValueError) as error:
        raise ConfigurationError(f"{origin} gives no credentials: {error}") from error
    endpoint = Endpoint(
        url=cluster.server.rstrip("/"),
        authority=authority,
        certificate=credentials.certificate,
        verify=not cluster.insecure_skip_tls_verify,
        server_name=cluster.tls_server_name,
        proxy=cluster.proxy_url or _proxy(cluster.server),
    )
    return Settings(endpoint, credentials.authorization, access.namespace or "default", origin)


def _existing(names: str) -> list[Path]:
    paths = [Path(name).expanduser() for name in names.split(os.pathsep) if name]
    return [path for path in paths if path.is_file()]


def _from_pod() -> Settings:
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ.get("KUBERNETES_SERVICE_PORT")
    url = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    try:
        if not port:
            raise ValueError("KUBERNETES_SERVICE_PORT is not set")
        endpoint = Endpoint(url=url, authority=(_ACCOUNT / "ca.crt").read_bytes(), proxy=_proxy(url))
        authorization = TokenFile(_ACCOUNT / "token")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the pod's service account cannot be used: {error}") from error
    named = _ACCOUNT / "namespace"
    namespace = named.read_text().strip() if named.exists() else "default"
    return Settings(endpoint, authorization, namespace, "the pod's service account")


def _proxy(url: str) -> str | None:
    """The proxy that the environment names, for where the kubeconfig names none."""
    try:
        return proxy_for(url, os.environ)
    except ValueError as error:
        raise ConfigurationError(f"the server's address {url} cannot be used: {error}") from error
