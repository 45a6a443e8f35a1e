"""Our operators as the chart installs them, on a cluster that has the kinds of other projects' operators.

A test module says which, in `FOREIGN`. The fixtures that all integration tests share are replaced by those of this
cluster, so that what a failure is explained with comes from here.
"""

import json
import uuid
from collections.abc import Iterator

import pytest

from tests.support.audit import AuditLog
from tests.support.deployed import as_deployed
from tests.support.foreign import Foreign, install_definitions
from tests.support.installation import RELEASE_NAMESPACE, install_storage_class, make_namespace
from tests.support.kube import Kube
from tests.support.lab import Lab
from tests.support.operators import Operators
from tools.chart.helm import Helm
from tools.cluster import Cluster, Steps

RELEASE = "one"


@pytest.fixture(scope="module")
def foreign(request: pytest.FixtureRequest) -> tuple[Foreign, ...]:
    return request.module.FOREIGN


@pytest.fixture(scope="module")
def control_plane(tmp_path_factory: pytest.TempPathFactory, steps: Steps) -> Iterator[Cluster]:
    made = Cluster.up(name="foreign", directory=tmp_path_factory.mktemp("clusters"), steps=steps)
    yield made
    made.down()


@pytest.fixture(scope="module")
def kube(control_plane: Cluster, foreign: tuple[Foreign, ...], steps: Steps) -> Iterator[Kube]:
    """The administrator, who has installed the kinds and allowed them."""
    kube = Kube(control_plane.kubeconfig)
    install_storage_class(kube)
    install_definitions(kube, foreign, steps)
    values = {"otherResources": {"kinds": [each.allowed for each in foreign]}}
    Helm(control_plane.kubeconfig).install(RELEASE, RELEASE_NAMESPACE, "--values=-", stdin=json.dumps(values))
    yield kube
    kube.close()


@pytest.fixture(scope="module")
def all_operators(control_plane: Cluster, kube: Kube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    """With the rights and the arguments that the chart gives them."""
    names = ("pvcs", "pods", "pod-status", "other-resources")
    logs = tmp_path_factory.mktemp("operators")
    with as_deployed(control_plane, RELEASE, RELEASE_NAMESPACE, logs, names=names) as operators:
        yield operators


@pytest.fixture
def lab(kube: Kube, control_plane: Cluster, all_operators: Operators) -> Iterator[Lab]:
    """An empty namespace of the test's own, whose servers the administrator starts."""
    namespace = make_namespace(kube, f"foreign-{uuid.uuid4().hex[:8]}")
    yield Lab(kube, kube, AuditLog(control_plane.audit_log, kube), namespace)
    kube.delete("namespaces", "", namespace)
