"""What the status says of a pod that exists."""

import pytest

from jupyternetes.operators.pods.entries import record
from tests.support.objects import instance, pod

PREFIX = "jupyternetes.kadense.io"


@pytest.mark.parametrize(
    ("labels", "revision"),
    [
        ({"templateUid": "u", "templateGeneration": "12"}, ("u", 12)),
        ({}, ("", 0)),  # made by an earlier version
        ({"templateUid": "u", "templateGeneration": "-3"}, ("u", 0)),  # edited by hand
        ({"templateUid": "u", "templateGeneration": "9" * 60}, ("u", 0)),
    ],
)
def test_revision_of_the_template_is_read_from_the_pods_labels(
    labels: dict[str, str], revision: tuple[str, int]
) -> None:
    made = record(instance(startId="1"), pod(labels={f"{PREFIX}/{key}": value for key, value in labels.items()}))

    assert (made.template_uid, made.template_generation) == revision
    assert (made.resource_name, made.uid, made.start_id) == ("notebook-1", "uid-notebook-1", "1")
