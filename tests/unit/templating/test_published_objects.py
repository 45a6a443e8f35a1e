"""The published Template and Instance give the published Pod and PVC, as far as they are rendered."""

from pathlib import Path

import pytest
import yaml

from jupyternetes.templating import Waiting, compile_template, render
from tests.unit.templating.templating_support import instance

PUBLISHED = Path(__file__).parents[3] / "examples" / "published"
OPERATORS_LABELS = {"instance", "instanceNamespace", "podName", "pvcName", "template", "templateNamespace"}


def load(name):
    return yaml.safe_load((PUBLISHED / name).read_text())


@pytest.fixture
def published():
    source = load("instance.yaml")
    return instance(
        source["spec"]["variables"],
        name=source["metadata"]["name"],
        namespace=source["metadata"]["namespace"],
        template_name=source["spec"]["template"]["name"],
        template_namespace=source["spec"]["template"]["namespace"],
    )


@pytest.fixture(params=["template.yaml", "template-live.yaml"])
def template(request):
    compiled = compile_template(load(request.param)["spec"])
    assert compiled.problems == ()
    return compiled


def own_labels(published_object):
    labels = published_object["metadata"]["labels"]
    return {key: value for key, value in labels.items() if key.rpartition("/")[2] not in OPERATORS_LABELS}


def test_the_pod_is_the_published_one(template, published):
    expected = load("pod.yaml")
    (ready,) = render(template, published, {"pvcs": {"workspace": "workspace-fphcr"}}).pods
    assert ready.name == "notebook"
    assert ready.labels == own_labels(expected)
    (made,), (wanted,) = ready.spec["containers"], expected["spec"]["containers"]
    for key, value in made.items():
        if key not in ("ports", "volumeMounts"):
            assert value == wanted[key], key
    assert made["ports"] == [{"containerPort": 8888, "name": "http", "protocol": "TCP"}]
    assert made["volumeMounts"] == [mount for mount in wanted["volumeMounts"] if mount["name"] == "workspace-pvc"]
    assert ready.spec["volumes"] == [volume for volume in expected["spec"]["volumes"] if "projected" not in volume]


def test_the_pvc_is_the_published_one(template, published):
    expected = load("pvc.yaml")
    (ready,) = render(template, published, {}).pvcs
    assert ready.name == "workspace"
    assert ready.labels == own_labels(expected)
    assert ready.spec == {key: expected["spec"][key] for key in ("accessModes", "resources")}


def test_the_pod_waits_for_the_pvc_B03(template, published):
    (waiting,) = render(template, published, {}).pods
    assert isinstance(waiting, Waiting)
    assert waiting.needs == ("jupyternetes.pvcs.workspace",)
