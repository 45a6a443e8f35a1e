"""A null in a Template may be lost when it is applied; the one that a placeholder gives is not."""

import pytest
import yaml

from tests.support.lab import TEMPLATES, Lab
from tests.support.templates import container, order, pod_spec, template
from tools.cluster import Cluster

pytestmark = pytest.mark.usefixtures("operators")


@pytest.mark.parametrize(
    ("options", "kept"), [((), {}), (("--server-side",), {"written": None})], ids=["client", "server"]
)
def test_the_null_of_a_choice_removes_a_field_however_the_template_was_applied(
    control_plane: Cluster, lab: Lab, options: tuple[str, ...], kept: dict[str, None]
) -> None:
    values = {"written": None, "given": "{jupyternetes.null}"}
    size = {"name": "size", "default": "small", "choices": [{"value": "small", "values": values}]}
    spec = pod_spec(containers=[container(workingDir="{size.given}")])
    written = template(variables=[size], pods=[{"name": "notebook", "spec": spec}])

    control_plane.kubectl("apply", *options, "--namespace", lab.namespace, "-f", "-", stdin=yaml.safe_dump(written))
    lab.hub.first_start("a", order())

    [choice] = lab.kube.get(TEMPLATES, lab.namespace, "lab")["spec"]["variables"][0]["choices"]
    assert choice["values"] == kept | {"given": "{jupyternetes.null}"}
    [serving] = lab.kube.get("pods", lab.namespace, lab.made_pod())["spec"]["containers"]
    assert "workingDir" not in serving
