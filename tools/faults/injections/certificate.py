"""The certificate of the OAuth provider expires while all of its pods are well."""

import json
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from tools.cluster.certificates import Authority
from tools.faults.errors import FaultError
from tools.faults.site import Site, roll, until

_NAME: Final = "login"
_PORT: Final = 9443
_VALID_SECONDS: Final = 120
_FOLDER: Final = "/tls"
#: Takes TLS connections and hands on what they hold to the provider beside it.
_TERMINATES_TLS: Final = f"""
import asyncio, ssl
async def pump(source, target):
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()
async def serve(reader, writer):
    other_reader, other_writer = await asyncio.open_connection("127.0.0.1", 9400)
    await asyncio.gather(pump(reader, other_writer), pump(other_reader, writer), return_exceptions=True)
async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain("{_FOLDER}/tls.crt", "{_FOLDER}/tls.key")
    async with await asyncio.start_server(serve, "0.0.0.0", {_PORT}, ssl=context) as server:
        await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def expired(site: Site) -> Generator[float]:
    """The hub is first made to talk TLS to its provider; the certificate is valid for two minutes then."""
    configuration = site.hub.get("configmap", "hub")["data"]
    provider, service = site.hub.get("deployment", _NAME), site.hub.get("service", _NAME)
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        trusted = authority.certificate_file.read_text()
        ends = time.time() + _VALID_SECONDS
        pair = authority.issue(_NAME, hosts=[_NAME], lifetime=timedelta(seconds=_VALID_SECONDS))
    certificate, key = (each.decode() for each in pair)
    try:
        _serve_tls(site, provider, service, certificate, key)
        _trust(site, configuration, trusted)
        if time.time() > ends:
            raise FaultError("the certificate expired before the hub had seen it; the machine is too busy")
        until(lambda: time.time() > ends, "the certificate expires", seconds=_VALID_SECONDS)
        yield time.monotonic()
    finally:
        _set_configuration(site, configuration)
        for manifest in (provider, service):
            _restore(site, manifest)
        roll(site.hub, _NAME)
        site.hub.run("delete", "secret", f"{_NAME}-tls", "--ignore-not-found")


def _serve_tls(site: Site, provider: dict[str, Any], service: dict[str, Any], certificate: str, key: str) -> None:
    """A second container and port of the provider."""
    name = f"{_NAME}-tls"
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": site.hub.namespace}}
    site.hub.apply([secret | {"stringData": {"tls.crt": certificate, "tls.key": key}}])
    pod = provider["spec"]["template"]["spec"]
    terminator = {
        "name": "tls",
        "image": pod["containers"][0]["image"],
        "command": ["python3", "-c", _TERMINATES_TLS],
        "volumeMounts": [{"name": "tls", "mountPath": _FOLDER}],
        "securityContext": pod["containers"][0]["securityContext"],
        "resources": {"limits": {"memory": "96Mi"}},
    }
    volume = {"name": "tls", "secret": {"secretName": name}}
    _patch(site, "deployment", {"template": {"spec": {"containers": [terminator], "volumes": [volume]}}})
    ports = [*service["spec"]["ports"], {"name": "https", "port": _PORT, "targetPort": _PORT}]
    _patch(site, "service", {"ports": ports})
    roll(site.hub, _NAME)


def _trust(site: Site, configuration: dict[str, str], authority: str) -> None:
    text = configuration["jupyterhub_config.py"].replace(f"http://{_NAME}:9400", f"https://{_NAME}:{_PORT}")
    trust = 'c.GenericOAuthenticator.http_request_kwargs = {"ca_certs": "/etc/jupyterhub/ca.crt"}'
    _set_configuration(site, {"jupyterhub_config.py": f"{text}\n{trust}\n", "ca.crt": authority})


def _set_configuration(site: Site, data: dict[str, str]) -> None:
    """The hub's files, as it reads them when it starts again."""
    metadata = {"name": "hub", "namespace": site.hub.namespace}
    site.hub.apply([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}])
    site.hub.run("rollout", "restart", "deployment/hub")
    roll(site.hub, "hub")


def _patch(site: Site, kind: str, spec: dict[str, Any]) -> None:
    site.hub.run("patch", kind, _NAME, "--type=strategic", f"--patch={json.dumps({'spec': spec})}")


def _restore(site: Site, manifest: dict[str, Any]) -> None:
    for key in ("resourceVersion", "uid", "creationTimestamp", "generation", "managedFields"):
        manifest["metadata"].pop(key, None)
    manifest.pop("status", None)
    site.hub.run("replace", "--filename=-", stdin=json.dumps(manifest))
