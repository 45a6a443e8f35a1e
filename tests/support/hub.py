"""The part of a hub, played by the test with the hub's rights: three calls for a first start, two for a later one."""

from collections.abc import Mapping
from typing import Any

from tests.support.kube import Json, Kube, Refused
from tests.support.token_secrets import asking_for_token

INSTANCES = "jupyternotebookinstances"
ENVIRONMENT = {"JUPYTERHUB_API_TOKEN": "c2VjcmV0", "JUPYTERHUB_USER": "am92eWFu"}
"""What lies in a start Secret: base64, as in its ``data``."""


class Hub:
    """Starts and stops servers in one namespace."""

    def __init__(self, kube: Kube, namespace: str) -> None:
        self._kube = kube
        self._namespace = namespace

    def create(self, name: str, spec: Mapping[str, Any]) -> Json:
        """An Instance as a client without start ids makes it."""
        return self._kube.create(INSTANCES, self._namespace, instance(name, self._namespace, spec))

    def first_start(self, name: str, spec: Mapping[str, Any], *, old: bool = False) -> Json:
        """Create the Instance suspended, hand over the environment, let it run; as an ``old`` hub, if so."""
        made = self._create_suspended(name, spec)
        return self.resume(made, self.give_environment(made, 1), old=old)

    def start_with_token(self, name: str, spec: Mapping[str, Any], account: str) -> str:
        """A first start as of a hub that was broken into: its Secret asks for the token of ``account``.

        The answer is the Secret's name.
        """
        made = self._create_suspended(name, spec)
        secret = asking_for_token(start_secret(made, 1) | {"immutable": False}, account)
        self._kube.create("secrets", self._namespace, secret)
        self.resume(made, "1")
        return secret["metadata"]["name"]

    def start(self, name: str, *, old: bool = False, **variables: str) -> Json:
        """A later start of an Instance that is there, with other values for some variables."""
        known = self._kube.get(INSTANCES, self._namespace, name)
        known["spec"]["variables"] = known["spec"].get("variables", {}) | variables
        return self.resume(known, self.give_environment(known, int(known["spec"]["startId"]) + 1), old=old)

    def change(self, name: str, patch: Mapping[str, Any]) -> Json:
        """Write something into an Instance that no hub of ours would."""
        return self._kube.merge_patch(INSTANCES, self._namespace, name, patch)

    def stop(self, name: str, *, grace_seconds: int | None = None) -> Json:
        """End the server; the answer's generation is what the condition Suspended has to have seen."""
        spec: Json = {"suspend": True, "gracePeriodSeconds": grace_seconds}
        return self._kube.merge_patch(INSTANCES, self._namespace, name, {"spec": spec})

    def give_environment(self, owner: Json, number: int) -> str:
        """The start Secret; the answer is the start id, the next free one if ``number`` has a Secret already."""
        try:
            self._kube.create("secrets", self._namespace, start_secret(owner, number))
        except Refused as refused:
            if refused.status != 409:
                raise
            return self.give_environment(owner, number + 1)
        return str(number)

    def resume(self, known: Json, start_id: str, *, old: bool = False) -> Json:
        """The one patch that starts: it holds only if nothing has happened since ``known``.

        An ``old`` hub leaves the record of who wrote which field as it is.
        """
        meta, before = known["metadata"], known["spec"]
        spec = {key: value for key, value in before.items() if key != "gracePeriodSeconds"}
        operations = [
            {"op": "test", "path": "/metadata/uid", "value": meta["uid"]},
            {"op": "test", "path": "/spec/startId", "value": before["startId"]},
            *([] if old else [{"op": "add", "path": "/metadata/managedFields", "value": [{}]}]),
            {"op": "replace", "path": "/spec", "value": spec | {"suspend": False, "startId": start_id}},
        ]
        return self._kube.json_patch(INSTANCES, self._namespace, meta["name"], operations)

    def _create_suspended(self, name: str, spec: Mapping[str, Any]) -> Json:
        return self.create(name, {**spec, "startId": "1", "hubEnvironment": [*ENVIRONMENT], "suspend": True})


def start_secret(owner: Json, number: int) -> Json:
    """The Secret of one start of an Instance."""
    meta = owner["metadata"]
    reference = {"apiVersion": "kadense.io/v1", "kind": owner["kind"], "name": meta["name"], "uid": meta["uid"]}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "jupyternetes.kadense.io/start",
        "immutable": True,
        "metadata": {"name": f"jni-{meta['name']}-{number}", "ownerReferences": [reference]},
        "data": ENVIRONMENT,
    }


def instance(name: str, namespace: str, spec: Mapping[str, Any]) -> Json:
    """An Instance to create."""
    metadata = {"name": name, "namespace": namespace}
    return {
        "apiVersion": "kadense.io/v1",
        "kind": "JupyterNotebookInstance",
        "metadata": metadata,
        "spec": dict(spec),
    }
