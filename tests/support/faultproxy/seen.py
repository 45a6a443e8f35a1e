"""An HTTP request as the API server understands it: verb, resource, namespace, name.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb
"""

from collections.abc import Mapping
from dataclasses import dataclass

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}
DRY = "dry-"


@dataclass(frozen=True, slots=True)
class Seen:
    """``resource`` is the plural, with its subresource after a slash; empty for what is no object: /healthz, /apis.

    The verb of a dry run has ``DRY`` before it: it makes nothing, so no fault is meant for it and no count of creates.
    """

    client: str
    agent: str
    verb: str
    resource: str
    namespace: str
    name: str
    path: str

    @property
    def writes(self) -> bool:
        return self.verb not in ("get", "list", "watch") and not self.verb.startswith(DRY)


def read_request(client: str, agent: str, method: str, path: str, query: Mapping[str, str]) -> Seen:
    """What a request of ``client`` is about."""
    parts = path.strip("/").split("/")
    objects = parts[2:] if parts[0] == "api" else parts[3:] if parts[0] == "apis" else []
    namespace = ""
    if len(objects) > 2 and objects[0] == "namespaces" and objects[2] != "status":
        namespace, objects = objects[1], objects[2:]
    plural, name, *subresource = (*objects, "", "")[: max(2, len(objects))]
    verb = _VERBS.get(method, method.lower())
    if not name:
        listed = "watch" if query.get("watch") in ("1", "true") else "list"
        verb = {"get": listed, "delete": "deletecollection"}.get(verb, verb)
    if "dryRun" in query:
        verb = f"{DRY}{verb}"
    return Seen(client, agent, verb, "/".join([plural, *subresource]), namespace, name, path)
