"""What is found when a Template is held against what Kubernetes knows of pods and claims."""

from time import perf_counter
from typing import Any

import msgspec
import pytest

from jupyternetes.templating.schemas import SchemaError, Schemas, check
from jupyternetes.templating.schemas.shipped import MINORS, shipped
from tests.unit.templating.templating_support import compile_anywhere, pod_template

Json = Any
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
SPEC = "$.spec.pods[0].spec"
CONTAINER = f"{SPEC}.containers[0]"


def problems(spec: Json, **template: Json) -> dict[str, str]:
    """What is found in a pod of this spec, by path."""
    compiled = compile_anywhere({**pod_template(spec), **template})
    return {problem.path: problem.message for problem in check(compiled, shipped())}


def container(**fields: Json) -> Json:
    return {"containers": [{"name": "notebook", **fields}]}


def in_container(**fields: Json) -> dict[str, str]:
    template = fields.pop("template", {})
    found = problems(container(**fields), **template)
    assert all(path.startswith(CONTAINER) for path in found)
    return {path.removeprefix(CONTAINER): message for path, message in found.items()}


def variable(**declaration: Json) -> Json:
    return {"variables": [{"name": "x", **declaration}]}


@pytest.mark.parametrize(
    ("fields", "path", "words"),
    [
        ({"resorces": {}}, ".resorces", "there is no field 'resorces' here; did you mean 'resources'?"),
        ({"volume_mounts": []}, ".volume_mounts", "did you mean 'volumeMounts'?"),
        ({"Env": []}, ".Env", "did you mean 'env'?"),
        ({"limits": {"cpu": 1}}, ".limits", "it belongs in 'resources'"),
        ({"volumes": []}, ".volumes", "it belongs one level up"),
        ({"zzz": 1}, ".zzz", "there is no field 'zzz' here; remove it"),
        ({"args": "x"}, ".args", "must be a list: write each item on a line of its own"),
        ({"image": ["x"]}, ".image", "must be a text: remove the '- '"),
        ({"image": {"a": 1}}, ".image", "must be a text"),
        ({"env": [{"name": "A", "value": 7}]}, ".env[0].value", "must be a text: put it in quotes"),
        ({"env": [{"value": "7"}]}, ".env[0]", "'name' is missing here; add it"),
        ({"ports": [{"containerPort": "8888"}]}, ".ports[0].containerPort", "write it without quotes"),
        ({"ports": [{"containerPort": 80.5}]}, ".ports[0].containerPort", "must be a whole number"),
        ({"tty": "yes"}, ".tty", "must be true or false: write it without quotes"),
        ({"livenessProbe": {"httpGet": {"port": True}}}, ".livenessProbe.httpGet.port", "a whole number or a text"),
        ({"resources": {"limits": {"memory": "1GB"}}}, ".resources.limits.memory", "must be a quantity, such as"),
        ({"resources": {"limits": {"memory": True}}}, ".resources.limits.memory", "must be a quantity, such as"),
        ({"resources": {"limits": {"memroy": "1Gi"}}}, ".resources.limits.memroy", "did you mean 'memory'?"),
        ({"resources": {"limits": {"gpu": 1}}}, ".resources.limits.gpu", "a name with a domain such as nvidia.com/gpu"),
    ],
)
def test_a_mistake_is_found_with_its_place_and_the_way_out_C33(fields: Json, path: str, words: str) -> None:
    (found,) = in_container(**fields).items()

    assert found[0] == path
    assert words in found[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"resources": {"limits": {"cpu": 1, "memory": "1.5Gi", "hugepages-2Mi": "4Mi", "nvidia.com/gpu": "1"}}},
        {"resources": {"requests": {"cpu": 0.5, "ephemeral-storage": "1e9"}}},
        {"env": [{"name": "A"}, {"name": "A", "value": ""}, {"name": "B", "value": None}]},
        {"livenessProbe": {"httpGet": {"port": "http"}}, "readinessProbe": {"httpGet": {"port": 80}}},
        {"command": None, "args": []},
        {"volumeMounts": "{x}", "ports": ["{x}"], "template": variable(type="json")},
    ],
)
def test_what_kubernetes_takes_is_no_mistake(fields: Json) -> None:
    assert in_container(**fields) == {}


@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        ("string", {"image", "memory", "port", "value"}),
        ("quantity", {"image", "memory", "port", "value"}),
        ("integer", {"containerPort", "memory", "port", "value"}),
        ("number", {"memory", "value"}),
        ("boolean", {"tty", "value"}),
        ("json", {"image", "containerPort", "memory", "port", "value", "tty", "args"}),
    ],
)
def test_a_placeholder_is_a_hole_of_its_variables_type(kind: str, fits: set[str]) -> None:
    fields = {
        "image": "{x}",
        "tty": "{x}",
        "args": "{x}",
        "ports": [{"containerPort": "{x}"}],
        "resources": {"limits": {"memory": "{x}"}},
        "livenessProbe": {"httpGet": {"port": "{x}"}},
        "env": [{"name": "A", "value": "{x}"}],
    }

    found = in_container(**fields, template=variable(type=kind))

    assert fits == {"image", "tty", "args", "containerPort", "memory", "port", "value"} - {
        path.rpartition(".")[2] for path in found
    }


@pytest.mark.parametrize(
    ("fields", "template", "path", "words"),
    [
        ({"tty": "{x}"}, {}, ".tty", "and 'x' is of type string; declare 'x' with type boolean"),
        (
            {"ports": [{"containerPort": "{X}"}]},
            variable(),
            ".ports[0].containerPort",
            "must be a whole number, and 'x' is of type string; declare 'x' with type integer",
        ),
        ({"ports": [{"containerPort": "1{x}"}]}, {}, ".ports[0].containerPort", "with more text round it is a text"),
        ({"tty": "{x:json}"}, variable(type="boolean"), ".tty", "a placeholder with a filter"),
        ({"args": "{x}"}, {}, ".args", "write it out, or let it come with a choice"),
        ({"image": "{jupyterhub.args}"}, {}, ".image", "must be a text, and 'jupyterhub.args' is a list"),
        ({"args": ["{jupyterhub.args}"]}, {}, ".args[0]", "a list stands as the whole of args"),
        ({"ports": [{"containerPort": "{jupyternetes.null}"}]}, {}, ".ports[0].containerPort", "cannot be left out"),
        ({"{x}": "a"}, {}, "['{x}']", "a placeholder cannot make the name of a field here"),
        (
            {"resources": {"limits": {"memory": "{x}"}}},
            variable(enum=["1Gi", "2GB"]),
            ".resources.limits.memory",
            "'x' may be '2GB', and it must be a quantity",
        ),
    ],
)
def test_what_no_value_of_a_variable_can_put_right_is_found_C33(
    fields: Json, template: Json, path: str, words: str
) -> None:
    (found,) = in_container(**fields, template=template).items()

    assert found[0] == path
    assert words in found[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"args": "{jupyterhub.args}", "tty": "{jupyternetes.null}", "image": "a:{x}"},
        {"env": [{"name": "A", "value": "{jupyterhub.args}"}, {"name": "B", "value": "{jupyterhub.api_token}"}]},
        {"resources": {"limits": {"memory": "{x}Gi"}}, "livenessProbe": {"httpGet": {"port": "{x}"}}},
        {"resources": {"limits": {"{x}": 1}}},
        {"image": "{{x}}", "command": ["sh", "-c", "echo ${HOME}"]},
    ],
)
def test_what_some_value_can_fill_is_no_mistake(fields: Json) -> None:
    assert in_container(**fields) == {}


def sizes(*values: Json) -> Json:
    return variable(default="0", choices=[{"value": str(i), "values": {"v": each}} for i, each in enumerate(values)])


def test_what_comes_with_any_choice_is_checked_where_it_is_used_C33() -> None:
    template = sizes(["a"], ["{y}", "b"], [{"nmae": "c"}])
    template["variables"].append({"name": "y"})

    found = problems(container(env="{x.v}"), **template)

    assert found == {
        **{
            f"$.spec.variables[0].choices[{choice}].values.v[{item}]": f"must be a map (it is used at {CONTAINER}.env)"
            for choice, item in ((0, 0), (1, 1))
        },
        "$.spec.variables[0].choices[1].values.v[0]": (
            "must be a map, and 'y' is of type string; write it out, or let it come with a choice "
            f"(it is used at {CONTAINER}.env)"
        ),
        "$.spec.variables[0].choices[2].values.v[0].nmae": (
            f"there is no field 'nmae' here; did you mean 'name'? (it is used at {CONTAINER}.env)"
        ),
    }


def test_a_choice_may_leave_out_what_may_be_missing_and_nothing_else_C33() -> None:
    choices = sizes("{jupyternetes.null}", 8888)

    assert problems(container(ports=[{"containerPort": 1, "hostPort": "{x.v}"}]), **choices) == {}
    (found,) = problems(container(ports=[{"containerPort": "{x.v}"}]), **choices).values()
    assert "cannot be left out" in found


def test_the_number_of_a_choice_becomes_a_text_in_the_environment() -> None:
    assert problems(container(env=[{"name": "A", "value": "{x.v}"}]), **sizes(1, 2)) == {}


def test_choices_that_refer_to_each_other_are_checked_once_each() -> None:
    # Sixteen variables of two choices: 65,536 ways through them.
    variables = [
        {"name": f"v{i}", "choices": [{"value": c, "values": {"w": f"{{v{i + 1}.w}}"}} for c in "ab"]}
        for i in range(16)
    ]
    variables.append({"name": "v16", "choices": [{"value": "a", "values": {"w": ["x"]}}]})

    (found,) = problems(container(image="{v0.w}"), variables=variables).items()

    assert found[0] == "$.spec.variables[16].choices[0].values.w"
    assert "must be a text" in found[1]


VOLUMES = [{"name": "home", "emptyDir": {}}, {"name": "data", "emptyDir": {}}]
HOME = {"name": "home", "mountPath": "/home"}


@pytest.mark.parametrize(
    ("spec", "path", "words"),
    [
        (
            container(volumeMounts=[{"name": "hom", "mountPath": "/h"}]) | {"volumes": VOLUMES},
            f"{CONTAINER}.volumeMounts[0].name",
            "the pod has no volume 'hom'; did you mean 'home'?",
        ),
        (container(volumeMounts=[HOME]), f"{CONTAINER}.volumeMounts[0].name", "add one to 'volumes'"),
        (
            container(volumeDevices=[{"name": "x", "devicePath": "/d"}]) | {"volumes": VOLUMES},
            f"{CONTAINER}.volumeDevices[0].name",
            "no volume 'x'",
        ),
        (container() | {"volumes": [*VOLUMES, VOLUMES[0]]}, f"{SPEC}.volumes[2].name", "a volume 'home' before it"),
        (
            container() | {"initContainers": [{"name": "notebook"}]},
            f"{SPEC}.initContainers[0].name",
            "a container 'notebook' before it",
        ),
        (
            container(volumeMounts=[HOME, {"name": "data", "mountPath": "/home"}]) | {"volumes": VOLUMES},
            f"{CONTAINER}.volumeMounts[1].mountPath",
            "a mountPath '/home' before it",
        ),
        (
            container(ports=[{"name": "http", "containerPort": 1}, {"name": "http", "containerPort": 2}]),
            f"{CONTAINER}.ports[1].name",
            "a name 'http' before it",
        ),
        ({"containers": []}, f"{SPEC}.containers", "at least one container"),
    ],
)
def test_what_fits_the_schema_and_is_refused_all_the_same_is_found_C33(spec: Json, path: str, words: str) -> None:
    (found,) = problems(spec).items()

    assert found[0] == path
    assert words in found[1]


@pytest.mark.parametrize(
    "volumes",
    ["{x}", ["{x}"], [{"name": "{y}", "emptyDir": {}}], [{"name": "home", "emptyDir": {}}, "{x}"]],
)
def test_a_mount_is_not_judged_where_a_placeholder_may_bring_its_volume(volumes: Json) -> None:
    spec = container(volumeMounts=[HOME, {"name": "{y}", "mountPath": "/y"}]) | {"volumes": volumes}

    assert problems(spec, variables=[{"name": "x", "type": "json"}, {"name": "y"}]) == {}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"spec": CLAIM}, {}),
        ({"spec": {}, "claimName": "mine"}, {}),
        ({"spec": {"resources": "{x}", "accessModes": "{x}"}}, {}),
        (
            {"spec": {}},
            {
                "$.spec.pvcs[0].spec": "'accessModes' is missing here; add it, such as [ReadWriteOnce]",
                "$.spec.pvcs[0].spec.resources.requests": "'storage' is missing here; add it, such as 1Gi",
            },
        ),
        (
            {"spec": CLAIM | {"resources": {"requests": {"storge": "1Gi"}}}},
            {
                "$.spec.pvcs[0].spec.resources.requests.storge": "no resource 'storge'; did you mean 'storage'?",
                "$.spec.pvcs[0].spec.resources.requests": "'storage' is missing here; add it, such as 1Gi",
            },
        ),
        ({"spec": CLAIM | {"storageClass": "fast"}}, {"$.spec.pvcs[0].spec.storageClass": "'storageClassName'"}),
    ],
)
def test_claims_are_checked_too_C33(entry: Json, expected: dict[str, str]) -> None:
    compiled = compile_anywhere({"pvcs": [{"name": "home", **entry}], "variables": [{"name": "x", "type": "json"}]})

    found = {problem.path: problem.message for problem in check(compiled, shipped())}

    assert found.keys() == expected.keys()
    assert all(words in found[path] for path, words in expected.items())


def test_all_mistakes_are_found_at_once_and_none_twice() -> None:
    spec = container(imgae="x", env=[{"name": 1}], args="{nothing") | {"hostNetwrk": True}
    compiled = compile_anywhere({**pod_template(spec), "variables": [{"name": "x"}]})

    found = [problem.path for problem in check(compiled, shipped())]

    assert sorted(found) == [
        f"{CONTAINER}.args",
        f"{CONTAINER}.env[0].name",
        f"{CONTAINER}.imgae",
        f"{SPEC}.hostNetwrk",
    ]


def test_what_the_template_itself_reports_is_not_said_again() -> None:
    compiled = compile_anywhere({**pod_template(container(tty="{y}")), "variables": [{"name": "x"}]})

    assert [problem.path for problem in compiled.problems] == [f"{CONTAINER}.tty"]
    assert check(compiled, shipped()) == ()


def test_a_volume_of_a_pod_may_hold_the_spec_of_a_claim() -> None:
    def with_claim(**requests: Json) -> dict[str, str]:
        claim = CLAIM | {"resources": {"requests": requests}}
        volume = {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": claim}}}
        return problems(container(resources={"limits": {"cpu": 1}}) | {"volumes": [volume]})

    assert with_claim(storage="1Gi") == {}
    (found,) = with_claim(storage="1Gi", memory="1Gi").values()
    assert "there is no resource 'memory'" in found


def test_a_template_of_the_largest_size_is_checked_soon() -> None:
    names = [f"v{i}" for i in range(256)]
    variables = [{"name": name, "enum": [f"{i}Gi" for i in range(64)]} for name in names]
    env = [{"name": name, "value": f"{{{name}}}"} for name in names]
    limits = {f"example.org/{name}": f"{{{name}}}" for name in names}
    compiled = compile_anywhere(
        {**pod_template(container(env=env, resources={"limits": limits})), "variables": variables}
    )
    began = perf_counter()

    assert check(compiled, shipped()) == ()
    assert perf_counter() - began < 1


@pytest.mark.parametrize("port", [[], {}, True, ["http"]])
def test_a_port_is_a_number_or_a_name_C33(port: Json) -> None:
    compiled = compile_anywhere(pod_template(container(), port=port))

    (problem,) = check(compiled, shipped())

    assert problem.path == "$.spec.pods[0].port"


def test_words_that_the_api_server_lists_are_checked_C33() -> None:
    # Kubernetes' own sources list none, a real API server does.
    schema = shipped().named["io.k8s.api.core.v1.PodSpec"]
    policy = msgspec.structs.replace(schema.properties["restartPolicy"], enum=("Always", "Never", "OnFailure"))
    changed = msgspec.structs.replace(schema, properties={**schema.properties, "restartPolicy": policy})
    schemas = Schemas({**shipped().named, "io.k8s.api.core.v1.PodSpec": changed})
    spec = container()

    found = [
        check(compile_anywhere({**pod_template(spec | {"restartPolicy": written}), **template}), schemas)
        for written, template in (
            ("onFailure", {}),
            ("{x}", variable(enum=["Always", "Sometimes"])),
            ("Never", {}),
            ("{x}", variable()),
            ("", {}),
        )
    ]

    assert [len(each) for each in found] == [1, 1, 0, 0, 0]
    assert found[0][0].message == "must be one of Always, Never, OnFailure; did you mean 'OnFailure'?"
    assert "'x' may be 'Sometimes'" in found[1][0].message


def test_a_template_of_nothing_but_mistakes_is_checked_soon() -> None:
    compiled = compile_anywhere(pod_template({f"field{i}": i for i in range(20_000)}))
    began = perf_counter()

    found = check(compiled, shipped())

    assert len(found) == 20_001
    assert perf_counter() - began < 2


@pytest.mark.parametrize("document", [b"", b"{}", b"<html>", b'{"components": {"schemas": {}}}', b'{"components": 1}'])
def test_what_is_no_document_of_kubernetes_is_refused(document: bytes) -> None:
    with pytest.raises(SchemaError):
        Schemas.read(document)


@pytest.mark.parametrize("minor", MINORS)
def test_a_document_of_the_schemas_alone_is_read_as_the_same(minor: int) -> None:
    assert Schemas.read(shipped(minor).document()) == shipped(minor)
    assert len(shipped(minor).named) > 100
