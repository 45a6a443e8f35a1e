"""What a Template's author is told (pods/acceptance)."""

from datetime import UTC, datetime

import pytest

from jupyternetes.api.metadata import Metadata
from jupyternetes.api.template import Template
from jupyternetes.operators.pods.acceptance import accepted
from jupyternetes.templating import compile_template

POD = {"name": "notebook", "spec": {"containers": [{"name": "main", "image": "i"}]}}
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spec", "reason", "words"),
    [
        ({"pods": [POD]}, "Accepted", "can be used"),
        (
            {"pods": [POD], "otherResources": [{"name": "s", "apiVersion": "v1", "kind": "Service"}]},
            "PartlySupported",
            "otherResources is not acted on yet: s",
        ),
        ({"pods": [POD | {"condition": "true"}]}, "Invalid", "condition"),
        ({"pods": [POD], "access": {"groups": ["staff"]}}, "Invalid", "groups"),
        ({"pods": [POD], "variables": [{"name": "size", "enum": ["s", "l"]}]}, "Invalid", "'enum'"),
    ],
)
def test_a_template_is_accepted_only_if_everything_in_it_is_honoured(
    spec: dict[str, object], reason: str, words: str
) -> None:
    template = Template(metadata=Metadata(name="lab", generation=3), spec=spec)

    condition = accepted(template, compile_template(spec), now=NOW)

    assert condition.reason == reason
    assert condition.status == ("False" if reason == "Invalid" else "True")
    assert words in condition.message
    assert condition.observed_generation == 3
    assert condition.last_transition_time == "2026-01-02T03:04:05Z"
