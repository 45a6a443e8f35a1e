"""Which container of a pod serves, and what of the others counts: webhooks and sidecars beside it."""

from typing import Any

import pytest

from jupyternetes.api.core import Pod
from jupyternetes.operators.pod_status.observe import observe, termination
from tests.support.objects import pod

NAMED = {"jupyternetes.kadense.io/container": "notebook", "jupyternetes.kadense.io/port": "8888"}
MESH = {"containers": [{"name": "mesh"}, {"name": "notebook"}]}  # a webhook put its container first


def container(name: str, *, restarts: int = 0, **state: Any) -> dict[str, Any]:
    return {"name": name, "state": state, "restartCount": restarts}


def terminated(code: int, reason: str = "") -> dict[str, Any]:
    return {"exitCode": code, "reason": reason or ("Error" if code else "Completed"), "message": f"code {code}"}


def failed(labels: dict[str, str]) -> Pod:
    statuses = [
        container("mesh", restarts=7, terminated=terminated(0)),
        container("notebook", restarts=1, terminated=terminated(137, "OOMKilled")),
    ]
    return pod(labels=labels, spec=MESH, status={"phase": "Failed", "containerStatuses": statuses})


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param(NAMED, ("OOMKilled", 137, 1), id="by the name on the pod"),
        pytest.param({}, ("Completed", 0, 7), id="a pod of an earlier version: by position"),
    ],
)
def test_end_is_that_of_the_container_that_serves_C02(labels: dict[str, str], expected: tuple[str, int, int]) -> None:
    seen = observe(failed(labels))

    assert (seen.reason, seen.exit_code, seen.restarts) == expected
    ending = termination(failed(labels))
    assert ending is not None
    assert ending.exit_code == expected[1]
