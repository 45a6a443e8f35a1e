"""``jupyternetes template lint`` and ``render``, on files."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.api.template import Template
from jupyternetes.cli.templates.lint import findings
from jupyternetes.cli.templates.manifests import Manifest, ManifestError, Place, manifests
from jupyternetes.operators.pods.acceptance import accepted
from jupyternetes.operators.templates.finder import compile_as_operators
from jupyternetes.templating.schemas import check
from jupyternetes.templating.schemas.shipped import shipped
from tests.support.templates import CLAIM, container, pod_spec, template
from tests.unit.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("restored_logging")

CHECKOUT = Path(__file__).resolve().parents[3]
PAGE = (CHECKOUT / "docs" / "how-to" / "check-templates.md").read_text()
PUBLISHED = CHECKOUT / "examples" / "published"
SHOWN, *_ = re.findall(r"```yaml\n(apiVersion.*?)```", PAGE, re.DOTALL)
MENDED = (
    SHOWN.replace("smal\n", "small\n")
    .replace("size.cpus", "size.cpu")
    .replace("workspac}", "workspace}")
    .replace("volumeMount:", "volumeMounts:")
)

Json = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "course.yaml").write_text(SHOWN)
    (tmp_path / "mended.yaml").write_text(MENDED)
    return tmp_path


def written(folder: Path, *objects: Mapping[str, Any]) -> str:
    (folder / "written.yaml").write_text(yaml.safe_dump_all(objects))
    return "written.yaml"


def test_lint_says_all_mistakes_with_their_places_as_the_page_shows(run: Run, folder: Path) -> None:
    shown = re.search(r"template lint course.yaml\n(.*?)```", PAGE, re.DOTALL)
    assert shown

    assert run("template", "lint", "course.yaml") == (1, shown[1], "4 problems in 1 Template\n")


def test_lint_of_what_is_right_is_one_line(run: Run, folder: Path) -> None:
    assert run("template", "lint", "mended.yaml") == (0, "1 Template, no problems\n", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a FILE, or look at the Templates of a cluster with --cluster"),
        (("mended.yaml", "--namespace", "a"), "are for --cluster"),
        (("mended.yaml", "--kubeconfig", "none"), "are for --cluster"),
        (("mended.yaml", "--cluster", "--namespace", "a"), "leave out one of them"),
        (("--cluster", "--kubernetes", "1.31"), "leave out one of them"),
        (("--cluster", "--kubeconfig", "none"), "kubeconfig none does not exist"),
    ],
)
def test_lint_says_which_options_do_not_go_together(
    run: Run, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run("template", "lint", *arguments)

    assert (code, out) == (1, "")
    assert words in err


def test_lint_finds_templates_among_other_objects_and_in_lists(run: Run, folder: Path) -> None:
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "{no.such.variable}"}}
    faulty = template(pods=[{"name": "notebook", "spec": pod_spec(volumes="{jupyternetes.pvcs.none}")}])
    listed = {"apiVersion": "v1", "kind": "List", "items": [other, template(), faulty]}

    code, out, err = run("template", "lint", written(folder, other, listed))

    assert (code, err) == (1, "1 problem in 2 Templates\n")
    assert re.fullmatch(r"written\.yaml:\d+:\d+: lab: \$\.spec\.pods\[0\]\.spec\.volumes: .*\n", out)


@pytest.mark.parametrize("name", ["template.yaml", "template-live.yaml"])
def test_published_templates_have_no_problems_and_render(run: Run, name: str) -> None:
    assert run("template", "lint", str(PUBLISHED / name))[0] == 0
    code, out, _ = run("template", "render", str(PUBLISHED / name))
    assert code == 0
    assert [made["kind"] for made in yaml.safe_load_all(out)] == ["PersistentVolumeClaim", "Pod"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1, 2\nb: 3", "written.yaml:2:2: no YAML: "),
        ("- 1", "written.yaml:1:1: a manifest is an object"),
        ("a: !!python/object:os.system {}", "written.yaml:1:4: no YAML: "),
        ("a: &a [*a]", "there is no JupyterNotebookTemplate in written.yaml"),
        ("", "there is no JupyterNotebookTemplate in written.yaml"),
    ],
)
def test_what_is_no_manifest_is_said_in_one_line(run: Run, folder: Path, text: str, says: str) -> None:
    (folder / "written.yaml").write_text(text)

    code, out, err = run("template", "lint", "written.yaml")

    assert (code, out) == (1, "")
    assert err.startswith(f"jupyternetes: {says}")
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_read_is_named(run: Run, folder: Path) -> None:
    (folder / "latin.yaml").write_bytes(b"a: \xe4")

    assert "nowhere.yaml" in run("template", "lint", "nowhere.yaml")[2]
    assert "latin.yaml" in run("template", "lint", "latin.yaml")[2]


def test_a_key_that_stands_twice_is_a_problem(run: Run, folder: Path) -> None:
    (folder / "written.yaml").write_text(MENDED.replace("  pvcs:\n", "  displayName: a\n  displayName: b\n  pvcs:\n"))

    assert run("template", "lint", "written.yaml")[1] == "written.yaml:13:3: $: the key 'displayName' stands twice\n"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"metadata": {}}, "$.metadata: a Template needs a name"),
        ({"metadata": {"name": "x" * 64}}, "$.metadata.name: must have at most 63 characters"),
        ({"metadata": {"name": 7}}, "$.metadata: a Template needs a name"),
        ({"metadata": None}, "$.metadata: a Template needs a name"),
        ({"apiVersion": "kadense.io/v2"}, "$.apiVersion: must be kadense.io/v1"),
        ({"spec": {"pods": {}}}, "$.spec.pods: must be a list"),
        ({"spec": None}, "$.spec: "),
        ({"spec": {"variable": []}}, "$.spec.variable: there is no such field (did you mean 'variables'?)"),
        ({"spec": {"pods": [{"name": "a", "spec": {}, "primry": True}]}}, "$.spec.pods[0].primry: there is no such"),
        ({"specs": {}}, "$.specs: there is no such field"),
    ],
)
def test_what_the_api_server_would_refuse_is_a_problem_too(run: Run, folder: Path, changes: Json, says: str) -> None:
    code, out, _ = run("template", "lint", written(folder, template() | changes))

    assert code == 1
    assert says in out


def test_a_port_that_no_container_has_is_found_where_it_is_written(run: Run, folder: Path) -> None:
    faulty = template(pods=[{"name": "notebook", "port": "nothing", "spec": pod_spec()}])

    _, out, _ = run("template", "lint", written(folder, faulty))

    assert re.match(r"written\.yaml:\d+:\d+: \$\.spec\.pods\[0\]\.port: 'nothing' is neither ", out)


def test_a_date_is_text_as_for_kubectl() -> None:
    [found] = manifests("f", "kind: x\nday: 2026-01-01")

    assert found.content == {"kind": "x", "day": "2026-01-01"}


def test_aliases_within_aliases_are_no_trouble() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]

    [found] = manifests("f", "\n".join(lines))

    assert found.place("$.a29[8][8][8]").line == 27


@pytest.mark.parametrize("value", ["&a [*a]", "*a9"])
def test_a_template_that_is_too_large_is_not_looked_at(run: Run, folder: Path, value: str) -> None:
    lines = ["x0: &a0 [x]", *(f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    text = "\n".join([MENDED, *lines, f"more: {value}"])
    (folder / "written.yaml").write_text(text)

    assert run("template", "lint", "written.yaml")[1] == "written.yaml:1:1: $: it is larger than an object may be\n"
    assert "larger than an object may be" in run("template", "render", "written.yaml")[2]


def test_a_path_leads_as_far_as_there_is_something() -> None:
    [found] = manifests("f", "a:\n  'x.y': [1, {b: 2}]\n")

    assert found.place("$.a['x.y'][1].b") == Place("f", 2, 18)
    assert found.place("$.a['x.y'][7].b") == Place("f", 2, 10)
    assert found.place("$.none") == Place("f", 1, 1)


def test_fields_are_those_of_the_release_of_kubernetes_that_is_named_C33(run: Run, folder: Path) -> None:
    resources = {"limits": {"cpu": "1"}, "requets": {}}
    file = written(folder, template(pods=[{"name": "notebook", "spec": pod_spec(resources=resources)}]))

    newest, old, unknown = (
        run("template", "lint", file, *more) for more in ((), ("--kubernetes", "1.31"), ("--kubernetes", "2"))
    )

    assert "$.spec.pods[0].spec.resources.requets: there is no field 'requets' here" in newest[1]
    assert "$.spec.pods[0].spec.resources: there is no field 'resources' here; it belongs in 'containers'" in old[1]
    assert unknown[0] == 1
    assert "must be one of 1.31, " in unknown[2]


names = st.sampled_from(["size", "jupyterhub.user.name", "jupyternetes.pvcs.workspace", "none", "size.cpu"])
texts = st.one_of(st.just("x"), names.map(lambda name: f"{{{name}}}"), names.map(lambda name: f"a{{{name}:label}}"))
variables: st.SearchStrategy[list[Json]] = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["size", "other"])},
        optional={
            "default": st.sampled_from(["small", 1, None]),
            "enum": st.just(["small", "large"]),
            "type": st.sampled_from(["string", "integer", "nonsense"]),
            "pattern": st.sampled_from(["[a-z]+", "("]),
        },
    ),
    max_size=2,
)


@given(
    mistake=st.sampled_from([{}, {"imgae": "x"}, {"ports": [{"containerPort": "{size}"}]}]),
    variables=variables,
    image=texts,
    claim=texts,
    label=texts,
    port=st.sampled_from([None, 8888, "http", "nothing"]),
)
def test_lint_says_what_the_operators_say(
    mistake: Json, variables: list[Json], image: str, claim: str, label: str, port: object
) -> None:
    pods = [
        {
            "name": "notebook",
            "labels": {"a": label},
            "port": port,
            "spec": pod_spec(containers=[container(image=image, **mistake)]),
        }
    ]
    written = template(variables=variables, pvcs=[{"name": "workspace", "spec": CLAIM, "claimName": claim}], pods=pods)
    held = msgspec.convert(written, Template)

    compiled = compile_as_operators(held)
    condition = accepted(held, compiled, check(compiled, shipped()), now=datetime.now(UTC))
    [manifest] = manifests("f", yaml.safe_dump(written))
    found = findings(manifest, shipped())

    assert bool(found) is (condition.status == "False")
    if len(condition.message) < 3000:  # else it was cut
        assert all(f"{finding.path}: {finding.message}" in condition.message for finding in found)


def test_render_prints_what_would_be_made_and_where_values_come_from(run: Run, folder: Path) -> None:
    code, out, err = run("template", "render", "mended.yaml", "--user", "ana", "--set", "size=large")

    assert (code, err) == (0, "")
    claim, pod = yaml.safe_load_all(out)
    assert (claim["kind"], claim["metadata"]["generateName"]) == ("PersistentVolumeClaim", "workspace-")
    assert pod["metadata"]["labels"]["jupyternetes.kadense.io/port"] == "8888"
    [serving] = pod["spec"]["containers"]
    assert serving["resources"] == {"limits": {"cpu": 4}}
    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "workspace-xxxxx"}
    limits = "$.spec.pods[0].spec.containers[0].resources.limits"
    assert f"#   {limits}.cpu: {{size.cpu}} is 4 (it comes with the choice made for size)" in out
    assert "(the name of that object, which the API server completes)" in out


@pytest.mark.parametrize(
    ("given", "text", "origin"),
    [
        ([], "{size}", "small (default)"),
        (["--set", "size=large"], "{size}", "large (given)"),
        (["--user", "ana"], "{jupyterhub.user.name:dns}", "ana (the hub gives it)"),
        (["--namespace", "there"], "{instance.namespace}", "there (the operators give it)"),
        ([], "{jupyterhub.api_token}", "kept in a Secret (the hub gives it as JUPYTERHUB_API_TOKEN)"),
    ],
)
def test_render_says_of_each_value_where_it_comes_from(
    run: Run, folder: Path, given: list[str], text: str, origin: str
) -> None:
    size = {"name": "size", "default": "small", "enum": ["small", "large"]}
    token = {"name": "jupyterhub.api_token", "sensitive": True}
    spec = pod_spec(containers=[container(env=[{"name": "A", "value": text}])])
    file = written(folder, template(variables=[size, token], pods=[{"name": "notebook", "spec": spec}]))

    code, out, err = run("template", "render", file, *given)

    assert (code, err) == (0, "")
    assert f"env[0].value: {text} is {origin}\n" in out
    assert "#  " not in run("template", "render", file, *given, "--no-sources")[1]


def test_render_says_why_nothing_would_be_made(run: Run, folder: Path) -> None:
    shown = re.search(r"--set size=huge\n(.*?)```", PAGE, re.DOTALL)
    assert shown

    assert run("template", "render", "mended.yaml", "--set", "size=huge") == (1, "", shown[1])
    assert "$.spec.variables[0].default" in run("template", "render", "course.yaml")[2]


def test_render_tells_of_what_a_condition_leaves_out(run: Run, folder: Path) -> None:
    variable = {"name": "disk", "type": "boolean", "default": False}
    pvcs = [{"name": "workspace", "spec": CLAIM}, {"name": "scratch", "condition": "vars.disk", "spec": CLAIM}]
    file = written(folder, template(variables=[variable], pvcs=pvcs))

    code, without, _ = run("template", "render", file)
    _, with_it, _ = run("template", "render", file, "--set", "disk=true")

    assert code == 0
    assert "# $.spec.pvcs[1]: its condition is false\n" in without
    assert [without.count("generateName: scratch-"), with_it.count("generateName: scratch-")] == [0, 1]


def test_render_asks_which_of_several_templates(run: Run, folder: Path) -> None:
    file = written(folder, template("one"), template("two"))

    assert "choose one Template of written.yaml with --name; there are: one, two" in run("template", "render", file)[2]
    assert run("template", "render", file, "--name", "two")[0] == 0


@pytest.mark.parametrize("pair", ["size", "=x"])
def test_what_is_no_pair_is_refused(run: Run, folder: Path, pair: str) -> None:
    code, _, err = run("template", "render", "mended.yaml", "--set", pair)

    assert code == 1
    assert "write NAME=VALUE" in err


def test_a_template_whose_metadata_cannot_be_read_is_an_error(run: Run, folder: Path) -> None:
    file = written(folder, template() | {"metadata": {"name": 7}})

    assert "$.metadata" in run("template", "render", file)[2]
    with pytest.raises(ManifestError):
        list(manifests("f", "]"))


OTHERS = template(otherResources=[{"name": "wall", "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}])
WALL = "networking.k8s.io/v1/NetworkPolicy=networkpolicies"


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ((), 0, "1 Template, no problems"),
        (("--other-resource", WALL, "--other-resource", "v1/Service=services"), 0, "1 Template, no problems"),
        (
            ("--other-resource", "v1/Service=services"),
            1,
            "kind NetworkPolicy (networking.k8s.io/v1) is not allowed; add it to otherResources.kinds of the chart",
        ),
        (("--other-resource", "Service"), 1, "--other-resource 'Service' is not of the form apiVersion/Kind=resource"),
    ],
)
def test_kinds_of_other_resources_are_those_that_the_options_allow(
    run: Run, folder: Path, options: tuple[str, ...], code: int, says: str
) -> None:
    found = run("template", "lint", written(folder, OTHERS), *options)

    assert found[0] == code
    assert says in found[1] + found[2]


def test_what_only_the_operators_know_is_a_problem_of_a_template_that_a_cluster_has() -> None:
    said = {"type": "Accepted", "status": "False", "observedGeneration": 1, "message": "gates are turned off here"}
    metadata = {"name": "lab", "generation": 1}
    standing = {**template(), "metadata": metadata, "status": {"conditions": [said]}}
    edited = {**standing, "metadata": metadata | {"generation": 2}}

    found = [[each.message for each in findings(Manifest("a/lab", each), shipped())] for each in (standing, edited)]

    assert found == [["the operators do not accept it: gates are turned off here"], []]
