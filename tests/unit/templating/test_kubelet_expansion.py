"""Rule 6: whatever a value holds, the process sees just that, because kubelet's own `$(NAME)` cannot be reached."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.templating.reach.parts import inner_fault
from tests.unit.templating.templating_support import container, first_container, pod, pod_template, rendering

ENVIRONMENT = {"SECRET": "hunter2"}
texts = st.one_of(st.text(), st.text(alphabet="$()SECRET{}a"))
#: Those that may stand in a path too.
evil = texts.filter(lambda text: not inner_fault(text))


def kubelet(text: str) -> str:
    """What a process gets: `$$` is a `$`, `$(NAME)` a known variable, all else stays."""
    return re.sub(
        r"\$(?:\$|\(([^)]*)\))",
        lambda match: "$" if match[0] == "$$" else ENVIRONMENT.get(match[1], match[0]),
        text,
    )


def places(text):
    return {
        "env": [{"name": "A", "value": text}],
        "command": [text],
        "args": ["x", text],
        "volumeMounts": [{"name": "v", "mountPath": "/m", "subPathExpr": text}],
        "livenessProbe": {"exec": {"command": [text]}},
        "readinessProbe": {"exec": {"command": [text]}},
        "startupProbe": {"exec": {"command": [text]}},
    }


def found(item):
    return [
        item["env"][0]["value"],
        item["command"][0],
        item["args"][1],
        item["volumeMounts"][0]["subPathExpr"],
        *(item[probe]["exec"]["command"][0] for probe in ("livenessProbe", "readinessProbe", "startupProbe")),
    ]


@given(evil, evil)
def test_a_process_sees_values_verbatim(one, other):
    for written, expected in [("{a}", one), ("<{a}|{b}>", f"<{one}|{other}>"), ("{a}{b}", one + other)]:
        rendered = first_container(pod_template(container(**places(written))), {"a": one, "b": other})
        assert [kubelet(text) for text in found(rendered)] == [expected] * 7


@pytest.mark.parametrize("kind", ["containers", "initContainers", "ephemeralContainers"])
def test_in_every_kind_of_container(kind):
    spec = pod(pod_template({kind: [places("{a}")]}), {"a": "$(SECRET)"}).spec
    assert found(spec[kind][0]) == ["$$(SECRET)"] * 7


def test_the_dollars_of_the_template_are_its_own():
    rendered = first_container(pod_template(container(args=["$(SECRET) $$(X) ${HOME} {a}"])), {"a": "$b"})
    assert rendered["args"] == ["$(SECRET) $$(X) ${HOME} $$b"]


@pytest.mark.parametrize(
    "spec",
    [
        {"containers": [{"image": "{a}"}]},
        {"containers": [{"volumeMounts": [{"mountPath": "{a}"}]}]},
        {"containers": [{"lifecycle": {"preStop": {"exec": {"command": ["{a}"]}}}}]},
        {"containers": [{"readinessProbe": {"httpGet": {"path": "{a}"}}}]},
        {"containers": [{"env": [{"name": "{a}"}]}]},
        {"env": [{"value": "{a}"}], "args": ["{a}"]},
    ],
)
def test_elsewhere_a_dollar_stays_one_dollar(spec):
    assert "'$(SECRET)'" in repr(pod(pod_template(spec), {"a": "$(SECRET)"}).spec)


def test_inside_of_lists_and_maps_that_are_inserted_whole():
    template = {
        "variables": [{"name": name, "type": "json"} for name in ("args", "env", "all")],
        **pod_template({"containers": [{"args": "{args}", "env": "{env}"}], "initContainers": "{all}"}),
    }
    values = {
        "args": '["$(SECRET)"]',
        "env": '[{"name": "$n", "value": "$(SECRET)"}]',
        "all": '[{"name": "$n", "command": ["$(SECRET)"]}]',
    }
    spec = pod(template, values).spec
    assert spec == {
        "containers": [{"args": ["$$(SECRET)"], "env": [{"name": "$n", "value": "$$(SECRET)"}]}],
        "initContainers": [{"name": "$n", "command": ["$$(SECRET)"]}],
    }


def test_filters_come_before_doubling():
    rendered = first_container(pod_template(container(args=["{a:shell}"])), {"a": "$(SECRET)"})
    assert rendered["args"] == ["'$$(SECRET)'"]


@pytest.mark.parametrize("written", ["$({a})", "$(PRE_{a}_POST)", "x $$$({a}", "{b}$({a})"])
def test_a_value_may_not_choose_the_variable_that_kubelet_inserts(written):
    result = rendering(pod_template(container(args=[written])), {"a": "SECRET", "b": ""})
    (problem,) = result.problems
    assert problem.path == "$.spec.pods[0].spec.containers[0].args[0]"
    assert "$$(" in problem.message


@pytest.mark.parametrize("written", ["$$({a})", "$(cat {a})", "$(SECRET){a}"])
def test_a_shell_may_substitute_what_a_value_says(written):
    assert rendering(pod_template(container(args=[written])), {"a": "x"}).problems == ()
