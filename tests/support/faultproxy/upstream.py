"""Where a kubeconfig leads to, and the copy of it that leads to us instead."""

import base64
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml


@dataclass(frozen=True)
class Upstream:
    """The current context of a kubeconfig."""

    server: str
    tls: ssl.SSLContext | None
    content: Mapping[str, Any]

    @classmethod
    def read(cls, kubeconfig: Path) -> "Upstream":
        """Raises KeyError if it is not one of ours: everything inline, one cluster, one user."""
        content = yaml.safe_load(kubeconfig.read_text())
        cluster, user = content["clusters"][0]["cluster"], content["users"][0]["user"]
        return cls(cluster["server"], _tls(cluster, user), content)

    @property
    def token(self) -> str:
        """The bearer token; empty if it has none."""
        return self.content["users"][0]["user"].get("token", "")

    def write_for(self, address: str, path: Path) -> None:
        """A kubeconfig of the same account, for a client that is to speak to ``address``."""
        user = {"name": "client", "user": {"token": self.token} if self.token else {}}
        cluster = {"name": "proxy", "cluster": {"server": address}}
        context = {**self.content["contexts"][0]["context"], "cluster": "proxy", "user": "client"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [cluster],
            "users": [user],
            "contexts": [{"name": "proxy", "context": context}],
            "current-context": "proxy",
        }
        written = path.with_suffix(".new")
        written.write_text(json.dumps(config, indent=1))
        written.replace(path)


def _tls(cluster: Mapping[str, str], user: Mapping[str, str]) -> ssl.SSLContext | None:
    if not cluster["server"].startswith("https:"):
        return None
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    if "client-certificate-data" in user:
        # Python takes client certificates from files only.
        with TemporaryDirectory() as folder:
            for name in ("certificate", "key"):
                Path(folder, name).write_bytes(base64.b64decode(user[f"client-{name}-data"]))
            context.load_cert_chain(Path(folder, "certificate"), Path(folder, "key"))
    return context
