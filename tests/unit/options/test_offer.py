"""What is open to a person of what the operators say of Templates (options/offer, options/compiled)."""

from typing import Any

import msgspec
import pytest

from jupyternetes.api.template import Template
from jupyternetes.options.compiled import Compiled
from tests.unit.options.options_support import offered, template

WALL = {"name": "wall", "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
NOT_ALLOWED = "$.spec.otherResources[0].kind: kind NetworkPolicy (networking.k8s.io/v1) is not allowed"
NOT_ACTED_ON = "spec.otherResources is not acted on, since the chart's otherResources.kinds is empty: wall"


def said(status: str, message: str, *, generation: int = 1, **spec: Any) -> Template:
    condition = {"type": "Accepted", "status": status, "observedGeneration": generation, "message": message}
    return template(status={"conditions": [condition]}, otherResources=[WALL], **spec)


def test_template_of_a_kind_that_is_not_allowed_is_open_to_nobody_and_says_why() -> None:
    refused = said("False", NOT_ALLOWED)

    assert offered(refused) == []
    assert Compiled().problems(refused) == NOT_ALLOWED


@pytest.mark.parametrize("held", [template(otherResources=[WALL]), said("False", NOT_ALLOWED, generation=0)])
def test_template_of_which_the_operators_have_said_nothing_yet_is_open(held: Template) -> None:
    assert len(offered(held)) == 1
    assert Compiled().problems(held) == ""


def test_template_is_compiled_anew_once_the_operators_say_that_other_resources_come_to_nothing() -> None:
    compiled, before = Compiled(), template(otherResources=[WALL])
    reads = {"containers": [{"name": "a", "env": [{"name": "A", "value": "{jupyternetes.otherResources.wall}"}]}]}
    after = msgspec.structs.replace(
        said("True", NOT_ACTED_ON), spec={**before.spec, "pods": [{"name": "notebook", "spec": reads}]}
    )
    before = msgspec.structs.replace(after, status=before.status)

    assert compiled.problems(before) == ""
    assert not compiled.has(after)
    assert "is waited for for ever" in compiled.problems(after)
    assert compiled.has(after)
