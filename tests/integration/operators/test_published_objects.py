"""The published objects, applied as they are, give what was published, field by field.

So an Instance of an old client works, without start id and start Secret. What may differ is listed here with its
reason; anything else that differs is a defect.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.audit import AuditLog
from tests.support.hub import INSTANCES
from tests.support.installation import RELEASE_NAMESPACE
from tests.support.kube import Json, Kube
from tests.support.lab import TEMPLATES, Lab, is_running
from tests.support.operators import Operators
from tests.support.waiting import eventually

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "published"

GENERATED_OR_TIMES = r"metadata\.(name|uid|resourceVersion|creationTimestamp|managedFields|generation)(\..*)?"
ALLOWED = {
    "PersistentVolumeClaim": {
        GENERATED_OR_TIMES: "made by the API server for each object",
        r"metadata\.annotations\..*": "written by whoever binds and provisions the volume",
        r"metadata\.finalizers": "written by the cluster, at its own time",
        r"spec\.volumeName": "written by whoever binds the volume",
        r"status\..*": "written by whoever binds the volume",
    },
    "Pod": {
        GENERATED_OR_TIMES: "made by the API server for each object",
        r"metadata\.labels\.jupyternetes\.kadense\.io/(instanceUid|port|container)": "further labels",
        r"metadata\.labels\.jupyternetes\.kadense\.io/template(Uid|Generation)": "further labels",
        r"metadata\.ownerReferences\..*": "Kubernetes removes the pod with its Instance",
        r"spec\.enableServiceLinks": "safer default",
        r"spec\.automountServiceAccountToken": "safer default",
        r"spec\.containers\.0\.securityContext\.allowPrivilegeEscalation": "safer default",
        r"spec\.containers\.0\.volumeMounts\.1\..*": "the token's mount, gone with the safer default",
        r"spec\.volumes\.1\..*": "the token's volume, gone with the safer default",
        r"spec\.volumes\.0\.persistentVolumeClaim\.claimName": "a generated name",
        r"spec\.nodeName": "the node",
        r"status\..*": "the published pod has no status",
    },
    "status": {
        r"(pods|pvcs)\.[a-z]+\.resourceName": "a generated name",
        r"pods\.notebook\.(uid|templateUid|templateGeneration)": "further status field",
        r"pvcs\.workspace\.reclaimPolicy": "further status field",
        r"conditions\..*": "further status field",
        r"observedGeneration": "further status field",
    },
}


def example(name: str) -> Json:
    return yaml.safe_load((EXAMPLES / name).read_text())


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Leaves by path; null, {} and [] are as good as absent."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return {key: leaf for name, inner in items for key, leaf in flat(inner, f"{path}.{name}").items()}
    return {} if value is None else {path.removeprefix("."): value}


def differences(found: Json, published: Json, allowed: dict[str, str]) -> dict[str, tuple[Any, Any]]:
    """Paths at which the two differ and may not, with both values."""
    there, wanted = flat(found), flat(published)
    return {
        path: (there.get(path), wanted.get(path))
        for path in sorted(there.keys() | wanted.keys())
        if there.get(path) != wanted.get(path) and not any(re.fullmatch(pattern, path) for pattern in allowed)
    }


@pytest.fixture(scope="module")
def published(all_operators: Operators, kube: Kube, hub_kube: Kube, audit: AuditLog) -> Any:
    """What came of the published objects before there was a Pod status operator: statuses, claim, pod."""
    lab = Lab(kube, hub_kube, audit, "default")
    name = example("instance.yaml")["metadata"]["name"]
    all_operators.stop_all()
    kube.create(TEMPLATES, RELEASE_NAMESPACE, example("template.yaml"))
    hub_kube.create(INSTANCES, "default", example("instance.yaml"))
    first = kube.get(INSTANCES, "default", name)["status"]
    all_operators.run_only("pvcs")
    after_pvcs = lab.until(lambda instance: instance["status"]["pvcsProvisioned"] == "Completed", name)["status"]
    all_operators.run_only("pvcs", "pods")
    after_pods = lab.until(lambda instance: instance["status"]["podsProvisioned"] == "Completed", name)["status"]
    claim = kube.get("persistentvolumeclaims", "default", after_pods["pvcs"]["workspace"]["resourceName"])
    pod = kube.get("pods", "default", after_pods["pods"]["notebook"]["resourceName"])
    assert len(lab.pods("notebook")) == 1
    yield {"lab": lab, "name": name, "first": first, "pvcs": after_pvcs, "pods": after_pods, "claim": claim, "pod": pod}
    kube.delete(INSTANCES, "default", name)
    kube.delete(TEMPLATES, RELEASE_NAMESPACE, "default-template")
    kube.delete("persistentvolumeclaims", "default", claim["metadata"]["name"])
    for left in lab.pods():
        lab.kubelet.finish(left["metadata"]["name"])


def test_claim_is_the_published_one_B14(published: Json) -> None:
    assert differences(published["claim"], example("pvc.yaml"), ALLOWED["PersistentVolumeClaim"]) == {}


def test_pod_is_the_published_one_B14(published: Json) -> None:
    assert differences(published["pod"], example("pod.yaml"), ALLOWED["Pod"]) == {}


def test_first_status_needs_no_write(published: Json) -> None:
    assert published["first"] == example("instance.yaml")["status"]


@pytest.mark.parametrize(("moment", "file"), [("pvcs", "status-after-pvcs.yaml"), ("pods", "status-after-pods.yaml")])
def test_statuses_are_the_published_ones_B14(published: Json, moment: str, file: str) -> None:
    assert differences(published[moment], example(file)["status"], ALLOWED["status"]) == {}


def test_safer_defaults_are_the_only_change_of_the_pod_spec_T11(published: Json) -> None:
    spec = published["pod"]["spec"]

    assert spec["enableServiceLinks"] is False
    assert spec["automountServiceAccountToken"] is False
    assert spec["containers"][0]["securityContext"] == {"allowPrivilegeEscalation": False}
    assert spec["restartPolicy"] == "Always"
    assert len(spec["volumes"]) == 1


def test_comparison_finds_a_field_that_nobody_allowed(published: Json) -> None:
    changed = published["pod"] | {"spec": published["pod"]["spec"] | {"hostNetwork": True}}

    assert differences(changed, example("pod.yaml"), ALLOWED["Pod"]) == {"spec.hostNetwork": (True, None)}


def test_instance_of_an_old_client_runs_B14(published: Json, operators: Operators) -> None:
    lab: Lab = published["lab"]
    name = published["pod"]["metadata"]["name"]
    lab.kubelet.bind(name)

    lab.kubelet.serve(name)

    running = lab.until(is_running, published["name"])["status"]
    assert running["pods"]["notebook"]["podAddress"] == "10.1.2.3"
    assert running["address"] == "10.1.2.3:8888"
    lab.kubelet.finish(name)
    eventually(
        lambda: lab.pods("notebook"), until=lambda pods: [p["metadata"]["name"] for p in pods] not in ([], [name])
    )
