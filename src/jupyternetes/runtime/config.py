"""Which cluster to speak to, and as whom: everything a developer's kubectl or a pod's ServiceAccount knows already."""

import os
from dataclasses import dataclass, replace
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
    if not _any_exists(names):
        raise ConfigurationError(f"kubeconfig {names} does not exist")
    from jupyternetes.runtime import kubeconfig  # what a pod does not need

    access = await kubeconfig.read(names)
    endpoint = replace(access.endpoint, proxy=access.endpoint.proxy or _proxy(access.endpoint.url))
    return Settings(endpoint, access.authorization, access.namespace or "default", f"kubeconfig {names}")


def _any_exists(names: str) -> bool:
    return any(Path(name).expanduser().is_file() for name in names.split(os.pathsep) if name)


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
