"""Real manifests raise no false alarm: all pods and claims in Kubernetes' own sources, against that release's schemas.

The sources are those in the cache of the go command, where they are: the local cluster is built from one release,
`make schemas` fetches the others.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyternetes.templating import compile_template
from jupyternetes.templating.schemas import check
from jupyternetes.templating.schemas.shipped import MINORS, shipped
from tools.schemas import release, schemas_of, sources

Json = Any

#: What other programs fill in before it is YAML of Kubernetes.
TEMPLATED = ("{{", "${", "__")

#: Manifests that are wrong, and why: the alarm is right.
WRONG = {
    "hack/testdata/invalid-pod.yaml": "made to be refused",
    "pkg/api/testing/replication_controller_example.json": "capabilities outside the securityContext",
    "cluster/addons/node-problem-detector/npd.yaml": "nodeSelectors",
    "test/fixtures/doc-yaml/admin/high-availability/kube-scheduler.yaml": "a mount without volume",
    "test/integration/scheduler_perf/config/templates/pod-with-node-inclusion-policy.yaml": "NodeAffinityPolicy",
    "test/integration/scheduler_perf/templates/pod-with-node-inclusion-policy.yaml": "NodeAffinityPolicy",
    "test/e2e/dra/test-driver/deploy/example/pod-external.yaml": "a text among the claims of a container",
    "cmd/kubeadm/app/util/staticpod/testdata/invalid-with-default-fields.yaml": "a container without a name",
    "cmd/kubeadm/app/util/staticpod/testdata/valid-pod-different-order.yaml": "a container without a name",
    "cmd/kubeadm/app/util/staticpod/testdata/valid-pod.yaml": "a container without a name",
    "cmd/kubeadm/app/util/staticpod/testdata/valid-pod2.yaml": "a container without a name",
}


@cache
def kubernetes(minor: int) -> Path:
    found = sources(minor, offline=True)
    if found is None:
        pytest.skip(f"no sources of Kubernetes {release(minor)} on this machine: `make schemas` fetches them")
    return found


def documents(folder: Path) -> Iterator[tuple[str, Json]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".yaml", ".yml", ".json") or "openapi-spec" in path.parts or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        if "ontainers" not in text and "accessModes" not in text:
            continue
        if any(each in text for each in TEMPLATED):
            continue
        try:
            for document in yaml.load_all(text, Loader=yaml.CSafeLoader):
                yield str(path.relative_to(folder)), document
        except yaml.YAMLError:
            continue


def entries(document: Json) -> Iterator[tuple[str, Json]]:
    """The specs of pods and claims in an object, as entries of a Template would hold them."""
    if not isinstance(document, dict):
        return
    for item in document.get("items") or ():
        yield from entries(item)
    kind, spec = document.get("kind"), document.get("spec")
    if not isinstance(spec, dict):
        return
    template = spec.get("template")
    if kind == "CronJob":
        yield from entries({"kind": "Job", **spec.get("jobTemplate", {})})
    elif kind in ("Pod", "PersistentVolumeClaim"):
        yield "pods" if kind == "Pod" else "pvcs", spec
    elif isinstance(template, dict) and isinstance(template.get("spec"), dict):
        claims = spec.get("volumeClaimTemplates") or []
        volumes = [{"name": each["metadata"]["name"], "emptyDir": {}} for each in claims]  # as its controller does
        pod = template["spec"]
        yield "pods", {**pod, "volumes": [*(pod.get("volumes") or []), *volumes]} if volumes else pod
        yield from (("pvcs", each["spec"]) for each in claims)


@pytest.mark.parametrize("minor", MINORS)
def test_pods_and_claims_of_kubernetes_own_sources_raise_no_alarm(minor: int) -> None:
    seen = 0
    alarms: dict[str, list[str]] = {}
    for name, document in documents(kubernetes(minor)):
        for kind, spec in entries(document):
            compiled = compile_template({kind: [{"name": "x", "spec": spec}]})
            seen += 1
            if found := check(compiled, shipped(minor)):
                alarms.setdefault(name, []).extend(map(str, found))

    assert {name: texts for name, texts in alarms.items() if name not in WRONG} == {}
    assert seen > 200


@pytest.mark.parametrize("minor", MINORS)
def test_the_shipped_copy_is_what_the_release_says(minor: int) -> None:
    assert shipped(minor) == schemas_of(kubernetes(minor))
