"""The API server as plain JSON through the official client: what a test sees owes nothing to our own code."""

import json
from pathlib import Path
from typing import Any

from kubernetes import config

Json = dict[str, Any]

_GROUPS = {
    "certificaterequests": "apis/cert-manager.io/v1",
    "certificates": "apis/cert-manager.io/v1",
    "clusters": "apis/postgresql.cnpg.io/v1",
    "customresourcedefinitions": "apis/apiextensions.k8s.io/v1",
    "clusterrolebindings": "apis/rbac.authorization.k8s.io/v1",
    "clusterroles": "apis/rbac.authorization.k8s.io/v1",
    "databases": "apis/databases.example.org/v1",
    "issuers": "apis/cert-manager.io/v1",
    "jupyternotebookinstances": "apis/kadense.io/v1",
    "jupyternotebooktemplates": "apis/kadense.io/v1",
    "leases": "apis/coordination.k8s.io/v1",
    "licences": "apis/licences.example.org/v1",
    "mutatingwebhookconfigurations": "apis/admissionregistration.k8s.io/v1",
    "networkpolicies": "apis/networking.k8s.io/v1",
    "postgresdatabases": "apis/postgres.example.org/v1",
    "postgresqls": "apis/acid.zalan.do/v1",
    "rabbitmqclusters": "apis/rabbitmq.com/v1beta1",
    "storageclasses": "apis/storage.k8s.io/v1",
    "validatingadmissionpolicies": "apis/admissionregistration.k8s.io/v1",
    "validatingadmissionpolicybindings": "apis/admissionregistration.k8s.io/v1",
    "validatingwebhookconfigurations": "apis/admissionregistration.k8s.io/v1",
}
"""Where the API server serves what is not in the core group."""


class Refused(Exception):  # noqa: N818 (the API server's word, not an error of the test)
    """The API server said no; ``status`` is the HTTP status, the text its message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Kube:
    """One account. ``resource`` is the plural, with the subresource after a slash where one is meant."""

    def __init__(self, kubeconfig: Path) -> None:
        self.kubeconfig = kubeconfig
        self._client = config.new_client_from_config(str(kubeconfig))

    def get(self, resource: str, namespace: str, name: str) -> Json:
        return self.request("GET", self.path(resource, namespace, name))

    def find(self, resource: str, namespace: str, name: str) -> Json | None:
        """The object, or None if there is none of this name."""
        try:
            return self.get(resource, namespace, name)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def all(self, resource: str, namespace: str, *, labels: str = "") -> list[Json]:
        query = f"?labelSelector={labels}" if labels else ""
        return self.request("GET", self.path(resource, namespace) + query)["items"]

    def create(self, resource: str, namespace: str, body: Json) -> Json:
        return self.request("POST", self.path(resource, namespace), body)

    def json_patch(self, resource: str, namespace: str, name: str, operations: list[Json]) -> Json:
        return self._patch("json-patch", resource, namespace, name, operations)

    def merge_patch(self, resource: str, namespace: str, name: str, body: Json, *, manager: str = "tests") -> Json:
        return self._patch("merge-patch", resource, namespace, name, body, f"?fieldManager={manager}")

    def apply(
        self, resource: str, namespace: str, name: str, body: Json, *, manager: str = "tests", force: bool = True
    ) -> Json:
        query = f"?fieldManager={manager}&force={str(force).lower()}"
        return self._patch("apply-patch", resource, namespace, name, body, query)

    def delete(self, resource: str, namespace: str, name: str, *, grace_seconds: int | None = None) -> None:
        """Ask for a deletion; that the object is gone already is fine."""
        options: Json = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        try:
            self.request("DELETE", self.path(resource, namespace, name), options)
        except Refused as refused:
            if refused.status != 404:
                raise

    def request(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json") -> Json:
        """One request; raises Refused."""
        settings = self._client.configuration
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        for setting in settings.auth_settings().values():
            headers[setting["key"]] = setting["value"]
        answer = self._client.rest_client.request(method, settings.host + path, headers=headers, body=body)
        content = answer.read()
        if answer.status >= 300:
            raise Refused(answer.status, _message(content))
        return json.loads(content)

    def close(self) -> None:
        self._client.close()

    @staticmethod
    def path(resource: str, namespace: str, name: str = "") -> str:
        """The URL's path; an empty namespace is for what has none."""
        plural, _, subresource = resource.partition("/")
        parts = [_GROUPS.get(plural, "api/v1"), *(("namespaces", namespace) if namespace else ()), plural]
        return "/" + "/".join([*parts, *filter(None, (name, subresource))])

    def _patch(self, kind: str, resource: str, namespace: str, name: str, body: Any, query: str = "") -> Json:
        suffix = "yaml" if kind == "apply-patch" else "json"
        path = self.path(resource, namespace, name) + query
        return self.request("PATCH", path, body, content_type=f"application/{kind}+{suffix}")


def _message(content: bytes) -> str:
    try:
        return json.loads(content)["message"]
    except (ValueError, KeyError, TypeError):
        return content.decode(errors="replace")
