"""Whose server is this? The names that JupyterHub knows its user and the server by, from an Instance or a pod."""

import re
from typing import Final, NamedTuple

from jupyternetes.api.labels import SERVERNAME, USERNAME
from jupyternetes.api.metadata import Metadata

#: Open Data Hub's pods: the user as escaped by KubeSpawner before version 7, then the server after two hyphens.
_ESCAPED_NAME: Final = re.compile(r"jupyterhub-nb-(?P<user>.+?)(?:--(?P<server>.+))?")
_ESCAPE: Final = re.compile(r"(?:-[0-9a-f]{2})+")


class Owner(NamedTuple):
    """``user`` is empty if nothing tells; the default server's name is empty."""

    user: str
    server: str = ""

    def __str__(self) -> str:
        return f"{self.user}/{self.server}" if self.server else self.user


def owner_of(metadata: Metadata) -> Owner:
    """The raw names stand in annotations. Without them: what an old pod's name escapes, then the label's slug.

    https://jupyterhub-kubespawner.readthedocs.io/en/latest/templates.html
    """
    annotations, labels = metadata.annotations, metadata.labels
    if user := annotations.get(USERNAME, ""):
        return Owner(user, annotations.get(SERVERNAME, ""))
    if escaped := _ESCAPED_NAME.fullmatch(metadata.name):
        return Owner(_unescaped(escaped["user"]), _unescaped(escaped["server"] or ""))
    return Owner(labels.get(USERNAME, ""), labels.get(SERVERNAME, ""))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[0].replace("-", "")).decode(errors="replace"), text)
