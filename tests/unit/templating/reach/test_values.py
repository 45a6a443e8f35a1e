"""Whatever a value holds, it stays in its field and changes no structure; in a path it stays one part."""

import posixpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyternetes.templating import Invalid, Ready, compile_template, render
from jupyternetes.templating.reach.parts import part_fault
from jupyternetes.templating.variables.bounds import DEFAULT_MAX_LENGTH
from tests.unit.templating.templating_support import container, instance, pod_template

LOOK_ALIKES = (
    "{jupyternetes.instance.uid}",
    "{{x}}",
    "}{",
    "$(SECRET)",
    "$$(SECRET)",
    "${HOME}",
    "`id`",
    "'; id; '",
    '"}], "hostNetwork": true, "x": [{"',
    "a: {b: c}",
    "- item",
    "&anchor *anchor",
    "!!python/object:os.system",
    "# comment",
    "|\n  block",
    "~",
    "null",
    "true",
    "0x10",
    "1e400",
    "object.metadata.name == 'x'",
    "has(self.x) ? 1 : 2",
    "<script>",
    "..",
    "../../etc",
    "/",
    "a:b",
    "\0",
    "a\0b",
    "\n",
    "\r\n",
    "\u202ea\u2066b",
    "\ufeff",
    "\U0001f600",
    "a\u0301",
    "x" * 1024,
    "",
)
values = st.one_of(
    st.sampled_from(LOOK_ALIKES),
    st.lists(st.sampled_from(LOOK_ALIKES), min_size=2, max_size=4).map("".join),
    st.text(max_size=64),
    st.text(alphabet="{}$()\"'\\`:/.\0\n\t #&*!|>%@-,[]?", max_size=64),
)
SPEC = {
    "serviceAccountName": "sa-{zone}",
    "nodeSelector": {"zone": "{zone}"},
    "containers": [
        {
            "name": "notebook",
            "image": "example.org/{x:dns}",
            "command": ["start", "--name={x}", "{x}"],
            "args": "{list}",
            "workingDir": "/home/{x}",
            "env": [{"name": "X", "value": "{x}"}, {"name": "Y", "value": '["{x:json}", {x:json}]'}],
            "volumeMounts": [{"name": "v", "mountPath": "/home/{x}/work", "subPath": "{x:dns}"}],
        }
    ],
    "initContainers": [{"name": "i", "command": ["sh", "-c", "mkdir {x:shell}"], "securityContext": {"runAsUser": 0}}],
}
DECLARED = [
    {"name": "x"},
    {"name": "zone", "enum": ["a", "b"], "default": "a"},
    {"name": "list", "type": "json", "default": []},
]
COMPILED = compile_template(
    pod_template(SPEC, labels={"who": "{x:label}"}, annotations={"note": "{x}"}) | {"variables": DECLARED}
)


def shape(value):
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else type(value)


def made_of(value, others=None):
    (made,) = render(COMPILED, instance({"x": value, **(others or {})}), {}).pods
    return made


PLAIN = made_of("plain")


def test_the_template_is_accepted():
    assert COMPILED.problems == ()
    assert isinstance(PLAIN, Ready)


def check_that_it_stays_in_its_field(value):
    made = made_of(value)
    if isinstance(made, Invalid):
        assert part_fault(value) or len(value) > DEFAULT_MAX_LENGTH
        assert all(value not in problem.message or len(value) < 5 for problem in made.problems)
        return
    assert shape(made.spec) == shape(PLAIN.spec)
    (only,) = made.spec["containers"]
    assert made.spec["serviceAccountName"] == "sa-a"
    assert only["env"][0]["value"].replace("$$", "$") == value
    assert [word.replace("$$", "$") for word in only["command"]] == ["start", f"--name={value}", value]
    assert made.annotations == {"note": value}
    # in paths it is one part
    assert posixpath.dirname(only["workingDir"]) == "/home"
    assert posixpath.normpath(only["volumeMounts"][0]["mountPath"]).split("/") == ["", "home", value, "work"]


@settings(max_examples=1000, deadline=None)
@given(values)
def test_no_value_changes_the_structure_or_leaves_its_field_X02(value):
    check_that_it_stays_in_its_field(value)


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(max_examples=100_000, deadline=None)
@given(values)
def test_none_of_a_hundred_thousand_values_does_X02(value):
    check_that_it_stays_in_its_field(value)


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(st.sampled_from(["x", "zone", "list", "X", "serviceAccountName", "size.it"]), values))
def test_no_set_of_values_makes_anything_but_this_pod_X02(given_values):
    (made,) = render(COMPILED, instance(given_values), {}).pods
    if isinstance(made, Invalid):
        return
    assert made.spec["serviceAccountName"] in {"sa-a", "sa-b"}
    assert made.spec.keys() == PLAIN.spec.keys()
    (only,) = made.spec["containers"]
    assert all(isinstance(word, str) for word in only.get("args", []))


def test_a_value_of_a_mebibyte_is_refused_X02():
    assert isinstance(made_of("x" * 2**20), Invalid)


@pytest.mark.parametrize("place", ["mountPath", "workingDir"])
@pytest.mark.parametrize("text", ["{x}", "/home/{x}", "/home/{x}/work", "/home/.{x}", "/home/a{x}b"])
@pytest.mark.parametrize("value", ["a/b", "/", "..", ".", "...", "a..b", "a:b", "a\0b", "../../etc", ""])
def test_free_text_in_a_path_is_one_part_of_it_X02(place, text, value):
    fields = {"workingDir": text} if place == "workingDir" else {"volumeMounts": [{"name": "v", "mountPath": text}]}
    compiled = compile_template(pod_template(container(**fields)))
    assert compiled.problems == ()
    (refused,) = render(compiled, instance({"x": value}), {}).pods
    assert isinstance(refused, Invalid)
    assert "one part of a path" in refused.problems[0].message
    (made,) = render(compiled, instance({"x": "jovyan"}), {}).pods
    assert isinstance(made, Ready)


def folder_in_a_volume(place, text, value, **declared):
    """The pod that mounts a folder of a volume, or what is wrong with it."""
    spec = container(volumeMounts=[{"name": "v", "mountPath": "/work", place: text}])
    compiled = compile_template(pod_template(spec) | {"variables": [{"name": "x", **declared}]})
    assert compiled.problems == ()
    (made,) = render(compiled, instance({"x": value}), {}).pods
    return made


@pytest.mark.parametrize("place", ["subPath", "subPathExpr"])
@pytest.mark.parametrize("text", ["{x}", "users/{x}", "{x}/work", "users/{x}/work", "users/{x:label}"])
@pytest.mark.parametrize("value", ["", ".", "..", "/", "a/", "/a", "a//b", "a/./b"])
def test_nobody_gets_the_folder_above_by_leaving_a_part_out_X02(place, text, value):
    made = folder_in_a_volume(place, text, value, pattern="[a-z./]*")

    if ":label" in text and value:  # it makes a word of anything but of nothing
        assert isinstance(made, Ready)
    else:
        assert isinstance(made, Invalid)
        assert made.problems[0].path.endswith(f".{place}")


def test_a_folder_may_be_several_parts_deep_or_none_where_the_template_says_so():
    assert isinstance(folder_in_a_volume("subPath", "users/{x}", "a/b.c", pattern="[a-z./]*"), Ready)
    assert isinstance(folder_in_a_volume("subPath", "{x}", "", default="", pattern="[a-z]*"), Ready)
    assert isinstance(folder_in_a_volume("subPath", "users/{x}", ".", enum=["."]), Ready)
    spec = container(volumeMounts=[{"name": "v", "mountPath": "/work", "subPath": "a/{jupyterhub.server.name:dns}"}])
    (made,) = render(compile_template(pod_template(spec)), instance({"jupyterhub.server.name": ""}), {}).pods
    assert isinstance(made, Ready), "the default server has no name"


def test_a_path_that_the_template_lists_or_bounds_is_its_own_affair():
    for declared in ({"enum": ["/data/a", "/data/b"]}, {"pattern": "/data/[a-z]+"}):
        template = pod_template(container(workingDir="{x}")) | {"variables": [{"name": "x", **declared}]}
        (made,) = render(compile_template(template), instance({"x": "/data/b"}), {}).pods
        assert made.spec["containers"][0]["workingDir"] == "/data/b"


def test_a_name_that_is_empty_by_default_may_be_empty_in_a_path():
    compiled = compile_template(pod_template(container(workingDir="/home/jovyan/{jupyterhub.server.name}")))
    (made,) = render(compiled, instance(), {}).pods
    assert made.spec["containers"][0]["workingDir"] == "/home/jovyan/"


def test_a_path_that_comes_with_a_choice_is_held_to_one_part_as_well():
    choices = [{"value": "a", "values": {"at": "/scratch/{x}"}}]
    variables = [{"name": "size", "default": "a", "choices": choices}, {"name": "x"}]
    compiled = compile_template(pod_template(container(workingDir="{size.at}")) | {"variables": variables})
    (made,) = render(compiled, instance({"x": "../etc"}), {}).pods
    assert isinstance(made, Invalid)
