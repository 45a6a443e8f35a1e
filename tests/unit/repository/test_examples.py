"""The examples of Templates: the operators accept each, and the tests that stand beside it pass."""

from pathlib import Path
from typing import Any

import pytest

from jupyternetes.api.other_kinds import OtherKind, is_never_allowed
from jupyternetes.cli.templates.cases import failures, suites, template_for
from jupyternetes.cli.templates.lint import findings
from jupyternetes.cli.templates.manifests import manifests
from jupyternetes.templating.schemas.shipped import shipped
from tests.support.examples import EXAMPLES, example

OTHERS = EXAMPLES / "other-resources"
TESTS = sorted(EXAMPLES.rglob("*-test.yaml"))


def others() -> list[Any]:
    """The Templates that ask for other resources."""
    return [
        example(f"other-resources/{suite.template}")
        for file in sorted(OTHERS.glob("*-test.yaml"))
        for suite in suites(str(file))
    ]


@pytest.mark.parametrize("file", TESTS, ids=[str(file.relative_to(EXAMPLES)) for file in TESTS])
def test_an_example_has_no_problems_and_does_what_its_tests_say(file: Path) -> None:
    (suite,) = suites(str(file))
    written = file.parent / suite.template

    assert [
        str(each) for found in manifests(str(written), written.read_text()) for each in findings(found, shipped())
    ] == []
    template = template_for(suite, str(file))
    assert {case.name: failures(case, template) for case in suite.tests} == {case.name: [] for case in suite.tests}


def test_the_values_beside_the_examples_allow_their_kinds_and_no_others() -> None:
    allowed = example("other-resources/chart-values.yaml")["otherResources"]["kinds"]
    entries = [entry for template in others() for entry in template["spec"]["otherResources"]]

    assert sorted((kind["apiVersion"], kind["kind"]) for kind in allowed) == sorted(
        {(entry["apiVersion"], entry["kind"]) for entry in entries}
    )
    assert not any(is_never_allowed(kind["apiVersion"], kind["kind"]) for kind in allowed)
    assert [OtherKind.read(f"{kind['apiVersion']}/{kind['kind']}={kind['resource']}").kind for kind in allowed] == [
        kind["kind"] for kind in allowed
    ]


def test_the_definition_beside_the_examples_is_that_of_the_foreign_kind() -> None:
    definition = example("other-resources/licence-definition.yaml")["spec"]
    (entry,) = [
        entry
        for template in others()
        for entry in template["spec"]["otherResources"]
        if entry["kind"] == definition["names"]["kind"]
    ]
    (version,) = definition["versions"]

    assert entry["apiVersion"] == f"{definition['group']}/{version['name']}"
    properties = version["schema"]["openAPIV3Schema"]["properties"]
    assert entry["spec"].keys() == properties["spec"]["properties"].keys()
    assert {"phase", "server"} <= properties["status"]["properties"].keys()
