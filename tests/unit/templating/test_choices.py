"""One choice sets many things: what comes with it is a piece of the Template."""

import pytest

from tests.unit.templating.templating_support import (
    compile_anywhere,
    container,
    first_container,
    pod,
    pod_template,
    rendering,
    texts,
)

SIZES = {
    "name": "size",
    "title": "Size",
    "default": "small",
    "choices": [
        {"value": "small", "title": "Small", "values": {"cpu": 1, "gpu": None, "label": "s"}},
        {"value": "big", "note": "about 2 € an hour", "values": {"CPU": 8, "gpu": 2, "label": "b-{course}"}},
        {"value": "huge", "hidden": True, "replacedBy": "big"},
        {"value": "giant", "replacedBy": "huge"},
    ],
}
LIMITS = {"resources": {"limits": {"cpu": "{size.cpu}", "nvidia.com/gpu": "{Size.GPU}", "memory": "1Gi"}}}


def chosen(spec, *declarations, **entry):
    return {**pod_template(spec, **entry), "variables": [SIZES, {"name": "course", "default": "optics"}, *declarations]}


def problem_paths(*declarations, **fields):
    env = [{"name": "V", "value": "x {v} {v.x}"}]
    template = {
        **pod_template({"containers": [{"name": "main", "env": env}]}),
        "variables": list(declarations),
        **fields,
    }
    problems = compile_anywhere(template).problems
    assert all(problem.source == "Template" for problem in problems)
    return [problem.path for problem in problems]


def test_a_choice_sets_many_things_and_null_removes_the_field():
    template = chosen(container(**LIMITS), labels={"size": "{size}"}, annotations={"size": "is {size.label}"})
    small, big = pod(template), pod(template, {"size": "big"})
    assert small.spec["containers"][0]["resources"] == {"limits": {"cpu": 1, "memory": "1Gi"}}
    assert (small.labels, small.annotations) == ({"size": "small"}, {"size": "is s"})
    assert big.spec["containers"][0]["resources"] == {"limits": {"cpu": 8, "nvidia.com/gpu": 2, "memory": "1Gi"}}
    assert (big.labels, big.annotations) == ({"size": "big"}, {"size": "is b-optics"})


@pytest.mark.parametrize("retired", ["huge", "giant"])
def test_a_retired_choice_goes_to_the_one_that_replaces_it(retired):
    template = chosen(container(**LIMITS), labels={"size": "{size}"})
    assert pod(template, {"size": retired}).spec == pod(template, {"size": "big"}).spec
    assert pod(template, {"size": retired}).labels == {"size": "big"}


def test_what_is_no_choice_is_refused_and_hidden_or_retired_ones_are_not_named():
    (problem,) = rendering(chosen({}), {"size": "s3cret"}).problems
    assert (problem.source, problem.path) == ("Instance", "$.spec.variables.size")
    assert problem.message == "variable 'size' (Size) must be one of small, big"


@pytest.mark.parametrize("name", ["size.cpu", "SIZE.cpu"])
def test_an_instance_cannot_set_what_comes_with_a_choice(name):
    (problem,) = rendering(chosen(container(**LIMITS)), {name: "100"}).problems
    assert "comes with the choice" in problem.message


def test_nor_can_it_where_only_variables_of_the_hub_are_declared():
    size = {**SIZES, "name": "jupyterhub.size", "choices": SIZES["choices"][:1]}
    template = {**pod_template(container(command=["{jupyterhub.size.cpu}"])), "variables": [size]}
    assert first_container(template)["command"] == ["1"]
    (problem,) = rendering(template, {"jupyterhub.size.cpu": "100"}).problems
    assert "'jupyterhub.size'" in problem.message


def test_whole_lists_and_maps_come_with_a_choice_and_hold_placeholders():
    mount = {"name": "data", "mountPath": "/data/{course}"}
    data = {
        "name": "data",
        "default": "no",
        "choices": [
            {"value": "no", "values": {"init": None, "mount": None, "volumes": [], "flag": None, "list": ["-v"]}},
            {
                "value": "yes",
                "values": {
                    "init": [{"name": "fetch", "args": ["$(id) {course}", "{size.cpu}"]}],
                    "mount": mount,
                    "volumes": [{"name": "{data}"}],
                    "flag": "--data={data.list}",
                    "list": ["-v"],
                },
            },
        ],
    }
    data["choices"][1]["values"]["volumes"] = [{"name": "data"}]
    data["choices"][1]["values"]["flag"] = "--course={course}"
    template = chosen(
        {
            "initContainers": "{data.init}",
            "containers": [
                {
                    "name": "main",
                    "volumeMounts": [{"name": "home"}, "{data.mount}"],
                    "args": ["-x", "{data.flag}", "-y"],
                    "command": "{data.list}",
                    "env": [{"name": "FLAG", "value": "{data.flag}"}, {"name": "LIST", "value": "{data.list}"}],
                }
            ],
            "volumes": "{data.volumes}",
        },
        data,
    )
    without, having = pod(template, {"course": "$x"}).spec, pod(template, {"course": "$x", "data": "yes"}).spec
    assert without["containers"][0]["volumeMounts"] == [{"name": "home"}]
    assert (without["containers"][0]["args"], without["containers"][0]["command"]) == (["-x", "-y"], ["-v"])
    assert without["containers"][0]["env"] == [{"name": "FLAG"}, {"name": "LIST", "value": '["-v"]'}]
    assert "initContainers" not in without
    assert without["volumes"] == []
    assert having["initContainers"] == [{"name": "fetch", "args": ["$(id) $$x", "1"]}]
    assert having["containers"][0]["volumeMounts"] == [{"name": "home"}, {"name": "data", "mountPath": "/data/$x"}]
    assert having["containers"][0]["args"] == ["-x", "--course=$$x", "-y"]
    assert having["volumes"] == [{"name": "data"}]


def test_filters_and_escapes_work_on_what_comes_with_a_choice():
    words = {
        "name": "words",
        "default": "a",
        "choices": [{"value": "a", "values": {"x": "it's {{words.x}} {course}$"}}],
    }
    template = chosen(container(args=["{words.x:shell}", "{{words.x}}", "{words.x}"]), words)
    arguments = first_container(template, {"course": "$(A)"})["args"]
    assert arguments == ["'it'\"'\"'s {words.x} $$(A)$$'", "{words.x}", "it's {words.x} $$(A)$"]


def test_a_placeholder_in_a_choice_takes_the_type_of_its_variable_and_may_wait():
    port = {"name": "port", "type": "integer", "default": 8888}
    extra = {
        "name": "extra",
        "default": "a",
        "choices": [{"value": "a", "values": {"port": "{port}", "claim": "{jupyternetes.pvcs.home}"}}],
    }
    spec = {"containers": [{"name": "main", "ports": [{"containerPort": "{extra.port}"}]}], "x": "{extra.claim}"}
    template = {**chosen(spec, port, extra), "pvcs": [{"name": "home", "spec": {}}]}
    (waiting,) = rendering(template).pods
    assert waiting.needs == ("jupyternetes.pvcs.home",)
    made = pod(template, pvcs={"home": "home-1"}).spec
    assert (made["x"], made["containers"][0]["ports"]) == ("home-1", [{"containerPort": 8888}])


def test_a_variable_without_a_choice_is_named_where_its_values_are_used():
    size = {key: value for key, value in SIZES.items() if key != "default"}
    template = {**pod_template(container(**LIMITS)), "variables": [size, {"name": "course", "default": "x"}]}
    problems = rendering(template).problems
    assert len(problems) == 2
    assert all("'size' (Size) has no value" in problem.message for problem in problems)


@pytest.mark.parametrize(
    ("choices", "where"),
    [
        ([{}], "choices[0].value"),
        ([{"value": 1}], "choices[0].value"),
        ([{"value": "a"}, {"value": "a"}], "choices[1].value"),
        ([{"value": "a", "replacedBy": "b"}], "choices[0].replacedBy"),
        ([{"value": "a", "replacedBy": 1}], "choices[0].replacedBy"),
        ([{"value": "a", "replacedBy": "a"}], "choices[0].replacedBy"),
        ([{"value": "a", "values": {"x y": 1}}], "choices[0].values['x y']"),
        ([{"value": "a", "values": {"x.y": 1}}], "choices[0].values['x.y']"),
        ([{"value": "a", "values": {"y": 1, "Y": 1}}], "choices[0].values.Y"),
        ([{"value": "a", "values": {"y": 1}}, {"value": "b"}], "choices[1].values"),
        ([{"value": "a"}, {"value": "b", "values": {"y": 1}}], "choices[0].values"),
        ([{"value": "a", "values": {"y": 1}}, {"value": "b", "values": {"y": "1"}}], "choices[1].values.y"),
        ([{"value": "a", "values": {"y": []}}, {"value": "b", "values": {"y": {}}}], "choices[1].values.y"),
        ([{"value": "a", "values": {"y": True}}, {"value": "b", "values": {"y": 1}}], "choices[1].values.y"),
        ([{"value": "a", "values": {"y": "{unknown}"}}], "choices[0].values.y"),
        ([{"value": "a", "values": {"y": "{w:nofilter}"}}], "choices[0].values.y"),
        ([{"value": "a", "values": {"other": 1}}], "choices[0].values.other"),
        ([{"value": "a", "colour": "red"}], "choices[0].colour"),
        ([{"value": "a", "groups": ["gpu-users"]}], "choices[0].groups"),
        (["a"], "choices[0]"),
        ("a", "choices"),
    ],
)
def test_choices_that_make_no_sense_are_problems_of_the_template(choices, where):
    declarations = [{"name": "w", "choices": choices}, {"name": "w.other"}, {"name": "v"}, {"name": "v.x"}]
    assert problem_paths(*declarations) == [f"$.spec.variables[0].{where}"]


@pytest.mark.parametrize("name", ["template", "jupyterhub.user"])
def test_a_choice_gives_no_value_under_a_name_that_is_taken(name):
    choices = [{"value": "a", "values": {"name": 1}}]
    assert problem_paths({"name": name, "choices": choices}, {"name": "v"}, {"name": "v.x"}) == [
        "$.spec.variables[0].choices[0].values.name"
    ]


def test_replacements_in_a_circle_are_a_problem():
    choices = [{"value": "a", "replacedBy": "b"}, {"value": "b", "replacedBy": "a"}, {"value": "c", "replacedBy": "a"}]
    problems = compile_anywhere({**pod_template({}), "variables": [{"name": "v", "choices": choices}]}).problems
    assert [problem.path[-21:] for problem in problems] == [f"choices[{i}].replacedBy" for i in range(3)]


@pytest.mark.parametrize(
    ("values", "others"),
    [
        ({"x": "{v}"}, {}),
        ({"x": "a {v.y}", "y": 1}, {}),
        ({"x": "{w.y}"}, {"y": "{v}"}),
        ({"x": "{w.y}"}, {"y": ["{v.x}"]}),
        ({"x": {"a": "{w.y:json}"}}, {"y": "{v.x:url}"}),
    ],
)
def test_a_choice_cannot_depend_on_itself(values, others):
    declarations = [
        {"name": "v", "choices": [{"value": "a", "values": values}]},
        {"name": "w", "choices": [{"value": "a", "values": others}]},
    ]
    template = {**pod_template({"containers": [{"name": "main", "command": "{v.x}"}]}), "variables": declarations}
    problems = compile_anywhere(template).problems
    assert any("cannot depend on" in problem.message for problem in problems), texts(problems)


def test_null_in_a_longer_text_and_lists_where_a_text_is_wanted_are_problems():
    choices = [{"value": "a", "values": {"x": None, "y": ["a"], "z": ["{v}"]}}]
    declarations = [{"name": "v"}, {"name": "w", "choices": choices}]
    env = [{"name": "V", "value": "{w.z}"}, {"name": "X", "value": "-{w.x}"}]
    template = {
        **pod_template({"containers": [{"name": "main", "args": ["{w.y}"], "env": env}]}),
        "variables": declarations,
    }
    problems = compile_anywhere(template).problems
    assert sorted(problem.path[-8:] for problem in problems) == ["values.x", "values.y", "values.z"]


@pytest.mark.parametrize("value", ["$(", "a $$$(HOME", "$", "$$$", "$(A_B.c-"])
def test_a_choice_cannot_let_what_follows_name_a_variable_for_kubelet(value):
    choices = [{"value": "a", "values": {"open": value}}]
    declarations = [
        {"name": "w", "choices": choices},
        {"name": "v", "choices": [{"value": "a", "values": {"x": "{w.open}"}}]},
    ]
    spec = container(args=["{v.x}{user}", "{w.open}{user}"])
    template = {**pod_template(spec), "variables": [*declarations, {"name": "user"}]}
    (problem,) = compile_anywhere(template).problems
    assert problem.path == "$.spec.variables[0].choices[0].values.open"
    assert "'$('" in problem.message


@pytest.mark.parametrize("value", ["$$(", "$(HOME)", "$$", "a$b"])
def test_a_choice_may_use_the_language_of_kubelet(value):
    template = {
        **pod_template(container(args=["{v.x}{user}"])),
        "variables": [
            {"name": "v", "default": "a", "choices": [{"value": "a", "values": {"x": value}}]},
            {"name": "user"},
        ],
    }
    assert first_container(template, {"user": "$u"})["args"] == [f"{value}$$u"]


def test_a_short_template_cannot_become_a_huge_object():
    def variable(i, value):
        return {"name": f"v{i}", "default": "a", "choices": [{"value": "a", "values": {"x": value}}]}

    lists = [variable(0, ["x"])] + [variable(i, [f"{{v{i - 1}.x}}"] * 10) for i in range(1, 20)]
    strings = [variable(0, "x" * 64)] + [variable(i, f"{{v{i - 1}.x}}" * 10) for i in range(1, 20)]
    for variables in (lists, strings):
        command = {"command": "{v19.x}"} if variables is lists else {"args": ["{v19.x}"]}
        compiled = compile_anywhere({**pod_template(container(**command)), "variables": variables})
        assert any("too large" in problem.message for problem in compiled.problems)


def test_the_same_piece_in_many_places_is_reported_once():
    choices = [{"value": "a", "values": {"x": "{unknown} {w:nofilter}"}}]
    spec = container(args=["{w.x}", "{w.x}"], env=[{"name": "A", "value": "{w.x}"}])
    problems = compile_anywhere({**pod_template(spec), "variables": [{"name": "w", "choices": choices}]}).problems
    assert len(problems) == 2, texts(problems)


def test_a_json_variable_that_is_null_removes_its_field():
    declared = [{"name": "j", "type": "json"}, {"name": "g", "type": "json", "default": "null"}]
    spec = container(command=["a", "{j}"], env=[{"name": "A", "value": "{j}"}, {"name": "B", "value": "x{j}"}])
    template = {**pod_template(spec, labels={"l": "{j}"}, port="{j}"), "variables": declared}
    made = pod(template, {"j": "null"})
    assert made.spec["containers"][0]["command"] == ["a"]
    assert made.spec["containers"][0]["env"] == [{"name": "A"}, {"name": "B", "value": "xnull"}]
    assert (made.labels, made.filled.port) == ({}, None)
