"""Kinds of other projects' operators: their definitions come out of the Go modules of these projects."""

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from jupyternetes.api.other_kinds import OtherKind
from tests.support.kube import Json, Kube
from tests.support.waiting import eventually
from tools.cluster import Steps
from tools.cluster.binaries import find_module
from tools.cluster.versions import CERT_MANAGER


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind whose definition stands at `path`, with its whole folder if that is one, in a module of a version."""

    kind: OtherKind
    module: str
    version: str
    path: str

    @property
    def allowed(self) -> Json:
        """As the chart's list of kinds has it."""
        return {"apiVersion": self.kind.api_version, "kind": self.kind.kind, "resource": self.kind.resource}


CERTIFICATE = Foreign(
    OtherKind.read("cert-manager.io/v1/Certificate=certificates"),
    "github.com/cert-manager/cert-manager",
    CERT_MANAGER,
    "deploy/crds",
)
CLOUD_NATIVE_PG = Foreign(
    OtherKind.read("postgresql.cnpg.io/v1/Cluster=clusters"),
    "github.com/cloudnative-pg/cloudnative-pg",
    "1.25.1",
    "config/crd/bases/postgresql.cnpg.io_clusters.yaml",
)
RABBITMQ = Foreign(
    OtherKind.read("rabbitmq.com/v1beta1/RabbitmqCluster=rabbitmqclusters"),
    "github.com/rabbitmq/cluster-operator/v2",
    "2.12.1",
    "config/crd/bases/rabbitmq.com_rabbitmqclusters.yaml",
)
ZALANDO = Foreign(
    OtherKind.read("acid.zalan.do/v1/postgresql=postgresqls"),
    "github.com/zalando/postgres-operator",
    "1.14.0",
    "manifests/postgresql.crd.yaml",
)


def install_definitions(kube: Kube, foreign: Iterable[Foreign], steps: Steps) -> None:
    """Returns when the API server serves the kinds."""
    for body in [body for each in foreign for body in _definitions(each, steps)]:
        name = body["metadata"]["name"]
        # The labels of some are placeholders for Helm.
        kube.create("customresourcedefinitions", "", body | {"metadata": {"name": name}})

        def is_served(name: str = name) -> bool:
            found = kube.get("customresourcedefinitions", "", name).get("status", {}).get("conditions") or []
            return any((each["type"], each["status"]) == ("Established", "True") for each in found)

        eventually(is_served)


def _definitions(foreign: Foreign, steps: Steps) -> list[Json]:
    place = find_module(foreign.module, foreign.version, steps) / foreign.path
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    # The loader in C: some definitions have thousands of lines.
    return [body for file in files for body in yaml.load_all(file.read_text(), yaml.CSafeLoader) if body]
