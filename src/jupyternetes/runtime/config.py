"""Which cluster to speak to, and as whom: everything a developer's kubectl or a pod's ServiceAccount knows already.

The official client does the reading; here are the order in which places are asked, and errors that say what to do.
"""
# The official client's functions have no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.config import ConfigException, load_incluster_config, load_kube_config

from jupyternetes.runtime.errors import ConfigurationError
from jupyternetes.runtime.proxy import proxy_for

# What is buffered is handled without a pause: 256 KiB of watch events keep the event loop busy for a few milliseconds.
_READ_BUFFER = 2**18
_NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


@dataclass(frozen=True, slots=True)
class Settings:
    """A loaded configuration, the namespace it makes the default, and where it came from, for messages."""

    configuration: Configuration
    namespace: str
    origin: str

    def tls_identity(self) -> tuple[object, ...]:
        """Changes exactly if connections have to be made anew to use other certificates."""
        c = self.configuration
        files = [Path(f).read_bytes() for f in (c.ssl_ca_cert, c.cert_file, c.key_file) if f]
        return (c.host, c.verify_ssl, *files)


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


async def _from_files(paths: str) -> Settings:
    if not _any_exists(paths):
        raise ConfigurationError(f"kubeconfig {paths} does not exist")
    configuration = _blank()
    with _logged_errors() as errors:
        try:
            loader = await load_kube_config(paths, client_configuration=configuration, persist_config=False)
            context = cast("dict[str, str]", loader.current_context["context"])
        except Exception as error:  # the loader lets through whatever its parsers raise
            raise ConfigurationError(f"kubeconfig {paths} cannot be used: {error}") from error
    if errors:
        raise ConfigurationError(f"kubeconfig {paths} gives no credentials: {'; '.join(errors)}")
    _take_proxy(configuration)
    return Settings(configuration, context.get("namespace") or "default", f"kubeconfig {paths}")


def _any_exists(paths: str) -> bool:
    return any(Path(path).expanduser().is_file() for path in paths.split(os.pathsep) if path)


def _from_pod() -> Settings:
    configuration = _blank()
    try:
        load_incluster_config(client_configuration=configuration)
    except (ConfigException, OSError) as error:
        raise ConfigurationError(f"the pod's service account cannot be used: {error}") from error
    _take_proxy(configuration)
    namespace = _NAMESPACE_FILE.read_text().strip() if _NAMESPACE_FILE.exists() else "default"
    return Settings(configuration, namespace, "the pod's service account")


def _blank() -> Configuration:
    # A session that trusts the environment reads it and ~/.netrc in threads at every request, for twice the work of a
    # small one, and fails where both a token and an entry of ~/.netrc would authenticate it.
    session = {"read_bufsize": _READ_BUFFER, "trust_env": False}
    configuration = Configuration(retries=None, client_session_kwargs=session)
    # Python 3.13 made strict RFC 5280 checks the default; many clusters' certificates fail them, and kubectl asks none.
    configuration.disable_strict_ssl_verification = True
    return configuration


def _take_proxy(configuration: Configuration) -> None:
    """Let the environment's proxy serve where the kubeconfig names none."""
    try:
        configuration.proxy = configuration.proxy or proxy_for(configuration.host, os.environ)
    except ValueError as error:
        raise ConfigurationError(f"the server's address {configuration.host} cannot be used: {error}") from error


@contextmanager
def _logged_errors() -> Generator[list[str]]:
    """The loader only logs that an exec plugin failed and goes on as nobody; this makes it an error."""
    messages: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: messages.append(record.getMessage())
    log = logging.getLogger("kubernetes.aio.config.kube_config")
    log.addHandler(handler)
    try:
        yield messages
    finally:
        log.removeHandler(handler)
