"""``jupyternetes template test``: what is given, and what must come of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.templates import CLAIM, container, pod_spec, template
from tests.unit.cli.conftest import Run
from tests.unit.cli.test_template import MENDED, PAGE

pytestmark = pytest.mark.usefixtures("restored_logging")

Json = dict[str, Any]
SIZES: Json = {
    "name": "size",
    "default": "small",
    "choices": [
        {"value": "small", "values": {"cpu": 1, "gpus": "{jupyternetes.null}"}},
        {"value": "gpu", "values": {"cpu": 8, "gpus": 1}},
    ],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Has a Template of two sizes, whose second pod is there for one of them."""
    monkeypatch.chdir(tmp_path)
    limits = {"cpu": "{size.cpu}", "nvidia.com/gpu": "{size.gpus}"}
    serving = container(resources={"limits": limits}, args=["--user", "{jupyterhub.user.name}"])
    monitor = {"name": "monitor", "condition": "vars.size == 'gpu'", "spec": pod_spec()}
    written = template(
        variables=[SIZES],
        pvcs=[{"name": "workspace", "spec": CLAIM}],
        pods=[{"name": "notebook", "spec": pod_spec(containers=[serving])}, monitor],
    )
    (tmp_path / "lab.yaml").write_text(yaml.safe_dump(written))
    return tmp_path


def cases(folder: Path, *tests: Json, **fields: Any) -> str:
    (folder / "cases.yaml").write_text(yaml.safe_dump({"template": "lab.yaml", "tests": [*tests], **fields}))
    return "cases.yaml"


def notebook(**fields: Any) -> Json:
    return {"pods/notebook": {"spec": {"containers": [{"name": "notebook", **fields}]}}}


def test_tests_on_the_page_pass(run: Run, folder: Path) -> None:
    [written] = re.findall(r"```yaml\n(template:.*?)```", PAGE, re.DOTALL)
    shown = re.search(r"template test course-test.yaml\n(.*?)```", PAGE, re.DOTALL)
    assert shown
    (folder / "course.yaml").write_text(MENDED)
    (folder / "course-test.yaml").write_text(written)

    assert run("template", "test", "course-test.yaml") == (0, shown[1], "")


@pytest.mark.parametrize(
    "case",
    [
        {"expect": notebook(resources={"limits": {"cpu": 1, "nvidia.com/gpu": None}})},
        {"expect": {"pods/monitor": None, "pvcs/workspace": {"kind": "PersistentVolumeClaim"}}},
        {"given": {"variables": {"size": "gpu"}}, "expect": notebook(resources={"limits": {"nvidia.com/gpu": 1}})},
        {"given": {"variables": {"size": "gpu"}}, "expect": {"pods/monitor": {"kind": "Pod"}}},
        {"given": {"user": "ana", "namespace": "there"}, "expect": notebook(args=["--user", "ana"])},
        {"given": {"variables": {"size": "huge"}}, "refuse": "must be one of small, gpu"},
        {},
    ],
)
def test_what_is_so_passes(run: Run, folder: Path, case: Json) -> None:
    assert run("template", "test", cases(folder, {"name": "it", **case})) == (0, "passed it\n1 passed, 0 failed\n", "")


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (
            {"expect": notebook(resources={"limits": {"cpu": "1"}})},
            'pods/notebook $.spec.containers[0].resources.limits.cpu is 1, not "1"',
        ),
        ({"expect": notebook(tty=True)}, "pods/notebook $.spec.containers[0].tty is nothing, not true"),
        (
            {"expect": {"pods/notebook": {"spec": {"containers": [{"name": "other"}]}}}},
            "pods/notebook $.spec.containers has no item of the name 'other'",
        ),
        ({"expect": notebook(args=["--user"])}, "$.spec.containers[0].args has 2 items, not 1"),
        ({"expect": notebook(args=["--user", "ben"])}, '$.spec.containers[0].args[1] is "jovyan", not "ben"'),
        ({"expect": {"pods/notebook": None}}, "pods/notebook is made"),
        ({"expect": {"pods/monitor": {}}}, "nothing is made of pods/monitor: its condition is false"),
        ({"expect": {"pods/none": {}}}, "there is no entry 'pods/none'; there are: "),
        ({"refuse": "anything"}, "nothing is refused"),
        ({"given": {"variables": {"size": "huge"}}, "refuse": "pattern"}, "it is refused for another reason: Instance"),
        ({"given": {"variables": {"size": "huge"}}}, "it is refused: Instance $.spec.variables.size: "),
    ],
)
def test_what_is_not_so_fails_and_says_where(run: Run, folder: Path, case: Json, why: str) -> None:
    code, out, err = run("template", "test", cases(folder, {"name": "it", **case}))

    assert (code, err) == (1, "")
    assert out.startswith("FAILED it\n       ")
    assert why in out
    assert out.endswith("\n0 passed, 1 failed\n")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"tests": [{"name": "a", "expects": {}}]}, "cases.yaml:3:3: $.tests[0]: "),
        ({"tests": [{"expect": {}}]}, "$.tests[0]: "),
        ({"template": "nowhere.yaml"}, "nowhere.yaml"),
        ({"template": "cases.yaml"}, "there are: none"),
        ({"named": "other"}, "there are: lab"),
    ],
)
def test_a_file_that_is_no_suite_is_an_error(run: Run, folder: Path, fields: Json, says: str) -> None:
    code, out, err = run("template", "test", cases(folder, **fields))

    assert (code, out) == (1, "")
    assert says in err
