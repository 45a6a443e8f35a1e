"""Mistakes of eight classes, one at a time at every place of every example: at least 99 of 100 are found.

Found is what the definition of Templates, their own compilation, or the check against Kubernetes' schemas refuses; all
of it is said when the Template is applied.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyternetes.api.crds import custom_resource_definitions
from jupyternetes.operators.pods.acceptance import port_fault
from jupyternetes.templating import compile_template
from jupyternetes.templating.schemas import check
from jupyternetes.templating.schemas.shipped import shipped
from tests.support.fakekube import schema
from tests.support.fakekube.refusals import Refused
from tests.unit.templating.mutations import Mutation, mutations

REPOSITORY = Path(__file__).parents[3]
HERE = Path(__file__).parent
(DEFINITION,) = (each for each in custom_resource_definitions() if each["spec"]["names"]["shortNames"] == ["jnt"])
SCHEMA = DEFINITION["spec"]["versions"][0]["schema"]["openAPIV3Schema"]

#: Keys that the author chooses freely: nobody can say what they should be.
OWN_KEYS = re.compile(r"\.(labels|annotations|nodeSelector|matchLabels)\.")

#: Changes that give another right Template, by example.
RIGHT_TOO = {
    "published": {
        ("wrong scalar", ".spec.pvcs[0].spec.resources.requests.storage"),
    },
    "choices": {
        # Names of what comes with a choice are the same in any case, and any number of GPUs is one.
        *(
            ("case", f".spec.variables[0].choices[{i}].values.{name}")
            for i in (0, 1)
            for name in ("cpu", "memory", "gpus")
        ),
        ("wrong scalar", ".spec.variables[0].choices[0].values.gpus"),
        ("wrong scalar", ".spec.pods[0].spec.containers[0].resources.limits.cpu"),
        ("wrong scalar", ".spec.pods[0].spec.containers[0].resources.limits.memory"),
        ("wrong scalar", ".spec.pods[0].spec.containers[0].resources.limits.nvidia.com/gpu"),
        # A pod has resources of its own, and a variable a title.
        ("one level up", ".spec.pods[0].spec.containers[0].resources"),
        ("one level up", ".spec.variables[0].choices[0].description"),
    },
    "rich": {
        *(
            ("case", f".spec.variables[1].choices[{i}].values.{name}")
            for i in (0, 1)
            for name in ("cpu", "memory", "gpus", "tolerations")
        ),
        ("wrong scalar", ".spec.variables[1].choices[0].values.gpus"),
        ("wrong scalar", ".spec.pods[0].port"),
        ("wrong scalar", ".spec.pods[0].spec.containers[0].ports[0].containerPort"),
        ("wrong scalar", ".spec.pods[0].spec.containers[0].readinessProbe.httpGet.port"),
        ("wrong scalar", ".spec.pods[0].spec.containers[0].env[2].valueFrom.resourceFieldRef.divisor"),
        ("wrong scalar", ".spec.pods[0].spec.volumes[2].emptyDir.sizeLimit"),
        ("wrong scalar", ".spec.pvcs[0].spec.resources.requests.storage"),
        *(
            ("wrong scalar", f".spec.pods[0].spec.containers[0].resources.{name}")
            for name in (
                "limits.cpu",
                "limits.memory",
                "limits.nvidia.com/gpu",
                "requests.cpu",
                "requests.memory",
                "requests.ephemeral-storage",
            )
        ),
        ("one level up", ".spec.pods[0].spec.containers[0].resources"),
        ("one level up", ".spec.variables[1].choices[0].title"),
        ("one level up", ".spec.variables[1].choices[1].description"),
        ("one level up", ".spec.variables[2].description"),
    },
}

#: Mistakes that are not found: of another domain's resources nobody here knows the names.
NOT_FOUND = {
    "published": set[tuple[str, str]](),
    "choices": {
        (mistake, ".spec.pods[0].spec.containers[0].resources.limits.nvidia.com/gpu")
        for mistake in ("letter dropped", "letters swapped")
    },
    "rich": {
        (mistake, ".spec.pods[0].spec.containers[0].resources.limits.nvidia.com/gpu")
        for mistake in ("letter dropped", "letters swapped")
    },
}


def example(name: str) -> Any:
    if name == "published":
        return yaml.safe_load((REPOSITORY / "examples" / "published" / "template.yaml").read_text())
    if name == "choices":
        page = (REPOSITORY / "docs" / "how-to" / "offer-choices.md").read_text()
        return yaml.safe_load(page.split("```yaml\n", 1)[1].split("```", 1)[0])
    return yaml.safe_load((HERE / "rich_template.yaml").read_text())


def faults(document: Any) -> list[str]:
    """What is wrong with a Template, by all who look at it when it is applied."""
    if not is_kept(document, schema.shaped(SCHEMA, document)):
        return ["kubectl apply and the API server refuse, or warn of, a field that the definition does not have"]
    try:
        schema.validate(SCHEMA, document, "Template")
    except Refused as refused:
        return [str(refused)]
    compiled = compile_template(document["spec"])
    problems = [*compiled.problems, *check(compiled, shipped())]
    return [*map(str, problems), *map(str, filter(None, [port_fault(compiled)]))]


def is_kept(written: Any, stored: Any) -> bool:
    if isinstance(written, dict):
        return isinstance(stored, dict) and all(k in stored and is_kept(v, stored[k]) for k, v in written.items())
    if isinstance(written, list):
        return isinstance(stored, list) and all(map(is_kept, written, stored))
    return True


@pytest.fixture(scope="module")
def made() -> dict[str, list[Mutation]]:
    return {name: list(mutations({"spec": example(name)["spec"]})) for name in RIGHT_TOO}


@pytest.fixture(scope="module")
def missed(made: dict[str, list[Mutation]]) -> dict[str, set[tuple[str, str]]]:
    return {
        name: {(each.mistake, each.place) for each in all_ if not faults(each.document)} for name, all_ in made.items()
    }


@pytest.mark.parametrize("name", RIGHT_TOO)
def test_mistakes_at_every_place_are_found_but_for_those_named_here_C33(name: str, missed) -> None:
    assert faults({"spec": example(name)["spec"]}) == []

    wrong = {(mistake, place) for mistake, place in missed[name] - RIGHT_TOO[name] if not OWN_KEYS.search(place)}

    assert wrong == NOT_FOUND[name]
    assert missed[name] >= RIGHT_TOO[name], "these are found, or cannot be made"


def test_99_of_100_mistakes_are_found_C33(made, missed) -> None:
    wrong = sum(map(len, NOT_FOUND.values()))
    mistakes = sum(len(made[name]) - len(missed[name]) for name in made) + wrong

    assert mistakes > 1600
    assert wrong <= 0.01 * mistakes


def test_each_class_of_mistake_is_made(made: dict[str, list[Mutation]]) -> None:
    assert {each.mistake for each in made["rich"]} == {
        "letter dropped",
        "letters swapped",
        "case",
        "snake_case",
        "list for scalar",
        "scalar for list",
        "wrong scalar",
        "one level up",
    }
