"""What does a kubeconfig say: which cluster, as whom, in which namespace? The official client reads it.

It is loaded for this only, and not in a pod: its models would take a process 16 MB and half a second of its start.
The format: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""
# The official client's functions have no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import logging
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.config import load_kube_config

from jupyternetes.runtime.authorization import Authorization, fixed
from jupyternetes.runtime.endpoint import Endpoint
from jupyternetes.runtime.errors import ConfigurationError


class Access(NamedTuple):
    """What the current context says; ``namespace`` is empty where it says none."""

    endpoint: Endpoint
    authorization: Authorization
    namespace: str


async def read(paths: str) -> Access:
    """Read one or several files, and run the exec plugin if there is one. Raises ConfigurationError."""
    loaded = Configuration()
    with _logged_errors() as errors:
        try:
            loader = await load_kube_config(paths, client_configuration=loaded, persist_config=False)
            context = cast("dict[str, str]", loader.current_context["context"])
            header = (await loaded.auth_settings()).get("BearerToken", {}).get("value") or ""
        except Exception as error:  # the loader lets through whatever its parsers raise
            raise ConfigurationError(f"kubeconfig {paths} cannot be used: {error}") from error
    if errors:
        raise ConfigurationError(f"kubeconfig {paths} gives no credentials: {'; '.join(errors)}")
    try:
        endpoint = Endpoint(
            url=loaded.host,
            authority=_content(loaded.ssl_ca_cert),
            certificate=b"\n".join(filter(None, (_content(loaded.cert_file), _content(loaded.key_file)))),
            verify=loaded.verify_ssl,
            server_name=loaded.tls_server_name,
            proxy=loaded.proxy,
        )
    except OSError as error:
        raise ConfigurationError(f"kubeconfig {paths} cannot be used: {error}") from error
    # Files of tokens often end in a newline, which no header may hold.
    return Access(endpoint, fixed(header.strip()), context.get("namespace") or "")


def _content(file: str | None) -> bytes:
    return Path(file).read_bytes() if file else b""


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
