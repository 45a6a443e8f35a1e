"""Whoever asks gets the same answer: the form, a link, REST, the operators, and the command line.

The spawner may know better than the operators who asks, and then refuses more; it never accepts more, and where it
knows nothing beyond them it refuses nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from jupyternetes.api.identity import instance_name
from jupyternetes.api.instance import Instance
from jupyternetes.api.template import Template
from jupyternetes.cli.templates.rendering import Person, rendered
from jupyternetes.operators.pods.body import pod_body
from jupyternetes.operators.templates.finder import TemplateFinder
from jupyternetes.operators.templates.usable import UsableTemplate, facts
from jupyternetes.options.choose import Chosen, Refused, choose
from jupyternetes.options.given import Options, read_options
from jupyternetes.options.offer import Offer
from jupyternetes.options.sent import form_options, link_options
from jupyternetes.templating import Ready, render
from tests.unit.options.options_support import HUB, HUB_VARIABLES, offered, template

KEY = f"{HUB}/lab"
TEXTS = [
    "a",
    "b",
    "c",
    "retired",
    "2",
    "3",
    "0",
    "-1",
    "2Gi",
    "4Gi",
    "true",
    "FALSE",
    "abc",
    "A B",
    "no label!",
    "x" * 9,
]
DECLARATIONS: list[dict[str, Any]] = [
    {"choices": [{"value": "a"}, {"value": "b"}, {"value": "c", "groups": ["staff"]}], "default": "a"},
    {"choices": [{"value": "a"}, {"value": "c", "groups": ["staff"]}], "default": "c"},
    {"choices": [{"value": "a"}, {"value": "b", "hidden": True}, {"value": "retired", "replacedBy": "a"}]},
    {"type": "integer", "choices": [{"value": 2, "values": {"more": 1}}, {"value": 3, "values": {"more": 2}}]},
    {"enum": ["a", "b"]},
    {"enum": ["a", "b"], "required": True},
    {"type": "integer", "minimum": 0, "maximum": 2, "default": 0},
    {"type": "quantity", "maximum": "2Gi", "default": "1Gi"},
    {"type": "boolean", "default": True},
    {"pattern": "[a-c]+", "default": "a"},
    {"maxLength": 3, "default": "abc"},
    {"required": True},
]  # fmt: skip
CONDITIONS = {"string": "vars.{} == 'a'", "integer": "vars.{} > 0", "quantity": "vars.{} > 1.0", "boolean": "vars.{}"}


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """One with two to four variables; the last may have conditions on those before it, and a label of a pod."""
    drawn = draw(st.lists(st.sampled_from(DECLARATIONS), min_size=2, max_size=4))
    variables = [
        {**each, "name": f"v{index}", "userSettable": "default" not in each or draw(st.integers(0, 4)) > 0}
        for index, each in enumerate(drawn)
    ]
    for each in variables:
        if not each["userSettable"] and "choices" in each:
            each["choices"] = [{**choice, "groups": None} for choice in each["choices"]]
    readable = [each for each in variables[:-1] if "default" in each or "required" in each]
    spec: dict[str, Any] = {}
    if readable and draw(st.booleans()):
        variables[-1]["when"] = _condition(draw(st.sampled_from(readable)))
        variables[-1].pop("required", None)
    if readable and draw(st.booleans()):
        rule = f"{_condition(readable[0])} || {_condition(readable[-1])}"
        spec["rules"] = [{"rule": rule, "message": "They do not go together."}]
    container: Any = {"name": "notebook", "image": "none", "ports": [{"name": "http", "containerPort": 8888}]}
    container["env"] = [{"name": f"V{index}", "value": f"{{v{index}}}"} for index, _ in enumerate(variables)]
    labels = {"first": "{v0}"} if draw(st.booleans()) else {}
    return template(
        *variables, pods=[{"name": "notebook", "labels": labels, "spec": {"containers": [container]}}], **spec
    )


def _condition(variable: Mapping[str, Any]) -> str:
    return CONDITIONS[variable.get("type", "string")].format(variable["name"])


NAMES = ["V0", "v9", "v0.more", "jupyterhub.user.name"]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Template, dict[str, str]]:
    """A Template, and what somebody gives: mostly some of its variables, with values that often fit."""
    held, texts = draw(templates()), dict[str, str]()
    for each in held.spec["variables"]:
        listed = [*each.get("enum", ()), *(choice["value"] for choice in each.get("choices", ()))]
        fitting = [str(value) for value in (*listed, each.get("default")) if value is not None] or ["a"]
        if "default" not in each or (each["userSettable"] and draw(st.booleans())):
            fits = draw(st.integers(0, 4)) > 0
            texts[each["name"]] = draw(st.sampled_from(fitting) if fits else st.sampled_from(TEXTS) | anything)
    if draw(st.integers(0, 19)) == 0:
        texts[draw(st.sampled_from(NAMES))] = draw(st.sampled_from(TEXTS))
    return held, texts


anything = st.text(min_size=1, max_size=4)


@dataclass(frozen=True)
class Answer:
    """What the operators' own code, and the command line's, make of variables."""

    problems: tuple[str, ...]
    pod: object


def by_operators(held: Template, variables: Mapping[str, str]) -> Answer:
    body = {
        "metadata": {"name": instance_name("jovyan"), "namespace": HUB, "uid": "u", "generation": 2},
        "spec": {
            "template": {"name": "lab", "namespace": HUB},
            "variables": {**HUB_VARIABLES, **variables},
            "hubEnvironment": ["JUPYTERHUB_API_TOKEN"],
            "startId": "1",
        },
    }
    instance = msgspec.convert(body, Instance)
    usable = TemplateFinder(_Cache(held), ()).find(instance)
    assert isinstance(usable, UsableTemplate)
    rendering = render(usable.compiled, facts(instance), {})
    if rendering.problems:
        return Answer(tuple(map(str, rendering.problems)), None)
    (pod,) = rendering.pods
    assert isinstance(pod, Ready)
    return Answer((), pod_body(instance, pod, held.metadata, primary=True, stable_names=False)["spec"])


def by_command_line(held: Template, variables: Mapping[str, str]) -> Answer:
    outcome = rendered(held, Person(user="jovyan", namespace=HUB), variables)
    if outcome.problems:
        return Answer(tuple(map(str, outcome.problems)), None)
    (made,) = outcome.made
    assert made.body is not None
    return Answer((), made.body["spec"])


@dataclass(frozen=True)
class _Cache:
    held: Template

    def get(self, namespace: str, name: str) -> Template | None:
        return self.held


def by_form(offers: list[Offer], texts: Mapping[str, str]) -> Chosen | Refused:
    sent = {"template": [KEY], **{f"{KEY}/{name}": [text] for name, text in texts.items()}}
    return choose(offers, form_options(offers, sent), form=True)


def by_link(offers: list[Offer], texts: Mapping[str, str]) -> Chosen | Refused:
    query = {"opt-template": [KEY], **{f"opt-{name}": [text] for name, text in texts.items()}}
    return choose(offers, link_options(query), form=True)


def by_rest(offers: list[Offer], texts: Mapping[str, str]) -> Chosen | Refused:
    body = msgspec.json.encode({"template": KEY, "variables": texts})
    return choose(offers, read_options(msgspec.json.decode(body)))


def check(held: Template, texts: dict[str, str], groups: list[str]) -> None:
    offers = offered(held, groups=groups)
    assert len(offers) == 1, by_operators(held, texts).problems
    form, link, rest = by_form(offers, texts), by_link(offers, texts), by_rest(offers, texts)

    assert form == link
    if isinstance(rest, Chosen):
        assert isinstance(form, Chosen)
        assert form.variables == rest.variables
    for outcome in (form, rest):
        if isinstance(outcome, Chosen):
            event("accepted")
            operators = by_operators(held, outcome.variables)
            assert operators.problems == ()
            assert by_command_line(held, outcome.variables) == operators
            kept = {name: text for name, text in texts.items() if name in outcome.variables}
            again = choose(offers, Options(KEY, kept))  # as JupyterHub stores it, and as it is judged at the start
            assert isinstance(again, Chosen)
            assert again.variables == outcome.variables
    fields = offers[0].fields
    if isinstance(rest, Refused):
        operators = by_operators(held, texts)
        assert by_command_line(held, texts).problems == operators.problems
        event("refused")
        if groups and all(name.lower() in fields for name in texts):  # nothing that only the spawner knows
            event("refused by the operators as well")
            assert operators.problems
            assert not rest.fields or any("$.spec.variables" in problem for problem in operators.problems)


@settings(max_examples=100)
@given(pairs(), st.sampled_from([[], ["staff"]]))
def test_everybody_gets_the_same_answer_F03(pair: tuple[Template, dict[str, str]], groups: list[str]) -> None:
    check(*pair, groups)


@pytest.mark.long
@pytest.mark.timeout(600)
@settings(max_examples=2000)
@given(pairs(), st.sampled_from([[], ["staff"]]))
def test_everybody_gets_the_same_answer_often_F03(pair: tuple[Template, dict[str, str]], groups: list[str]) -> None:
    check(*pair, groups)
