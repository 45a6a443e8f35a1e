"""What a breached hub can write into an Instance is held to what the Template declares, at a bounded cost."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.templating import Invalid, compile_template, render
from jupyternetes.templating.variables.patterns import PatternBudget, PatternError
from tests.unit.templating.templating_support import container, instance, pod, pod_template, rendering, texts

PUBLISHED = Path(__file__).parents[3] / "examples" / "published" / "template.yaml"
SLOW = 4  # a busy machine takes so many times as long as a quiet one
MEBIBYTE = 2**20

DECLARED = [
    {"name": "image", "default": "base", "choices": [{"value": "base", "values": {"ref": "example.org/base:1"}}]},
    {"name": "memory", "type": "quantity", "default": "1Gi", "minimum": "1Gi", "maximum": "8Gi"},
    {"name": "gpus", "type": "integer", "default": 0, "minimum": 0, "maximum": 2},
    {"name": "share", "type": "number", "default": 0.5, "minimum": 0, "maximum": 1},
    {"name": "spot", "type": "boolean", "default": False},
    {"name": "course", "default": "optics", "pattern": "[a-z]{1,20}"},
    {"name": "zone", "default": "a", "enum": ["a", "b"]},
    {"name": "words", "type": "json", "default": [], "maxLength": 100},
]
TEMPLATE = {
    **pod_template(
        {
            "nodeSelector": {"zone": "{zone}"},
            "enableServiceLinks": "{spot}",
            "dnsConfig": {"options": [{"name": "share", "value": "{share}"}]},
            "containers": [
                {
                    "name": "notebook",
                    "image": "{image.ref}",
                    "args": "{words}",
                    "env": [{"name": "COURSE", "value": "{course}"}],
                    "resources": {"limits": {"memory": "{memory}", "nvidia.com/gpu": "{gpus}"}},
                }
            ],
        }
    ),
    "variables": DECLARED,
}
COMPILED = compile_template(TEMPLATE)


def seconds(action, *, times=5):
    """The least CPU time that `action` took."""
    spent = []
    for _ in range(times):
        before = time.thread_time()
        action()
        spent.append(time.thread_time() - before)
    return min(spent)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image", "attacker.example/rootkit"),
        ("image", "BASE"),
        ("image", ""),
        ("image.ref", "attacker.example/rootkit"),
        ("memory", "8193Mi"),
        ("memory", "8Gi\n"),
        ("memory", "-1"),
        ("memory", "1e999"),
        ("memory", "١Gi"),
        ("memory", "9" * 1000),
        ("gpus", "3"),
        ("gpus", "1_0"),
        ("gpus", " 1"),
        ("gpus", "9" * 19),
        ("share", "1.0000000000000002"),
        ("share", "NaN"),
        ("share", "1e400"),
        ("share", "9" * 400),
        ("spot", "yes"),
        ("course", "optics\n"),
        ("course", "optics\x00"),
        ("course", "оptics"),
        ("course", "a\u202eb"),
        ("zone", "a,b"),
        ("words", "[" * 99),
        ("words", '["' + "x" * 97 + '"]'),
        ("Words", "{"),
        ("hostNetwork", "true"),
        ("jupyterhub.user.name", "x" * 1025),
    ],
)
def test_a_value_outside_of_what_is_declared_is_refused_and_makes_nothing_X02(name, value):
    result = render(COMPILED, instance({name: value}), {})
    (problem,) = result.problems
    assert (problem.source, problem.path.lower()) in {
        ("Instance", f"$.spec.variables.{name.lower()}"),
        ("Instance", f"$.spec.variables['{name}']"),
    }
    assert all(isinstance(entry, Invalid) for entry in result.pods)
    assert len(value) < 5 or value not in problem.message


@given(st.dictionaries(st.sampled_from([declared["name"] for declared in DECLARED]), st.text(max_size=30)))
def test_whatever_is_given_the_pod_is_within_its_bounds_or_not_made_X02(values):
    result = render(COMPILED, instance(values), {})
    if result.problems:
        # What is no list of strings is refused where it would stand.
        places = {problem.path for problem in result.problems if problem.source != "Instance"}
        assert places <= {"$.spec.pods[0].spec.containers[0].args"}, texts(result.problems)
        return
    spec = result.pods[0].spec
    assert spec["containers"][0]["image"] == "example.org/base:1"
    assert spec["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] in (0, 1, 2)
    assert spec["nodeSelector"]["zone"] in {"a", "b"}


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared["name"])
def test_a_value_of_a_mebibyte_is_refused_at_once(declared):
    facts = instance({declared["name"]: "1" * MEBIBYTE})
    problems = render(COMPILED, facts, {}).problems
    assert "characters" in problems[0].message
    assert len(problems[0].message) < 200
    assert seconds(lambda: render(COMPILED, facts, {})) < 0.001 * SLOW


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+", "a" * 1023 + "!"),
        ("(a|a)*", "a" * 1023 + "!"),
        ("(a|aa)+", "a" * 1023 + "!"),
        ("(.*a){10}", "a" * 1023 + "!"),
        ("(x+x+)+y", "x" * 1024),
        (r"(\w+\s?)*", "w " * 511 + "!"),
        (r"([a-z]+)*[A-Z]([a-z]+)*\d", "a" * 1024),
        ("(a?){100}a{100}", "a" * 99),
        (r"(\p{L}\p{N}?)+", "é" * 249 + "!"),
        ("(?i)(.{0,9}x.{0,9})*y", "xX" * 512),
    ],
)
def test_no_text_makes_a_pattern_slow(pattern, text):
    declared = [{"name": "v", "pattern": pattern, "maxLength": len(text)}]
    compiled = compile_template({**pod_template({}), "variables": declared})
    assert compiled.problems == ()
    facts = instance({"v": text})
    (problem,) = render(compiled, facts, {}).problems
    assert "must match" in problem.message
    assert seconds(lambda: render(compiled, facts, {})) < 0.01 * SLOW


atoms = st.sampled_from(["a", ".", "[a-z]", r"\pL", "(a|b)", "(?i:é)", r"[^\x00-\x{10FFFF}]", "^", "$", r"\b", "(.*)*"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.integers(0, 300)).map(lambda pair: f"({pair[0]}){{0,{pair[1]}}}"),
        inner.map(lambda one: f"({one})*"),
    ),
    max_leaves=20,
)


@given(patterns, st.sampled_from([64, 1024, 65536]), st.sampled_from(["a", "ab", "é", "a\n"]))
def test_every_pattern_that_is_accepted_is_fast_at_its_own_length(text, max_length, piece):
    try:
        pattern = PatternBudget().compile(text, max_length=max_length)
    except PatternError:
        return
    hostile = (piece * max_length)[: max_length - 1] + "!"
    assert seconds(lambda: pattern.matches(hostile), times=3) < 0.01 * SLOW


def test_the_patterns_of_a_template_are_bounded_together():
    declared = [{"name": f"v{i}", "pattern": f"[a-z]{{{900 - i}}}"} for i in range(256)]
    problems = compile_template({**pod_template({}), "variables": declared}).problems
    assert "too large together" in problems[-1].message


def test_the_published_template_renders_in_a_tenth_of_a_millisecond():
    compiled = compile_template(yaml.safe_load(PUBLISHED.read_text())["spec"])
    names = ("jupyterhub.user.id", "jupyterhub.user.name", "jupyterhub.api_token", "jupyterhub.oauth_client_id")
    facts = instance(dict.fromkeys(names, "value"))

    def a_hundred_times():
        for _ in range(100):
            render(compiled, facts, {"pvcs": {"workspace": "workspace-1"}})

    assert seconds(a_hundred_times) / 100 < 0.0001 * SLOW


@pytest.mark.parametrize("listed", ["enum", "choices"])
def test_a_template_of_the_greatest_size_is_compiled_in_a_tenth_of_a_second(listed):
    values = [f"value-{i}" for i in range(64)]
    choices = [{"value": value, "values": {"cpu": i, "memory": "1Gi"}} for i, value in enumerate(values)]
    said = {"enum": values} if listed == "enum" else {"choices": choices}
    declared = [{"name": f"v{i}", "default": "value-1", **said} for i in range(256)]
    env = [{"name": f"V{i}", "value": f"{{v{i}}}" if listed == "enum" else f"{{v{i}.cpu}}"} for i in range(256)]
    template = {**pod_template(container(env=env)), "variables": declared}
    assert compile_template(template).problems == ()
    assert seconds(lambda: compile_template(template), times=3) < 0.1 * SLOW


def test_all_that_is_wrong_with_an_instance_is_said_at_once():
    values = {"memory": "9Gi", "gpus": "x", "zone": "c", "image": "y", "course": "1"}
    assert len(rendering(TEMPLATE, values).problems) == len(values)


def test_within_its_bounds_everything_is_as_declared():
    values = {"memory": "8192Mi", "gpus": "2", "zone": "b", "share": "1", "spot": "TRUE", "words": '["-x"]'}
    spec = pod(TEMPLATE, values).spec
    assert spec["nodeSelector"] == {"zone": "b"}
    assert spec["enableServiceLinks"] is True
    assert spec["dnsConfig"]["options"] == [{"name": "share", "value": 1}]
    assert spec["containers"][0]["resources"]["limits"] == {"memory": "8192Mi", "nvidia.com/gpu": 2}
    assert spec["containers"][0]["args"] == ["-x"]
