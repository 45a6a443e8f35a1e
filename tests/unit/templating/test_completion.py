"""A Template whose entries would wait for ever is refused: what renders without a problem comes to an end."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyternetes.templating import CompiledTemplate, Ready, render
from jupyternetes.templating.others.kinds import NO_KINDS
from tests.unit.templating.templating_support import Json, compile_anywhere, instance, texts

names = st.sampled_from(["a", "b", "c", "{user}", "{user}x"])
mentions = st.lists(
    st.builds(
        "{{jupyternetes.{}.{}}}".format,
        st.sampled_from(["pvcs", "pods", "otherResources"]),
        st.sampled_from(["a", "b", "c", "al", "alx"]),
    ),
    max_size=2,
)
entries = st.lists(st.tuples(names, mentions), max_size=3, unique_by=lambda entry: entry[0])
Entries = list[tuple[str, list[str]]]


def compiled(template: Json) -> CompiledTemplate:
    return compile_anywhere(template, kinds=NO_KINDS)


def written(items: Entries, **fields: Json) -> Json:
    return [{"name": name, "spec": {"mentions": mentioned}, **fields} for name, mentioned in items]


def missing_in_the_end(template: CompiledTemplate, values: Mapping[str, str]) -> list[str]:
    """What the operators never make: claims as far as they get, and pods once all claims are there."""
    made: dict[str, dict[str, str]] = {"pvcs": {}, "pods": {}}
    while True:
        rendering = render(template, instance(values), made)
        assert rendering.problems == ()
        claims = {entry.name for entry in rendering.pvcs if isinstance(entry, Ready)}
        pods = {entry.name for entry in rendering.pods if isinstance(entry, Ready)}
        now = {"pvcs": claims, "pods": pods if len(made["pvcs"]) == len(rendering.pvcs) else set[str]()}
        if all(now[kind] <= made[kind].keys() for kind in made):
            wanted = {"pvcs": rendering.pvcs, "pods": rendering.pods}
            return [entry.name for kind in made for entry in wanted[kind] if entry.name not in made[kind]]
        for kind in made:
            made[kind] |= dict.fromkeys(now[kind], "made")


@given(entries, entries, entries)
@example([], [("a", ["{jupyternetes.otherResources.b}"])], [("b", [])])
@example([("{user}", ["{jupyternetes.pods.a}"])], [("a", [])], [])
def test_what_renders_without_a_problem_comes_to_an_end_C15(pvcs: Entries, pods: Entries, others: Entries) -> None:
    template = compiled(
        {
            "pvcs": written(pvcs),
            "pods": written(pods),
            "otherResources": written(others, apiVersion="v1", kind="Service"),
        }
    )
    values = {"user": "al"}

    if not render(template, instance(values), {}).problems:
        assert missing_in_the_end(template, values) == []


def entry(name: str, *mentioned: str, **fields: Any) -> Json:
    return {"name": name, "spec": {"x": [f"{{jupyternetes.{one}}}" for one in mentioned]}, **fields}


NEVER_COMPLETE = {
    "a pod waits for what nobody makes": ({"pods": [entry("a", "otherResources.s")]}, "$.spec.pods[0].spec.x[0]"),
    "a claim waits for what nobody makes": ({"pvcs": [entry("a", "otherResources.s")]}, "$.spec.pvcs[0].spec.x[0]"),
    "in a label": (
        {"pods": [entry("a", labels={"x": "{jupyternetes.otherResources.s}"})]},
        "$.spec.pods[0].labels.x",
    ),
    "in a key": ({"pods": [{"name": "a", "spec": {"{jupyternetes.otherResources.s}": 1}}]}, "$.spec.pods[0].spec["),
    "in a claim to adopt": (
        {"pvcs": [{"name": "a", "claimName": "{jupyternetes.otherResources.s}"}]},
        "$.spec.pvcs[0].claimName",
    ),
    "in an environment value": (
        {
            "pods": [
                {
                    "name": "a",
                    "spec": {"containers": [{"env": [{"name": "E", "value": "{jupyternetes.otherResources.s}"}]}]},
                }
            ]
        },
        "$.spec.pods[0].spec.containers[0].env[0].value",
    ),
    "with a filter": (
        {"pods": [entry("a", annotations={"x": "{jupyternetes.otherResources.s:dns}"})]},
        "$.spec.pods[0].annotations.x",
    ),
    "by way of another pod": (
        {"pods": [entry("a", "pods.b"), entry("b", "otherResources.s")]},
        "$.spec.pods[1].spec.x[0]",
    ),
    "entries with rendered names": (
        {"pods": [entry("{user}", "otherResources.s"), entry("{user}-b")]},
        "$.spec.pods[0].spec.x[0]",
    ),
    "a pod waits for itself": ({"pods": [entry("a", "pods.a")]}, "$.spec.pods[0]"),
    "pods wait for each other": ({"pods": [entry("a", "pods.b"), entry("b", "pods.a")]}, "$.spec.pods["),
    "claims wait for each other": ({"pvcs": [entry("a", "pvcs.b"), entry("b", "pvcs.a")]}, "$.spec.pvcs["),
    "a claim waits for a pod": ({"pvcs": [entry("v", "pods.a")], "pods": [entry("a")]}, "$.spec."),
    "a claim to adopt waits for a pod": (
        {"pvcs": [{"name": "v", "claimName": "{jupyternetes.pods.a}"}], "pods": [entry("a")]},
        "$.spec.",
    ),
    "a claim with a rendered name waits for a pod": (
        {"pvcs": [entry("{user}", "pods.a")], "pods": [entry("a")]},
        "$.spec.pvcs[0].spec.x[0]",
    ),
    "a claim waits for a pod with a rendered name": (
        {"pvcs": [entry("v", "pods.al")], "pods": [entry("{user}")]},
        "$.spec.pvcs[0].spec.x[0]",
    ),
    "an entry that is not there": ({"pods": [entry("a", "pvcs.w")]}, "$.spec.pods[0].spec.x[0]"),
    "an entry that is not there, beside rendered names of another kind": (
        {"pods": [entry("{user}", "pvcs.w")], "pvcs": [entry("v")]},
        "$.spec.pods[0].spec.x[0]",
    ),
    "a name that waits": ({"pods": [entry("a"), {"name": "{jupyternetes.pods.a}", "spec": {}}]}, "$.spec.pods[1].name"),
}


@pytest.mark.parametrize(("spec", "path"), NEVER_COMPLETE.values(), ids=NEVER_COMPLETE.keys())
def test_template_that_would_wait_for_ever_is_refused_with_the_path_C15(spec: Json, path: str) -> None:
    service = {"name": "s", "apiVersion": "v1", "kind": "Service"}

    problems = compiled({**spec, "otherResources": [service]}).problems

    assert any(problem.path.startswith(path) for problem in problems), texts(problems)
    assert all(problem.source == "Template" for problem in problems)


def test_entries_that_nobody_acts_on_may_mention_what_they_like_C15() -> None:
    """Nothing waits for them, and Templates of the earlier product hold them."""
    others = [entry("s", "pods.a", "otherResources.t"), entry("t")]
    assert compiled({"pods": [entry("a")], "otherResources": others}).problems == ()
