"""What a start costs while many Templates are there that nobody uses."""

import time
from datetime import UTC, datetime
from typing import Any, Final

from benchmarks.bursts import with_times
from benchmarks.contenders import Contender, at_work
from benchmarks.lab import NAMESPACE, Lab
from benchmarks.objects import template
from jupyternetes.api import conditions
from jupyternetes.api.times import rfc3339

_KIND: Final = "jupyternotebooktemplates"
_PAUSE: Final = 0.5  # seconds


def starts(templates: int, number: int, per_minute: float) -> dict[str, Any]:
    """So many first starts at a rate, beside so many Templates; in a fresh cluster, with lifted limits.

    The Templates have been rehearsed already: that goes on in the background for a second each, and once only.
    """
    with Lab.up() as lab:
        for other in range(1, templates):
            _add(lab, f"other-{other:04}")
        with at_work(Contender.OURS, lab, clocked=False) as team:
            while _unjudged(lab):
                time.sleep(_PAUSE)
            team.warm_up()
            users = [f"user-{each:04}" for each in range(number)]
            team.agent.call("prepare", users=users)
            figures = with_times(team.measure("start", users=users, per_minute=per_minute))
    return figures | {"contender": Contender.OURS, "templates": templates, "per_minute": per_minute, "size": number}


def _add(lab: Lab, name: str) -> None:
    body = template(NAMESPACE)
    body["metadata"]["name"] = name
    made = lab.kube.create(_KIND, NAMESPACE, body)
    rehearsed = {
        "type": conditions.REHEARSED,
        "status": "True",
        "reason": conditions.REHEARSED,
        "message": "By the benchmark.",
        "observedGeneration": made["metadata"]["generation"],
        "lastTransitionTime": rfc3339(datetime.now(UTC)),
    }
    path = f"{lab.kube.path(_KIND, NAMESPACE, name)}/status"
    status = {"status": {"conditions": [rehearsed]}}
    lab.kube.request("PATCH", path, status, content_type="application/merge-patch+json")


def _unjudged(lab: Lab) -> int:
    """Templates of which the Pod operator has not said yet whether they can be used."""
    texts = [str(each.get("status", {}).get("conditions", "")) for each in lab.kube.all(_KIND, NAMESPACE)]
    return sum(f"'{conditions.ACCEPTED}'" not in text for text in texts)
