"""Every request that matters, read from the API server's audit log as it grows.

Metadata for most, and the answers to creates of what operators make: what a create was for stands only in the labels of
what came of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec

from jupyternetes.api import labels
from tests.support.kube import Json

_MADE = ("pods", "persistentvolumeclaims", "configmaps")
_WRITES = ["create", "update", "patch", "delete", "deletecollection"]
_OURS = [
    {"group": "", "resources": ["pods", "pods/*", "persistentvolumeclaims", "secrets", "configmaps"]},
    {"group": "kadense.io", "resources": ["*"]},
    {"group": "coordination.k8s.io", "resources": ["leases"]},
]
AUDIT_POLICY: Json = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "omitManagedFields": True,
    "rules": [
        {
            "level": "RequestResponse",
            "verbs": ["create"],
            "resources": [{"group": "", "resources": [*_MADE]}],
        },
        {"level": "Metadata", "verbs": _WRITES, "resources": _OURS},
        # Looks that a decision rests on; what the played kubelet and the checks look at is of no interest.
        {"level": "Metadata", "verbs": ["get", "list"], "userGroups": ["system:serviceaccounts"], "resources": _OURS},
        {"level": "None"},
    ],
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What an object is for, from its labels; of a claim ``uid`` and ``start`` say nothing."""

    namespace: str
    instance: str
    entry: str
    uid: str = ""
    start: str = ""

    def __str__(self) -> str:
        start = f" start {self.start or '-'} of {self.uid[:8]}" if self.uid else ""
        return f"{self.namespace}/{self.instance} {self.entry}{start}"


def identity_of(obj: Json) -> Identity | None:
    """The identity of an object that an operator made."""
    found: dict[str, str] = obj.get("metadata", {}).get("labels") or {}
    namespace = obj.get("metadata", {}).get("namespace", "")
    if labels.PVC_NAME in found:
        return Identity(namespace, found.get(labels.INSTANCE, ""), found[labels.PVC_NAME])
    entry = found.get(labels.POD_NAME) or found.get(labels.RESOURCE_NAME)
    if not entry:
        return None
    start = found.get(labels.INSTANCE_UID, ""), found.get(labels.START_ID, "")
    return Identity(namespace, found.get(labels.INSTANCE, ""), entry, *start)


@dataclass(frozen=True, slots=True)
class Call:
    """One answered request; times are seconds since the epoch."""

    received: float
    answered: float
    user: str
    source: str
    verb: str
    resource: str
    namespace: str
    name: str
    uri: str
    status: int
    made: Identity | None = None
    made_uid: str = ""

    @property
    def created(self) -> bool:
        """Whether it made an object for an Instance."""
        return self.verb == "create" and self.status == 201 and self.made is not None and "dryRun=" not in self.uri

    @property
    def writes(self) -> bool:
        """Whether it was to change something."""
        return self.verb in _WRITES

    def is_about(self, namespace: str, instance: str, names: set[str]) -> bool:
        """Whether it concerns an Instance, or one of the objects ``names`` that were made for it."""
        if self.namespace != namespace:
            return False
        if self.made is not None:
            return self.made.instance == instance
        if self.name == instance or self.name in names or self.name.startswith(f"jni-{instance}-"):
            return True
        # Lists of what was made for it, and for others.
        return re.search(rf"labelSelector=[^&]*(?<![\w-]){re.escape(instance)}(?![\w-])", unquote(self.uri)) is not None


class _User(msgspec.Struct):
    username: str = ""


class _About(msgspec.Struct, rename="camel"):
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


class _Answer(msgspec.Struct):
    code: int = 0


class _Line(msgspec.Struct, rename="camel"):
    verb: str
    request_received_timestamp: datetime
    stage_timestamp: datetime
    user: _User = msgspec.field(default_factory=_User)
    source_ips: list[str] = msgspec.field(name="sourceIPs", default_factory=list[str])
    object_ref: _About = msgspec.field(default_factory=_About)
    response_status: _Answer = msgspec.field(default_factory=_Answer)
    response_object: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    request_uri: str = msgspec.field(name="requestURI", default="")


class Trail:
    """Reads on from where it stopped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._decoder = msgspec.json.Decoder(_Line)

    def news(self) -> Iterator[Call]:
        """The requests that were answered since the last look."""
        with self._path.open("rb") as log:
            log.seek(self._position)
            content = log.read()
        complete = content.rpartition(b"\n")[0]
        self._position += len(complete) + 1 if complete else 0
        for line in complete.splitlines():
            try:
                yield _call(self._decoder.decode(line))
            except msgspec.DecodeError:
                continue  # an API server that was killed leaves half a line


def _call(line: _Line) -> Call:
    about, answer = line.object_ref, line.response_object
    meta: Mapping[str, Any] = answer.get("metadata") or {}
    return Call(
        received=line.request_received_timestamp.timestamp(),
        answered=line.stage_timestamp.timestamp(),
        user=line.user.username.rpartition(":")[2],
        source=line.source_ips[0] if line.source_ips else "",
        verb=line.verb,
        resource="/".join(filter(None, (about.resource, about.subresource))),
        namespace=about.namespace,
        name=about.name or str(meta.get("name", "")),
        uri=line.request_uri,
        status=line.response_status.code,
        made=identity_of(answer) if about.resource in _MADE else None,
        made_uid=str(meta.get("uid", "")),
    )
