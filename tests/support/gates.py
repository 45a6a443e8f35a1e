"""Gates in tests: Templates that have some, and the operator of others that answers, with its own account."""

from datetime import UTC, datetime

from tests.support.hub import INSTANCES
from tests.support.kube import Json, Kube, Refused
from tests.support.lab import Lab
from tests.support.templates import order, template
from tests.support.waiting import eventually

GATE, AUDIT = "licence.example.org/granted", "audit.example.org/done"
LEASE = "licence"
SECONDS = 4
LONG: Json = {"name": GATE, "timeoutSeconds": 600}


class Third:
    """What the other operator says about the Instance of a lab."""

    def __init__(self, kube: Kube, lab: Lab) -> None:
        self.kube = kube
        self.lab = lab

    def asked(self, name: str = GATE) -> Json:
        """What is asked of a gate, once it is."""
        return self.lab.until(lambda instance: name in instance["status"].get("gates", {}))["status"]["gates"][name]

    def said(self, status: str, name: str = GATE, *, generation: int | None = None, **words: str) -> Json:
        about = self.asked(name)["generation"] if generation is None else generation
        return {
            "type": name,
            "status": status,
            "reason": "AsTold",
            "message": "",
            "observedGeneration": about,
            "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        } | words

    def merge(self, condition: Json, *, version: str = "") -> None:
        """As our own operators may: the whole list, with the version that it rests on; again after a 409."""

        def written() -> bool:
            live = self.lab.instance()
            others = [each for each in live["status"].get("conditions", []) if each["type"] != condition["type"]]
            body = {
                "metadata": {"resourceVersion": live["metadata"]["resourceVersion"]},
                "status": {"conditions": [*others, condition]},
            }
            try:
                self.kube.merge_patch(f"{INSTANCES}/status", self.lab.namespace, "a", body, manager="third")
            except Refused as refused:
                if refused.status != 409:
                    raise
                return False
            return True

        eventually(written)

    def apply(self, condition: Json, *, force: bool = True) -> None:
        """Server-side apply of its own condition, and nothing else."""
        body = {"apiVersion": "kadense.io/v1", "kind": "JupyterNotebookInstance", "status": {"conditions": [condition]}}
        self.kube.apply(f"{INSTANCES}/status", self.lab.namespace, "a", body, manager="third", force=force)


def gated(*gates: Json) -> Json:
    return template(gates=list(gates) or [{"name": GATE, "timeoutSeconds": SECONDS}])


def started(lab: Lab, kube: Kube, *gates: Json) -> Third:
    """The first start of a server whose Template has these gates."""
    lab.add_template(gated(*gates))
    lab.hub.first_start("a", order())
    return Third(kube, lab)


def accepted(lab: Lab) -> Json:
    """The Template's condition Accepted; empty if there is none yet."""
    live = lab.kube.get("jupyternotebooktemplates", lab.namespace, "lab")
    return next(iter(live.get("status", {}).get("conditions", [])), {})
