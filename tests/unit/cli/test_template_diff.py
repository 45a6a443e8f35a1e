"""``jupyternetes template diff``: what an edit means for values that were chosen before."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jupyternetes.cli.templates.difference import changes
from jupyternetes.templating import CompiledTemplate, InstanceFacts, compile_template, render
from tests.support.templates import template
from tests.unit.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("restored_logging")

Json = dict[str, Any]


def compiled(*variables: Mapping[str, Any]) -> CompiledTemplate:
    """A Template with these declarations, and nothing that uses them."""
    found = compile_template({"variables": [*variables], "pods": [{"name": "notebook", "spec": {}}]})
    assert found.problems == ()
    return found


def said(old: list[Json], new: list[Json]) -> list[str]:
    return [str(change) for change in changes(compiled(*old), compiled(*new))]


SMALL: Json = {"name": "size", "choices": [{"value": "small"}, {"value": "huge"}]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([SMALL], [SMALL], []),
        (
            [SMALL],
            [{"name": "size", "choices": [{"value": "small"}]}],
            ["refuses size: 'huge' is refused now: it must be one of small"],
        ),
        (
            [SMALL],
            [{"name": "size", "choices": [{"value": "small"}, {"value": "huge", "replacedBy": "small"}]}],
            ["changes size: 'huge' gives 'small' now, and gave 'huge'"],
        ),
        ([SMALL], [{"name": "size", "enum": ["small", "huge", "tiny"]}], ["changes size: 'tiny' is taken too"]),
        ([SMALL], [{"name": "size"}], []),
        ([{"name": "a"}], [{"name": "a", "enum": ["x"]}], ["refuses a: it must be one of x now"]),
        ([{"name": "a"}], [{"name": "a", "pattern": "[a-z]+"}], ["refuses a: it must match [a-z]+ now"]),
        (
            [{"name": "a", "pattern": "[a-z]+"}],
            [{"name": "a", "pattern": "[a-f]+"}],
            ["refuses a: it must match [a-f]+ now, and had to match [a-z]+"],
        ),
        (
            [{"name": "a"}],
            [{"name": "a", "maxLength": 9}],
            ["refuses a: it may have 9 characters now, and might have 1024"],
        ),
        (
            [{"name": "a", "type": "quantity", "maximum": "10Gi"}],
            [{"name": "a", "type": "quantity", "minimum": "1Gi", "maximum": "5Gi"}],
            ["refuses a: it must be at least 1Gi now", "refuses a: it must be at most 5Gi now, before 10Gi"],
        ),
        (
            [{"name": "a", "type": "quantity", "maximum": "10Gi"}],
            [{"name": "a", "type": "quantity", "maximum": "10240Mi"}],
            [],
        ),
        (
            [{"name": "a", "type": "quantity", "enum": ["1Gi", "2Gi"]}],
            [{"name": "a", "type": "quantity", "enum": ["1024Mi", "4Gi"]}],
            [
                "changes a: '1Gi' gives '1024Mi' now, and gave '1Gi'",
                "refuses a: '2Gi' is refused now: it must be one of 1024Mi, 4Gi",
                "changes a: '4Gi' is taken too",
            ],
        ),
        ([{"name": "a"}], [{"name": "a", "type": "integer"}], ["refuses a: its type is integer now, and was string"]),
        ([{"name": "a"}], [{"name": "a", "required": True}], ["refuses a: it has to be given now"]),
        (
            [{"name": "a"}],
            [{"name": "a", "required": True, "default": "x"}],
            ["changes a: who gives none gets 'x' now, and got nothing"],
        ),
        (
            [{"name": "a"}],
            [{"name": "b"}],
            [
                "refuses a: it is not declared any more, and refused if it is given",
                "changes b: it is new",
            ],
        ),
        (
            [{"name": "a"}],
            [{"name": "a"}, {"name": "b", "required": True}],
            ["refuses b: it is new, and has to be given"],
        ),
        ([{"name": "a"}], [{"name": "a"}, {"name": "b", "default": "x"}], ["changes b: it is new; its default is 'x'"]),
        (
            [{"name": "a"}],
            [],
            [
                "changes variables: those that are not declared are taken now",
                "changes a: it is not declared any more: any text is taken",
            ],
        ),
        (
            [],
            [{"name": "a"}],
            ["refuses variables: those that are not declared are refused now", "changes a: it is new"],
        ),
        ([{"name": "A", "default": "x"}], [{"name": "a", "default": "x"}], []),
    ],
)
def test_changes_are_told_by_what_they_mean(old: list[Json], new: list[Json], expected: list[str]) -> None:
    assert said(old, new) == expected


bounds: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {"name": st.just("v")},
    optional={
        "enum": st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True),
        "pattern": st.sampled_from(["[a-c]+", "[ab]", ".+"]),
        "maxLength": st.sampled_from([1, 2, 50]),
    },
)


def taken(by: CompiledTemplate, value: str) -> bool:
    facts = InstanceFacts(
        name="i", namespace="n", uid="u", template_name="t", template_namespace="n", variables={"v": value}
    )
    return not render(by, facts, {}).problems


@given(old=bounds, new=bounds, value=st.text(alphabet="abcd", max_size=3))
def test_what_is_refused_from_now_on_was_announced(old: Json, new: Json, value: str) -> None:
    first, second = (
        compile_template({"variables": [each], "pods": [{"name": "a", "spec": {}}]}) for each in (old, new)
    )
    if first.problems or second.problems or not taken(first, value):
        return

    if not taken(second, value):
        assert any(change.refuses for change in changes(first, second))


@pytest.mark.parametrize(("edit", "code"), [({"default": "huge"}, 0), ({"choices": [{"value": "small"}]}, 1), ({}, 0)])
def test_the_command_fails_if_a_value_would_be_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: Json, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(yaml.safe_dump(template(variables=[SMALL])))
    Path("new.yaml").write_text(yaml.safe_dump(template(variables=[SMALL | edit])))

    ended, out, err = run("template", "diff", "old.yaml", "new.yaml")

    assert (ended, err) == (code, "")
    assert out.startswith(("changes ", "refuses ", "nothing changes"))


def test_a_template_with_problems_is_not_compared(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(yaml.safe_dump(template(variables=[{"name": "a", "pattern": "("}])))

    assert "jupyternetes template lint old.yaml" in run("template", "diff", "old.yaml", "old.yaml")[2]
